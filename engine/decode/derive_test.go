package decode

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// randomSheet is a sheet of which the columns have been read, with rows of its own.
func randomSheet(r *rand.Rand) *Sheet {
	s := &Sheet{to: r.IntN(SheetRows + 1), sums: noSums, high: cdr.Millis(r.IntN(3_000_000))}
	s.from = r.IntN(s.to + 1)
	s.room = room{rows: new([SheetRows]cdr.Row), highWater: new([SheetRows]cdr.Millis), cause: new([SheetRows]uint16)}
	for k := range SheetRows {
		x := &s.room.rows[k]
		x.Start, x.Charge = cdr.Millis(r.IntN(4_000_000)), int64(r.IntN(1000))
		x.RingMS, x.TalkMS = r.Uint32()>>r.IntN(32), r.Uint32()>>r.IntN(32)
		if r.IntN(8) == 0 {
			x.TalkMS = longMS + uint32(r.IntN(3)) - 1
		}
		if r.IntN(10) > 0 {
			x.Calling = cdr.Number(r.Uint64())
		}
		if r.IntN(10) > 0 {
			x.Called = cdr.Number(r.Uint64())
		}
		s.service[k], s.outcome[k], s.direction[k], s.rat[k] = uint8(r.IntN(4)), uint8(r.IntN(5)), uint8(r.IntN(5)), uint8(r.IntN(6))
		s.cause[k] = uint64(r.IntN(1<<16)) >> r.IntN(17)
	}
	s.findUsages()
	return s
}

// twin is s with rows of its own.
func (s *Sheet) twin() *Sheet {
	c := *s
	rows, high, causes := *s.room.rows, *s.room.highWater, *s.room.cause
	c.room.rows, c.room.highWater, c.room.cause = &rows, &high, &causes
	return &c
}

// TestDerive derives what follows of rows by both ways, and compares with what Values, a
// row's flags and the sums of rows one by one tell.
func TestDerive(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 5000 {
		u := NewRules(&Source{Originating: r.IntN(4) > 0, Terminating: r.IntN(4) > 0, EventStart: r.IntN(4) == 0, Attempts: r.IntN(2) == 0, DropCauses: []uint16{0, 16, 127, uint16(r.IntN(300))}})
		s, rings := randomSheet(r), missed(r.Uint64())
		other := s.twin()
		before := s.twin()
		d, d2 := s.deriveRows(u, rings), other.deriveRowsWords(u, rings)
		if d != d2 || s.sums != other.sums || s.high != other.high || s.direction != other.direction ||
			*s.room.rows != *other.room.rows || *s.room.highWater != *other.room.highWater || *s.room.cause != *other.room.cause {
			t.Fatalf("seed %d: two ways give two answers", seed)
		}
		var tally Tally
		w := Writer{tally: &tally, sums: noSums, high: before.high}
		for k := s.from; k < s.to; k++ {
			x, was := &s.room.rows[k], &before.room.rows[k]
			v := Values{
				Service: cdr.Service(s.service[k]), Outcome: cdr.Outcome(s.outcome[k]), Direction: Direction(before.direction[k]), RAT: cdr.RAT(s.rat[k]),
				Start: was.Start, RingMS: was.RingMS, TalkMS: was.TalkMS, Cause: uint16(s.cause[k]),
			}
			if !rings.has(k) {
				v.RingMS = cdr.RingUnknown
				if was.RingMS != 0 {
					continue // a row without a ring time has none
				}
			}
			release := v.release()
			if u.s.EventStart {
				release = v.Start
			}
			legs := v.legs(v.direction()) & (u.folded | cdr.ServedCalled)
			flags := u.flags(&Row{Values: v}, legs)
			absent, large := was.Calling == 0 || was.Called == 0, s.cause[k] > 127
			if large {
				flags &^= cdr.DropCause // it is for mark
			}
			if x.Release != release || x.RingMS != v.RingMS || x.Flags != flags || s.direction[k] != uint8(v.direction()) || s.room.cause[k] != v.Cause ||
				d.skip.has(k) != (legs&(cdr.Originating|cdr.Terminating) == 0) || d.absent.has(k) != absent || d.large.has(k) != large {
				t.Fatalf("seed %d: row %d: %+v, %+v of %+v", seed, k, x, d, v)
			}
		}
		w.sum(s.room.rows[s.from:s.to], before.room.highWater[s.from:s.to])
		for left := d.noted; left != 0; {
			tally.Notes[answerNote(s.room.rows[left.next()].TalkMS)]--
		}
		if w.sums != s.sums || w.high != s.high || *s.room.highWater != *before.room.highWater || tally.Notes != [Notes]int64{} {
			t.Fatalf("seed %d: sums %+v, %d, want %+v, %d; notes are off by %v", seed, s.sums, s.high, w.sums, w.high, tally.Notes)
		}
	}
}
