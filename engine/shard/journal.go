package shard

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Windows of hours look at the recent legs of a subscriber. Most have a handful, far
// apart: to keep panes for them would mean to close one for nearly every leg. Their
// legs stand in a journal instead, and are added up when somebody wants to know.
// Whoever has too many for a journal gets panes, see exact, and a journal again
// after a day of silence.
//
// A journal is an object of one of four sizes. Where it is, how much of it is used and
// when its last leg was stands in the row of its subscriber, see days.go, so that a leg
// needs nothing of it but the place where it goes:
//
//	8  the first leg, milliseconds since 1970
//	   each leg: uvarint milliseconds since the one before, uvarint its kind (see
//	   window.Program), uvarint each quantity that the kind reads
type journals struct {
	sizes   [4]*slab
	program *window.Program
	span    cdr.Millis // older legs are not looked at
	leg     [3*binary.MaxVarintLen64 + 8*binary.MaxVarintLen64]byte
	sum     []uint64 // scratch
}

// journal is the journal of a subscriber.
type journal struct {
	ref  journalRef
	used int        // bytes
	last cdr.Millis // its last leg
}

// journalRef tells where a journal is: the size in the highest two bits, then a ref.
type journalRef uint32

const (
	noJournal    journalRef = 0
	inPanes                 = ^noJournal // too many legs for a journal
	journalShift            = 30
	journalHead             = 8

	// longestSpan is that of windows that are kept in journals.
	longestSpan = cdr.Millis(1) << 30
)

// newJournals returns nil if some window is too long for journals.
func newJournals(a *arena, grids []*exact, p *window.Program) *journals {
	j := &journals{program: p}
	for i := range j.sizes {
		j.sizes[i] = newSlab(a, 8<<i)
	}
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

func (j *journals) at(r journalRef) []uint64 {
	return j.sizes[r>>journalShift].at(ref(r & (1<<journalShift - 1)))
}

func (j *journals) get(size int) journalRef {
	return journalRef(size)<<journalShift | journalRef(j.sizes[size].get())
}

func (j *journals) put(r journalRef) {
	if r != noJournal && r != inPanes {
		j.sizes[r>>journalShift].put(ref(r & (1<<journalShift - 1)))
	}
}

func (j *journals) bytes() (n int) {
	if j == nil {
		return 0
	}
	for _, s := range j.sizes {
		n += s.bytes()
	}
	return n
}

// foldHours adds the batch to the windows of hours.
func (s *Shard) foldHours() {
	switch {
	case len(s.exact) == 0:
	case s.journals == nil:
		for i := range s.legs.N {
			s.addToPanes(i)
		}
	default:
		s.approachJournals()
		for i := range s.legs.N {
			s.enter(i)
		}
	}
}

// approachJournals reads the place of each journal where the next leg of the batch goes,
// so that the waits for memory overlap.
func (s *Shard) approachJournals() {
	sum := uint64(0)
	for _, slot := range s.slots[:s.legs.N] {
		if x := s.days.journal(s.days.rows.at(s.people.at(slot).row)); x.ref != noJournal && x.ref != inPanes {
			block := s.journals.at(x.ref)
			sum += block[min(x.used/8, len(block)-1)]
		}
	}
	s.warmth += sum
}

func (s *Shard) addToPanes(i int) {
	l := s.legs
	for _, e := range s.exact {
		e.add(s.slots[i], l.Release[i], s.program.Ops(s.classes[i], e.index), &l.Quantities[i])
	}
}

// enter adds leg i of the batch to the journal of its subscriber, or to its panes.
func (s *Shard) enter(i int) {
	kind := s.program.Kind(s.classes[i])
	if kind == window.NoKind {
		return
	}
	slot := s.slots[i]
	row := s.days.rows.at(s.people.at(slot).row)
	x := s.days.journal(row)
	if x.ref == inPanes {
		s.addToPanes(i)
		return
	}
	ok := false
	if kind != window.TooMany {
		x, ok = s.journals.enter(x, s.legs.Release[i], kind, &s.legs.Quantities[i])
	}
	if !ok {
		s.toPanes(slot, x)
		s.addToPanes(i)
		x = journal{ref: inPanes}
	}
	s.days.setJournal(row, x)
}

// enter adds a leg to a journal and returns what that is then; not ok: there is no
// room, and the journal is as it was but for legs that nobody sees.
func (j *journals) enter(x journal, t cdr.Millis, kind int32, q *window.Quantities) (journal, bool) {
	if x.ref == noJournal {
		x.ref = j.get(0)
		x = j.begin(x.ref, t)
	} else if t-x.last > j.span {
		x = j.begin(x.ref, t) // all others are too old
	}
	leg := binary.AppendUvarint(j.leg[:0], uint64(t-x.last))
	leg = binary.AppendUvarint(leg, uint64(kind))
	for _, of := range j.program.Reads(kind) {
		leg = binary.AppendUvarint(leg, q[of])
	}
	if x.used+len(leg) > 8*8<<(x.ref>>journalShift) {
		var ok bool
		if x, ok = j.makeRoom(x, t, len(leg)); !ok {
			return x, false
		}
	}
	copy(bytesOf(j.at(x.ref))[x.used:], leg)
	return journal{x.ref, x.used + len(leg), t}, true
}

// begin returns the journal at r, which has no leg yet, with the first one to be at t.
func (j *journals) begin(r journalRef, t cdr.Millis) journal {
	j.at(r)[0] = uint64(t)
	return journal{r, journalHead, t}
}

// makeRoom drops the legs that are too old at t and moves the journal to a larger
// object if that is not enough for n more bytes and some; not ok: there is none.
func (j *journals) makeRoom(x journal, t cdr.Millis, n int) (journal, bool) {
	block := j.at(x.ref)
	keep, first := j.oldest(block, x.used, t-j.span)
	size := int(x.ref >> journalShift)
	for need := x.used - keep + journalHead + n; 4*need > 3*8*8<<size; size++ {
		if size == len(j.sizes)-1 {
			if need > 8*8<<size {
				return x, false
			}
			break
		}
	}
	to, into := x.ref, block
	if size != int(x.ref>>journalShift) {
		to = j.get(size)
		into = j.at(to)
	}
	copy(bytesOf(into)[journalHead:], bytesOf(block)[keep:x.used])
	into[0] = uint64(first)
	if to != x.ref {
		j.put(x.ref)
	}
	used := restart(bytesOf(into), x.used-keep+journalHead)
	return journal{to, used, x.last}, true
}

// restart makes the first leg of a journal, from which older ones were cut, begin
// at its head, and returns how many bytes are used then.
func restart(b []byte, used int) int {
	if used == journalHead {
		return used
	}
	gap, n := binary.Uvarint(b[journalHead:used])
	if gap == 0 {
		return used
	}
	// A gap of zero takes one byte; what is left over is closed.
	b[journalHead] = 0
	copy(b[journalHead+1:], b[journalHead+n:used])
	return used - n + 1
}

// oldest returns where the first leg at or after t stands, and when it was; if there
// is none, the end and the last leg.
func (j *journals) oldest(block []uint64, used int, t cdr.Millis) (at int, first cdr.Millis) {
	b, at, first := bytesOf(block), journalHead, cdr.Millis(block[0])
	for at < used {
		gap, n := binary.Uvarint(b[at:used])
		first += cdr.Millis(gap)
		if first >= t {
			return at, first
		}
		at = j.skip(b, at+n, used)
	}
	return at, first
}

// skip returns where the leg ends whose kind stands at at.
func (j *journals) skip(b []byte, at, used int) int {
	kind, n := binary.Uvarint(b[at:used])
	at += n
	for range j.program.Reads(int32(kind)) {
		_, n := binary.Uvarint(b[at:used])
		at += n
	}
	return at
}

// each calls f for every leg of a journal from t on.
func (j *journals) each(x journal, t cdr.Millis, f func(at cdr.Millis, kind int32, q *window.Quantities)) {
	if x.ref == noJournal {
		return
	}
	block, used := j.at(x.ref), x.used
	b := bytesOf(block)
	when := cdr.Millis(block[0])
	q := window.Quantities{window.One: 1}
	for at := journalHead; at < used; {
		gap, n := binary.Uvarint(b[at:used])
		when += cdr.Millis(gap)
		if at += n; when < t {
			at = j.skip(b, at, used)
			continue
		}
		kind, n := binary.Uvarint(b[at:used])
		at += n
		for _, of := range j.program.Reads(int32(kind)) {
			q[of], n = binary.Uvarint(b[at:used])
			at += n
		}
		f(when, int32(kind), &q)
	}
}
