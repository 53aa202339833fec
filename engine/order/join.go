package order

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

const (
	// talksAtMost is how long a call waits for its end: one that does not come
	// within it was lost.
	talksAtMost = cdr.Millis(24 * 60 * 60 * 1000)
	// echoes is how long further ends of a call, and further answers, count as
	// copies: SIP repeats a request for 32 seconds, and either party may end a call.
	echoes = cdr.Millis(5 * 60 * 1000)
	// piecesApart is how long after one piece of a call the next may end.
	piecesApart = cdr.Millis(24 * 60 * 60 * 1000)
	// callsJoined is how many calls each part of joins remembers at most; the
	// oldest go first, wherever runs end.
	callsJoined = 1 << 20
)

// joins makes calls of the records that tell of them in pieces or halves. It sees
// them behind the sort, where an answer comes before its end and a piece before its
// continuation whatever file or block they were read from, so that what it makes
// depends on event time alone. Within one instant answers and splits come first.
type joins struct {
	splits  recent // calls that go on in another record
	ended   recent // calls whose end has come
	answers answers
}

func newJoins() joins {
	return joins{
		splits:  newRecent(piecesApart, callsJoined),
		ended:   newRecent(echoes, callsJoined),
		answers: newAnswers(callsJoined),
	}
}

// limit bounds how many calls each part remembers.
func (j *joins) limit(most int) { j.splits.most, j.ended.most, j.answers.most = most, most, most }

// join replaces in run the records with marks of cdr.Joined by the calls that they
// make.
func (b *Buffer) join(run *Run) {
	refs, out, made := run.Refs, run.Refs[:0], made{}
	for i := 0; i < len(refs); {
		at, end := run.Of(refs[i]).Release, i
		for ; end < len(refs) && run.Of(refs[end]).Release == at; end++ {
			b.begin(run, refs[end])
		}
		for ; i < end; i++ {
			if ref, ok := b.settle(run, refs[i], &made); ok {
				out = append(out, ref)
			}
		}
	}
	run.Refs = out
}

// begin takes in what the other records of its instant may refer to.
func (b *Buffer) begin(run *Run, ref Ref) {
	batch, r := run.Batches[ref.Batch], ref.Row()
	switch batch.Rows[r].Flags & cdr.Joined {
	case cdr.Opens:
		b.open(batch, r, b.sourceOf(ref))
	case cdr.Piece | cdr.Split:
		b.piece(batch, r)
		b.joins.splits.See(batch.Call[r], batch.Rows[r].Release)
	}
}

// settle tells what becomes of a record, ok false when it is not released.
func (b *Buffer) settle(run *Run, ref Ref, m *made) (_ Ref, ok bool) {
	batch, r := run.Batches[ref.Batch], ref.Row()
	marks := batch.Rows[r].Flags & cdr.Joined
	batch.Rows[r].Flags &^= cdr.Joined
	switch marks {
	case cdr.Piece:
		b.piece(batch, r)
	case cdr.Opens:
		return ref, false
	case cdr.Closes:
		return b.end(run, ref, m)
	case cdr.Opens | cdr.Closes:
		return ref, b.whole(batch, r, b.sourceOf(ref))
	}
	return ref, true
}

// piece makes a slice of a piece that continues its call.
func (b *Buffer) piece(batch *cdr.Batch, r int) {
	call, at := batch.Call[r], batch.Rows[r].Release
	if b.joins.splits.Saw(call, at) {
		batch.Rows[r].Flags |= cdr.Slice
		b.joins.splits.See(call, at)
	}
}

// open keeps an answer until its end comes. Another answer of the same call is a copy,
// or renews what was agreed on.
func (b *Buffer) open(batch *cdr.Batch, r, source int) {
	c, at := &b.sources[source].counts, batch.Rows[r].Release
	b.joins.answers.Forget(at, b.lost)
	c.Accepted--
	if b.joins.answers.Has(batch.Call[r]) || b.joins.ended.Saw(batch.Call[r], at) {
		c.Duplicate++
		return
	}
	c.Buffered++
	b.joins.answers.Keep(batch, r, source, b.lost)
}

// end makes a record of an end and its answer.
func (b *Buffer) end(run *Run, ref Ref, m *made) (_ Ref, ok bool) {
	batch, r := run.Batches[ref.Batch], ref.Row()
	call, at := batch.Call[r], batch.Rows[r].Release
	b.joins.answers.Forget(at, b.lost)
	echo := b.joins.ended.Saw(call, at)
	b.joins.ended.See(call, at)
	answers := &b.joins.answers
	if !answers.Has(call) {
		c := &b.sources[b.sourceOf(ref)].counts
		c.Accepted--
		if echo {
			c.Duplicate++
		} else {
			c.Open++
		}
		return ref, false
	}
	whole := m.batch(b, run)
	source := answers.Take(call, whole)
	b.sources[source].counts.Buffered--
	b.sources[source].counts.Accepted++
	last := whole.Len() - 1
	f := whole.Rows[last].Flags
	whole.Rows[last].Flags = f.With(f.Service(), cdr.Answered, f.RAT()) &^ cdr.Joined
	whole.Rows[last].TalkMS = talk(whole, last, batch.Rows[r].Start)
	whole.Rows[last].Release, whole.Rows[last].Identity, whole.RawHash[last] = at, batch.Rows[r].Identity, batch.HashOf(r)
	return NewRef(m.at, last, &whole.Rows[last]), true
}

// talk is the time from the answer in row r to end.
func talk(batch *cdr.Batch, r int, end cdr.Millis) uint32 {
	answered := batch.Rows[r].Start
	if ring := batch.Rows[r].RingMS; ring != cdr.RingUnknown {
		answered += cdr.Millis(ring)
	}
	return uint32(min(max(end-answered, 0), math.MaxUint32))
}

// whole tells a call told in one record from its copies, and from what failed within
// a call that goes on.
func (b *Buffer) whole(batch *cdr.Batch, r, source int) bool {
	call, at := batch.Call[r], batch.Rows[r].Release
	b.joins.answers.Forget(at, b.lost)
	copied := b.joins.ended.Saw(call, at) || b.joins.answers.Has(call)
	b.joins.ended.See(call, at)
	if copied {
		c := &b.sources[source].counts
		c.Accepted--
		c.Duplicate++
	}
	return !copied
}

// expire gives up the calls whose end can not come any more.
func (b *Buffer) expire() {
	if b.frontier != Never {
		b.joins.answers.Forget(b.frontier, b.lost)
	}
}

// lost counts an answer whose end did not come.
func (b *Buffer) lost(source int) {
	c := &b.sources[source].counts
	c.Buffered--
	c.Open++
}

func (b *Buffer) sourceOf(ref Ref) int { return b.merge.origins[ref.Batch].source }

// made is the batch of a run that holds the records made of two. It is there once
// there is one.
type made struct {
	rows *cdr.Batch
	at   uint32
}

func (m *made) batch(b *Buffer, run *Run) *cdr.Batch {
	if m.rows == nil {
		m.rows, m.at = b.Batch(), uint32(len(run.Batches))
		run.Batches, run.free = append(run.Batches, m.rows), append(run.free, m.rows)
	}
	return m.rows
}
