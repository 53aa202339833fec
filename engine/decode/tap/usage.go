package tap

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
	"github.com/cdrstream/cdrstream/engine/decode/roaming"
)

// usage reads how long and how much.
func (r *record) usage() (problem string) {
	v := &r.Row.Values
	if v.Service == cdr.Data {
		if problem = r.volume(); problem != "" {
			return problem
		}
	}
	cause, problem := r.cause()
	if problem != "" {
		return problem
	}
	if cause == roaming.Unsuccessful {
		v.Outcome = cdr.Failed
	}
	if v.Service == cdr.SMS {
		return ""
	}
	if len(r.at[duration]) == 0 {
		return "totalCallEventDuration: is missing"
	}
	seconds, problem := roaming.Uint("totalCallEventDuration", r.at[duration], decode.MaxSeconds)
	if v.TalkMS = uint32(seconds) * 1000; problem != "" || v.Service == cdr.Data {
		return problem
	}
	switch cause {
	case roaming.Unsuccessful:
		v.RingMS, v.TalkMS = v.TalkMS, 0
	case roaming.Abnormal:
		v.Cause = 41 // temporary failure: a dropped call
	}
	return ""
}

// cause is causeForTerm, which is absent where all was well.
func (r *record) cause() (n uint64, problem string) {
	b := r.at[causeForTerm]
	if len(b) == 0 {
		return 0, ""
	}
	n, ok := ber.Uint(b)
	switch {
	case !ok:
		return 0, decode.Reason("causeForTerm", b, roaming.NotNatural)
	case n == 0 || n == 2 || n > 63: // TD.57 has them not; 3GPP TS 32.298 has 0 and 2, and none above 63
		r.Note(decode.UnknownValue)
	}
	return n, ""
}

// volume reads the bytes of a session, and which slice of it this is. What comes in,
// comes to the subscriber.
func (r *record) volume() (problem string) {
	v := &r.Row.Values
	if v.Down, problem = roaming.Uint("dataVolumeIncoming", r.at[bytesIn], decode.MaxBytes); problem != "" {
		return problem
	}
	if v.Up, problem = roaming.Uint("dataVolumeOutgoing", r.at[bytesOut], decode.MaxBytes); problem != "" {
		return problem
	}
	switch string(r.at[partialType]) {
	case "":
	case "F":
		v.Partial = 1
	case "I":
		v.Partial = 2
	case "L":
		v.Partial = 3
	default:
		r.Note(decode.UnknownValue)
	}
	return ""
}
