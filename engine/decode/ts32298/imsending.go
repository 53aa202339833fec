package ts32298

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// imsEnding is why a session ended.
type imsEnding struct {
	partial bool   // it did not: the record is of a slice
	failed  bool   // the service was not delivered
	sip     uint16 // final response, 0 when none is told
	q850    uint16 // cause, 0 when none is told
}

// imsEnding reads the causes. CauseForRecordClosing is 0 delivered, 1 not delivered, 3,
// 4 and 5 a slice. Beyond these it is, in some records, a Cause-Code of TS 32.299,
// 7.2.35, as serviceReasonReturnCode always is: a SIP response, negative where it is a
// success; small numbers classify it.
func (r *record) imsEnding() (e imsEnding, problem string) {
	if r.has(imsCause) {
		n, ok := integer(r.get(imsCause))
		if !ok {
			return e, reason("causeForRecordClosing", r.get(imsCause), "is not a number")
		}
		switch n {
		case 0:
		case 1, 2:
			e.failed = true
		case 3, 4, 5:
			e.partial = true
		default:
			r.code(&e, n)
		}
	}
	if n, ok := decimal(r.get(imsCode)); ok {
		r.code(&e, n)
	}
	e.reasons(r.get(imsReasons))
	return e, ""
}

// code takes a Cause-Code in.
func (r *record) code(e *imsEnding, n int64) {
	switch response := max(n, -n); {
	case response >= 100 && response <= 699:
		e.sip = uint16(response)
		e.failed = e.failed || response >= 400
	case n > 0 && n <= 6: // an error of a class, of the set-up, inside
		e.failed = true
	case n > 0:
		e.failed = true
		r.note(decode.UnknownValue)
	case n < -3:
		r.note(decode.UnknownValue)
	}
}

// reasons takes the Reason headers of RFC 3326 in:
//
//	Q.850;cause=16;text="Normal call clearing"
//	SIP;cause=487
func (e *imsEnding) reasons(list []byte) {
	for w := ber.Walk(list); w.Next(); {
		n, ok := decimal(parameter(w.Content, "cause="))
		switch {
		case !ok:
		case bytes.HasPrefix(w.Content, []byte("Q.850")) && n > 0 && n < 128:
			e.q850 = uint16(n)
		case bytes.HasPrefix(w.Content, []byte("SIP")) && e.sip == 0 && n >= 300 && n <= 699:
			e.sip = uint16(n)
		}
	}
}

// decide sets cause and, of what was not answered, the outcome.
func (e *imsEnding) decide(v *decode.Values) {
	v.Cause = e.q850
	switch {
	case v.Service == cdr.SMS:
		v.Outcome = cdr.Answered
		if e.failed {
			v.Outcome = cdr.Failed
		}
	case v.Outcome == cdr.Answered:
		if e.failed && v.Cause == 0 {
			v.Cause = temporaryFailure
		}
	case e.sip >= 300:
		v.Outcome = decode.OutcomeOfSIP(e.sip)
	case e.q850 != 0:
		v.Outcome = decode.OutcomeOfQ850(e.q850)
	case e.failed:
		v.Outcome = cdr.Failed
	default: // it ended as it should, and nobody answered
		v.Outcome = cdr.NoAnswer
	}
}

// decimal reads a number as people write it, with a sign or without.
func decimal(b []byte) (n int64, ok bool) {
	digits, negative := bytes.CutPrefix(b, []byte("-"))
	if len(digits) == 0 || len(digits) > 9 || !decode.AllDigits(digits) {
		return 0, false
	}
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}
