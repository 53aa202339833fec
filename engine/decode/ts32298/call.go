package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Values of causeForTerm.
const (
	partialRecord        = 1
	partialReestablished = 2
	unsuccessfulAttempt  = 3
	abnormalRelease      = 4
)

// temporaryFailure is the cause of Q.850 of a call that ended abnormally with no cause
// told.
const temporaryFailure = 41

// originating reads a MOCallRecord. The subscriber is the served one. Where a call is
// forwarded, that is who forwards it, and callingNumber is somebody else.
func (r *record) originating(recordType uint64, body []byte) (problem string) {
	if problem = r.call(moMembers, recordType, body); problem != "" {
		return problem
	}
	r.row.Direction = decode.Originating
	r.row.Forwarded = recordType != 0 || r.forwards()
	calling := r.get(servedMSISDN)
	if calling == nil && !r.row.Forwarded {
		calling = r.get(callingNumber)
	}
	r.parties(calling, r.dialled())
	return ""
}

// passing reads a record of a call that carries no subscriber's leg.
func (r *record) passing(m members, recordType uint64, body []byte) (problem string) {
	if problem = r.call(m, recordType, body); problem != "" {
		return problem
	}
	r.row.Direction = decode.NoLegs
	called := r.dialled()
	calling := r.get(callingNumber)
	if called == nil {
		called = r.get(servedMSISDN)
	} else if calling == nil {
		calling = r.get(servedMSISDN)
	}
	r.parties(calling, called)
	r.skip = r.row.At[decode.CallingNumber].Len|r.row.At[decode.CalledNumber].Len|r.row.At[decode.IMSI].Len == 0
	return ""
}

// call reads what the records of calls have in common: everything but the parties and
// whose legs they are.
func (r *record) call(m members, recordType uint64, body []byte) (problem string) {
	if problem = r.walk(m, body); problem != "" {
		return problem
	}
	ended := uint64(0)
	if r.has(causeForTerm) {
		if ended, problem = r.number(causeForTerm, 1<<31); problem != "" {
			return problem
		}
		if ended > 5 && (ended < 52 || ended > 59) {
			r.note(decode.UnknownValue)
		}
	}
	if r.row.Partial, problem = r.slice(ended); problem != "" {
		return problem
	}
	if problem = r.times(ended); problem != "" {
		return problem
	}
	r.outcome(ended)
	r.served()
	r.row.ID = r.identity(recordType)
	return ""
}

// slice is which of the partial records of a call this is, 0 when it has none.
func (r *record) slice(ended uint64) (n uint32, problem string) {
	v := uint64(0)
	if r.has(sequenceNumber) {
		if v, problem = r.number(sequenceNumber, 1<<32-1); problem != "" {
			return 0, problem
		}
	}
	if v == 0 && (ended == partialRecord || ended == partialReestablished) {
		v = 1
	}
	return uint32(v), ""
}

// outcome tells how an attempt ended that was not answered, and the cause of any.
func (r *record) outcome(ended uint64) {
	v := &r.row.Values
	failure := cdr.OutcomeUnknown
	if r.has(diagnostics) {
		v.Cause, failure = r.diagnose(r.of(diagnostics))
	} else if ended == abnormalRelease {
		v.Cause = temporaryFailure
	}
	switch {
	case v.Outcome == cdr.Answered:
	case failure != cdr.OutcomeUnknown:
		v.Outcome = failure
	case ended == 0: // a normal end before an answer: the caller gave up
		v.Outcome = cdr.NoAnswer
	case v.Cause != 0:
		v.Outcome = decode.OutcomeOfQ850(v.Cause)
	default:
		v.Outcome = cdr.Failed
	}
}

// forwards reports whether the record is of the leg of a forwarding: one of the
// services of forwarding and deflection was used (TS 29.002, SS-Code 20 to 2F), or
// CAMEL did it.
func (r *record) forwards() bool {
	if v, ok := ber.Uint(r.get(camelForwarding)); ok && v == 1 {
		return true
	}
	for w := ber.Walk(r.get(supplServices)); w.Next(); {
		code := w.Content
		if w.Constructed {
			code = ber.Find(w.Content, ber.Context(0))
		}
		if len(code) == 1 && code[0]>>4 == 2 {
			return true
		}
	}
	return false
}

// identity is made of what tells the record of a call from others: the call reference
// is the switch's own. It is 0 where the record has none. The number of a partial
// record is in r.row.Partial.
func (r *record) identity(recordType uint64) uint64 {
	if !r.has(callReference) || !r.has(recordingEntity) {
		return 0
	}
	id := cdr.Mix(cdr.Hash(r.of(recordingEntity))+recordType) + cdr.Hash(r.of(callReference))
	return max(cdr.Mix(id), 1)
}
