package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// imsTimes sets start, ring and talk. A session was answered when its delivery started.
// A slice after the first starts where it was opened, and every slice that is not the
// last ends where it was closed.
func (r *record) imsTimes(end imsEnding) (problem string) {
	request, problem := r.imsTime("serviceRequestTimeStamp", imsRequest, imsRequestMS)
	if problem != "" {
		return problem
	}
	answer, problem := r.imsTime("serviceDeliveryStartTimeStamp", imsAnswer, imsAnswerMS)
	if problem != "" {
		return problem
	}
	opening, problem := r.imsTime("recordOpeningTime", imsOpening, unused)
	if problem != "" {
		return problem
	}
	last, problem := r.imsLast(end)
	if problem != "" {
		return problem
	}
	v := &r.row.Values
	start := firstKnown(request, answer, opening)
	if v.Partial > 1 && opening.known {
		start = opening
	}
	if !start.known {
		return "serviceRequestTimeStamp: is missing"
	}
	v.Start, v.Offset = start.at, start.offset
	if v.Service != cdr.Voice {
		return ""
	}
	if !answer.known {
		v.RingMS = r.imsSpan(start, last)
		return ""
	}
	v.Outcome = cdr.Answered
	if v.Partial <= 1 || !opening.known {
		v.RingMS = r.imsSpan(request, answer)
		start = answer
	}
	if talk := r.imsSpan(start, last); talk != cdr.RingUnknown {
		v.TalkMS = talk
	}
	return ""
}

// imsLast is when the session ended, or else when the record was closed; the other way
// round where the record is of a slice that is not the last.
func (r *record) imsLast(end imsEnding) (m moment, problem string) {
	ended, problem := r.imsTime("serviceDeliveryEndTimeStamp", imsEnd, imsEndMS)
	if problem != "" {
		return m, problem
	}
	closed, problem := r.imsTime("recordClosureTime", imsClosure, unused)
	if end.partial {
		return firstKnown(closed, ended), problem
	}
	return firstKnown(ended, closed), problem
}

// imsTime reads a TimeStamp and the milliseconds of it.
func (r *record) imsTime(name string, f, fraction field) (m moment, problem string) {
	if !r.has(f) {
		return m, ""
	}
	if m.at, m.offset, problem = timestamp(r.get(f)); problem != "" {
		return m, reason(name, r.get(f), problem)
	}
	m.known = true
	if fraction == unused || !r.has(fraction) {
		return m, ""
	}
	ms, ok := ber.Uint(r.get(fraction))
	if !ok || ms > 999 {
		return m, reason(name+"Fraction", r.get(fraction), "is not a number from 0 to 999")
	}
	m.at += cdr.Millis(ms)
	return m, ""
}

// imsSpan is the time from one moment to another. It is unknown where one of them is, or
// where they contradict each other by more than the second that times without a fraction
// may be wrong.
func (r *record) imsSpan(from, to moment) uint32 {
	if !from.known || !to.known {
		return cdr.RingUnknown
	}
	ms, problem := span(from.at, to.at)
	if problem != "" {
		r.note(decode.OddClock)
		return cdr.RingUnknown
	}
	return ms
}

func firstKnown(moments ...moment) moment {
	for _, m := range moments {
		if m.known {
			return m
		}
	}
	return moment{}
}
