package ts32298

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
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

// fieldNames are the names of members that are the reason why records are rejected.
var fieldNames = [fields]string{
	seizureTime: "seizureTime", answerTime: "answerTime", releaseTime: "releaseTime", callDuration: "callDuration",
	causeForTerm: "causeForTerm", sequenceNumber: "sequenceNumber",
	eventTime: "interrogationTime",
}

// members are the meanings of the members of one kind of record by the numbers of
// their tags. Those above the last are of no known release.
type members []field

// walk finds the members of a body, in any order. Of members that come twice the last
// counts; those that are empty are none: some switches write members that they have
// nothing for.
func (r *record) walk(m members, body []byte) (problem string) {
	r.body, r.seen = body, 0
	for at := 0; at < len(body); {
		n, from, end := uint32(0), at+2, 0
		if from < len(body) && body[at]&0xC0 == 0x80 { // nearly all have a tag of one or two octets and a length of one
			n = uint32(body[at] & 31)
			length := body[at+1]
			if n == 31 {
				n, length, from = uint32(length), body[from], from+1
			}
			if n < 0x80 && length < 0x80 {
				end = from + int(length)
			}
		}
		if end == 0 || end > len(body) {
			if n, from, end, problem = long(body, at); problem != "" {
				return problem
			}
		}
		at = end
		if n >= uint32(len(m)) {
			r.note(decode.UnknownTag)
			continue
		}
		if end > from {
			f := m[n]
			r.member[f] = cdr.Span{Off: uint32(from), Len: uint32(end - from)}
			r.seen |= 1 << f
		}
	}
	return ""
}

// noMember stands for the number of a tag that is not context-specific.
const noMember = 1<<32 - 1

// long finds any member, the end of contents around it included, which is an empty one.
func long(b []byte, at int) (n uint32, from, end int, problem string) {
	if len(b)-at >= 2 && b[at] == 0 && b[at+1] == 0 {
		return 0, at + 2, at + 2, ""
	}
	h, size, p := ber.Extent(b[at:])
	if p != ber.None {
		return 0, 0, 0, fmt.Sprintf("the member at octet %d of the record is damaged: %s", at, p)
	}
	n, from, end = h.Tag.Number(), at+h.Size, at+size
	if h.Tag.Class() != 2 {
		n = noMember
	}
	if h.Indefinite {
		end -= 2
	}
	return n, from, end, ""
}

// has reports whether the record has member f.
func (r *record) has(f field) bool { return r.seen>>f&1 != 0 }

// of is the content of member f, which the record has.
func (r *record) of(f field) []byte { return r.member[f].Of(r.body) }

// get is the content of member f, nil when the record has none.
func (r *record) get(f field) []byte {
	if !r.has(f) {
		return nil
	}
	return r.of(f)
}

// number is the value of member f, an INTEGER of at most most.
func (r *record) number(f field, most uint64) (v uint64, problem string) {
	return number(fieldNames[f], r.of(f), most)
}
