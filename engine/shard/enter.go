package shard

import (
	"math"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Nearly every leg is entered into a journal, and of which kind it is is not to be
// guessed. So all legs of a batch are noted at once, one behind the other as they are to
// stand in a log, in a loop that does the same for each: it writes as many words as most
// kinds take, and goes on where those of the leg at hand end. To enter some legs of a
// subscriber is to copy what was noted of them.
type notes struct {
	words [notedWords + copied]uint32
	spots [window.MaxLegs + 1]spot // where each leg begins, and the last one ends
}

// spot is so many words, low half, that so many legs take.
type spot uint32

const aSpot = 1 << 16

func (p spot) words() int { return int(p & (aSpot - 1)) }

func (p spot) legs() int { return int(p / aSpot) }

// at is the words from a spot on: behind those that legs take there are as many more.
func (o *notes) at(p spot) *[copied]uint32 { return (*[copied]uint32)(o.words[p.words():]) }

// visitBlock is what stands before the legs of a block, and as many of their words as are copied
// at any rate.
type visitBlock struct {
	before legRef
	day    unit
	legs   [copied]uint32
}

var _ = [1]struct{}{}[unsafe.Sizeof(visitBlock{})-4*(blockHead+copied)]

// form is how the legs of a kind are noted.
type form struct {
	head  uint64 // without the time
	size  spot
	reads [noted]window.Quantity // which quantities; behind them One, which nobody reads
	set   uint8                  // which, a bit each
}

const (
	noted   = 4               // quantities, of which most kinds read no more
	copied  = 64              // words of a block that are copied at any rate: as many as most have
	refused = uint64(1) << 63 // of the head of a leg that no journal takes
	noForm  = window.TooMany  // and kinds before it: forms begin with it

	notedWords = window.MaxLegs * wideWords // that the legs of a batch take at most
)

// learn learns the forms of kinds that are new.
func (j *journals) learn() {
	for k := int32(len(j.forms)) + noForm; k < j.program.Kinds(); k++ {
		j.forms = append(j.forms, j.formOf(k))
	}
	j.refuses = j.refuses || j.program.Kinds() == window.MaxKinds
}

// formOf is the form of legs of a kind.
func (j *journals) formOf(kind int32) (f form) {
	switch kind {
	case window.NoKind:
	case window.TooMany:
		f.head, f.size = refused, aSpot|legHead
	default:
		reads := j.readsOf(kind)
		copy(f.reads[:], reads)
		f.head, f.size = uint64(kind)<<kindShift|aLeg, aSpot|spot(legHead+len(reads))
		for _, of := range reads {
			f.set |= 1 << of
		}
		j.long = j.long || len(reads) > noted
	}
	return f
}

// note notes the legs of a batch, which are of the classes given, and all of the day that
// begins at start.
func (j *journals) note(l *window.Legs, classes []int32, start cdr.Millis) {
	j.learn()
	j.start, j.day = start, unitOf(start)
	if !j.noteFast(l, classes, j.day.start()) {
		j.noteAny(l, classes, j.day.start())
	}
}

// noteNarrow is noteAny for legs that are not wide and of kinds that read few quantities; not
// ok: some are or may be others.
func (j *journals) noteNarrow(l *window.Legs, classes []int32, start cdr.Millis) (ok bool) {
	if j.long {
		return false
	}
	to, at, all := &j.notes, spot(0), uint64(0)
	for i, class := range classes[:l.N] {
		f, q := &j.forms[j.program.Kind(class)-noForm], &l.Quantities[i]
		a, b, c, d := q.At(f.reads[0]), q.At(f.reads[1]), q.At(f.reads[2]), q.At(f.reads[3])
		to.spots[i] = at
		leg := (*[legHead + noted]uint32)(to.words[at.words():])
		setHead(leg[:], uint64(l.Release[i]-start)|f.head)
		leg[legHead], leg[legHead+1], leg[legHead+2], leg[legHead+3] = uint32(a), uint32(b), uint32(c), uint32(d)
		all |= a | b | c | d
		at += f.size
	}
	to.spots[l.N] = at
	return all <= math.MaxUint32
}

// noteAny is note for any legs.
func (j *journals) noteAny(l *window.Legs, classes []int32, start cdr.Millis) {
	to, at := &j.notes, spot(0)
	for i, class := range classes[:l.N] {
		f := &j.forms[j.program.Kind(class)-noForm]
		to.spots[i] = at
		leg := to.words[at.words():]
		setHead(leg, uint64(l.Release[i]-start)|f.head)
		at += f.size
		if f.size > aSpot|legHead {
			at += spot(writeReads(leg, j.readsOf(loggedKind(f.head)), &l.Quantities[i]))
		}
	}
	to.spots[l.N] = at
}

// writeReads writes what is read of q behind the head of a leg, and returns how many words it
// takes more than one each: as many again if the leg is wide.
func writeReads(leg []uint32, reads []window.Quantity, q *window.Quantities) int {
	all := uint64(0)
	for i, of := range reads {
		all |= q[of]
		leg[legHead+i] = uint32(q[of])
	}
	if all <= math.MaxUint32 {
		return 0
	}
	setHead(leg, headOf(leg)|wide)
	for i, of := range reads {
		setHead(leg[legHead+2*i:], q[of])
	}
	return len(reads)
}

// enter enters legs of the batch that was noted last into a journal in g: those between two
// of them, of the times given. Not ok: there are too many, or it cannot take them.
func (j *journals) enter(g *legLog, x journal, times *[window.MaxLegs]cdr.Millis, from, to int) (journal, bool) {
	begin, end := j.notes.spots[from], j.notes.spots[to]
	size := end - begin
	n, first, last := size.legs(), times[from], times[to-1]
	if n == 0 {
		return x, true
	}
	if x = j.turn(x, first); x.used+n > maxJournal {
		if x = j.recount(g, x, first); x.used+max(n, maxJournal/4) > maxJournal {
			return x, false
		}
	}
	if j.refuses && j.someRefused(from, to) {
		return x, false
	}
	words := size.words()
	p := g.next(blockHead+max(words, copied), &j.paper)
	b := g.visitBlock(p)
	b.legs = *j.notes.at(begin)
	b.before, b.day = x.ref, j.day
	b.legs[1] += uint32(n-1) << (legsShift - 32)
	if words > copied {
		copy(g.at(p)[blockHead+copied:], j.notes.words[begin.words()+copied:end.words()])
	}
	g.head = uint32(p) + blockHead + uint32(words)
	return journal{p, x.used + n, x.before, last}, true
}

// recount is x when a leg comes at t, without what cannot be seen any more by then.
func (j *journals) recount(g *legLog, x journal, t cdr.Millis) journal {
	today := x.used - x.before
	x.used = j.count(g, x, t-j.span)
	x.before = max(x.used-today, 0)
	return x
}

// turn is x when a leg comes at t, without those that are too old by then: all of them or, if
// none was of this day yet, those before the day of the last one. These are not counted any
// more, even if a day of 23 hours leaves some in sight.
func (j *journals) turn(x journal, t cdr.Millis) journal {
	if t-x.last > j.span {
		return journal{}
	}
	left := x.used
	if j.span <= aDay {
		left -= x.before
	}
	if x.last < j.start {
		x.used, x.before = left, left
	}
	return x
}

// someRefused reports whether legs between two of the batch are refused.
func (j *journals) someRefused(from, to int) bool {
	for _, at := range j.notes.spots[from:to] {
		if headOf(j.notes.words[at.words():])&refused != 0 {
			return true
		}
	}
	return false
}
