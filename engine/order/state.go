package order

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// stateVersion is the first byte of a saved buffer. It changes with the bytes
// behind it, those of cdr.Batch.AppendRows included. Version 1 had no joins: no
// [Counts.Open], and nothing behind the held chunks.
const (
	stateVersion  = 2
	beforeJoins   = 1
	countsOfOne   = 7 // fields of Counts in version 1
	sightingBytes = 16
)

// AppendState appends the state of the buffer to dst: all that decides what
// becomes of the records still to come. It is called between two chunks, after
// Release; runs that have not been read to their end do not matter. The state of
// a buffer has one form only. Numbers are little-endian, times and counts 64 bits
// wide and signed:
//
//	1  version, 2
//	8  frontier
//	8  earliest event time released
//	8  latest event time admitted
//	4  number of sources, then each, in the order of their numbers:
//	   4+n  length of the name, the name
//	   8    mark
//	   1    1 = finished, else 0
//	   64   the fields of [Counts], in their order
//	4  number of calls in the newer generation of known calls, then each (8)
//	4  number of calls in the older one, then each (8), both as first seen
//	4  number of held chunks, then each:
//	   4    source number
//	   8    offset of the chunk's block in its source
//	   ...  the rows still waiting, one at least, by event time and identity:
//	        cdr.Batch.AppendRows
//	4  number of times at which calls were seen to go on in another record, then
//	   each, in order: the call (8), the time
//	4  number of times at which calls ended, not long ago, then each likewise
//	...  the answers that wait for their end, in order: cdr.Batch.AppendRows
//	4  each of them: its source number
//
// The latest event time and the number of records that wait follow from the
// rest, and are held against it by LoadState.
func (b *Buffer) AppendState(dst []byte) []byte {
	if b.fresh != nil {
		panic("order: AppendState between Admit and Release")
	}
	dst = append(dst, stateVersion)
	dst = appendTimes(dst, b.frontier, b.first, b.last)
	dst = appendCount(dst, len(b.sources))
	for i := range b.sources {
		dst = b.sources[i].appendState(dst)
	}
	dst = b.calls.young.appendState(dst)
	dst = b.calls.old.appendState(dst)
	dst = appendCount(dst, len(b.held))
	for _, w := range b.held {
		dst = w.appendState(dst)
	}
	return b.joins.appendState(dst)
}

func (s *source) appendState(dst []byte) []byte {
	dst = append(appendCount(dst, len(s.name)), s.name...)
	dst = appendTimes(dst, s.mark)
	if s.finished {
		dst = append(dst, 1)
	} else {
		dst = append(dst, 0)
	}
	for _, n := range s.counts.fields() {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(*n))
	}
	return dst
}

// fields are the fields of c as a checkpoint lists them.
func (c *Counts) fields() [8]*int64 {
	return [...]*int64{
		&c.Accepted, &c.Duplicate, &c.Late, &c.Buffered,
		(*int64)(&c.MaxDisorder), (*int64)(&c.First), (*int64)(&c.Last),
		&c.Open,
	}
}

func (g *generation) appendState(dst []byte) []byte {
	dst = appendCount(dst, len(g.list))
	for _, call := range g.list {
		dst = binary.LittleEndian.AppendUint64(dst, call)
	}
	return dst
}

// appendState saves the rows that wait, in the order of their keys.
func (w *waiting) appendState(dst []byte) []byte {
	dst = appendCount(dst, w.source)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(w.offset))
	w.hash()
	rows := make([]uint32, len(w.keys))
	for i, k := range w.keys {
		rows[i] = uint32(k.Row())
	}
	return w.batch.AppendRows(dst, rows)
}

func (j *joins) appendState(dst []byte) []byte {
	dst = j.splits.appendState(dst)
	dst = j.ended.appendState(dst)
	a := &j.answers
	a.pack()
	dst = a.rows.AppendAll(dst)
	for _, s := range a.sources {
		dst = appendCount(dst, int(s))
	}
	return dst
}

func (s *recent) appendState(dst []byte) []byte {
	seen := s.seen[s.from:]
	dst = appendCount(dst, len(seen))
	for _, c := range seen {
		dst = appendTimes(binary.LittleEndian.AppendUint64(dst, c.call), c.at)
	}
	return dst
}

func appendCount(dst []byte, n int) []byte {
	return binary.LittleEndian.AppendUint32(dst, uint32(n))
}

func appendTimes(dst []byte, times ...cdr.Millis) []byte {
	for _, t := range times {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(t))
	}
	return dst
}
