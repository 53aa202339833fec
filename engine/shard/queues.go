package shard

import (
	"slices"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/fetch"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

const (
	ownerBits = 6        // of a hash: the partition, which chooses the shard
	queueBits = 7        // the next ones: the queue
	maxQueued = 1 << 20  // legs of one shard of few; all shards together have twice as many, ...
	minQueued = 1 << 18  // ... or so many each
	maxText   = 16 << 20 // bytes of text: usual ones are far from it
	maxRuns   = 640      // that are not done: usual ones are far from it
)

// queues hold legs that wait to be folded, dealt by subscriber. State is larger
// than any cache and legs come in the order of time, each for another subscriber.
// So legs are gathered, as long as they lie in the same day and period, and folded queue
// by queue and in each subscriber by subscriber (sorter.go): all legs of one are folded
// while its state is in the cache. The legs of a subscriber keep their order.
//
// What is queued is where the record is: it stays in the batch that it was decoded into
// until the leg is folded, and the run that brought it is not done until then.
type queues struct {
	of      [1 << queueBits]queue
	n       int               // legs
	limit   int               // of them, beyond which they had better be folded
	last    cdr.Millis        // release of the latest record
	text    int               // bytes of record_ids and names in the batches of the runs that were begun since the last fold
	runs    []*order.Run      // that the legs are of, in order
	batches []*cdr.Batch      // those of all runs ...
	rows    [][]cdr.Row       // ... and their rows
	base    uint32            // where those of the latest run begin
	current *order.Run        // whose legs are being dealt; nil: none
	own     [2 * dealt]queued // scratch: the legs of this shard that are dealt at a time
}

// queue holds the legs of some subscribers. There is always room for one more.
type queue struct {
	legs []queued // the first n
	n    uint32
}

// queued is a leg that waits.
type queued struct {
	hash  uint64 // of the subscriber's number; no two have the same
	batch uint32
	place uint32 // the row, and above it which leg it is
}

// What leg it is.
const (
	terminating = 1 << 31
	served      = 1 << 30 // of the served party
	rowMask     = served - 1
)

func (x queued) side() window.Side { return window.Side(int32(x.place) >> 31) }

// queueOf is the queue of subscriber n.
func queueOf(n cdr.Number) uint64 { return queueOfHash(n.Hash()) }

func queueOfHash(h uint64) uint64 { return h << ownerBits >> (64 - queueBits) }

// ownerOf is the partition of a subscriber whose number has that hash.
func ownerOf(h uint64) uint64 { return h >> (64 - ownerBits) }

// hold begins to deal the legs of a run.
func (q *queues) hold(run *order.Run) {
	for _, b := range run.Batches {
		if !slices.Contains(q.batches[q.base:], b) { // the run before may have had some of it
			q.text += len(b.Text)
		}
	}
	q.base, q.current = uint32(len(q.batches)), run
	q.runs = append(q.runs, run)
	q.open(run)
}

// open makes the batches of a run known.
func (q *queues) open(run *order.Run) {
	for _, b := range run.Batches {
		q.batches, q.rows = append(q.batches, b), append(q.rows, b.Rows)
	}
}

// deal deals the legs of some records of the current run, dealt at most, that are of some
// partitions, a bit each. Which legs these are cannot be guessed: each is written at any rate,
// and the next one over it if it is not.
func (q *queues) deal(run *order.Run, refs []order.Ref, mine uint64) {
	own, n := &q.own, uint32(0)
	for _, ref := range refs {
		p, m, batch, row := run.Parties(ref), uint32(ref.Marks()), q.base+ref.Batch, uint32(ref.Row())
		calls := m / uint32(order.ServesCalled) & 1 * served // the called party is served
		own[n] = queued{p.Calling, batch, row | calls ^ served}
		n += uint32(mine>>ownerOf(p.Calling)) & m & 1
		own[n] = queued{p.Called, batch, row | calls | terminating}
		n += uint32(mine>>ownerOf(p.Called)) & (m / uint32(order.HasCalled)) & 1
	}
	for legs := own[:n]; len(legs) > 0; {
		legs = legs[q.scatter(legs):]
		if len(legs) > 0 {
			q.of[queueOfHash(legs[0].hash)].grow()
		}
	}
	q.n += int(n)
}

// scatterEach adds legs to their queues, and returns how many came before one whose queue is
// full.
func (q *queues) scatterEach(legs []queued) int {
	for i := range legs {
		x := &legs[i]
		of := &q.of[queueOfHash(x.hash)]
		if of.n >= uint32(len(of.legs)) {
			return i
		}
		of.legs[of.n] = *x
		of.n++
	}
	return len(legs)
}

// grow makes room for twice as many legs.
func (x *queue) grow() {
	legs := make([]queued, max(16, 2*len(x.legs)))
	copy(legs, x.legs)
	x.legs = legs
}

// row is the record of a leg.
func (q *queues) row(x queued) *cdr.Row { return &q.rows[x.batch][x.place&rowMask] }

// subject is the subscriber of a leg.
func (q *queues) subject(x queued) cdr.Number {
	n, _ := x.side().Parties(q.row(x))
	return n
}

// id is the record_id of a leg. It belongs to its batch.
func (q *queues) id(x queued) []byte {
	b := q.batches[x.batch]
	return b.ID[x.place&rowMask].Of(b.Text)
}

// release is done with all runs but the current one. No legs wait.
func (q *queues) release() {
	left := 0
	for _, run := range q.runs {
		if run != q.current {
			run.Done()
		}
	}
	if q.current != nil {
		q.runs[0], left = q.current, 1
	}
	clear(q.runs[left:])
	q.runs = q.runs[:left]
	clear(q.batches)
	clear(q.rows)
	q.batches, q.rows, q.base, q.text = q.batches[:0], q.rows[:0], 0, 0
	if q.current != nil {
		q.open(q.current)
	}
}

// crammed reports whether so many legs wait that they had better be folded.
func (q *queues) crammed() bool { return q.n >= q.limit || q.text >= maxText }

// full reports whether the legs that wait are to be folded before one at t: between two
// seconds, since rules look at whole ones.
func (q *queues) full(t cdr.Millis) bool { return q.crammed() && t >= secondEnd(q.last) }

// queued is how many legs a shard lets wait, usually. The more of them a subscriber has, the
// fewer times it is visited; but their records wait with them, and so does who asks about
// subscribers, see Look, for whom fewer are folded at a time.
func (c *Config) queued() int {
	if c.Breathe != nil {
		return minQueued
	}
	return max(minQueued, min(maxQueued, 2*maxQueued/c.Of))
}

// firstLimit is how many legs wait at most until the first of several folds: each shard
// begins with another part of the usual number. From then on one folds while the others
// gather. If all did the same at the same time, those who are done first would have to
// wait for the last.
func (c *Config) firstLimit() int { return c.queued() * (c.Number + 1) / c.Of }

// foldFull folds the legs of full queues, of which there will be more.
func (s *Shard) foldFull() error {
	err := s.fold()
	s.queues.limit = s.queued()
	return err
}

// fold folds all legs that wait. More of their last second may come.
func (s *Shard) fold() error { return s.foldBefore(secondEnd(s.queues.last) - second) }

// foldBefore folds all legs that wait: none comes any more before t, and nobody is looked at but
// from then on.
func (s *Shard) foldBefore(t cdr.Millis) error {
	s.queues.limit = s.firstLimit()
	if s.queues.n == 0 {
		s.queues.release()
		return nil
	}
	s.touched = true
	s.turnLogs()
	for i := range s.queues.of {
		of := &s.queues.of[i]
		if legs := of.legs[:of.n]; len(legs) > 0 {
			s.folding, s.within = i, true
			if err := s.foldQueue(legs); err != nil {
				return err
			}
			of.n = 0
			s.folding, s.within = i+1, false
			s.breathe()
		}
		s.turnLog(i, t)
	}
	s.queues.n = 0
	s.queues.release()
	s.folding, s.foldedTo = 0, secondEnd(s.queues.last)
	return nil
}

// turnLogs drops from the logs what no window can see any more. A save that goes on may
// still want to.
func (s *Shard) turnLogs() {
	if s.journals == nil || s.foldedTo == never || s.saver.on {
		return
	}
	s.journals.drop(s.foldedTo)
	s.journals.mark(s.foldedTo)
}

// turnLog drops from the log of a queue that was folded what no window can see any more from t on.
// The next queue needs the room. Where somebody may ask about subscribers meanwhile, see Look, it
// is left until the next fold.
func (s *Shard) turnLog(queue int, t cdr.Millis) {
	if s.journals != nil && s.Breathe == nil && !s.saver.on {
		s.journals.dropOf(queue, t)
	}
}

// foldQueue folds the legs of a queue, and looks at each subscriber after each of its
// seconds where rules do.
func (s *Shard) foldQueue(legs []queued) error {
	order := s.sorter.sort(legs)
	if s.judge != nil {
		s.judge.legs = legs
	}
	for len(order) > 0 {
		n := min(len(order), window.MaxLegs)
		s.gather(order[:n], legs)
		if err := s.foldBatch(order); err != nil {
			return err
		}
		s.breathe()
		order = order[n:]
	}
	return nil
}

// A leg's record is asked for readAhead legs before it is gathered, a few at a time: a
// processor waits for some two dozen lines at once.
const (
	rowsAtOnce = 4
	readAhead  = 4 * rowsAtOnce
	rowsKept   = 2 * readAhead
)

// gather makes a batch of sorted legs. Each record is at another place of memory, most of
// them in no cache: while the legs of some are gathered, the next ones are on their way.
func (s *Shard) gather(order []sortable, legs []queued) {
	var rows [rowsKept]*cdr.Row
	for at := 0; at < min(readAhead, len(order)); at += rowsAtOnce {
		s.queues.ask(order[at:], legs, (*[rowsAtOnce]*cdr.Row)(rows[at%rowsKept:]))
	}
	for from := 0; from < len(order); from += rowsAtOnce {
		if at := from + readAhead; at < len(order) {
			s.queues.ask(order[at:], legs, (*[rowsAtOnce]*cdr.Row)(rows[at%rowsKept:]))
		}
		for i, v := range order[from:min(from+rowsAtOnce, len(order))] {
			s.legs.Add(rows[from%rowsKept+i], legs[v.leg].side())
		}
	}
}

// ask asks for the cache lines that the first legs of order want of their records, and finds
// these records.
func (q *queues) ask(order []sortable, legs []queued, rows *[rowsAtOnce]*cdr.Row) {
	var lines [2 * rowsAtOnce]unsafe.Pointer
	n := min(len(order), rowsAtOnce)
	for i, v := range order[:n] {
		x := legs[v.leg]
		r := q.row(x)
		second := [2]unsafe.Pointer{unsafe.Pointer(r), unsafe.Pointer(&r.Identity)} // which one is not to be guessed
		rows[i], lines[2*i], lines[2*i+1] = r, unsafe.Pointer(r), second[x.place/served&1]
	}
	fetch.Each(lines[:2*n])
}
