package ts32298

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// moment is a time of a record, if it has it.
type moment struct {
	at     cdr.Millis
	offset int16 // minutes
	known  bool
}

// moment reads member f, a TimeStamp.
func (r *record) moment(f field) (m moment, problem string) {
	if !r.has(f) {
		return m, ""
	}
	m.at, m.offset, problem = timestamp(r.of(f))
	if problem != "" {
		return m, reason(fieldNames[f], r.of(f), problem)
	}
	m.known = true
	return m, ""
}

// times sets the start, ring and talk of a call and whether it was answered: it has an
// answer time and does not end as an unsuccessful attempt (TS 32.298, 5.1.2.1.4). An
// attempt's callDuration is the holding time: all of it counts as ringing.
func (r *record) times(ended uint64) (problem string) {
	seizure, problem := r.moment(seizureTime)
	if problem == "" && !seizure.known { // the time of the interrogation, where CAMEL controls a call
		seizure, problem = r.moment(eventTime)
	}
	if problem != "" {
		return problem
	}
	answer, problem := r.moment(answerTime)
	if problem != "" {
		return problem
	}
	release, problem := r.moment(releaseTime)
	if problem != "" {
		return problem
	}
	if answer.known && ended != unsuccessfulAttempt {
		return r.answered(seizure, answer, release)
	}
	if !seizure.known {
		seizure = answer
	}
	return r.attempt(seizure, release)
}

// answered sets the times of a call. One slice of it starts where it does.
func (r *record) answered(seizure, answer, release moment) (problem string) {
	v := &r.row.Values
	v.Outcome = cdr.Answered
	if v.TalkMS, problem = r.duration(answer, release); problem != "" {
		return problem
	}
	v.Start, v.Offset = answer.at, answer.offset
	switch {
	case v.Partial > 1 && seizure.known && release.known: // answer may be that of the whole call
		v.Start, v.Offset = release.at-cdr.Millis(v.TalkMS), release.offset
	case v.Partial <= 1 && seizure.known:
		v.Start, v.Offset = seizure.at, seizure.offset
		v.RingMS, problem = r.between(answerTime, seizure, answer)
	}
	return problem
}

// attempt sets the times of a call that was not answered.
func (r *record) attempt(seizure, release moment) (problem string) {
	v := &r.row.Values
	v.Outcome = cdr.Failed
	if r.has(callDuration) || seizure.known && release.known {
		if v.RingMS, problem = r.duration(seizure, release); problem != "" {
			return problem
		}
	}
	switch {
	case seizure.known:
		v.Start, v.Offset = seizure.at, seizure.offset
	case release.known && v.RingMS != cdr.RingUnknown:
		v.Start, v.Offset = release.at-cdr.Millis(v.RingMS), release.offset
	default:
		return "seizureTime: is missing, and so are other times that tell when the call began"
	}
	return ""
}

// duration is callDuration, or else the time from one moment to the release.
func (r *record) duration(from, release moment) (ms uint32, problem string) {
	if r.has(callDuration) {
		n, problem := r.number(callDuration, decode.MaxSeconds)
		return uint32(n) * 1000, problem
	}
	if !release.known {
		return 0, "callDuration: is missing, and so is releaseTime"
	}
	if ms, problem = r.between(releaseTime, from, release); ms == cdr.RingUnknown {
		return 0, reason(fieldNames[releaseTime], r.of(releaseTime), "is before what it ends, and callDuration is missing")
	}
	return ms, problem
}

// between is the time from one moment to another, the one of member f. Clocks that go
// back make it unknown: [cdr.RingUnknown].
func (r *record) between(f field, from, to moment) (ms uint32, problem string) {
	n := to.at - from.at
	if n < 0 {
		return cdr.RingUnknown, ""
	}
	if n > decode.MaxSeconds*1000 {
		return 0, reason(fieldNames[f], r.of(f), fmt.Sprintf("is %d seconds after what came before it, which is not possible", n/1000))
	}
	return uint32(n), ""
}
