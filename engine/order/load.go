package order

import (
	"encoding/binary"
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
	loaded.load(s)
	if s.err != nil {
		return s.err
	}
	if err := loaded.verify(); err != nil {
		return fmt.Errorf("reorder buffer, its state does not agree with itself: %w", err)
	}
	b.frontier, b.first, b.last = loaded.frontier, loaded.first, loaded.last
	b.sources, b.calls, b.held, b.waiting = loaded.sources, loaded.calls, loaded.held, loaded.waiting
	return nil
}

func (b *Buffer) load(s *state) {
	if v := s.byte("the version"); v != stateVersion && s.err == nil {
		s.fail("version %d, this program reads version %d", v, stateVersion)
	}
	b.frontier, b.first, b.last = s.time("the frontier"), s.time("the first event time"), s.time("the last event time")
	for range s.count("sources", 4+8+1+56) {
		b.sources = append(b.sources, s.source(len(b.sources)))
	}
	b.calls.young = s.generation("young calls", b.calls.kept)
	b.calls.old = s.generation("old calls", b.calls.kept)
	for range s.count("held chunks", 4+8+4) {
		if s.err != nil {
			return
		}
		b.held = append(b.held, s.waiting(b))
	}
	if len(s.src) > s.at {
		s.fail("%d bytes too many", len(s.src)-s.at)
	}
}

// source reads source number i.
func (s *state) source(i int) (src source) {
	what := fmt.Sprintf("source %d", i)
	src.name = string(s.take(int64(s.u32(what)), what))
	src.mark = s.time(what)
	finished := s.byte(what)
	src.finished = finished == 1
	for _, n := range src.counts.fields() {
		*n = int64(s.time(what))
	}
	if s.err == nil && (finished > 1 || !src.possible()) {
		s.fail("source %d (%.100q) has impossible counts or times", i, src.name)
	}
	return src
}

// possible reports a source whose numbers agree.
func (s *source) possible() bool {
	c := &s.counts
	if c.Accepted < 0 || c.Duplicate < 0 || c.Late < 0 || c.Buffered < 0 || c.MaxDisorder < 0 {
		return false
	}
	if c.Accepted|c.Duplicate|c.Buffered == 0 {
		return c.First == Never && c.Last == Never
	}
	return c.First != Never && c.First <= c.Last && c.Last <= s.mark
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
	for i, r := range w.batch.Release {
		w.keys[i] = key{release: r, identity: w.batch.Identity[i], row: uint32(i)}
	}
	if problem := b.misplaced(w); problem != "" {
		s.fail("%s: %s", what, problem)
	}
	s.at = len(s.src) - len(rest)
	b.waiting += len(w.keys)
	return w
}

// misplaced says what is wrong with the order or the times of a held chunk.
func (b *Buffer) misplaced(w *waiting) string {
	n := len(w.keys)
	if n == 0 {
		return "no rows"
	}
	for i := 1; i < n; i++ {
		if w.keys[i].compare(w.keys[i-1]) < 0 {
			return fmt.Sprintf("row %d is out of order", i)
		}
	}
	c := &b.sources[w.source].counts
	if w.keys[0].release < max(b.frontier, c.First) || w.keys[n-1].release > c.Last {
		return "rows before the frontier, or outside what their source admitted"
	}
	return ""
}

// verify compares what is said twice.
func (b *Buffer) verify() error {
	buffered := make([]int64, len(b.sources))
	for _, w := range b.held {
		buffered[w.source] += int64(len(w.keys))
	}
	for i := range b.sources {
		if s := &b.sources[i]; s.counts.Buffered != buffered[i] {
			return fmt.Errorf("source %d (%.100q) has %d rows waiting and counts %d", i, s.name, buffered[i], s.counts.Buffered)
		}
	}
	if first, last := b.extent(); b.first != first || b.last != last {
		return fmt.Errorf("records from %d to %d, where the sources say %d to %d", b.first, b.last, first, last)
	}
	if f := b.frontier; f != Never && f != End && f != floorSecond(f) {
		return fmt.Errorf("the frontier %d is no whole second", f)
	}
	return nil
}

// extent is the first event time released and the last one admitted, as the
// counts of the sources have it.
func (b *Buffer) extent() (first, last cdr.Millis) {
	first, last = End, Never
	var released int64
	for i := range b.sources {
		c := &b.sources[i].counts
		released |= c.Accepted | c.Duplicate
		last = max(last, c.Last)
		if c.First != Never {
			first = min(first, c.First)
		}
	}
	if released == 0 {
		first = Never
	}
	return first, last
}

// state is a saved buffer being read: what was read of src, and the first thing
// that was wrong. After that everything reads as zero.
type state struct {
	src []byte
	at  int
	err error
}

func (s *state) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("reorder buffer, byte %d of its state: "+format, append([]any{s.at}, args...)...)
	}
}

// take reads n bytes of what; nil after an error.
func (s *state) take(n int64, what string) []byte {
	if s.err == nil && n > int64(len(s.src)-s.at) {
		s.fail("%s: cut off", what)
	}
	if s.err != nil {
		return nil
	}
	s.at += int(n)
	return s.src[s.at-int(n) : s.at]
}

func (s *state) byte(what string) byte {
	if b := s.take(1, what); b != nil {
		return b[0]
	}
	return 0
}

func (s *state) u32(what string) uint32 {
	if b := s.take(4, what); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (s *state) u64(what string) uint64 {
	if b := s.take(8, what); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (s *state) time(what string) cdr.Millis { return cdr.Millis(s.u64(what)) }

// count reads how many of what follow, size bytes each at least; 0 if there is
// no room for them.
func (s *state) count(what string, size int64) int {
	n := int64(s.u32(what))
	if n*size > int64(len(s.src)-s.at) {
		s.fail("%d %s do not fit into %d bytes", n, what, len(s.src)-s.at)
		return 0
	}
	return int(n)
}
