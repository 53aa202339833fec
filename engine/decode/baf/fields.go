package baf

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// field is what a field of a record tells.
type field uint8

const (
	timing field = iota
	answer
	feature
	originArea
	originNumber
	overseas
	targetArea
	targetNumber
	connect
	elapsed
	kept  // so many are kept
	skip1 // others, by the count of their digits
	skip3
	skip7
)

var fieldSizes = [...]int{
	timing: 5, answer: 1, feature: 3, originArea: 3, originNumber: 7, overseas: 1,
	targetArea: 5, targetNumber: 7, connect: 7, elapsed: 9, kept: 0, skip1: 1, skip3: 3, skip7: 7,
}

var fieldNames = [...]string{
	timing: "timing indicator", answer: "called party answer indicator", feature: "service feature code",
	originArea: "originating NPA", originNumber: "originating number", overseas: "overseas indicator",
	targetArea: "terminating NPA", targetNumber: "terminating number", connect: "connect time", elapsed: "elapsed time",
	kept: "", skip1: "an indicator", skip3: "dialed NPA", skip7: "study indicator or dialed number",
}

// The fields behind the date, of structures of calls. The elapsed time at the end of
// one may be missing.
var (
	station  = []field{timing, skip7, answer, skip1, skip1, feature, originArea, originNumber, overseas, targetArea, targetNumber, connect, elapsed}
	noTarget = []field{timing, skip7, answer, skip1, skip1, feature, originArea, originNumber, connect, elapsed}
	noOrigin = []field{timing, skip7, answer, skip1, skip1, feature, targetArea, targetNumber, connect, elapsed}
	incoming = []field{timing, skip7, answer, skip1, skip1, feature, overseas, targetArea, targetNumber, connect, elapsed}
	dialled  = []field{timing, skip7, answer, skip1, skip1, feature, originArea, originNumber, skip3, skip7, overseas, targetArea, targetNumber, connect, elapsed}
	dialled7 = []field{timing, skip7, answer, skip1, skip1, feature, originArea, originNumber, skip7, overseas, targetArea, targetNumber, connect, elapsed}
	flat     = []field{answer, feature, originArea, originNumber, overseas, targetArea, targetNumber, connect, elapsed}
)

// structure is the fields of the structure code, nil of one that tells of no call.
// known is false of one that is taken for the most usual.
func structure(code int) (fields []field, known bool) {
	switch code {
	case 1, 2, 20, 21, 625:
		return station, true
	case 28, 76:
		return noTarget, true
	case 79:
		return noOrigin, true
	case 653:
		return incoming, true
	case 360:
		return dialled, true
	case 364:
		return dialled7, true
	case 500, 501, 502:
		return flat, true
	case 96, 110, 614, 1030:
		return nil, true
	}
	if code >= 9000 {
		return nil, true
	}
	return station, false
}

// digits reads a field of n digits, of which the value fits an int, at the front of b.
func digits(b []byte, n int) (value int, rest []byte, ok bool) {
	size := (n + 1) / 2
	if len(b) < size {
		return 0, b, false
	}
	for _, c := range b[:size-1] {
		if c>>4 > 9 || c&15 > 9 {
			return 0, b, false
		}
		value = value*100 + int(c>>4)*10 + int(c&15)
	}
	c := b[size-1]
	if c>>4 > 9 || c&15 != sign {
		return 0, b, false
	}
	return value*10 + int(c>>4), b[size:], true
}

// sign is the nibble at the end of a field.
const sign = 0xC

// problem words that what b begins with is no field of n digits.
func problem(name string, b []byte, n int) string {
	size := min(len(b), (n+1)/2)
	return fmt.Sprintf("%s: %s is not %d digits and the sign C", name, decode.Quote(fmt.Appendf(nil, "%X", b[:size])), n)
}
