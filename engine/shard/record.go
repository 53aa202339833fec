package shard

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/cdrstream/cdrstream/engine/window"
)

// A block of subscribers is its shape and then records, one after the other.
// Numbers are little-endian; "packed" is a row as window/pack.go packs it; a
// varint is as in encoding/binary.
//
//	4   length of the record behind these four bytes
//	4   slot
//	8   key: the subscriber's cdr.Number
//	1   flags: 1 a customer, 2 has a row of days, 4 has few items, 8 has a big set,
//	    16 rules remember it
//	8   its last leg, milliseconds since 1970
//	8   its last call or message likewise, the smallest int64 if none
//	8   its last IMSI, 0 none
//	4   day of its first leg
//	4   day of its last originating leg, the smallest int32 if none
//	4   day of the last change of its IMSI likewise
//
//	if the key is a name, its text:
//	    uvarint  length
//	    n        text
//	if the plan counts overlapping calls:
//	    8   the latest release of its answered calls, the smallest int64 if none
//	    8   the one before it likewise
//	if it has a row of days:
//	    packed   the open day
//	    packed   for each window of several days, the shortest first: its closed days,
//	             of the lasting words alone; all of them in the former shape
//	    packed   the peaks as they stand in the row: for each maximum the days of
//	             the longest window, day d at place d mod its length
//	if it has few items:
//	    1        how many, up to 248
//	    n * 16   or 24 where windows of hours look at items: key and stamps, which
//	             are seconds then, in the order of the block, see items.go and stamp.go
//	if it has a big set:
//	    4        latest stamp of a peer that was dropped for the limit
//	    4, 4     how many peers and others
//	    n * 16   or 24: likewise, peers first, each list from the one seen longest ago
//	for each grid of panes of exact length, whether the subscriber has panes or a
//	journal, which is saved as the panes that its legs make; who is loaded has panes:
//	    1        0, or 1 if there is a pane; only then:
//	    varint   number of the open pane
//	    packed   the open pane
//	    uvarint  length of the closed panes
//	    n        closed panes: varint number, packed; ascending
//	if rules remember it:
//	    16       the alert that opened its case, zeros if none is open
//	    uvarint  how many rules
//	    n        for each, ascending: uvarint its place among the rules, its track,
//	             see alert.AppendTrack
//
// A subscriber of 54 items and windows of 1, 7 and 30 days takes about 1 KB.

const (
	savedHome = 1 << iota
	savedRow
	savedFew
	savedBig
	savedWatched
	savedFlags = 1<<iota - 1
)

// appendRecord appends the record of who, the subscriber at slot.
func (s *Shard) appendRecord(b []byte, slot uint32, who *person) ([]byte, error) {
	start := len(b)
	b = append(b, 0, 0, 0, 0)
	b = appendPerson(b, slot, who)
	if who.key.IsName() {
		text, ok := s.names[who.key]
		if !ok {
			return b, fmt.Errorf("shard %d: the text of subscriber %s is lost", s.Number, who.key)
		}
		b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
	}
	le := binary.LittleEndian
	if s.overlapping {
		o := s.over.at(slot)
		b = le.AppendUint64(le.AppendUint64(b, uint64(o.release)), uint64(o.earlier))
	}
	if who.row != 0 {
		b = s.days.appendRow(b, s.days.rows.at(who.row))
	}
	b = s.items.appendItems(b, who)
	for _, e := range s.exact {
		b = s.appendHours(b, e, slot, who)
	}
	if who.marks&watched != 0 {
		s.judge.catchUp(slot, who.last())
		b = s.judge.dossiers.find(slot).append(b)
	}
	le.PutUint32(b[start:], uint32(len(b)-start-4))
	return b, nil
}

func appendPerson(b []byte, slot uint32, who *person) []byte {
	le := binary.LittleEndian
	b = le.AppendUint32(b, slot)
	b = le.AppendUint64(b, uint64(who.key))
	b = append(b, savedMarks(who))
	b = le.AppendUint64(b, uint64(who.last()))
	b = le.AppendUint64(b, uint64(who.talked()))
	b = le.AppendUint64(b, who.imsi)
	b = le.AppendUint32(b, uint32(who.first()))
	b = le.AppendUint32(b, uint32(who.out()))
	return le.AppendUint32(b, uint32(who.imsiDay()))
}

func savedMarks(who *person) byte {
	m := byte(0)
	if who.marks&home != 0 {
		m |= savedHome
	}
	if who.row != 0 {
		m |= savedRow
	}
	if who.marks&watched != 0 {
		m |= savedWatched
	}
	switch {
	case who.marks&big != 0:
		m |= savedBig
	case who.items != 0:
		m |= savedFew
	}
	return m
}

func (d *days) appendRow(b []byte, row []uint64) []byte {
	b = d.layout.Pack(b, d.open(row))
	for i := range d.spans {
		b = d.lasting.Pack(b, d.sum(row, i))
	}
	return d.peaks.Pack(b, d.allPeaks(row))
}

func (it *items) appendItems(b []byte, who *person) []byte {
	switch {
	case who.marks&big != 0:
		return it.bigs[who.items].append(b, &it.stamps)
	case who.items != 0:
		k := it.block(who)
		b = append(b, uint8(k.n()))
		for i := range k.n() {
			m := it.moment(&k, i)
			b = it.stamps.append(binary.LittleEndian.AppendUint64(b, k.keys[i]), m[:])
		}
	}
	return b
}

func (b *bigSet) append(dst []byte, s *stamps) []byte {
	le := binary.LittleEndian
	dst = le.AppendUint32(dst, s.saved(b.dropped))
	for i := range b.lists {
		dst = le.AppendUint32(dst, uint32(b.lists[i].n))
	}
	dst = slices.Grow(dst, 8*(1+s.savedWords())*b.used)
	b.each(func(key uint64, st []uint64) {
		dst = s.append(le.AppendUint64(dst, key), st)
	})
	return dst
}

func (e *exact) appendPanes(b []byte, slot uint32) []byte {
	st := e.states.look(slot)
	if st == nil || st.row == 0 {
		return append(b, 0)
	}
	b = binary.AppendVarint(append(b, 1), st.pane)
	b = e.layout.Pack(b, e.rows.at(st.row))
	return append(binary.AppendUvarint(b, uint64(len(st.closed))), st.closed...)
}

// shape is a check sum of everything that decides how state is laid out: what is
// counted where, over which windows. State of another shape can not be read, but for
// the former one.
func (s *Shard) shape() uint32 {
	if s.shapeSum == 0 {
		var days *window.Layout
		if s.days != nil {
			days = s.days.layout
		}
		s.shapeSum = s.shapeOf(days)
	}
	return s.shapeSum
}

// shapeOf is what shape is where rows of days are laid out like that.
func (s *Shard) shapeOf(days *window.Layout) uint32 {
	text := fmt.Appendf(nil, "%d words of stamps, overlaps %v\n", s.items.stamps.savedWords(), s.overlapping)
	for i := range s.Plan.Grids {
		g := &s.Plan.Grids[i]
		l := &g.Layout
		if g.Spec.Days {
			l = days
		}
		text = fmt.Appendf(text, "grid %v %d\n%s", g.Spec.Days, g.Spec.Length, l.String())
		for _, m := range l.Measures {
			text = fmt.Appendf(text, "%d ", m.Kind)
		}
		if l.Lasting.Len() < l.Words {
			text = fmt.Appendf(text, "words %d to %d last\n", l.Lasting.From, l.Lasting.To)
		}
		for _, w := range g.Windows {
			text = fmt.Appendf(text, "%d panes\n", s.Plan.Windows[w].Panes)
		}
	}
	for _, m := range s.Plan.Distinct {
		text = fmt.Appendf(text, "%s %d %d\n", m.Name, m.Item, m.Seen)
	}
	if s.judge != nil {
		text = fmt.Appendf(text, "rules %s\n", s.judge.set.Hash)
	}
	return max(1, crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)))
}

func (s *Shard) appendShape(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, s.shape()) }
