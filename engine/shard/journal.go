package shard

import (
	"math"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Windows of hours look at the recent legs of a subscriber. Most have a handful, far
// apart: to keep panes for them would mean to close one for nearly every leg. Their
// legs are logged instead, and added up when somebody wants to know. Whoever has too
// many for that gets panes, see exact, and is logged again after a day of silence.
//
// The legs of all subscribers of a queue stand in one log, one behind the other as they
// were folded, and each tells where the one before of the same subscriber is: to log a
// leg is to write at one place that is near, and the log of a queue stays in the cache
// while the queue is folded. A journal is the legs of one subscriber. Where the latest
// is and when it was stands in the row of its subscriber, see days.go.
//
//	link   where the leg before is, low half; its kind (see window.Program); wide
//	time   milliseconds since 1970
//	each quantity that the kind reads: two to a word, or if it is wide a word each
//
// A place is a count of words since the log began, so that it goes on where the words
// wrap; the oldest are dropped once nobody can see them.
type journals struct {
	logs    [1 << queueBits]legLog
	program *window.Program
	span    cdr.Millis // older legs are not looked at
	marks   []logMark  // ascending
	sum     []uint64   // scratch
	found   []legRef   // scratch
}

// legLog is a ring of words.
type legLog struct {
	words      []uint64 // a power of two of them
	head, tail uint32   // places: of the next leg, and of the oldest that is left
}

// logMark is how far all logs had come when everything before t was in them.
type logMark struct {
	t     cdr.Millis
	heads [1 << queueBits]uint32
}

// journal is the journal of a subscriber.
type journal struct {
	ref  legRef
	used int        // legs, at most maxJournal; some may be too old
	last cdr.Millis // its last leg
}

// legRef is where a leg stands in a log.
type legRef uint32

const (
	noJournal legRef = 0
	inPanes          = ^noJournal // too many legs for a journal

	maxJournal = 128     // legs
	kindShift  = 32      // of a link
	wide       = 1 << 63 // of a link
	legHead    = 2       // words of a leg before its quantities

	// longestSpan is that of windows that are kept in journals.
	longestSpan = cdr.Millis(1) << 30
	// markedSpans is how many marks there are in a span.
	markedSpans = 16
)

// newJournals returns nil if some window is too long for journals.
func newJournals(grids []*exact, p *window.Program) *journals {
	j := &journals{program: p}
	words := 0
	for _, e := range grids {
		j.span = max(j.span, cdr.Millis(e.panes)*(e.grid.Start(1)-e.grid.Start(0)))
		words = max(words, e.layout.Words)
	}
	j.sum = make([]uint64, words)
	if j.span > longestSpan {
		return nil
	}
	return j
}

func (j *journals) bytes() (n int) {
	if j == nil {
		return 0
	}
	for i := range j.logs {
		n += 8 * cap(j.logs[i].words)
	}
	return n + len(j.marks)*int(unsafe.Sizeof(logMark{}))
}

// at is the n words at a place, which are never cut by the end of the ring.
func (g *legLog) at(p legRef, n int) []uint64 {
	i := uint32(p) & uint32(len(g.words)-1)
	return g.words[i:][:n:n]
}

// has reports whether the leg at p was not dropped.
func (g *legLog) has(p legRef) bool { return p != noJournal && g.head-uint32(p) <= g.head-g.tail }

// next returns a place for n words.
func (g *legLog) next(n int) legRef {
	p, size := g.head, uint32(len(g.words))
	if p&(size-1)+uint32(n) <= size && p+uint32(n)-g.tail <= size && p-1 < uint32(inPanes)-1 {
		g.head = p + uint32(n)
		return legRef(p)
	}
	return g.find(n)
}

// find returns a place for n words where there is none at the head.
func (g *legLog) find(n int) legRef {
	for {
		size := uint32(len(g.words))
		p := g.head
		if left := size - p&(size-1); size > 0 && left < uint32(n) {
			p += left // the ring goes on at its beginning
		}
		for size > 0 && (p == uint32(noJournal) || p == uint32(inPanes)) {
			p++
		}
		fits := size > 0 && p&(size-1)+uint32(n) <= size && p+uint32(n)-g.tail <= size
		if fits {
			g.head = p + uint32(n)
			return legRef(p)
		}
		if size > 0 && p&(size-1)+uint32(n) > size && p+uint32(n)-g.tail <= size {
			g.head = p // another turn
			continue
		}
		g.grow()
	}
}

// grow doubles the ring. What it holds keeps its places.
func (g *legLog) grow() {
	size := max(64, 2*len(g.words))
	words := make([]uint64, size)
	for p := g.tail; p != g.head; p++ {
		words[p&uint32(size-1)] = g.words[p&uint32(len(g.words)-1)]
	}
	g.words = words
}

// mark notes how far the logs have come: everything before t is in them, and what comes
// now is not before it.
func (j *journals) mark(t cdr.Millis) {
	if n := len(j.marks); n > 0 && t-j.marks[n-1].t < j.span/markedSpans {
		return
	}
	m := logMark{t: t}
	for i := range j.logs {
		m.heads[i] = j.logs[i].head
	}
	j.marks = append(j.marks, m)
}

// drop drops the legs that lie more than a span before t, or some of them.
func (j *journals) drop(t cdr.Millis) {
	n := 0
	for n < len(j.marks) && j.marks[n].t <= t-j.span-second { // legs of a second may be folded at twice
		n++
	}
	if n == 0 {
		return
	}
	for i := range j.logs {
		j.logs[i].tail = j.marks[n-1].heads[i]
	}
	j.marks = append(j.marks[:0], j.marks[n:]...)
}

// foldHours adds leg i of the batch to the windows of hours: to the journal of its
// subscriber, or to its panes.
func (s *Shard) foldHours(v *visit, i int) {
	if s.journals == nil {
		s.addToPanes(v.slot, i)
		return
	}
	kind := s.program.Kind(s.classes[i])
	if kind == window.NoKind {
		return
	}
	x := s.days.journal(v.row)
	if x.ref == inPanes {
		s.addToPanes(v.slot, i)
		return
	}
	ok := false
	if kind != window.TooMany {
		x, ok = s.journals.enter(&s.journals.logs[queueOf(v.who.key)], x, s.legs.Release[i], kind, &s.legs.Quantities[i])
	}
	if !ok {
		s.toPanes(v.slot, x)
		s.addToPanes(v.slot, i)
		x = journal{ref: inPanes}
	}
	s.days.setJournal(v.row, x)
}

func (s *Shard) addToPanes(slot uint32, i int) {
	l := s.legs
	for _, e := range s.exact {
		e.add(slot, l.Release[i], s.program.Steps(s.classes[i], e.index), &l.Quantities[i])
	}
}

// enter adds a leg to a journal in g and returns what that is then; not ok: it has too
// many, and is as it was.
func (j *journals) enter(g *legLog, x journal, t cdr.Millis, kind int32, q *window.Quantities) (journal, bool) {
	if t-x.last > j.span {
		x = journal{} // all others are too old
	}
	if x.used == maxJournal {
		if x.used = j.count(g, x, t-j.span); x.used > maxJournal*3/4 {
			return x, false
		}
	}
	reads := j.program.Reads(kind)
	link := uint64(x.ref) | uint64(kind)<<kindShift
	var all uint64
	for _, of := range reads {
		all |= q[of]
	}
	if all > math.MaxUint32 {
		link |= wide
	}
	n := legHead + quantityWords(link, len(reads))
	p := g.next(n)
	words := g.at(p, n)
	words[0], words[1] = link, uint64(t)
	words = words[legHead:]
	if link&wide != 0 {
		for i, of := range reads {
			words[i] = q[of]
		}
		return journal{p, x.used + 1, t}, true
	}
	for i := 0; i < len(reads); i += 2 {
		v := q[reads[i]]
		if i+1 < len(reads) {
			v |= q[reads[i+1]] << 32
		}
		words[i/2] = v
	}
	return journal{p, x.used + 1, t}, true
}

// quantityWords is how many words so many quantities take.
func quantityWords(link uint64, reads int) int {
	if link&wide != 0 {
		return reads
	}
	return (reads + 1) / 2
}

// count is how many legs of a journal are at or after t.
func (j *journals) count(g *legLog, x journal, t cdr.Millis) (n int) {
	for p := x.ref; g.has(p); n++ {
		head := g.at(p, legHead)
		if cdr.Millis(head[1]) < t {
			break
		}
		p = legRef(head[0])
	}
	return n
}

// each calls f for every leg of a journal from t on, the latest first.
func (j *journals) each(g *legLog, x journal, t cdr.Millis, f func(at cdr.Millis, kind int32, q *window.Quantities)) {
	if x.ref == noJournal || x.last < t {
		return
	}
	q := window.Quantities{window.One: 1}
	for p := x.ref; g.has(p); {
		head := g.at(p, legHead)
		when := cdr.Millis(head[1])
		if when < t {
			return
		}
		kind := j.read(g, p, &q)
		f(when, kind, &q)
		p = legRef(head[0])
	}
}

// read reads the leg at p into q and returns its kind.
func (j *journals) read(g *legLog, p legRef, q *window.Quantities) (kind int32) {
	link := g.at(p, legHead)[0]
	kind = int32(link &^ wide >> kindShift)
	reads := j.program.Reads(kind)
	words := g.at(p, legHead+quantityWords(link, len(reads)))[legHead:]
	if link&wide != 0 {
		for i, of := range reads {
			q[of] = words[i]
		}
		return kind
	}
	for i, of := range reads {
		q[of] = words[i/2] >> (i & 1 * 32) & math.MaxUint32
	}
	return kind
}

// inOrder calls f for every leg of a journal from t on, the earliest first.
func (j *journals) inOrder(g *legLog, x journal, t cdr.Millis, f func(at cdr.Millis, kind int32, q *window.Quantities)) {
	j.found = j.found[:0]
	for p := x.ref; x.last >= t && g.has(p); {
		head := g.at(p, legHead)
		if cdr.Millis(head[1]) < t {
			break
		}
		j.found = append(j.found, p)
		p = legRef(head[0])
	}
	q := window.Quantities{window.One: 1}
	for i := len(j.found) - 1; i >= 0; i-- {
		p := j.found[i]
		when := cdr.Millis(g.at(p, legHead)[1])
		kind := j.read(g, p, &q)
		f(when, kind, &q)
	}
}
