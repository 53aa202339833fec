package shard

import (
	"sort"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

// dealt is how many records are dealt at a time.
const dealt = 512

// deal puts the legs of a run whose subscribers belong to this shard into the queues. It
// does so for as many records at a time as there are before something else is due.
func (s *Shard) deal(run *order.Run) error {
	for refs := run.Refs; len(refs) > 0; {
		if err := s.makeWay(run.Of(refs[0]).Release); err != nil {
			return err
		}
		n := s.together(run, refs)
		s.queue(run, refs[:n])
		s.queues.last = run.Of(refs[n-1]).Release
		refs = refs[n:]
	}
	return nil
}

// makeWay does what is due before a leg at t is queued.
func (s *Shard) makeWay(t cdr.Millis) error {
	if t >= s.cut {
		if err := s.pass(t); err != nil {
			return err
		}
		s.setCut(t)
	}
	if s.queues.full(t) {
		return s.foldFull()
	}
	return nil
}

// together is how many records can be dealt, one at least, before a day or a period ends or
// the queues are full.
func (s *Shard) together(run *order.Run, refs []order.Ref) int {
	if s.queues.crammed() {
		return 1
	}
	n := min(len(refs), dealt)
	if run.Of(refs[n-1]).Release < s.cut {
		return n
	}
	return sort.Search(n, func(i int) bool { return run.Of(refs[i]).Release >= s.cut })
}

// queue puts the legs of some records into the queues.
func (s *Shard) queue(run *order.Run, refs []order.Ref) {
	if s.Outsiders == Drop {
		s.known = s.withoutOutsiders(run, refs, s.known[:0])
		refs = s.known
	}
	s.queues.deal(run, refs, s.mine)
	s.keepNames(run, refs)
}

// keepNames remembers the texts of those subscribers that are names.
func (s *Shard) keepNames(run *order.Run, refs []order.Ref) {
	for i := range refs {
		ref := refs[i]
		if ref.Marks()&order.HasNames == 0 {
			continue
		}
		x, p := run.Of(ref), run.Parties(ref)
		if s.has(ref, order.HasCalling, p.Calling) {
			s.keepName(x.Calling, run, ref, false)
		}
		if s.has(ref, order.HasCalled, p.Called) {
			s.keepName(x.Called, run, ref, true)
		}
	}
}

// keepName remembers the text of a party, n, if it is a name.
func (s *Shard) keepName(n cdr.Number, run *order.Run, ref order.Ref, called bool) {
	if !n.IsName() {
		return
	}
	if _, ok := s.names[n]; !ok {
		s.names[n] = string(run.Batches[ref.Batch].NameOf(ref.Row(), called))
	}
}

// has reports whether a record has a leg, and its subscriber, whose number has the hash h,
// belongs to this shard.
func (s *Shard) has(ref order.Ref, leg order.Marks, h uint64) bool {
	return ref.Marks()&leg != 0 && s.ownsHash(h)
}

// withoutOutsiders appends to dst the records that have a leg of somebody who has been a
// customer, without other legs.
func (s *Shard) withoutOutsiders(run *order.Run, refs, dst []order.Ref) []order.Ref {
	for _, ref := range refs {
		x, p, without := run.Of(ref), run.Parties(ref), order.Marks(0)
		if !s.has(ref, order.HasCalling, p.Calling) || s.outsider(x, window.Originating) {
			without = order.HasCalling
		}
		if !s.has(ref, order.HasCalled, p.Called) || s.outsider(x, window.Terminating) {
			without |= order.HasCalled
		}
		if without != order.HasCalling|order.HasCalled {
			dst = append(dst, ref.Without(without))
		}
	}
	return dst
}

// outsider reports whether the subscriber of a leg has never been a customer. One
// that becomes a customer is known from here on.
func (s *Shard) outsider(x *cdr.Row, side window.Side) bool {
	n, _ := side.Parties(x)
	if _, ok := s.table.find(n); ok {
		return false
	}
	fl := side.Flags(x)
	place, _ := side.Places(x)
	if !s.makesHome(window.Facts(fl), fl, place) {
		return true
	}
	s.add(n, x.Release)
	return false
}
