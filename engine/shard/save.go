package shard

import (
	"fmt"
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/fetch"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

// State is saved as of a barrier while the shard goes on. An epoch is the time
// between two barriers; each subscriber knows the epoch in which it last changed.
// From the barrier on whoever is due (see Save) is saved just before its first
// change, and a walker that takes the slots in order saves the others, some at a
// time, between runs. A subscriber that the walker has passed, one that was saved
// before its change and one that is newer than the barrier are told apart by the
// epoch and the slot alone.
//
// The close of a day changes everyone who was active, moves state and gives slots
// away. It finishes a save first: to keep what was there for each of them would
// cost as much as saving them.

// Kind is what a block holds.
type Kind uint8

// The kinds of block.
const (
	Subscribers Kind = iota // records of subscribers, see record.go
	Day                     // a closed day, see days.go
)

func (k Kind) String() string {
	switch k {
	case Subscribers:
		return "subscribers"
	case Day:
		return "day"
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Block is a piece of saved state, all of it of one partition. Data begins with
// the shape of the state (see shape), four bytes, little-endian. What follows is
// described in record.go for subscribers, in days.go for a day.
type Block struct {
	Kind      Kind
	Partition uint8
	Day       window.Day // of Kind Day
	Data      []byte
}

// Clock is where a shard stands in event time. It is the same in all shards of a
// job after each run.
type Clock struct {
	First    cdr.Millis // first event of the job; the smallest Millis before there is any; what follows, but for Frontier, is 0 then
	Before   cdr.Millis // the boundary emitted last; First before there is one
	Boundary cdr.Millis // the next one
	Today    window.Day // the open day
	Frontier cdr.Millis // everything before it is folded, once what waits is
}

// Clock returns where the shard stands. Between runs only.
func (s *Shard) Clock() Clock {
	return Clock{First: s.first, Before: s.before, Boundary: s.boundary, Today: s.today, Frontier: s.frontier}
}

// OldestDay is the first day that some window may still have to read: blocks of
// days before it are never needed again. As Clock, it is good as of a barrier when
// asked for right after Save.
func (s *Shard) OldestDay() window.Day {
	if s.days == nil {
		return s.today
	}
	return s.today - window.Day(s.days.longest-1)
}

// Rows counts the feature rows that this shard has written since it was made.
func (s *Shard) Rows() int64 { return s.rows }

const (
	blockBytes  = 64 << 10 // a block leaves when it is as long
	blockRoom   = 72 << 10 // its memory, but for records longer than the difference
	blockFirst  = 4 << 10  // its memory to begin with: many never fill
	looksPerOne = 64       // how many that are not due may be passed over for each that is saved
)

// saver is a save that is going on.
type saver struct {
	on     bool
	full   bool
	at     cdr.Millis // the barrier: everything before it is folded
	ended  uint32     // the epoch that ended with the barrier
	next   uint64     // the walker: places (see place) before it are passed
	days   []window.Day
	blocks [partitions][]byte // records that wait for company
	spare  [][]byte           // memory of blocks that were put
	day    []byte             // memory of a block of a day
	put    func(Block) error
	err    error // of put, the first: nothing is put after it
}

// Save ends the epoch: from here on the state as of now is saved through put, of
// all subscribers if full, else of those that changed in the epoch that ends; and
// the days that were closed in that epoch and that some window still holds.
//
// It is called between runs, and not while Saving. It folds what waits, which is
// all it does at once: SaveSome does the work, and Process before it changes what
// was not saved yet. put is called by the same goroutine as these three, and must
// not keep the block's Data. After an error of put nothing more
// is saved, and each of the three returns it.
func (s *Shard) Save(full bool, put func(Block) error) error {
	if s.saver.on {
		panic("shard: Save while a save is going on")
	}
	if err := s.fold(); err != nil {
		return err
	}
	v := &s.saver
	v.on, v.full, v.ended, v.next, v.put, v.at = true, full, s.epoch, 0, put, s.foldedTo
	v.days = v.days[:0]
	if s.days != nil {
		v.days, s.days.fresh = append(v.days, s.days.fresh...), s.days.fresh[:0]
	}
	s.epoch++
	return v.err
}

// Saving reports whether something of the last Save is still to be saved.
func (s *Shard) Saving() bool { return s.saver.on }

// Closes reports whether a day closes with run. Process then finishes a save
// before it: whoever wants to know how long that takes does it first.
func (s *Shard) Closes(run *order.Run) bool {
	return s.first != never && s.Saving() && (run.Frontier >= s.dayEnd || run.Frontier == order.End)
}

// Settle folds what waits, which Save would do too: it is work of the fold, and
// whoever wants to know how long a save keeps the fold waiting calls it first. The
// alerts of everything before the frontier have then been handed over.
func (s *Shard) Settle() error {
	if err := s.fold(); err != nil {
		return err
	}
	s.foldedTo = max(s.foldedTo, s.frontier)
	return s.handOver(s.frontier)
}

// SaveSome saves up to n subscribers more, at least one unless it passes many that
// are not due. After the last one Saving reports false, and all blocks were put.
func (s *Shard) SaveSome(n int) error {
	v := &s.saver
	looks := min(n, math.MaxInt/looksPerOne) * looksPerOne
	for ; n > 0 && looks > 0 && v.on && v.err == nil; looks-- {
		if s.saveNext() {
			n--
		}
	}
	return v.err
}

// finishSave saves what is left.
func (s *Shard) finishSave() { _ = s.SaveSome(math.MaxInt) }

// saveNext moves the walker by a slot, or past a page that is not there or the end
// of a partition, and reports whether it saved a subscriber.
func (s *Shard) saveNext() bool {
	v := &s.saver
	partition, local := uint32(v.next>>(32-ownerBits)), uint32(v.next&(1<<(32-ownerBits)-1))
	switch {
	case partition == partitions:
		v.on, v.put = false, nil
		return false
	case local == 0:
		s.saveDays(partition)
	}
	if local >= s.people.parts[partition].next {
		v.flush(partition)
		v.next = uint64(partition+1) << (32 - ownerBits)
		return false
	}
	slot := slotOf(partition, local)
	if s.people.page(slot) == nil {
		v.next += pageSlots
		return false
	}
	if local%ahead == 0 {
		s.lookAhead(slot)
	}
	v.next++
	who := s.people.at(slot)
	if !v.due(who, s.epoch) {
		return false
	}
	s.save(slot, who)
	return true
}

// ahead is how many slots of a page are brought near at a time.
const ahead = 16

// lookAhead asks for the state of those due from slot on.
func (s *Shard) lookAhead(slot uint32) {
	first := inPage(slot)
	page := s.people.page(slot)[first : first+ahead]
	for i := range page {
		who := &page[i]
		if !s.saver.due(who, s.epoch) {
			continue
		}
		if who.row != 0 {
			fetch.Words(s.days.rows.at(who.row))
		}
		if who.small() {
			s.items.fetch(who)
		}
	}
}

// due reports whether who belongs into the save and has not changed since the
// barrier: those that have were saved then, or came after it.
func (v *saver) due(who *person, epoch uint32) bool {
	return who.marks&taken != 0 && who.epoch != epoch && (v.full || who.epoch == v.ended)
}

// change notes that who is about to change, for the first time in this epoch.
func (s *Shard) change(slot uint32, who *person) {
	v := &s.saver
	if v.on && uint64(place(slot)) >= v.next && v.due(who, s.epoch) {
		s.save(slot, who)
	}
	who.epoch = s.epoch
}

// save adds the record of who to the block of its partition.
func (s *Shard) save(slot uint32, who *person) {
	v := &s.saver
	if v.err != nil {
		return
	}
	partition := slot & (partitions - 1)
	b := s.room(v.blocks[partition])
	if b, v.err = s.appendRecord(b, slot, who); v.err != nil {
		return
	}
	v.blocks[partition] = b
	if len(b) >= blockBytes {
		v.flush(partition)
	}
}

// room returns b, begun if it is nil, with room for a usual record.
func (s *Shard) room(b []byte) []byte {
	const usual = 3 << 10
	switch {
	case b == nil:
		return s.appendShape(s.saver.empty())
	case cap(b)-len(b) < usual && cap(b) < blockRoom:
		return append(make([]byte, 0, blockRoom), b...)
	}
	return b
}

// empty returns memory for a block.
func (v *saver) empty() []byte {
	n := len(v.spare)
	if n == 0 {
		return make([]byte, 0, blockFirst)
	}
	b := v.spare[n-1]
	v.spare = v.spare[:n-1]
	return b
}

// flush puts the block of a partition, if there is one.
func (v *saver) flush(partition uint32) {
	if b := v.blocks[partition]; b != nil && v.err == nil {
		v.blocks[partition] = nil
		v.err = v.put(Block{Kind: Subscribers, Partition: uint8(partition), Data: b})
		if len(v.spare) < partitions && cap(b) <= 2*blockRoom {
			v.spare = append(v.spare, b[:0])
		}
	}
}

// saveDays puts a partition's blocks of the days that were closed in the epoch
// that ended. No day can close before this: it would finish the save first.
func (s *Shard) saveDays(partition uint32) {
	v := &s.saver
	for _, day := range v.days {
		blocks := s.days.closed[day]
		if blocks == nil || blocks[partition] == nil || v.err != nil {
			continue
		}
		v.day = append(s.appendShape(v.day[:0]), blocks[partition]...)
		v.err = v.put(Block{Kind: Day, Partition: uint8(partition), Day: day, Data: v.day})
	}
}

// noteClosed remembers that a day was closed in this epoch.
func (d *days) noteClosed(day window.Day) {
	d.fresh = append(slices.DeleteFunc(d.fresh, func(f window.Day) bool { return d.closed[f] == nil }), day)
}
