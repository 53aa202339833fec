package tap

import (
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Causes for termination, as far as they decide something.
const (
	unsuccessful = 3
	abnormal     = 4
	camel        = 5
)

// usage reads how long and how much.
func (r *record) usage() (problem string) {
	v := &r.row.Values
	if v.Service == cdr.Data {
		if problem = r.volume(); problem != "" {
			return problem
		}
	}
	cause, problem := r.cause()
	if problem != "" {
		return problem
	}
	if cause == unsuccessful {
		v.Outcome = cdr.Failed
	}
	if v.Service == cdr.SMS {
		return ""
	}
	if v.TalkMS, problem = r.seconds(); problem != "" || v.Service == cdr.Data {
		return problem
	}
	switch cause {
	case unsuccessful:
		v.RingMS, v.TalkMS = v.TalkMS, 0
	case abnormal:
		v.Cause = 41 // temporary failure: a dropped call
	}
	return ""
}

// seconds is totalCallEventDuration in milliseconds.
func (r *record) seconds() (ms uint32, problem string) {
	b := r.at[duration]
	if len(b) == 0 {
		return 0, "totalCallEventDuration: is missing"
	}
	n, ok := ber.Uint(b)
	switch {
	case !ok:
		return 0, decode.Reason("totalCallEventDuration", b, notNatural)
	case n > decode.MaxSeconds:
		return 0, "totalCallEventDuration: " + strconv.FormatUint(n, 10) + " is out of range"
	}
	return uint32(n) * 1000, ""
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
		return 0, decode.Reason("causeForTerm", b, notNatural)
	case n == 0 || n == 2 || n > 63: // TD.57 has them not; 3GPP TS 32.298 has 0 and 2, and none above 63
		r.note(decode.UnknownValue)
	}
	return n, ""
}

// volume reads the bytes of a session, and which slice of it this is. What comes in,
// comes to the subscriber.
func (r *record) volume() (problem string) {
	v := &r.row.Values
	if v.Down, problem = r.octets("dataVolumeIncoming", r.at[bytesIn]); problem != "" {
		return problem
	}
	if v.Up, problem = r.octets("dataVolumeOutgoing", r.at[bytesOut]); problem != "" {
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
		r.note(decode.UnknownValue)
	}
	return ""
}

func (r *record) octets(name string, b []byte) (uint64, string) {
	if len(b) == 0 {
		return 0, ""
	}
	n, ok := ber.Uint(b)
	switch {
	case !ok:
		return 0, decode.Reason(name, b, notNatural)
	case n > decode.MaxBytes:
		return 0, name + ": " + strconv.FormatUint(n, 10) + " is out of range"
	}
	return n, ""
}
