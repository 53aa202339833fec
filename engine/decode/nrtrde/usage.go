package nrtrde

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
)

// usage reads how long and how much.
func (r *record) usage() (problem string) {
	v := &r.row.Values
	if v.Service == cdr.Data {
		if v.Down, problem = r.number("dataVolumeIncoming", bytesIn, decode.MaxBytes); problem != "" {
			return problem
		}
		if v.Up, problem = r.number("dataVolumeOutgoing", bytesOut, decode.MaxBytes); problem != "" {
			return problem
		}
	}
	why, problem := r.number("causeForTermination", cause, 1<<31)
	if problem != "" {
		return problem
	}
	if why > 63 { // 3GPP TS 32.298 has none above
		r.note(decode.UnknownValue)
	}
	if why == unsuccessful {
		v.Outcome = cdr.Failed
	}
	if v.Service == cdr.SMS {
		return ""
	}
	if len(r.at[duration]) == 0 {
		return "callEventDuration: is missing"
	}
	seconds, problem := r.number("callEventDuration", duration, decode.MaxSeconds)
	if problem != "" {
		return problem
	}
	v.TalkMS = uint32(seconds) * 1000
	switch {
	case v.Service == cdr.Data:
	case why == unsuccessful:
		v.RingMS, v.TalkMS = v.TalkMS, 0
	case why == abnormal:
		v.Cause = 41 // temporary failure: a dropped call
	}
	return ""
}

// price is the charge, in thousandths of the unit, where it is wanted.
func (r *record) price() string {
	n, problem := r.number("chargeAmount", charge, decode.MaxCharge/1000)
	r.row.Charge = int64(n) * 1000
	return problem
}

const notNatural = "is no number, or negative"

// number is an integer of at most most, 0 where it is absent.
func (r *record) number(name string, m member, most uint64) (uint64, string) {
	b := r.at[m]
	if len(b) == 0 {
		return 0, ""
	}
	n, ok := ber.Uint(b)
	switch {
	case !ok:
		return 0, decode.Reason(name, b, notNatural)
	case n > most:
		return 0, name + ": " + strconv.FormatUint(n, 10) + " is out of range"
	}
	return n, ""
}
