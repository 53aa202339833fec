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
// A journal is an object of one of four sizes:
//
//	8  bytes in use, low half; milliseconds from the first leg to the last, high
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

// journalRef tells where a journal is: the size in the highest two bits, then a ref.
type journalRef uint32

const (
	noJournal    journalRef = 0
	inPanes                 = ^noJournal // too many legs for a journal
	journalShift            = 30
	journalHead             = 16

	// longestJournal is the longest time from the first leg of a journal to the last,
	// and longestSpan that of windows that are kept in journals.
	longestJournal = cdr.Millis(1) << 31
	longestSpan    = longestJournal / 2
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

// approachJournals reads the head of each journal that the batch adds to and the place
// where the next leg goes, so that the waits for memory overlap.
func (s *Shard) approachJournals() {
	slots, sum := s.slots[:s.legs.N], uint64(0)
	for _, slot := range slots {
		if r := s.days.journal(s.days.rows.at(s.people.at(slot).row)); r != noJournal && r != inPanes {
			sum += s.journals.at(r)[0]
		}
	}
	for _, slot := range slots {
		if r := s.days.journal(s.days.rows.at(s.people.at(slot).row)); r != noJournal && r != inPanes {
			block := s.journals.at(r)
			used, _ := journalState(block)
			sum += block[min(used/8, len(block)-1)]
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
	r := s.days.journal(row)
	if r == inPanes {
		s.addToPanes(i)
		return
	}
	now, ok := r, false
	if kind != window.TooMany {
		now, ok = s.journals.enter(r, s.legs.Release[i], kind, &s.legs.Quantities[i])
	}
	if !ok {
		s.toPanes(slot, now)
		s.addToPanes(i)
		now = inPanes
	}
	if now != r {
		s.days.setJournal(row, now)
	}
}

// enter adds a leg to a journal and returns where that is then; not ok: there is no
// room, and the journal is as it was but for legs that nobody sees.
func (j *journals) enter(r journalRef, t cdr.Millis, kind int32, q *window.Quantities) (journalRef, bool) {
	if r == noJournal {
		r = j.begin(t)
	}
	block := j.at(r)
	used, last := journalState(block)
	switch {
	case t-last > j.span: // all others are too old
		used, last = journalHead, t
		block[1] = uint64(t)
		setJournalState(block, used, t)
	case t-cdr.Millis(block[1]) > longestJournal: // the head cannot tell more
		r, _ = j.makeRoom(r, t, 0) // what is left fits
		block = j.at(r)
		used, _ = journalState(block)
	}
	leg := binary.AppendUvarint(j.leg[:0], uint64(t-last))
	leg = binary.AppendUvarint(leg, uint64(kind))
	for _, of := range j.program.Reads(kind) {
		leg = binary.AppendUvarint(leg, q[of])
	}
	if used+len(leg) > 8*len(block) {
		var ok bool
		if r, ok = j.makeRoom(r, t, len(leg)); !ok {
			return r, false
		}
		block = j.at(r)
		used, _ = journalState(block)
	}
	copy(bytesOf(block)[used:], leg)
	setJournalState(block, used+len(leg), t)
	return r, true
}

// begin returns a new journal whose first leg is at t.
func (j *journals) begin(t cdr.Millis) journalRef {
	r := j.get(0)
	block := j.at(r)
	block[1] = uint64(t)
	setJournalState(block, journalHead, t)
	return r
}

func journalState(block []uint64) (used int, last cdr.Millis) {
	return int(uint32(block[0])), cdr.Millis(block[1]) + cdr.Millis(block[0]>>32)
}

func setJournalState(block []uint64, used int, last cdr.Millis) {
	block[0] = uint64(uint32(used)) | uint64(last-cdr.Millis(block[1]))<<32
}

// makeRoom drops the legs that are too old at t and moves the journal to a larger
// object if that is not enough for n more bytes and some; not ok: there is none.
func (j *journals) makeRoom(r journalRef, t cdr.Millis, n int) (journalRef, bool) {
	block := j.at(r)
	used, last := journalState(block)
	keep, first := j.oldest(block, used, t-j.span)
	size := int(r >> journalShift)
	for need := used - keep + journalHead + n; 4*need > 3*8*8<<size; size++ {
		if size == len(j.sizes)-1 {
			if need > 8*8<<size {
				return r, false
			}
			break
		}
	}
	to, into := r, block
	if size != int(r>>journalShift) {
		to = j.get(size)
		into = j.at(to)
	}
	copy(bytesOf(into)[journalHead:], bytesOf(block)[keep:used])
	into[1] = uint64(first)
	setJournalState(into, used-keep+journalHead, last)
	if to != r {
		j.put(r)
	}
	j.restart(into, first)
	return to, true
}

// restart makes the first leg of a journal, from which older ones were cut, begin
// at its head.
func (j *journals) restart(block []uint64, first cdr.Millis) {
	b := bytesOf(block)
	used, last := journalState(block)
	if used == journalHead {
		return
	}
	gap, n := binary.Uvarint(b[journalHead:used])
	if gap == 0 {
		return
	}
	// A gap of zero takes one byte; what is left over is closed.
	b[journalHead] = 0
	copy(b[journalHead+1:], b[journalHead+n:used])
	block[1] = uint64(first)
	setJournalState(block, used-n+1, last)
}

// oldest returns where the first leg at or after t stands, and when it was; if there
// is none, the end and the last leg.
func (j *journals) oldest(block []uint64, used int, t cdr.Millis) (at int, first cdr.Millis) {
	b, at, first := bytesOf(block), journalHead, cdr.Millis(block[1])
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
func (j *journals) each(r journalRef, t cdr.Millis, f func(at cdr.Millis, kind int32, q *window.Quantities)) {
	if r == noJournal {
		return
	}
	block := j.at(r)
	b := bytesOf(block)
	used, _ := journalState(block)
	when := cdr.Millis(block[1])
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
