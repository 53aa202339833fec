package shard

import (
	"slices"
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
// were folded: to log a leg is to write at one place that is near, and the log of a queue
// stays in the cache while the queue is folded. The legs of a subscriber that are folded
// at a time are a block, which tells where the block before it of the same subscriber is.
// A journal is the blocks of one subscriber. Where the latest is and when its last leg was
// stands in the row of its subscriber, see days.go.
//
//	head   where the block before is; the time of this one, in units of some 65 seconds
//	       since firstInstant: a word each
//	leg    two words: milliseconds since then, low 27 bits; its kind (see window.Program);
//	       whether it is wide; in the first one how many legs there are, in all others 1
//	each quantity that the kind reads, a word each or, if the leg is wide, two
//	the next leg ...
//
// The oldest are dropped once nobody can see them, see legLog.
type journals struct {
	logs       [1 << queueBits]legLog
	paper      paper // what the logs stand on
	program    *window.Program
	span       cdr.Millis        // older legs are not looked at
	marks      []logMark         // ascending
	sum        []uint64          // scratch
	found      []legRef          // scratch
	read       window.Quantities // scratch
	reckonings []reckoning       // by window
	reads      []reads           // by kind
	forms      []form            // by kind, from noForm on
	long       bool              // some of them read more than is noted
	refuses    bool              // there may be legs that no journal takes
	notes      notes             // of the batch
	start      cdr.Millis        // of the day that it is of ...
	day        unit              // ... and as blocks have it
}

// reads is the quantities that a kind reads: how many, and which, in order.
type reads [8]window.Quantity

func (r *reads) all() []window.Quantity { return r[1:][:r[0]&7] }

// readsOf returns what a kind reads.
func (j *journals) readsOf(kind int32) []window.Quantity {
	for int(kind) >= len(j.reads) {
		var r reads
		r[0] = window.Quantity(copy(r[1:], j.program.Reads(int32(len(j.reads)))))
		slices.Sort(r.all())
		j.reads = append(j.reads, r)
	}
	return j.reads[kind].all()
}

// logMark is how far all logs had come when everything before t was in them.
type logMark struct {
	t     cdr.Millis
	heads [1 << queueBits]uint32
}

// journal is the journal of a subscriber.
type journal struct {
	ref    legRef
	used   int        // legs, at most maxJournal; some may be too old
	before int        // of these there were so many before the day of the last one
	last   cdr.Millis // its last leg
}

// legRef is where a block stands in a log.
type legRef uint32

const (
	noJournal legRef = 0
	inPanes          = ^noJournal // too many legs for a journal

	maxJournal = 1<<usedBits - 1 // legs
	blockHead  = 2               // words of a block before its legs
	legHead    = 2               // words of a leg before its quantities
	unitShift  = 16              // of the time of a block
	timeBits   = 27              // of the head of a leg
	kindShift  = timeBits
	kindBits   = 14
	wide       = 1 << (kindShift + kindBits)
	legsShift  = kindShift + kindBits + 1
	aLeg       = 1 << legsShift
	wideWords  = legHead + 2*7 // of a leg at most

	// longestSpan is that of windows that are kept in journals.
	longestSpan = cdr.Millis(1) << 30
	aDay        = 24 * 60 * 60 * second
	// markedSpans is how many marks there are in a span.
	markedSpans = 16
)

// newJournals returns nil if some window is too long for journals.
func newJournals(a *arena, grids []*exact, p *window.Program) *journals {
	j := &journals{program: p, paper: paper{arena: a}}
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
		n += 8 * cap(j.logs[i].pages)
	}
	return n + 8*pageWords*j.paper.made + len(j.marks)*int(unsafe.Sizeof(logMark{}))
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
	n := j.passed(t - j.span - second) // legs of a second may be folded at twice
	if n == 0 {
		return
	}
	for i := range j.logs {
		j.logs[i].drop(j.marks[n-1].heads[i], &j.paper)
	}
	j.marks = append(j.marks[:0], j.marks[n:]...)
}

// dropOf is drop for one log, where nothing comes before t any more.
func (j *journals) dropOf(log int, t cdr.Millis) {
	if n := j.passed(t - j.span); n > 0 {
		j.logs[log].drop(j.marks[n-1].heads[log], &j.paper)
	}
}

// passed is how many marks are no later than t.
func (j *journals) passed(t cdr.Millis) (n int) {
	for n < len(j.marks) && j.marks[n].t <= t {
		n++
	}
	return n
}

// foldHours adds the legs of v between from and to, of which there are some, to the windows
// of hours: to the journal of their subscriber, or to its panes.
func (s *Shard) foldHours(v *visit, from, to int) {
	if s.journals == nil {
		s.addToPanes(v.slot, from, to)
		return
	}
	x := s.days.journal(v.row, s.hoursFrom)
	if x.ref == inPanes {
		s.addToPanes(v.slot, from, to)
		return
	}
	x, ok := s.journals.enter(&s.journals.logs[queueOfHash(v.hash)], x, &s.legs.Release, from, to)
	if !ok {
		s.toPanes(v.slot, x)
		s.addToPanes(v.slot, from, to)
		x = journal{ref: inPanes}
	}
	s.days.setJournal(v.row, x)
}

// addToPanes adds some legs of the batch, of one subscriber, to its panes.
func (s *Shard) addToPanes(slot uint32, from, to int) {
	l := s.legs
	for _, e := range s.exact {
		for i := from; i < to; i++ {
			e.add(slot, l.Release[i], s.program.Steps(s.classes[i], e.index), &l.Quantities[i])
		}
	}
}

// unit is the time of a block.
type unit uint32

func unitOf(t cdr.Millis) unit { return unit((t - firstInstant) >> unitShift) }

func (u unit) start() cdr.Millis { return cdr.Millis(u)<<unitShift + firstInstant }

// headOf is the head of the leg that begins some words.
func headOf(words []uint32) uint64 { return uint64(words[0]) | uint64(words[1])<<32 }

// setHead is headOf the other way round.
func setHead(words []uint32, head uint64) { words[0], words[1] = uint32(head), uint32(head>>32) }

// loggedKind is the kind of a leg, by its head.
func loggedKind(head uint64) int32 { return int32(head >> kindShift & (1<<kindBits - 1)) }

// count is how many legs of a journal are at or after t.
func (j *journals) count(g *legLog, x journal, t cdr.Millis) (n int) {
	if x.last < t {
		return 0
	}
	for p := x.ref; g.has(p); {
		var b reading
		if b, p = g.block(p, t); b.time() >= t {
			n += b.left
			continue
		}
		for b.left > 0 {
			if b.skip(j); b.at >= t {
				n++
			}
		}
	}
	return n
}

// quantities are what legs are read into. They are good until the next call.
func (j *journals) quantities() *window.Quantities {
	j.read = window.Quantities{window.One: 1}
	return &j.read
}

// each calls f for every leg of a journal from t on, the latest blocks first.
func (j *journals) each(g *legLog, x journal, t cdr.Millis, f func(at cdr.Millis, kind int32, q *window.Quantities)) {
	if x.last >= t {
		j.since(g, x, noJournal, t, f)
	}
}

// since is each for the blocks behind upTo. Not ok: upTo is not there, and f was called for
// all that are.
func (j *journals) since(g *legLog, x journal, upTo legRef, t cdr.Millis, f func(at cdr.Millis, kind int32, q *window.Quantities)) (ok bool) {
	q := j.quantities()
	for p := x.ref; p != upTo; {
		if !g.has(p) {
			return false
		}
		var b reading
		for b, p = g.block(p, t); b.left > 0; {
			b.next(j, q)
			if b.at >= t {
				f(b.at, b.kind, q)
			}
		}
	}
	return true
}

// inOrder calls f for every leg of a journal from t on, the earliest first.
func (j *journals) inOrder(g *legLog, x journal, t cdr.Millis, f func(at cdr.Millis, kind int32, q *window.Quantities)) {
	j.found = j.found[:0]
	for p := x.ref; x.last >= t && g.has(p); {
		j.found = append(j.found, p)
		_, p = g.block(p, t)
	}
	q := j.quantities()
	for _, p := range slices.Backward(j.found) {
		for b, _ := g.block(p, t); b.left > 0; {
			b.next(j, q)
			if b.at >= t {
				f(b.at, b.kind, q)
			}
		}
	}
}

// reading is a block that is read, leg by leg.
type reading struct {
	words []uint32 // that are left
	start cdr.Millis
	left  int // legs

	at   cdr.Millis // of the leg that was read
	kind int32
}

// block begins to read the block at p, and tells where the one before it is, if that is
// not too old, all of it, for a window that begins at t.
func (g *legLog) block(p legRef, t cdr.Millis) (b reading, before legRef) {
	b.words = g.at(p)
	b.start, b.left = unit(b.words[1]).start(), int(headOf(b.words[blockHead:])>>legsShift)
	before = legRef(b.words[0])
	if b.words = b.words[blockHead:]; b.time() < t {
		before = noJournal
	}
	return b, before
}

// time is when the next leg was.
func (b *reading) time() cdr.Millis {
	return b.start + cdr.Millis(b.words[0]&(1<<timeBits-1))
}

// skip passes the next leg.
func (b *reading) skip(j *journals) (head uint64, reads []window.Quantity) {
	head = headOf(b.words)
	b.at, b.kind, b.left = b.time(), loggedKind(head), b.left-1
	reads = j.readsOf(b.kind)
	b.words = b.words[legHead+len(reads)<<(head/wide&1):]
	return head, reads
}

// next reads the next leg into q.
func (b *reading) next(j *journals, q *window.Quantities) {
	words := b.words[legHead:]
	head, reads := b.skip(j)
	if head&wide != 0 {
		for i, of := range reads {
			q[of] = headOf(words[2*i:])
		}
	} else {
		for i, of := range reads {
			q[of] = uint64(words[i])
		}
	}
}
