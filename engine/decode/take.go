package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// take adds rows from to to of a sheet, of which none is odd, to the batch, but
// those that are filtered.
func (w *Writer) take(s *Sheet, from, to int) {
	t := &s.columns
	w.tally.Read += int64(to - from)
	for k := from; k < to; k++ {
		t.line[k&(tileRows-1)] = s.Line + uint32(k)
	}
	if s.skip>>from != 0 {
		to = w.filter(s, from, to)
	}
	if w.rules.s.KeepIDs {
		for k := from; k < to; k++ {
			id := &t.id[k&(tileRows-1)]
			*id = w.keep(id.Of(s.Block))
		}
	}
	for left := w.sum(t, from, to); left != 0; {
		k := left.next()
		w.unknown(&parties{calling: t.calling[k], called: t.called[k], callingPlace: t.callingPlace[k], calledPlace: t.calledPlace[k]})
	}
	w.total(to - from)
	t.appendTo(w.out, from, to)
}

// filter counts the rows from to to that are well-formed and of no interest, moves the
// others together, and returns where they end.
func (w *Writer) filter(s *Sheet, from, to int) int {
	t, n := &s.columns, from
	for k := from; k < to; k++ {
		if s.skip>>k&1 == 0 {
			t.move(n, k)
			n++
			continue
		}
		w.tally.Filtered++
		w.tally.Totals.add(&Values{
			Service: cdr.Service(s.service[k]), Outcome: cdr.Outcome(s.outcome[k]), TalkMS: t.talkMS[k], Charge: t.charge[k],
		}, t.release[k])
	}
	return n
}

// sum is count of the rows from to to, but for what each costs by itself: its sums stay
// in registers. It returns the rows of which a number may be unknown, and sets their
// high water.
func (w *Writer) sum(t *tile, from, to int) (unknown missed) {
	high, s := w.high, w.sums
	for k := from; k < to; k++ {
		at := k & (tileRows - 1)
		f, release := t.flags[at], t.release[at]
		high = max(high, release)
		t.highWater[at] = high
		answered := allOnes(f&usage ^ talk)
		talkMS := t.talkMS[at]
		s.services += 1 << (16 * (f & 3))
		s.talkMS += int64(talkMS & answered)
		s.charge += t.charge[at]
		s.first, s.last = min(s.first, release), max(s.last, release)
		if (talkMS&answered|^answered&1)-1 >= longMS { // or it is 0
			w.tally.Notes[answerNote(talkMS)]++
		}
		if known(t.calling[at], t.callingPlace[at]) == 0 || known(t.called[at], t.calledPlace[at]) == 0 {
			unknown |= 1 << (k & 63)
		}
	}
	w.high, w.sums = high, s
	return unknown
}
