package ts32298

import (
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// element is one of BER, primitive with a value or constructed of others.
type element struct {
	class  byte
	number uint32
	value  []byte
	inner  []element // constructed where this is not nil
}

// prim is a primitive element with a context tag and the value that hex digits tell.
func prim(number uint32, value string) element {
	b, err := hex.DecodeString(strings.ReplaceAll(value, " ", ""))
	if err != nil {
		panic(err)
	}
	return element{class: 2, number: number, value: b}
}

// cons is a constructed element with a context tag.
func cons(number uint32, inner ...element) element {
	if inner == nil {
		inner = []element{}
	}
	return element{class: 2, number: number, inner: inner}
}

// seq is a SEQUENCE.
func seq(inner ...element) element { return element{number: 16, inner: inner} }

// style is how elements are written: each choice is made by chance, nil is always the
// shortest form.
type style struct{ rnd *rand.Rand }

func (s style) chance(n int) bool { return s.rnd != nil && s.rnd.IntN(n) == 0 }

// append appends e.
func (s style) append(dst []byte, e element) []byte {
	first := e.class << 6
	if e.inner != nil {
		first |= 0x20
	}
	if e.number < 31 {
		dst = append(dst, first|byte(e.number))
	} else {
		dst = append(dst, first|31)
		var digits []byte
		for n := e.number; ; n >>= 7 {
			digits = append(digits, byte(n&0x7F)|0x80)
			if n < 0x80 {
				break
			}
		}
		digits[0] &= 0x7F
		slices.Reverse(digits)
		dst = append(dst, digits...)
	}
	value := e.value
	if e.inner != nil {
		value = nil
		for _, in := range e.inner {
			value = s.append(value, in)
		}
		if s.chance(6) {
			return append(append(append(dst, 0x80), value...), 0, 0)
		}
	}
	return append(s.length(dst, len(value)), value...)
}

func (s style) length(dst []byte, n int) []byte {
	extra := 0
	if s.chance(8) {
		extra = 1 + s.rnd.IntN(3)
	}
	if n < 0x80 && extra == 0 {
		return append(dst, byte(n))
	}
	var octets []byte
	for ; n > 0; n >>= 8 {
		octets = append(octets, byte(n))
	}
	octets = append(octets, make([]byte, extra)...)
	slices.Reverse(octets)
	return append(append(dst, 0x80|byte(len(octets))), octets...)
}

// encode is e in the shortest form.
func encode(e ...element) (b []byte) {
	for _, e := range e {
		b = style{}.append(b, e)
	}
	return b
}

// directoryNumber encodes digits behind octets of the type.
func directoryNumber(octets string, digits string) string {
	return octets + tbcd(digits)
}

// tbcd are the hex digits of the TBCD-STRING of digits.
func tbcd(digits string) string {
	if len(digits)%2 == 1 {
		digits += "F"
	}
	out := []byte(strings.NewReplacer("*", "A", "#", "B", "a", "C", "b", "D", "c", "E").Replace(digits))
	for i := 0; i < len(out); i += 2 {
		out[i], out[i+1] = out[i+1], out[i]
	}
	return string(out)
}

func TestEncoder(t *testing.T) {
	for want, e := range map[string]element{
		"800101":                               prim(0, "01"),
		"9f2101ff":                             prim(33, "FF"),
		"9f814801ff":                           prim(200, "FF"),
		"a103800101":                           cons(1, prim(0, "01")),
		"3005a103800101":                       seq(cons(1, prim(0, "01"))),
		"81818000" + strings.Repeat("00", 127): prim(1, strings.Repeat("00", 128)),
	} {
		if got := hex.EncodeToString(encode(e)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if s := tbcd("4477*"); s != "4477FA" {
		t.Error(s)
	}
}
