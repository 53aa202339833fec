package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Nearly every leg is entered into a journal, and of which kind it is is not to be
// guessed. So those of a visit are written in a loop that does the same for all: it writes
// as many words as most kinds take, and goes on where those of the leg at hand end.

// form is how the legs of a class stand in a log.
type form struct {
	word  uint64                    // of a leg, without its time
	words uint8                     // of a leg, unless it is wide; 0: it is not entered
	reads [maxReads]window.Quantity // which quantities; behind them One, which nobody reads
}

const (
	maxReads   = 7
	shortWords = 3       // of the legs of most kinds, at most
	tooMany    = 1 << 63 // marks the form of the legs that no journal takes
)

// learn learns the forms of classes that are new.
func (j *journals) learn() {
	if n := j.program.Numbering(); n != j.numbers {
		j.numbers, j.forms = n, j.forms[:0]
	}
	for c := len(j.forms); c < j.program.Classes(); c++ {
		f := j.formOf(j.program.Kind(int32(c)))
		j.forms, j.long = append(j.forms, f), j.long || f.words > shortWords
	}
}

// formOf is the form of legs of a kind.
func (j *journals) formOf(kind int32) (f form) {
	switch kind {
	case window.NoKind:
	case window.TooMany:
		f.word = tooMany
	default:
		n := copy(f.reads[:], j.readsOf(kind))
		f.word, f.words = uint64(kind)<<kindShift|more, uint8(1+(n+1)/2)
	}
	return f
}

// entries are legs of a subscriber: a part of a batch.
type entries struct {
	classes    []int32
	times      []cdr.Millis
	quantities []window.Quantities
}

func entriesOf(l *window.Legs, classes []int32, from, to int) entries {
	return entries{classes[from:to], l.Release[from:to], l.Quantities[from:to]}
}

// first is the first n of them.
func (l entries) first(n int) entries { return entries{l.classes[:n], l.times[:n], l.quantities[:n]} }

// enter enters some legs of a batch into a journal in g. It returns what that is then, and
// the leg that it had too many for, or to.
func (j *journals) enter(g *legLog, x journal, l *window.Legs, classes []int32, from, to int) (journal, int) {
	for from < to {
		legs, t := entriesOf(l, classes, from, to), l.Release[from]
		if t-x.last > j.span {
			x = journal{} // all others are too old
		}
		if x.used+len(legs.times) > maxJournal {
			if x.used = j.count(g, x, t-j.span); x.used > maxJournal*3/4 {
				return x, from
			}
			legs = legs.first(min(len(legs.times), maxJournal-x.used))
		}
		n := len(legs.times)
		y, ok := j.write(g, x, legs)
		if !ok {
			if y, n = j.writeAny(g, x, legs); n == 0 {
				return x, from
			}
		}
		x, from = y, from+n
	}
	return x, to
}

// write enters a block of legs into x. Not ok: some of them are not like others, and none
// is entered.
func (j *journals) write(g *legLog, x journal, l entries) (journal, bool) {
	n, begin := len(l.classes), g.head
	times, quantities := l.times[:n], l.quantities[:n]
	p := g.next(blockHead + n*legWords)
	words := g.words[uint32(p)&uint32(len(g.words)-1):]
	u := unitOf(times[0])
	words[0] = uint64(x.ref) | uint64(u)<<32
	start, at, leg, entered, last := u.start(), blockHead, 0, uint64(0), times[0]
	var odd, span, all uint64
	for i, class := range l.classes {
		f, q, t := &j.forms[class], &quantities[i], times[i]
		a, b, c, d := q[f.reads[0]&7], q[f.reads[1]&7], q[f.reads[2]&7], q[f.reads[3]&7]
		to := (*[legWords]uint64)(words[at:])
		to[0] = uint64(t-start) | f.word
		to[1] = a | b<<32
		to[2] = c | d<<32
		all |= a | b | c | d
		if j.long {
			e, f, g := q[f.reads[4]&7], q[f.reads[5]&7], q[f.reads[6]&7]
			to[3] = e | f<<32
			to[4] = g
			all |= e | f | g
		}
		odd |= f.word | uint64(t-last)
		span |= uint64(t - start)
		entered += f.word / more & 1
		if f.words > 0 {
			leg = at
		}
		at, last = at+int(f.words), t
	}
	if odd&tooMany != 0 || span >= 1<<timeBits || all > math.MaxUint32 {
		g.head = begin
		return x, false
	}
	if leg == 0 {
		g.head = begin
		return x, true
	}
	words[leg] &^= more
	words[blockHead] |= entered << legsShift
	g.head = uint32(p) + uint32(at)
	return journal{p, x.used + int(entered), last}, true
}

// writeAny enters a block of the first of some legs into x, whatever they are, and returns
// how many it has taken.
func (j *journals) writeAny(g *legLog, x journal, l entries) (y journal, n int) {
	begin := g.head
	p := g.next(blockHead + len(l.classes)*wideWords)
	words := g.words[uint32(p)&uint32(len(g.words)-1):]
	u := unitOf(l.times[0])
	words[0] = uint64(x.ref) | uint64(u)<<32
	start, at, leg, entered, last := u.start(), blockHead, 0, 0, l.times[0]
	for ; n < len(l.classes); n++ {
		f, t := &j.forms[l.classes[n]], l.times[n]
		if f.word == tooMany || t < last || t-start >= 1<<timeBits {
			break
		}
		if last = t; f.words == 0 {
			continue
		}
		words[at] = uint64(t-start) | f.word
		reads := j.reads[loggedKind(f.word)].all()
		of, narrow := writeNarrow(words[at+1:], reads, &l.quantities[n])
		if !narrow {
			of = writeWide(words[at+1:], reads, &l.quantities[n])
			words[at] |= wide
		}
		leg, at = at, at+1+of
		entered++
	}
	if entered == 0 {
		g.head = begin
		return x, n
	}
	words[leg] &^= more
	words[blockHead] |= uint64(entered) << legsShift
	g.head = uint32(p) + uint32(at)
	return journal{p, x.used + entered, last}, n
}

// writeNarrow writes those of q that are read, two to a word, and returns how many words
// that takes. Not ok: some take more than half a word.
func writeNarrow(to []uint64, reads []window.Quantity, q *window.Quantities) (n int, ok bool) {
	all := uint64(0)
	for i, of := range reads {
		all |= q[of]
		if i%2 == 0 {
			to[n] = q[of]
			n++
		} else {
			to[n-1] |= q[of] << 32
		}
	}
	return n, all <= math.MaxUint32
}

// writeWide writes those of q that are read, a word each, and returns how many words that
// takes.
func writeWide(to []uint64, reads []window.Quantity, q *window.Quantities) int {
	for i, of := range reads {
		to[i] = q[of]
	}
	return len(reads)
}
