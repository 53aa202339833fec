package feature

import (
	"slices"
)

// TileRows is how many rows are computed at a time: enough for what is written of each column
// to be worth a call and to be seen coming by the processor, few enough for the second cache.
const TileRows = 256

// tileStride is the distance of the columns of a tile. It is no power of two, or the
// values of a row would share a few sets of the nearest cache and drive each other out.
const tileStride = TileRows + 8

// Tile holds the measures of some rows in columns. The shard fills it, the plan
// turns it into rows of a frame.
type Tile struct {
	Rows    int
	columns [][]int64 // where each stands: in own, or as a Filler wants it
	own     []int64   // column c is own[c*tileStride:][:TileRows]
	ages    [Ages][TileRows]int64

	home     [TileRows]bool // these two: for rules
	observed [TileRows]int64
}

// newTile returns a tile of so many columns.
func newTile(columns int) *Tile {
	t := &Tile{columns: make([][]int64, columns), own: make([]int64, columns*tileStride)}
	for c := range t.columns {
		t.keep(c)
	}
	return t
}

// keep makes column c stand in the tile itself.
func (t *Tile) keep(c int) { t.columns[c] = t.own[c*tileStride:][:TileRows] }

// Column returns the values of column c of the tile's rows.
func (t *Tile) Column(c int) []int64 { return t.columns[c][:t.Rows] }

// Columns returns all columns, each at least as long as the tile has rows, of which there
// must be so many.
func (t *Tile) Columns(rows int) [][]int64 {
	_ = t.columns[0][:t.Rows:t.Rows][:rows]
	return t.columns
}

// Set sets column c of row r.
func (t *Tile) Set(c, r int, v int64) { t.columns[c][r] = v }

// SetAge sets an age of row r; NoAge is null.
func (t *Tile) SetAge(a AgeColumn, r int, days int64) { t.ages[a][r] = days }

// SetFixed sets what every row has, for rules: whether the subscriber is a
// customer, and the days since the first event.
func (t *Tile) SetFixed(r int, home bool, observed int64) { t.home[r], t.observed[r] = home, observed }

func (c *Column) appendFloat(v float64) {
	c.setValid(len(c.Floats), true)
	c.Floats = append(c.Floats, v)
}

func (c *Column) appendNull() {
	c.setValid(len(c.Floats), false)
	c.Floats = append(c.Floats, 0)
}

func (c *Column) appendInt(v int64) {
	c.setValid(len(c.Ints), true)
	c.Ints = append(c.Ints, v)
}

// addFloats makes room for n values more and returns it.
func (c *Column) addFloats(n int) []float64 {
	at := len(c.Floats)
	c.Floats = slices.Grow(c.Floats, n)[:at+n]
	return c.Floats[at:]
}

// addInts is addFloats for integers.
func (c *Column) addInts(n int) []int64 {
	at := len(c.Ints)
	c.Ints = slices.Grow(c.Ints, n)[:at+n]
	return c.Ints[at:]
}

// setValid records whether row i, the next one, has a value.
func (c *Column) setValid(i int, valid bool) {
	if i&7 == 0 {
		c.Valid = append(c.Valid, 0)
	}
	if valid {
		c.Valid[i>>3] |= 1 << (i & 7)
		return
	}
	c.Nulls++
}

// Reset empties c and keeps its memory.
func (c *Column) Reset() {
	*c = Column{Ints: c.Ints[:0], Floats: c.Floats[:0], Bools: c.Bools[:0], Valid: c.Valid[:0]}
}

// Value returns row i of c as a number, a bool as 0 or 1; not ok: it is null.
func (c *Column) Value(i int) (v float64, ok bool) {
	switch {
	case len(c.Valid) > 0 && c.Valid[i>>3]>>(i&7)&1 == 0:
		return 0, false
	case len(c.Floats) > 0:
		return c.Floats[i], true
	case len(c.Ints) > 0:
		return float64(c.Ints[i]), true
	case c.Bools[i]:
		return 1, true
	}
	return 0, true
}

// Reset empties f and keeps its memory.
func (f *Frame) Reset(columns int) {
	if f.Columns == nil {
		f.Columns = make([]Column, columns)
	}
	f.Rows, f.Last = 0, false
	f.SubscriberOffsets = append(f.SubscriberOffsets[:0], 0)
	f.SubscriberText = f.SubscriberText[:0]
	f.Home, f.ObservedDays, f.Approx = f.Home[:0], f.ObservedDays[:0], f.Approx[:0]
	for i := range f.Columns {
		f.Columns[i].Reset()
	}
}
