package shard

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// memory is what legs have to know of those before them, leg by leg.
type memory struct {
	last, talked    cdr.Millis
	latest, earlier cdr.Millis // releases
}

// tell returns the facts of leg i that follow from those before it, and the gap.
func (m *memory) tell(l *window.Legs, i int, retain cdr.Millis) (f window.Fact, gap uint64) {
	t := l.Release[i]
	if m.last != never && t-m.last > retain {
		*m = memory{never, never, never, never}
	}
	m.last = t
	if l.Facts[i]&(window.Call|window.Message) != 0 {
		if m.talked != never {
			f, gap = window.HasGap, uint64(t-m.talked)
		}
		m.talked = t
	}
	if l.Facts[i]&window.Call == 0 || l.Facts[i]&window.Answered == 0 {
		return f, gap
	}
	answer := l.Start[i]
	if l.RingMS[i] != cdr.RingUnknown {
		answer += cdr.Millis(l.RingMS[i])
	}
	release, before := answer+cdr.Millis(l.TalkMS[i]), m.latest
	switch {
	case release == m.latest:
		before = m.earlier
	case release > m.latest:
		m.earlier, m.latest = m.latest, release
	}
	if answer < before {
		f |= window.Overlaps
	}
	return f, gap
}

// Legs are told what follows from those before them, however many are visited at once and
// however long their subscriber was silent.
func TestRecall(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 3))
	s := world{windows: []string{"24h/1h", "1d"}, all: true}.compiled(t).shard(t, 0, 1, nowhere)
	if !s.overlapping || !s.gaps {
		t.Fatal("nothing is to be told")
	}
	var told [2]int
	for n := range 200 {
		s.Retain = cdr.Millis(1+r.IntN(20)) * 60_000
		slot, m := s.add(number(n), 0), memory{never, never, never, never}
		at := cdr.Millis(1000)
		for range 30 {
			l, to := s.legs, 1+r.IntN(1+r.IntN(8))
			for i := range to {
				at += cdr.Millis(r.Int64N(90_000)) << (r.IntN(12) / 10 * 4)
				l.Release[i], l.Start[i] = at, at-cdr.Millis(r.IntN(60_000))
				l.RingMS[i], l.TalkMS[i] = r.Uint32N(3)*5000, r.Uint32N(20)*5000
				if r.IntN(4) == 0 {
					l.RingMS[i] = cdr.RingUnknown
				}
				if r.IntN(4) == 0 { // they are released together
					l.Start[i], l.RingMS[i], l.TalkMS[i] = at/100_000*100_000, 0, 100_000
				}
				l.Facts[i] = []window.Fact{window.Call | window.Answered, window.Call | window.Answered, window.Call, window.Message, window.Data}[r.IntN(5)]
				l.Quantities[i] = window.Quantities{}
			}
			was := l.Facts
			l.N, s.visits = to, append(s.visits[:0], visit{slot: slot, who: s.people.at(slot), from: 0, to: to})
			s.recallAll()
			for i := range to {
				got := l.Facts[i]
				l.Facts[i] = was[i]
				f, gap := m.tell(l, i, s.Retain)
				if got != was[i]|f || l.Quantities[i][window.Gap] != gap {
					t.Fatalf("seed %d: leg %d of %d has facts %x and gap %d, want %x and %d", seed, i, to, got, l.Quantities[i][window.Gap], was[i]|f, gap)
				}
				told[0] += boolean(f&window.Overlaps != 0)
				told[1] += boolean(f&window.HasGap == 0)
			}
			s.people.at(slot).setLast(m.last)
			s.people.at(slot).setTalked(m.talked)
		}
	}
	if told[0] < 500 || told[1] < 500 {
		t.Errorf("%d calls overlap, %d legs have no gap", told[0], told[1])
	}
}
