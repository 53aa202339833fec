package ts32298

import (
	"fmt"
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// number reads the INTEGER or ENUMERATED b, from 0 to most.
func number(name string, b []byte, most uint64) (n uint64, problem string) {
	n, ok := ber.Uint(b)
	if !ok || n > most {
		return 0, reason(name, b, fmt.Sprintf("is not a number from 0 to %d", most))
	}
	return n, ""
}

// integer reads an INTEGER that may be negative.
func integer(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	n = int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return n, true
}

// callDurationOf reads a CallDuration in milliseconds.
func callDurationOf(name string, b []byte) (ms uint32, problem string) {
	n, problem := number(name, b, decode.MaxSeconds)
	return uint32(n * 1000), problem
}

// span is the time from one instant to another, in milliseconds. The clocks of nodes
// may differ by a second.
func span(from, to cdr.Millis) (ms uint32, problem string) {
	switch d := to - from; {
	case d < -1000:
		return 0, "is before the time that it follows"
	case d > decode.MaxSeconds*1000:
		return 0, "is too long after the time that it follows"
	default:
		return uint32(max(d, 0)), ""
	}
}

// hashOf identifies a record by a type and by contents of members, in their order. It is
// never 0.
func hashOf(recordType uint64, contents ...[]byte) uint64 {
	h := recordType
	for _, b := range contents {
		h = cdr.Mix(bits.RotateLeft64(h, 1) + cdr.Hash(b))
	}
	return max(h, 1)
}
