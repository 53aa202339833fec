package ts32298

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// field is what a member of a record means, whatever its tag in the several kinds of
// records of a domain. The constants here are those of the circuit switched domain.
type field uint8

const (
	unused field = iota // known, and of no use here
	servedIMSI
	servedIMEI
	servedMSISDN
	callingNumber
	calledNumber
	translatedNumber
	connectedNumber
	recordingEntity
	incomingTrunk
	outgoingTrunk
	location
	supplServices
	seizureTime
	answerTime
	releaseTime
	callDuration
	causeForTerm
	diagnostics
	callReference
	sequenceNumber
	camelForwarding
	systemType
	eventTime
	smsResult
	destinationNumber
	camelSMS
	fields // how many there are, at most 32: seen holds a bit for each
)

// member names, for reasons.
var fieldNames = [fields]string{
	seizureTime: "seizureTime", answerTime: "answerTime", releaseTime: "releaseTime", callDuration: "callDuration",
	causeForTerm: "causeForTerm", sequenceNumber: "sequenceNumber", eventTime: "time of the event",
}

// members are the meanings of the members of one kind of record by the numbers of
// their tags. Those above the last are of no known release.
type members []field

// walk finds the members of a body, in any order. Of members that come twice the last
// counts.
func (r *record) walk(m members, body []byte) (problem string) {
	seen := uint32(0)
	w := ber.Walk(body)
	for w.Next() {
		n := uint32(w.Tag - ber.Context(0)) // tags of other classes become large
		if n >= uint32(len(m)) {
			r.note(decode.UnknownTag)
			continue
		}
		if len(w.Content) == 0 {
			continue // some switches write members that they have nothing for
		}
		f := m[n]
		r.member[f] = w.Content
		seen |= 1 << f
	}
	r.seen = seen
	if w.Problem != ber.None {
		return fmt.Sprintf("the member behind [%d] is damaged: %s", w.Tag.Number(), w.Problem)
	}
	return ""
}

// has reports whether the record has member f.
func (r *record) has(f field) bool { return r.seen>>f&1 != 0 }

// get is the content of member f, nil when the record has none.
func (r *record) get(f field) []byte {
	if !r.has(f) {
		return nil
	}
	return r.member[f]
}

// number is the value of member f, an INTEGER of at most most.
func (r *record) number(f field, most uint64) (v uint64, problem string) {
	v, ok := ber.Uint(r.member[f])
	if !ok || v > most {
		return 0, reason(fieldNames[f], r.member[f], fmt.Sprintf("is not a number from 0 to %d", most))
	}
	return v, ""
}
