package order

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
)

// joins reads what is known of calls told in several records.
func (s *state) joins(b *Buffer) {
	s.recent(&b.joins.splits, b, "times of splits")
	s.recent(&b.joins.ended, b, "times of ends")
	s.answers(&b.joins.answers, b)
}

// recent reads when calls were seen.
func (s *state) recent(r *recent, b *Buffer, what string) {
	n := s.count(what, sightingBytes)
	if n > r.most {
		s.fail("%d %s, where %d are the most", n, what, r.most)
		return
	}
	before := sighting{at: Never}
	for range n {
		c := sighting{s.u64(what), s.time(what)}
		if known, ok := r.last[c.call]; c.call == 0 || c.at < before.at || ok && known == c.at || !b.passed(c.at) {
			s.fail("the %s are out of order, come twice, or are none that were released", what)
		}
		if s.err != nil {
			return
		}
		r.seen, r.last[c.call], before = append(r.seen, c), c.at, c
	}
}

// passed reports whether records of that time may have been released.
func (b *Buffer) passed(at cdr.Millis) bool {
	return b.first != Never && at >= b.first && at < b.frontier
}

// answers reads the answers that wait for their end.
func (s *state) answers(a *answers, b *Buffer) {
	if s.err != nil {
		return
	}
	rest, err := a.rows.LoadRows(s.src[s.at:])
	if err != nil {
		s.fail("the answers: %v", err)
		return
	}
	s.at = len(s.src) - len(rest)
	if n := a.rows.Len(); n > a.most {
		s.fail("%d answers, where %d are the most", n, a.most)
	}
	for r := range a.rows.Len() {
		source := s.u32("the sources of the answers")
		if s.err == nil && !b.waited(a, r, source) {
			s.fail("answer %d of source %d is none, is out of order, or of a call that has another", r, source)
		}
		if s.err != nil {
			return
		}
		a.sources, a.open[a.rows.Call[r]] = append(a.sources, source), r
		a.text += a.textOf(r)
	}
}

// waited reports whether row r can be an answer that source brought.
func (b *Buffer) waited(a *answers, r int, source uint32) bool {
	call, at := a.rows.Call[r], a.rows.Rows[r].Release
	return int(source) < len(b.sources) && call != 0 && !a.Has(call) &&
		a.rows.Rows[r].Flags&cdr.Joined == cdr.Opens && b.passed(at) && at >= b.frontier-talksAtMost &&
		(r == 0 || at >= a.rows.Rows[r-1].Release)
}
