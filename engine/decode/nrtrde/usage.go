package nrtrde

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/roaming"
)

// usage reads how long and how much.
func (r *record) usage() (problem string) {
	v := &r.Row.Values
	if v.Service == cdr.Data {
		if v.Down, problem = roaming.Uint("dataVolumeIncoming", r.at[bytesIn], decode.MaxBytes); problem != "" {
			return problem
		}
		if v.Up, problem = roaming.Uint("dataVolumeOutgoing", r.at[bytesOut], decode.MaxBytes); problem != "" {
			return problem
		}
	}
	why, problem := roaming.Uint("causeForTermination", r.at[cause], 1<<31)
	if problem != "" {
		return problem
	}
	if why > 63 { // 3GPP TS 32.298 has none above
		r.Note(decode.UnknownValue)
	}
	if why == roaming.Unsuccessful {
		v.Outcome = cdr.Failed
	}
	if v.Service == cdr.SMS {
		return ""
	}
	if len(r.at[duration]) == 0 {
		return "callEventDuration: is missing"
	}
	seconds, problem := roaming.Uint("callEventDuration", r.at[duration], decode.MaxSeconds)
	if problem != "" {
		return problem
	}
	v.TalkMS = uint32(seconds) * 1000
	switch {
	case v.Service == cdr.Data:
	case why == roaming.Unsuccessful:
		v.RingMS, v.TalkMS = v.TalkMS, 0
	case why == roaming.Abnormal:
		v.Cause = 41 // temporary failure: a dropped call
	}
	return ""
}

// price is the charge, in thousandths of the unit, where it is wanted.
func (r *record) price() string {
	n, problem := roaming.Uint("chargeAmount", r.at[charge], decode.MaxCharge/1000)
	r.Row.Charge = int64(n) * 1000
	return problem
}
