package window

import (
	"math"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"pgregory.net/rapid"
)

// A fact is told of the legs that it is true of, and no other of them is touched.
func TestTell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &Legs{N: rapid.IntRange(0, MaxLegs).Draw(t, "n")}
		draw := rapid.Uint64()
		edge := rapid.SampledFrom([]uint32{0, 1, 59_999, 60_000, 1 << 31, math.MaxUint32 - 1, math.MaxUint32})
		for i := range l.N {
			l.Facts[i], l.TalkMS[i], l.RingMS[i] = Fact(draw.Draw(t, "facts")), edge.Draw(t, "talk"), edge.Draw(t, "ring")
			l.Flags[i] = cdr.Flags(draw.Draw(t, "flags"))
		}
		f, given, most := Fact(draw.Draw(t, "f")), Fact(1)<<rapid.IntRange(0, 63).Draw(t, "given")|Fact(rapid.IntRange(0, 3).Draw(t, "more")), edge.Draw(t, "most")
		want, than := slices.Clone(l.Facts[:l.N]), "no more than that"
		check := func() {
			if !slices.Equal(l.Facts[:l.N], want) {
				t.Fatalf("%s: %x, want %x", than, l.Facts[:l.N], want)
			}
		}
		for i := range want {
			if want[i]&given == given && l.TalkMS[i] <= most {
				want[i] |= f
			}
		}
		l.TellUpTo(f, given, &l.TalkMS, most)
		check()
		than = "with the flag"
		for i := range want {
			if want[i]&given == given && l.Flags[i].Has(cdr.DropCause) {
				want[i] |= f
			}
		}
		l.TellFlag(f, given, cdr.DropCause)
		check()
		l.tellEach(&l.RingMS, f, given, among{^uint32(0), 0, most})
		for i := range want {
			if want[i]&given == given && l.RingMS[i] <= most {
				want[i] |= f
			}
		}
		than = "on any machine"
		check()
	})
}
