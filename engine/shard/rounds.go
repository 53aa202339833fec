package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// second is the length of time that activity rules look at at once.
const second = cdr.Millis(1000)

// rounds deal the legs of a queue so that rules can look at each subscriber after
// each of its seconds. The first round takes the legs of the first second of
// everybody, the second one those of the next second in which they had any, and so
// on: the legs of a subscriber keep their order, a round has no two seconds of one
// subscriber, and yet it is as long as can be.
type rounds struct {
	heads []head  // open addressing, by subscriber
	of    []int32 // round of each leg
	last  []bool  // each leg: the last of its subscriber in its second
	order []int32 // the legs, round by round
	ends  []int32 // of the rounds in order
}

// head is what is known of a subscriber while its legs are dealt.
type head struct {
	subject cdr.Number // 0: free
	end     cdr.Millis // of its current second
	round   int32
	leg     int32 // its latest
}

// secondEnd is where the second of t ends.
func secondEnd(t cdr.Millis) cdr.Millis {
	past := t % second
	if past < 0 {
		past += second
	}
	return t - past + second
}

// deal deals legs, which are in order.
func (r *rounds) deal(legs []window.Leg) {
	r.reset(len(legs))
	for i := range legs {
		x := &legs[i]
		h := r.head(x.Subject)
		end := secondEnd(x.Release)
		switch {
		case h.subject == 0:
			*h = head{subject: x.Subject, end: end}
		case h.end == end:
			r.last[h.leg] = false
		default:
			h.end = end
			h.round++
		}
		h.leg, r.of[i], r.last[i] = int32(i), h.round, true
		if int(h.round) == len(r.ends) {
			r.ends = append(r.ends, 0)
		}
		r.ends[h.round]++
	}
	r.arrange()
}

func (r *rounds) reset(n int) {
	size := 64
	for size < 2*n {
		size *= 2
	}
	if cap(r.heads) < size {
		r.heads = make([]head, size)
	}
	r.heads = r.heads[:size] // no more is cleared than n legs need
	clear(r.heads)
	if cap(r.of) < n {
		r.of, r.last, r.order = make([]int32, n), make([]bool, n), make([]int32, n)
	}
	r.of, r.last, r.order, r.ends = r.of[:n], r.last[:n], r.order[:n], r.ends[:0]
}

// head returns the place of a subscriber.
func (r *rounds) head(n cdr.Number) *head {
	mask := uint64(len(r.heads) - 1)
	for i := n.Hash() & mask; ; i = (i + 1) & mask {
		if h := &r.heads[i]; h.subject == n || h.subject == 0 {
			return h
		}
	}
}

// arrange sorts the legs by round.
func (r *rounds) arrange() {
	sum := int32(0)
	for i, n := range r.ends {
		r.ends[i] = sum
		sum += n
	}
	for i, round := range r.of {
		r.order[r.ends[round]] = int32(i)
		r.ends[round]++
	}
}

// foldRounds folds the legs of a queue and looks at each subscriber after each of
// its seconds.
func (s *Shard) foldRounds(legs []window.Leg) error {
	r, from := &s.judge.rounds, int32(0)
	r.deal(legs)
	s.judge.legs = legs
	for _, end := range r.ends {
		for order := r.order[from:end]; len(order) > 0; {
			n := min(len(order), window.MaxLegs)
			for _, i := range order[:n] {
				s.legs.Add(&legs[i])
			}
			s.foldBatch()
			s.breathe()
			for k, i := range order[:n] {
				if at := secondEnd(legs[i].Release); r.last[i] && !s.judge.calm(s.slots[k], at) {
					s.judge.touched = append(s.judge.touched, touch{s.slots[k], i, at})
				}
			}
			order = order[n:]
		}
		from = end
		if err := s.judgeTouched(); err != nil {
			return err
		}
		s.breathe()
	}
	return nil
}
