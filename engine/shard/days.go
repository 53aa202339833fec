package shard

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// days is the grid of local days. The row of a subscriber is
//
//	open   the open day
//	sums   for each window of several days, in order of length: its closed days
//	peaks  for each maximum, for each day of the longest window: that day's
//
// A day is closed for everybody at once; the packed open rows of those who were
// active stand in one block, in slot order. When the day leaves a window its
// block is read once more and subtracted from that window's sums.
type days struct {
	grid    int // in the plan
	layout  *window.Layout
	words   int   // of a pane
	spans   []int // days of the windows of several days, ascending, each once
	longest int
	rows    *slab
	closed  map[window.Day][]byte
	scratch []byte // for the block of the day that is being closed
}

func newDays(a *arena, g int, p *feature.GridPlan) *days {
	d := &days{grid: g, layout: &p.Layout, words: p.Layout.Words, longest: 1, closed: map[window.Day][]byte{}}
	for _, w := range p.Windows {
		d.addSpan(w.Panes)
	}
	d.rows = newSlab(a, d.words*(1+len(d.spans))+len(d.layout.Maxima)*d.longest)
	return d
}

func (d *days) addSpan(n int) {
	if n == 1 {
		return
	}
	at := 0
	for at < len(d.spans) && d.spans[at] < n {
		at++
	}
	if at < len(d.spans) && d.spans[at] == n {
		return
	}
	d.spans = append(d.spans[:at], append([]int{n}, d.spans[at:]...)...)
	d.longest = max(d.longest, n)
}

func (d *days) open(row []uint64) []uint64 { return row[:d.words] }

func (d *days) sum(row []uint64, span int) []uint64 {
	return row[d.words*(1+span):][:d.words]
}

// peak returns the place of the m-th maximum on a day.
func (d *days) peak(row []uint64, m int, day window.Day) *uint64 {
	n := d.longest
	i := ((int(day) % n) + n) % n
	return &row[d.words*(1+len(d.spans))+m*n+i]
}

// value adds up the window of n days that ends with today in dst.
func (d *days) value(dst, row []uint64, n int, today window.Day) {
	copy(dst, d.open(row))
	for i, span := range d.spans {
		if span != n {
			continue
		}
		for w, v := range d.sum(row, i) {
			dst[w] += v
		}
		for m, w := range d.layout.Maxima {
			for back := 1; back < n; back++ {
				dst[w] = max(dst[w], *d.peak(row, m, today-window.Day(back)))
			}
		}
	}
}

// closeDay packs the open day of who into block and adds it to the sums.
func (d *days) closeDay(block []byte, skipped uint32, row []uint64, today window.Day) []byte {
	open := d.open(row)
	if len(d.spans) > 0 {
		block = binary.AppendUvarint(block, uint64(skipped))
		block = d.layout.Pack(block, open)
	}
	for m, w := range d.layout.Maxima {
		if len(d.spans) > 0 {
			*d.peak(row, m, today) = open[w]
		}
		open[w] = 0
	}
	for i := range d.spans {
		sum := d.sum(row, i)
		for w, v := range open {
			sum[w] += v
		}
	}
	clear(open)
	return block
}

// leave subtracts a day from the sums of the window with the given span.
func (d *days) leave(s *Shard, span int, day window.Day) {
	block := d.closed[day]
	last := d.spans[span] == d.longest
	slot := uint32(0)
	for len(block) > 0 {
		skip, n := binary.Uvarint(block)
		block = block[n:]
		slot += uint32(skip)
		row := d.rows.at(s.people.at(slot).row)
		block = block[d.layout.SubPacked(d.sum(row, span), block):]
		if last {
			for m := range d.layout.Maxima {
				*d.peak(row, m, day) = 0
			}
		}
	}
	if last {
		delete(d.closed, day)
	}
}

func (d *days) bytes() int {
	n := d.rows.bytes()
	for _, b := range d.closed {
		n += len(b)
	}
	return n
}
