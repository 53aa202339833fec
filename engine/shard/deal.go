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
		return s.fold()
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
	s.queues.deal(refs, s.mine)
	if s.judgesActivity() {
		s.queues.text += textOf(run, refs)
	}
	s.keepNames(run, refs)
}

// textOf is how many bytes of record_ids some records have.
func textOf(run *order.Run, refs []order.Ref) (n int) {
	for i := range refs {
		n += int(run.Batches[refs[i].Batch].ID[refs[i].Row].Len)
	}
	return n
}

// keepNames remembers the texts of those subscribers that are names.
func (s *Shard) keepNames(run *order.Run, refs []order.Ref) {
	for i := range refs {
		ref := &refs[i]
		if (ref.Calling|ref.Called)&order.Named == 0 {
			continue
		}
		x := run.Of(*ref)
		s.keepName(ref.Calling, x.Calling, run, ref, false)
		s.keepName(ref.Called, x.Called, run, ref, true)
	}
}

// keepName remembers the text of the party of a leg if it is a name and a subscriber of
// this shard.
func (s *Shard) keepName(leg order.Leg, n cdr.Number, run *order.Run, ref *order.Ref, called bool) {
	if !s.has(leg) || leg&order.Named == 0 {
		return
	}
	if _, ok := s.names[n]; !ok {
		s.names[n] = string(run.Batches[ref.Batch].NameOf(int(ref.Row), called))
	}
}

// has reports whether a record has a leg, and its subscriber belongs to this shard.
func (s *Shard) has(leg order.Leg) bool {
	return leg&order.There != 0 && s.OwnsPartition(uint8(leg.Partition()))
}

// withoutOutsiders appends to dst the records that have a leg of somebody who has been a
// customer, without other legs.
func (s *Shard) withoutOutsiders(run *order.Run, refs, dst []order.Ref) []order.Ref {
	for _, ref := range refs {
		x := run.Of(ref)
		if !s.has(ref.Calling) || s.outsider(x, window.Originating) {
			ref.Calling &^= order.There
		}
		if !s.has(ref.Called) || s.outsider(x, window.Terminating) {
			ref.Called &^= order.There
		}
		if (ref.Calling|ref.Called)&order.There != 0 {
			dst = append(dst, ref)
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
