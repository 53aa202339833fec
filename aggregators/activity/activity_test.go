package activity

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// tells is what Mark has to tell of a leg of x, by the words of the catalogue.
func tells(x *cdr.Row) (f window.Fact) {
	if x.Flags.Service() != cdr.Voice {
		return 0
	}
	if x.RingMS != cdr.RingUnknown {
		f |= window.RingKnown
	}
	if x.TalkMS < 60_000 {
		f |= window.UnderMinute
	}
	if x.TalkMS <= 6_000 {
		f |= window.ShortTalk
	}
	if x.Flags.Has(cdr.DropCause) {
		f |= window.Dropped
	}
	if x.Flags.Has(cdr.Forwarded) && !x.Flags.Has(cdr.Slice) && !x.CalledPlace.On(cdr.ListVoicemail) {
		f |= window.Diverted
	}
	return f
}

// Mark tells of each leg what the catalogue says of it, and nothing else.
func TestMark(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	told := map[window.Fact]int{}
	for range 300 {
		l := &window.Legs{Wanted: Family{}.Tells() &^ (window.Diverted * window.Fact(r.IntN(2)))}
		want := make([]window.Fact, r.IntN(window.MaxLegs+1))
		for i := range want {
			x := &cdr.Row{RingMS: []uint32{0, 9000, cdr.RingUnknown}[r.IntN(3)], TalkMS: []uint32{0, 6000, 6001, 59_999, 60_000, 1 << 31}[r.IntN(6)]}
			x.Flags = cdr.Flags(0).With(cdr.Service(r.IntN(4)), cdr.Outcome(r.IntN(5)), cdr.RAT(0))
			for _, f := range []cdr.Flags{cdr.Forwarded, cdr.Slice, cdr.DropCause} {
				x.Flags |= f * cdr.Flags(r.IntN(2))
			}
			x.CalledPlace, x.CallingPlace = place(r), place(r)
			side := []window.Side{window.Originating, window.Terminating}[r.IntN(2)]
			x.Flags |= []cdr.Flags{cdr.Originating, cdr.Terminating}[side&1]
			l.Add(x, side)
			want[i] = l.Facts[i] | tells(x)&(l.Wanted|^window.Diverted)
			for f := want[i] &^ l.Facts[i]; f != 0; f &= f - 1 {
				told[f&-f]++
			}
		}
		Family{}.Mark(l)
		for i, f := range want {
			if l.Facts[i] != f {
				t.Fatalf("seed %d: leg %d of %d has facts %x, want %x", seed, i, len(want), l.Facts[i], f)
			}
		}
	}
	for f := (Family{}).Tells(); f != 0; f &= f - 1 {
		if told[f&-f] < 100 {
			t.Errorf("seed %d: fact %x was told %d times", seed, f&-f, told[f&-f])
		}
	}
}

// place is that of a number which may be voicemail.
func place(r *rand.Rand) cdr.Place { return cdr.Place(cdr.ListVoicemail) << 52 * cdr.Place(r.IntN(2)) }
