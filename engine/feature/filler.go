package feature

import "github.com/cdrstream/cdrstream/engine/internal/huge"

// Filler turns tiles into rows of frames, as [View.Compute] does, but for what can be had
// for nothing: a feature that is a measure as it stands, or a sum of some, is set where the
// frame wants it at once, and what two windows have in common is set and computed once, see
// twin.
type Filler struct {
	Tile *Tile
	view *View
	room int      // rows that own has room for
	own  []Column // the memory of the columns of frames
	same []int    // as in a frame
	idle []bool   // by field: nothing is to be computed
	lent []pair   // fields, and the columns of the tile that stand where they do
	twin []pair   // columns of the tile, and those that are the same
	sums []*sum   // that are no such columns
	over []bool   // by window: all of it is that of a shorter one
}

// NewFiller returns a filler of frames of the output.
func (p *Plan) NewFiller() *Filler {
	n := len(p.Schema.Fields)
	f := &Filler{Tile: p.NewTile(), view: &p.View, own: make([]Column, n), same: make([]int, n), idle: make([]bool, n), over: make([]bool, len(p.Windows))}
	f.Aim(func(int) bool { return false })
	return f
}

// makeRoom makes the memory of the columns for so many rows. Each begins at another place
// of a page, or the values of a row would share a few sets of the caches and drive each
// other out.
func (f *Filler) makeRoom(rows int) {
	if f.room >= rows {
		return
	}
	f.room = rows
	const line = 8
	stride := (rows+line-1)&^(line-1) + line
	var of [Bool + 1]int
	for _, x := range f.view.Schema.Fields {
		of[x.Type]++
	}
	ints, floats := huge.Slice[int64](of[Int64]*stride), huge.Slice[float64](of[Float64]*stride)
	for i, x := range f.view.Schema.Fields {
		switch x.Type {
		case Int64:
			f.own[i].Ints, ints = ints[:0:rows], ints[stride:]
		case Float64:
			f.own[i].Floats, floats = floats[:0:rows], floats[stride:]
		}
	}
}

// Aim tells for the next frames which windows, in Plan.Windows, reach back to before the
// first event, or just to the day of it: what a longer one has is then the same.
func (f *Filler) Aim(whole func(window int) bool) {
	v := f.view
	clear(f.over)
	f.lent, f.twin = f.lent[:0], f.twin[:0]
	shared := make([]bool, v.columns)
	for i := range f.same {
		f.same[i], f.idle[i] = i, false
	}
	for _, t := range v.twins {
		if !whole(t.of) {
			continue
		}
		f.over[t.window] = true
		f.twin = append(f.twin, t.columns...)
		for _, c := range t.columns {
			shared[c.is] = true
		}
		for _, x := range t.fields {
			f.same[x.is], f.idle[x.is] = f.same[x.of], true
		}
	}
	for _, x := range v.direct {
		if !shared[x.is] {
			f.lent, f.idle[x.of] = append(f.lent, x), true
		}
	}
	f.sums = f.sums[:0]
	for i := range v.sums {
		if s := &v.sums[i]; !shared[s.column] {
			f.sums = append(f.sums, s)
		}
	}
	for c := range v.columns {
		f.Tile.keep(c)
	}
}

// Over reports whether all that the view reads of a window is that of a shorter one, and
// nothing is to be set.
func (f *Filler) Over(window int) bool { return f.over[window] }

// Begin empties fr, which will have so many rows.
func (f *Filler) Begin(fr *Frame, rows int) {
	f.makeRoom(rows)
	fr.Reset(len(f.own))
	for i := range f.own {
		f.own[i].Reset()
		fr.Columns[i] = f.own[i]
	}
	fr.Same = f.same
}

// Start makes room in the tile, and behind the rows of fr, for n rows.
func (f *Filler) Start(fr *Frame, n int) {
	t := f.Tile
	t.Rows = n
	for _, x := range f.lent {
		t.columns[x.is] = fr.Columns[x.of].addInts(n)
	}
	for _, x := range f.twin {
		t.columns[x.is] = t.columns[x.of]
	}
}

// Add appends the rows of the tile, which is full, to fr.
func (f *Filler) Add(fr *Frame) {
	for _, s := range f.sums {
		s.fill(f.Tile)
	}
	for i, c := range f.view.computes {
		if !f.idle[i] {
			c(f.Tile, &fr.Columns[i])
		}
	}
	fr.Rows += f.Tile.Rows
}

// End completes fr, until the next Begin.
func (f *Filler) End(fr *Frame) {
	copy(f.own, fr.Columns)
	for i, of := range f.same {
		if of != i {
			fr.Columns[i] = fr.Columns[of]
		}
	}
}
