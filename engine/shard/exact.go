package shard

import (
	"encoding/binary"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// exact is a grid of panes of exact length. Only the recently active have state
// on it, and of these only those whose legs do not fit a journal, where there are
// journals: an open pane, and the closed ones packed one behind the other, each
// with its number. A subscriber's pane is closed when it is next seen in another.
type exact struct {
	index  int // in the plan
	layout *window.Layout
	grid   *window.Grid
	panes  int        // of the longest window
	pane   int64      // that of the leg folded last, of any subscriber ...
	from   cdr.Millis // ... and where it begins
	to     cdr.Millis // and ends
	rows   *slab
	states bySlot[paneState]
	sum    []uint64    // scratch
	sums   bool        // rows hold the open pane and then the sum of the closed ones in the longest window
	latest []closedSum // by window
}

// paneState is the panes of a subscriber. Its row is the open pane and, behind it,
// the sum of the closed ones that the longest window sees with it.
type paneState struct {
	pane   int64 // of the open row
	row    ref
	closed []byte
}

func newExact(a *arena, g int, p *feature.GridPlan, windows []window.Spec, grid *window.Grid) *exact {
	e := &exact{index: g, layout: &p.Layout, grid: grid, sum: make([]uint64, p.Layout.Words), sums: len(p.Layout.Maxima) == 0}
	e.rows = newSlab(a, 2*p.Layout.Words)
	for _, w := range p.Windows {
		e.panes = max(e.panes, windows[w].Panes)
	}
	return e
}

// add adds a leg at t.
func (e *exact) add(slot uint32, t cdr.Millis, steps []window.Step, q *window.Quantities) {
	if t < e.from || t >= e.to {
		e.open(t)
	}
	st := e.states.need(slot)
	if st.row == 0 {
		st.row, st.pane = e.rows.get(), e.pane
	} else if st.pane != e.pane {
		e.turn(st)
	}
	window.Apply(e.rows.at(st.row), steps, q)
}

// open makes the pane of t the one that legs are folded into.
func (e *exact) open(t cdr.Millis) {
	e.pane = e.grid.Pane(t)
	e.from, e.to = e.grid.Start(e.pane), e.grid.Start(e.pane+1)
}

// turn closes the open pane of st and opens the current one.
func (e *exact) turn(st *paneState) {
	open, sum := e.parts(st)
	st.closed = e.prune(st.closed, e.pane, sum)
	if st.pane > e.pane-int64(e.panes) {
		st.closed = binary.AppendVarint(st.closed, st.pane)
		st.closed = e.layout.Pack(st.closed, open)
		for w, v := range open {
			sum[w] += v
		}
	}
	clear(open)
	st.pane = e.pane
}

// parts returns the open pane of st and, if e.sums, the sum of its closed ones.
func (e *exact) parts(st *paneState) (open, sum []uint64) {
	row, n := e.rows.at(st.row), e.layout.Words
	return row[:n:n], row[n : 2*n : 2*n]
}

// prune drops the panes in front that no window can see any more when pane is the
// open one, and subtracts them from sum.
func (e *exact) prune(closed []byte, open int64, sum []uint64) []byte {
	from := 0
	for from < len(closed) {
		pane, n := binary.Varint(closed[from:])
		if pane > open-int64(e.panes) {
			break
		}
		from += n + e.layout.SubPacked(sum, closed[from+n:])
	}
	return append(closed[:0], closed[from:]...)
}

// closedSum is the closed panes of a window as they were last added up: for whoever is looked
// at once more before long, see reckoning.
type closedSum struct {
	panes      int
	slot       uint32
	last, open int64 // panes: that the window ends with, and that is open
	length     int   // of all that is closed
	sum        []uint64
}

// closedSum returns the sum of the closed ones of the n panes of slot that end with pane last.
func (e *exact) closedSum(slot uint32, st *paneState, n int, last int64) []uint64 {
	i := slices.IndexFunc(e.latest, func(c closedSum) bool { return c.panes == n })
	if i < 0 {
		i = len(e.latest)
		e.latest = append(e.latest, closedSum{panes: n, sum: make([]uint64, e.layout.Words)})
	}
	c := &e.latest[i]
	if c.slot == slot && c.last == last && c.open == st.pane && c.length == len(st.closed) {
		return c.sum
	}
	c.slot, c.last, c.open, c.length = slot, last, st.pane, len(st.closed)
	clear(c.sum)
	for b := st.closed; len(b) > 0; {
		pane, size := binary.Varint(b)
		b = b[size:]
		if pane <= last-int64(n) {
			b = b[e.layout.SkipPacked(b):]
			continue
		}
		b = b[e.layout.AddPacked(c.sum, b):]
	}
	return c.sum
}

// value adds up the n panes of slot that end with pane last. The result is good
// until the next call.
func (e *exact) value(slot uint32, n int, last int64) []uint64 {
	clear(e.sum)
	st := e.states.look(slot)
	if st == nil {
		return e.sum
	}
	if e.sums && st.row != 0 && last == st.pane && n == e.panes {
		open, sum := e.parts(st)
		for w, v := range open {
			e.sum[w] = v + sum[w]
		}
		return e.sum
	}
	copy(e.sum, e.closedSum(slot, st, n, last))
	if st.row != 0 && st.pane > last-int64(n) {
		row := e.rows.at(st.row)
		for w, v := range row[:e.layout.Words] {
			if e.layout.IsMax(w) {
				e.sum[w] = max(e.sum[w], v)
				continue
			}
			e.sum[w] += v
		}
	}
	return e.sum
}

// keeps reports whether a subscriber has panes.
func (e *exact) keeps(slot uint32) bool {
	st := e.states.look(slot)
	return st != nil && st.row != 0
}

// release frees the state of slot.
func (e *exact) release(slot uint32) {
	if e.keeps(slot) {
		st := e.states.at(slot)
		e.rows.put(st.row)
		*st = paneState{}
	}
}

func (e *exact) bytes() int {
	n := e.rows.bytes()
	e.states.each(func(p *[pageSlots]paneState) {
		n += 40 * len(p)
		for i := range p {
			n += cap(p[i].closed)
		}
	})
	return n
}
