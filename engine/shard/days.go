package shard

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/fetch"
	"github.com/cdrstream/cdrstream/engine/window"
)

// days is the grid of local days. The row of a subscriber is
//
//	open    the open day
//	link    if there are windows of hours: the marks of the day on which it was last
//	        active before today, 0 = nobody knows, 16 bits, and of the day before which
//	        a rule need not be asked, see wane.go, 16 bits; where its journal is; in a
//	        second word how many legs it has and had when its day began, usedBits each,
//	        and when the last was; in a third one what is known of rules that are not
//	        near, see rest.go
//	sums    for each window of several days, in order of length: its closed days, of the
//	        lasting words alone
//	peaks   for each maximum, for each day of the longest window: that day's
//	recent  with a link: some words of the day that it tells, for gates
//	pulse   with a link, a word, see pulse.go
//
// To fold legs takes the first two, so what only looks read is not among them.
//
// A day is closed for everybody at once. The packed lasting words of those of a
// partition who were active stand in one block: for each, in slot order, how far
// its local lies behind the one before it (the first: behind 0), a uvarint, and
// the words, see window/pack.go. When the day leaves a window its blocks are read
// once more and subtracted from that window's sums, while another day is closed.
type days struct {
	grid    int // in the plan
	layout  *window.Layout
	words   int           // of the open day
	lasting window.Layout // of its words that are packed and added up
	spans   []int         // days of the windows of several days, ascending, each once
	longest int
	rows    *slab
	peaks   window.Layout // of all peaks of a row
	sums    int           // the word at which the sums begin
	linked  bool          // rows have a link
	recent  window.Words  // that are kept of the day before
	kept    int           // the word at which they begin
	beat    int           // the word of the pulse
	beats   *figure       // what the pulse is of, nil: rows have none
	fresh   []window.Day  // closed in the current epoch
	closed  map[window.Day]*closedDay

	block    []byte   // that is being made
	previous uint32   // local of the last in it
	crowd    []uint32 // slots of those who come next
	leavers  []leaver // of the partition
	gone     []uint64 // what leaves the sums of a crowd, row by row
}

// linkWords is the length of a link, in whose second word usedBits each tell how many legs a
// journal has, and had when its day began.
const (
	linkWords = 3
	usedBits  = 8
)

// crowdSize is how many rows are at hand at a time.
const crowdSize = 64

// closedDay is the blocks of a day, by partition; nil where nobody was active.
type closedDay [partitions][]byte

func newDays(a *arena, g int, p *feature.GridPlan, windows []window.Spec, recent []string, linked bool) *days {
	d := &days{grid: g, linked: linked, layout: &p.Layout, words: p.Layout.Words, lasting: p.Layout.OfLasting(), longest: 1, closed: map[window.Day]*closedDay{}, crowd: make([]uint32, 0, crowdSize)}
	for _, w := range p.Windows {
		d.addSpan(windows[w].Panes)
	}
	d.peaks.Words = len(d.layout.Maxima) * d.longest
	for _, m := range recent {
		if i, ok := d.layout.Index(m); ok && linked {
			d.recent.Add(d.layout.Fields[i].Word, d.words)
		}
	}
	d.gone = make([]uint64, crowdSize*d.lasting.Words)
	if d.sums = d.words; linked {
		d.sums += linkWords
	}
	d.kept = d.sums + d.lasting.Words*len(d.spans) + d.peaks.Words
	d.beat = d.kept + d.recent.Len()
	words := d.beat
	if linked {
		words++
	}
	d.rows = newSlab(a, words)
	return d
}

// link is the first word of the link of a row, behind its open day.
func (d *days) link(row []uint64) *uint64 { return &row[d.words] }

// recentDay is the mark of the day whose words are kept, 0 if nobody knows.
func (d *days) recentDay(row []uint64) dayMark { return dayMark(*d.link(row)) }

// isIdle notes that there was nothing in a row on the day before.
func (d *days) isIdle(row []uint64, today window.Day) {
	if d.linked {
		*d.link(row) = uint64(markOf(today - 2))
	}
}

const (
	markBits = 16
	oneMark  = 1<<markBits - 1
)

// idle is the mark of the day before which a rule need not be asked.
func (d *days) idle(row []uint64) dayMark { return dayMark(*d.link(row) >> markBits) }

func (d *days) setIdle(row []uint64, until dayMark) {
	link := d.link(row)
	*link = *link&^(oneMark<<markBits) | uint64(until)<<markBits
}

// rest is what is known of the activity rules that are not near.
func (d *days) rest(row []uint64) *rest { return (*rest)(&row[d.words+2]) }

// journal is the journal of a row's subscriber, unless its last leg was before t, see sweep.
func (d *days) journal(row []uint64, t cdr.Millis) journal {
	link := (*[linkWords]uint64)(row[d.words:])
	if ref := legRef(link[0] >> 32); ref != inPanes && cdr.Millis(link[1])>>(2*usedBits) < t {
		return journal{}
	}
	used, before := link[1]&(1<<usedBits-1), link[1]>>usedBits&(1<<usedBits-1)
	return journal{legRef(link[0] >> 32), int(used), int(before), cdr.Millis(link[1]) >> (2 * usedBits)}
}

func (d *days) setJournal(row []uint64, x journal) {
	link := (*[linkWords]uint64)(row[d.words:])
	link[0] = link[0]&(1<<32-1) | uint64(x.ref)<<32
	link[1] = uint64(x.last)<<(2*usedBits) | uint64(x.before)<<usedBits | uint64(x.used)
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

// lasts reports whether a word of the open day is summed up over several.
func (d *days) lasts(word int) bool {
	x := d.layout.Lasting
	return x.From <= word && word < x.To
}

func (d *days) open(row []uint64) []uint64 { return row[:d.words] }

func (d *days) sum(row []uint64, span int) []uint64 {
	return row[d.sums+d.lasting.Words*span:][:d.lasting.Words]
}

// peak returns the place of the m-th maximum on a day.
func (d *days) peak(row []uint64, m int, day window.Day) *uint64 {
	n := d.longest
	i := ((int(day) % n) + n) % n
	return &d.allPeaks(row)[m*n+i]
}

func (d *days) allPeaks(row []uint64) []uint64 {
	return row[d.sums+d.lasting.Words*len(d.spans):][:d.peaks.Words]
}

// closeDay packs the lasting words of the open day of who into block and adds them to the sums.
// Words that it tells are kept, and its pulse where that beats.
func (d *days) closeDay(block []byte, skipped uint32, row []uint64, today window.Day, beats bool) []byte {
	open := d.open(row)
	if d.linked {
		if beats {
			d.endBeat(row, today)
		}
		link := d.link(row)
		*link = *link&^oneMark | uint64(markOf(today))
	}
	if len(d.spans) > 0 {
		block = binary.AppendUvarint(block, uint64(skipped))
		block = d.lasting.Pack(block, d.layout.Lasting.Of(open))
		for m, w := range d.layout.Maxima {
			*d.peak(row, m, today) = open[w]
		}
	}
	sums := row[d.sums:][:d.lasting.Words*len(d.spans)]
	window.End(open, sums, d.layout.Lasting, row[d.kept:], d.recent)
	for _, w := range d.lasting.Maxima { // they do not add
		for ; w < len(sums); w += d.lasting.Words {
			sums[w] = 0
		}
	}
	return block
}

// leaver is what leaves the sums of a window of those of a partition: a day, in slot order.
type leaver struct {
	span  int
	day   window.Day
	block []byte // that is not read yet
	local uint32 // of the last that was read
}

// findLeavers finds what leaves the windows of those of a partition when a day begins.
func (d *days) findLeavers(partition uint32, today window.Day) {
	d.leavers = d.leavers[:0]
	for i, n := range d.spans {
		if blocks := d.closed[today-window.Day(n)]; blocks != nil {
			d.leavers = append(d.leavers, leaver{span: i, day: today - window.Day(n), block: blocks[partition]})
		}
	}
}

// leave subtracts what leaves of those up to a local: after they were closed, while their
// rows are near.
func (d *days) leave(s *Shard, partition, last uint32) {
	for i := range d.leavers {
		for l := &d.leavers[i]; d.leaveSome(s, l, partition, last); {
		}
	}
}

// leaveSome is leave for a crowd of a leaver. It reports whether there may be more.
func (d *days) leaveSome(s *Shard, l *leaver, partition, last uint32) bool {
	crowd := d.crowd[:0]
	for len(l.block) > 0 && len(crowd) < crowdSize {
		skip, n := binary.Uvarint(l.block)
		if l.local+uint32(skip) > last {
			break
		}
		l.local += uint32(skip)
		gone := d.gone[d.lasting.Words*len(crowd):][:d.lasting.Words]
		l.block = l.block[n+d.lasting.ReadPacked(gone, l.block[n:]):]
		crowd = append(crowd, slotOf(partition, l.local))
	}
	d.leaveCrowd(s, crowd, l)
	return len(crowd) == crowdSize
}

// leaveCrowd subtracts what is gone of each of a crowd. Their rows lie far apart: the sums
// are asked for first.
func (d *days) leaveCrowd(s *Shard, crowd []uint32, l *leaver) {
	for _, slot := range crowd {
		fetch.Words(d.sum(d.rows.at(s.people.at(slot).row), l.span))
	}
	for i, slot := range crowd {
		who := s.people.at(slot)
		who.epoch = s.epoch
		row, gone := d.rows.at(who.row), d.gone[d.lasting.Words*i:][:d.lasting.Words]
		for m, w := range d.lasting.Maxima {
			gone[w] = 0
			if d.spans[l.span] == d.longest {
				*d.peak(row, m, l.day) = 0
			}
		}
		sum := d.sum(row, l.span)[:len(gone)]
		for w, v := range gone {
			sum[w] -= v
		}
	}
}

func (d *days) bytes() int {
	n := d.rows.bytes()
	for _, blocks := range d.closed {
		for _, b := range blocks {
			n += len(b)
		}
	}
	return n
}
