package shard

import (
	"bytes"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Restore sets the clock of a new shard to c, that of the shards whose state is
// about to be loaded as of the end of epoch.
func (s *Shard) Restore(c Clock, epoch uint64) {
	s.epoch = uint32(epoch) + 1
	if c.First == never {
		return
	}
	s.first, s.before, s.boundary = c.First, c.Before, c.Boundary
	s.frontier, s.foldedTo = c.Frontier, c.Frontier
	s.open(c.Today)
	s.items.floor = s.items.stamps.of(c.First, s.Days.Day(c.First))
	s.cut = never    // the first leg finds the panes that it lies in
	s.touched = true // if nobody was, nobody is found at the next boundary either
}

// Load takes a block that was saved by any shard of the job. Blocks of newer
// epochs come first; within an epoch any order will do. What stands already, a
// subscriber's slot or the subscriber, is newer and stays; so does a day's block.
// Days that no window holds any more are passed over. An error says which block is
// damaged and where: the shard is of no use then. Load keeps nothing of b.Data.
func (s *Shard) Load(b Block) error {
	r := &reader{data: b.Data, end: len(b.Data)}
	shape := r.u32()
	if f := s.former; f != nil && shape == f.shape && shape != s.shape() {
		r.former = f
	}
	switch {
	case r.failed != "":
	case !s.OwnsPartition(b.Partition):
		r.fail("the partition is not one of this shard")
	case s.first == never:
		r.fail("there can be no state before the first event")
	case r.former == nil && shape != s.shape():
		r.fail("it is of another shape: what is counted, or over which windows, has changed")
	case b.Kind == Subscribers:
		s.loadSubscribers(r, uint32(b.Partition))
	case b.Kind == Day:
		s.loadDay(r, uint32(b.Partition), b.Day)
	default:
		r.fail("there is no such kind of block")
	}
	if r.failed != "" {
		return fmt.Errorf("shard %d: block of %s, partition %d, byte %d: %s", s.Number, b.name(), b.Partition, r.at, r.failed)
	}
	return nil
}

func (b *Block) name() string {
	if b.Kind == Day {
		return b.Kind.String() + " " + b.Day.Date()
	}
	return b.Kind.String()
}

func (s *Shard) loadSubscribers(r *reader, partition uint32) {
	for r.left() > 0 && r.failed == "" {
		n := r.u32()
		if uint64(n) > uint64(r.left()) {
			r.fail("a record is cut off")
			return
		}
		r.end = r.at + int(n)
		s.loadRecord(r, partition)
		if r.failed == "" && r.left() != 0 {
			r.fail("a record is too long")
		}
		r.end = len(r.data)
	}
}

// loadRecord reads a record, unless a newer one of its slot or key was read.
func (s *Shard) loadRecord(r *reader, partition uint32) {
	slot, key := r.u32(), cdr.Number(r.u64())
	switch {
	case r.failed != "":
		return
	case slot&(partitions-1) != partition || localOf(slot) >= maxLocal:
		r.fail("the slot is not one of the partition")
		return
	case key == 0 || partitionOf(key) != partition:
		r.fail("the subscriber is not one of the partition")
		return
	}
	if _, there := s.table.find(key); there || s.people.taken(slot) {
		r.at = r.end
		return
	}
	who := person{key: key, marks: taken}
	flags := s.loadPerson(r, &who)
	text := s.loadName(r, key)
	if s.overlapping {
		o := overlaps{cdr.Millis(r.u64()), cdr.Millis(r.u64())}
		if r.failed != "" {
			return
		}
		*s.over.need(slot) = o
	}
	if flags&savedRow != 0 {
		s.loadRow(r, &who)
	}
	s.items.load(r, &who, flags)
	for _, e := range s.exact {
		e.load(r, slot)
	}
	d := s.loadDossier(r, flags)
	if r.failed != "" {
		return
	}
	s.settle(slot, &who, text)
	s.settleHours(slot)
	if d != nil {
		s.judge.file(slot, d)
	}
}

// settle gives who, who is new, its slot.
func (s *Shard) settle(slot uint32, who *person, text []byte) {
	s.people.makePage(slot)
	*s.people.at(slot) = *who
	of := &s.people.parts[slot&(partitions-1)]
	of.next = max(of.next, localOf(slot)+1)
	s.table.insert(who.key, slot)
	if who.key.IsName() {
		s.names[who.key] = string(text)
	}
}

// taken reports whether somebody has the slot.
func (p *people) taken(slot uint32) bool {
	who := p.look(slot)
	return who != nil && who.marks&taken != 0
}

func (s *Shard) loadPerson(r *reader, who *person) (flags byte) {
	flags = r.u8()
	last, talked := cdr.Millis(r.u64()), cdr.Millis(r.u64())
	who.setLast(last)
	who.setTalked(talked)
	who.imsi = r.u64()
	ok := holds(last) && holds(talked)
	for i := range who.days {
		day := window.Day(r.u32())
		who.days[i] = shortOf(day)
		ok = ok && holdsDay(day)
	}
	if flags&savedHome != 0 {
		who.marks |= home
	}
	switch {
	case flags&^savedFlags != 0 || flags&(savedFew|savedBig) == savedFew|savedBig:
		r.fail("the flags of a subscriber are damaged")
	case !ok || last < s.first || last >= s.dayEnd || talked > last:
		r.fail("a subscriber was last seen at an impossible time")
	}
	return flags
}

// loadName reads the text of a subscriber that is a name.
func (s *Shard) loadName(r *reader, key cdr.Number) []byte {
	if !key.IsName() {
		return nil
	}
	text := r.take(int(min(r.uvarint(), 1<<31)))
	if r.failed == "" && cdr.Name(text) != key {
		r.fail("the text of a name is damaged")
	}
	return text
}

func (s *Shard) loadRow(r *reader, who *person) {
	d := s.days
	if d == nil {
		r.fail("a subscriber has days, but no window is of days")
	}
	if r.failed != "" {
		return
	}
	who.row = d.rows.get()
	row := d.rows.at(who.row)
	if r.former != nil {
		d.formerRow(r, r.former, row)
	} else {
		d.loadSums(r, row)
	}
	r.packed(&d.peaks, d.allPeaks(row))
	if who.last() < s.Days.Start(s.today-1) {
		d.isIdle(row, s.today)
	}
}

// loadSums reads the open day and the sums of a row.
func (d *days) loadSums(r *reader, row []uint64) {
	r.packed(d.layout, d.open(row))
	for i := range d.spans {
		r.packed(&d.lasting, d.sum(row, i))
	}
}

// load reads the items of who.
func (it *items) load(r *reader, who *person, flags byte) {
	switch {
	case flags&savedFew != 0:
		it.loadFew(r, who)
	case flags&savedBig != 0:
		it.loadBig(r, who)
	}
}

func (it *items) loadFew(r *reader, who *person) {
	n := int(r.u8())
	if n == 0 || n > min(4*maxFours, it.limit) {
		r.fail("there are too many items, or none")
	}
	if r.left() < 8*(1+it.stamps.savedWords())*n {
		r.fail("it ends too soon")
	}
	if r.failed != "" {
		return
	}
	who.fours = uint8(foursFor(n))
	who.items = it.blocks[who.fours].get()
	b := it.block(who)
	for range n {
		i, m := it.add(&b, r.u64()), moment{}
		it.stamps.load(r, m[:it.stamps.words])
		it.setMoment(&b, i, m[:it.stamps.words])
	}
}

func (it *items) loadBig(r *reader, who *person) {
	dropped := r.u32()
	n := [2]uint32{r.u32(), r.u32()}
	size := 8 * (1 + it.stamps.savedWords())
	total := uint64(n[0]) + uint64(n[1])
	if total*uint64(size) > uint64(r.left()) {
		r.fail("there are too many items")
	}
	if r.failed != "" {
		return
	}
	set := bigSetFor(it.stamps.words, int(total))
	set.dropped = it.stamps.kept(dropped)
	for list := range n {
		for range n[list] {
			set.load(r, it, list)
		}
	}
	if r.failed == "" {
		it.rings.build(set)
		it.adopt(who, set)
	}
}

// bigSetFor returns an empty set with room for n items.
func bigSetFor(words, n int) *bigSet {
	b := newBigSet(words)
	size := len(b.index)
	for 3*size < 4*(n+1) {
		size *= 2
	}
	b.index = make([]uint32, size)
	b.keys, b.stamps = make([]uint64, 0, n), make([]uint64, 0, n*words)
	b.next, b.prev = make([]int32, 0, n), make([]int32, 0, n)
	return b
}

// load reads the next item, which is the one seen last in its list so far.
func (b *bigSet) load(r *reader, it *items, list int) {
	key := r.u64()
	e := int32(len(b.keys))
	b.stamps = append(b.stamps, make([]uint64, b.words)...)
	it.stamps.load(r, b.stampsOf(e))
	b.keys, b.next, b.prev = append(b.keys, key), append(b.next, -1), append(b.prev, -1)
	if _, twice := b.find(key); twice || listOf(key) != list {
		r.fail("an item is there twice or in the wrong list")
		return
	}
	b.place(e)
	b.used++
	b.link(e)
}

// loadDay reads a block of a closed day and notes whose it is.
func (s *Shard) loadDay(r *reader, partition uint32, day window.Day) {
	switch {
	case s.days == nil || len(s.days.spans) == 0:
		r.fail("no window is of several days")
		return
	case day >= s.today:
		r.fail("the day is not over yet")
		return
	case day < s.OldestDay():
		return
	}
	blocks := s.days.closed[day]
	if blocks == nil {
		blocks = new(closedDay)
		s.days.closed[day] = blocks
	}
	if blocks[partition] != nil {
		return
	}
	if r.former != nil {
		s.formerDay(r)
	}
	s.checkDay(r, partition)
	if r.failed == "" && len(r.data) > 4 {
		blocks[partition] = bytes.Clone(r.data[4:])
	}
}

// checkDay looks whether the rest of r is a block of a day.
func (s *Shard) checkDay(r *reader, partition uint32) {
	if s.needed == nil {
		s.needed = new([partitions][]uint64)
	}
	local := uint64(0)
	for first := true; r.left() > 0 && r.failed == ""; first = false {
		skip := r.uvarint()
		if skip >= maxLocal || local+skip >= maxLocal || skip == 0 && !first {
			r.fail("a slot is not one of the partition")
			return
		}
		local += skip
		r.packed(&s.days.lasting, nil)
		of := &s.needed[partition]
		for uint64(len(*of)) <= local/64 {
			*of = append(*of, 0)
		}
		(*of)[local/64] |= 1 << (local % 64)
	}
}

// Loaded tells that all blocks were loaded. What the sweep at the beginning of the
// current day had dropped is not marked as changed, so it may have come back from
// an older epoch: the sweep is repeated. An error says that blocks do not belong
// together.
func (s *Shard) Loaded() error {
	if s.first == never {
		return nil
	}
	s.sweep()
	s.compact()
	if err := s.checkNeeded(); err != nil {
		return err
	}
	for partition := range uint32(partitions) {
		s.people.findFree(partition)
	}
	return nil
}

// checkNeeded makes sure that the subscribers of closed days have rows: when a day
// leaves a window it is subtracted from them.
func (s *Shard) checkNeeded() error {
	if s.needed == nil {
		return nil
	}
	for partition, words := range s.needed {
		for local := range uint32(64 * len(words)) {
			if words[local/64]>>(local%64)&1 == 0 {
				continue
			}
			if who := s.people.look(slotOf(uint32(partition), local)); who == nil || who.row == 0 {
				return fmt.Errorf("shard %d: a closed day has the subscriber at slot %d of partition %d, whose days were not loaded", s.Number, local, partition)
			}
		}
	}
	s.needed = nil
	return nil
}

// findFree finds the slots of a partition, below the last that is taken, that
// nobody has.
func (p *people) findFree(partition uint32) {
	of := &p.parts[partition]
	of.free, of.holes = nil, nil
	for local := int64(of.next) - 1; local >= 0; local-- {
		slot := slotOf(partition, uint32(local))
		switch page := p.page(slot); {
		case page == nil:
			local &^= pageSlots - 1
			of.holes = append(of.holes, uint32(local)/pageSlots)
		case page[inPage(slot)].marks&taken == 0:
			of.free = append(of.free, uint32(local))
		}
	}
}
