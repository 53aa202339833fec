package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// take adds rows from to to of a sheet, of which none is odd, to the batch, but
// those that are filtered.
func (w *Writer) take(s *Sheet, from, to int) {
	t := &s.columns
	w.tally.Read += int64(to - from)
	rows := 0
	for k := from; k < to; k++ {
		if s.skip>>k&1 != 0 {
			w.filtered(s, k)
			continue
		}
		at := k & (tileRows - 1)
		w.high = max(w.high, t.release[at])
		t.highWater[at] = w.high
		w.count(t.flags[at], t.talkMS[at], t.charge[at], t.release[at])
		t.line[at] = s.Line + uint32(k)
		p := parties{calling: t.calling[at], called: t.called[at], callingPlace: t.callingPlace[at], calledPlace: t.calledPlace[at]}
		if known(p.calling, p.callingPlace) == 0 || known(p.called, p.calledPlace) == 0 {
			w.unknown(&p)
		}
		if w.rules.s.KeepIDs {
			t.id[at] = w.keep(t.id[at].Of(s.Block))
		}
		rows++
	}
	w.total(rows)
	if rows < to-from {
		t.squeeze(from, to, s.skip)
	}
	t.appendTo(w.out, from, from+rows)
}

// filtered counts row k, which is well-formed and of no interest.
func (w *Writer) filtered(s *Sheet, k int) {
	t := &s.columns
	w.tally.Filtered++
	w.tally.Totals.add(&Values{
		Service: cdr.Service(s.service[k]), Outcome: cdr.Outcome(s.outcome[k]), TalkMS: t.talkMS[k], Charge: t.charge[k],
	}, t.release[k])
}
