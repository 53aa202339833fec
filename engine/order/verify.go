package order

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// possible reports a source whose numbers agree.
func (s *source) possible() bool {
	c := &s.counts
	if c.Accepted < 0 || c.Duplicate < 0 || c.Late < 0 || c.Buffered < 0 || c.MaxDisorder < 0 || c.Open < 0 {
		return false
	}
	if c.Accepted|c.Duplicate|c.Buffered|c.Open == 0 {
		return c.First == Never && c.Last == Never
	}
	return c.First != Never && c.First <= c.Last && c.Last <= s.mark
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
	for _, s := range b.joins.answers.sources {
		buffered[s]++
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
	released := int64(len(b.joins.answers.sources))
	for i := range b.sources {
		c := &b.sources[i].counts
		released |= c.Accepted | c.Duplicate | c.Open
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
