package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// longestWord is longer than every column name and every word of an enum.
const longestWord = 24

// Trim cuts spaces and tabs off both ends of b.
func Trim(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// lower writes b in ASCII lower case into buf and returns it, or nothing when b
// is too long to be a word we know.
func lower(buf *[longestWord]byte, b []byte) []byte {
	if len(b) > len(buf) {
		return nil
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		buf[i] = c
	}
	return buf[:len(b)]
}

// Direction says whose legs a record carries.
type Direction uint8

// The directions. Of the zero value, DirectionDefault, the service decides:
// data originating, everything else both.
const (
	DirectionDefault Direction = iota
	Both
	Originating
	Terminating
	NoLegs // a gateway, transit or location record
)

// String is the direction's name in the record.
func (d Direction) String() string {
	return [...]string{"", "both", "originating", "terminating", "none"}[d]
}

func directionExactly(b []byte) (Direction, bool) {
	switch string(b) {
	case "both":
		return Both, true
	case "originating":
		return Originating, true
	case "terminating":
		return Terminating, true
	case "none":
		return NoLegs, true
	}
	return 0, false
}

func serviceExactly(b []byte) (cdr.Service, bool) {
	switch string(b) {
	case "voice":
		return cdr.Voice, true
	case "sms":
		return cdr.SMS, true
	case "mms":
		return cdr.MMS, true
	case "data":
		return cdr.Data, true
	}
	return 0, false
}

func outcomeExactly(b []byte) (cdr.Outcome, bool) {
	switch string(b) {
	case "answered":
		return cdr.Answered, true
	case "no_answer":
		return cdr.NoAnswer, true
	case "busy":
		return cdr.Busy, true
	case "failed":
		return cdr.Failed, true
	}
	return cdr.OutcomeUnknown, false
}

func ratExactly(b []byte) (cdr.RAT, bool) {
	switch string(b) {
	case "2g":
		return cdr.RAT2G, true
	case "3g":
		return cdr.RAT3G, true
	case "4g":
		return cdr.RAT4G, true
	case "5g":
		return cdr.RAT5G, true
	case "wifi":
		return cdr.RATWiFi, true
	}
	return cdr.RATUnknown, false
}

func boolExactly(b []byte) (v, ok bool) {
	switch string(b) {
	case "true", "1", "yes":
		return true, true
	case "false", "0", "no":
		return false, true
	}
	return false, false
}

// readDirection reads the word in any ASCII case.
func readDirection(b []byte) (Direction, bool) {
	if v, ok := directionExactly(b); ok {
		return v, true
	}
	var buf [longestWord]byte
	return directionExactly(lower(&buf, b))
}

// readService reads the word in any ASCII case.
func readService(b []byte) (cdr.Service, bool) {
	if v, ok := serviceExactly(b); ok {
		return v, true
	}
	var buf [longestWord]byte
	return serviceExactly(lower(&buf, b))
}

// readOutcome reads the word in any ASCII case.
func readOutcome(b []byte) (cdr.Outcome, bool) {
	if v, ok := outcomeExactly(b); ok {
		return v, true
	}
	var buf [longestWord]byte
	return outcomeExactly(lower(&buf, b))
}

// readRAT reads the word in any ASCII case.
func readRAT(b []byte) (cdr.RAT, bool) {
	if v, ok := ratExactly(b); ok {
		return v, true
	}
	var buf [longestWord]byte
	return ratExactly(lower(&buf, b))
}

// readBool reads the word in any ASCII case.
func readBool(b []byte) (bool, bool) {
	if v, ok := boolExactly(b); ok {
		return v, true
	}
	var buf [longestWord]byte
	return boolExactly(lower(&buf, b))
}
