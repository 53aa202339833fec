package order

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// LoadState makes a new buffer, to which no source was added, what the buffer was
// that AppendState saved as src; options are not part of the state. It keeps no
// reference to src. Sources that are added later go on in the numbering. Damage
// is an error that says what and where, and leaves the buffer new; the memory it
// takes is in proportion to src.
func (b *Buffer) LoadState(src []byte) error {
	if len(b.sources) > 0 {
		panic("order: LoadState of a buffer in use")
	}
	s := &state{src: src}
	loaded := NewBuffer(b.options)
	loaded.calls.kept = b.calls.kept
	loaded.joins.limit(b.joins.answers.most)
	loaded.load(s)
	if s.err != nil {
		return s.err
	}
	if err := loaded.verify(); err != nil {
		return fmt.Errorf("reorder buffer, its state does not agree with itself: %w", err)
	}
	b.frontier, b.first, b.last = loaded.frontier, loaded.first, loaded.last
	b.sources, b.calls, b.held, b.waiting = loaded.sources, loaded.calls, loaded.held, loaded.waiting
	b.joins = loaded.joins
	return nil
}

func (b *Buffer) load(s *state) {
	version := s.byte("the version")
	if version != stateVersion && version != beforeJoins && s.err == nil {
		s.fail("version %d, this program reads versions %d and %d", version, beforeJoins, stateVersion)
	}
	counts := countsOfOne
	if version > beforeJoins {
		counts++
	}
	b.frontier, b.first, b.last = s.time("the frontier"), s.time("the first event time"), s.time("the last event time")
	for range s.count("sources", 4+8+1+8*int64(counts)) {
		b.sources = append(b.sources, s.source(len(b.sources), counts))
	}
	b.calls.young = s.generation("young calls", b.calls.kept)
	b.calls.old = s.generation("old calls", b.calls.kept)
	for range s.count("held chunks", 4+8+4) {
		if s.err != nil {
			return
		}
		b.held = append(b.held, s.waiting(b))
	}
	if version > beforeJoins {
		s.joins(b)
	}
	if len(s.src) > s.at {
		s.fail("%d bytes too many", len(s.src)-s.at)
	}
}

// source reads source number i, with so many fields of its counts.
func (s *state) source(i, counts int) (src source) {
	what := fmt.Sprintf("source %d", i)
	src.name = string(s.take(int64(s.u32(what)), what))
	src.mark = s.time(what)
	finished := s.byte(what)
	src.finished = finished == 1
	fields := src.counts.fields()
	for _, n := range fields[:counts] {
		*n = int64(s.time(what))
	}
	if s.err == nil && (finished > 1 || !src.possible()) {
		s.fail("source %d (%.100q) has impossible counts or times", i, src.name)
	}
	return src
}

// generation reads known calls.
func (s *state) generation(what string, kept int) generation {
	n := s.count(what, 8)
	if n > kept {
		s.fail("%d %s, where %d are the most", n, what, kept)
		n = 0
	}
	g := newGeneration(n)
	for range n {
		g.add(s.u64(what))
	}
	if _, zero := g.set[0]; s.err == nil && (zero || len(g.set) < len(g.list)) {
		s.fail("the %s before hold a call twice, or none", what)
	}
	return g
}

// waiting reads the rows of one chunk, and counts them as waiting.
func (s *state) waiting(b *Buffer) *waiting {
	what := fmt.Sprintf("held chunk %d", len(b.held))
	w := &waiting{batch: &cdr.Batch{}, source: int(s.u32(what)), offset: int64(s.u64(what))}
	if s.err == nil && (w.source >= len(b.sources) || w.offset < 0) {
		s.fail("%s is of source %d at offset %d, where there are %d sources", what, w.source, w.offset, len(b.sources))
	}
	if s.err != nil {
		return w
	}
	rest, err := w.batch.LoadRows(s.src[s.at:])
	if err != nil {
		s.fail("%s: %v", what, err)
		return w
	}
	w.keys = make([]key, w.batch.Len())
	for i := range w.batch.Rows {
		r := &w.batch.Rows[i]
		w.keys[i] = keyOf(r, i)
		w.marked = w.marked || r.Flags&cdr.Joined != 0
	}
	if problem := b.misplaced(w); problem != "" {
		s.fail("%s: %s", what, problem)
	}
	s.at = len(s.src) - len(rest)
	b.waiting += len(w.keys)
	return w
}
