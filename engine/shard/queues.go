package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

const (
	ownerBits = 6 // of a hash: the partition, which chooses the shard
	queueBits = 7 // the next ones: the queue
	maxQueued = 1 << 17
	maxText   = 16 << 20 // bytes of record_ids: usual ones are far from it
)

// queues hold legs that wait to be folded, dealt by subscriber. State is larger
// than any cache and legs come in the order of time, each for another subscriber.
// So legs are gathered, as long as they lie in the same day and period, and folded queue
// by queue and in each subscriber by subscriber (sorter.go): all legs of one are folded
// while its state is in the cache. The legs of a subscriber keep their order.
type queues struct {
	legs [1 << queueBits][]window.Leg
	n    int
	last cdr.Millis // release of the latest leg
	text []byte     // record_ids of the legs, where rules want them
}

// queueOf is the queue of subscriber n.
func queueOf(n cdr.Number) uint64 { return queueOfHash(n.Hash()) }

func queueOfHash(h uint64) uint64 { return h << ownerBits >> (64 - queueBits) }

// next returns the place for one more leg of a subscriber, whose number has the hash h.
func (q *queues) next(h uint64) *window.Leg {
	of := &q.legs[queueOfHash(h)]
	if len(*of) == cap(*of) {
		*of = append(*of, window.Leg{})
	} else {
		*of = (*of)[:len(*of)+1]
	}
	q.n++
	return &(*of)[len(*of)-1]
}

// back takes the last leg of a subscriber back, whose number has the hash h.
func (q *queues) back(h uint64) {
	of := &q.legs[queueOfHash(h)]
	*of = (*of)[:len(*of)-1]
	q.n--
}

// keep keeps a record_id for as long as legs wait. One that a span cannot tell, since
// the legs of a single second have gigabytes of them, is as if it were not there.
func (q *queues) keep(id []byte) cdr.Span {
	if len(id) == 0 || uint64(len(q.text)+len(id)) > math.MaxUint32 {
		return cdr.Span{}
	}
	s := cdr.Span{Off: uint32(len(q.text)), Len: uint32(len(id))}
	q.text = append(q.text, id...)
	return s
}

// full reports whether the legs that wait had better be folded before one at t:
// between two seconds, since rules look at whole ones.
func (q *queues) full(t cdr.Millis) bool {
	return (q.n >= maxQueued || len(q.text) >= maxText) && t >= secondEnd(q.last)
}

// fold folds all legs that wait.
func (s *Shard) fold() error {
	if s.queues.n == 0 {
		return nil
	}
	s.touched = true
	s.turnLogs()
	for i := range s.queues.legs {
		legs := s.queues.legs[i]
		if len(legs) == 0 {
			continue
		}
		s.folding, s.within = i, true
		if err := s.foldQueue(legs); err != nil {
			return err
		}
		s.queues.legs[i] = legs[:0]
		s.folding, s.within = i+1, false
		s.breathe()
	}
	s.queues.n, s.queues.text = 0, s.queues.text[:0]
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

// foldQueue folds the legs of a queue, and looks at each subscriber after each of its
// seconds where rules do.
func (s *Shard) foldQueue(legs []window.Leg) error {
	order := s.sorter.sort(legs)
	if s.judge != nil {
		s.judge.legs = legs
	}
	for len(order) > 0 {
		n := min(len(order), window.MaxLegs)
		for _, v := range order[:n] {
			s.legs.Add(&legs[v.leg])
		}
		if err := s.foldBatch(order); err != nil {
			return err
		}
		s.breathe()
		order = order[n:]
	}
	return nil
}
