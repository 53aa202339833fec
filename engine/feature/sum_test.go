package feature

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/window"
)

// A sum of many rows is that of each, and nothing else of the tile changes.
func TestSum(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	const columns = 5
	for range 1000 {
		tile := newTile(columns)
		for i := range tile.own {
			tile.own[i] = int64(r.Uint64()) >> r.IntN(64)
		}
		tile.Rows = 1 + r.IntN(TileRows)
		want := slices.Clone(tile.own)
		s := sum{column: columns - 1}
		for range 1 + r.IntN(4) {
			s.of, s.minus = append(s.of, r.IntN(columns-1)), append(s.minus, r.IntN(2) == 0)
		}
		for row := range tile.Rows {
			v := int64(0)
			for i, c := range s.of {
				if x := tile.Column(c)[row]; s.minus[i] {
					v -= x
				} else {
					v += x
				}
			}
			want[s.column*tileStride+row] = v
		}
		if len(s.of) == 1 && !s.minus[0] {
			continue // it is a measure
		}
		if s.fill(tile); !slices.Equal(tile.own, want) {
			t.Fatalf("%d rows, %+v: %v, want %v", tile.Rows, s, tile.Column(s.column), want[s.column*tileStride:][:tile.Rows])
		}
	}
}

// A sum that several features read is there once in a view, and in one of some of its fields
// only where one of these reads it.
func TestSumsOfViews(t *testing.T) {
	family := shop{"a", []window.Measure{{Name: "x"}, {Name: "y"}, {Name: "z"}}, []Feature{
		{Name: "x", Calc: Total{"x"}},
		{Name: "both", Calc: Total{"x + y"}},
		{Name: "share", Type: Float64, Calc: Ratio{Of: "x", Over: "x + y"}},
		{Name: "rest", Type: Float64, Calc: Ratio{Of: "x + y - z", Over: "x + y"}},
	}}
	p, err := Compile([]Family{family}, specs(t, "1h/5m", "7d"), []string{"*"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(p.sums); n != 2*2 {
		t.Errorf("%d sums of two windows, want 4", n)
	}
	sums := map[string]int{"x": 0, "both": 1, "share": 1, "rest": 2}
	measures := map[string]int{"x": 1, "both": 2, "share": 2, "rest": 3}
	for i, f := range p.Schema.Fields {
		name, _, _ := strings.Cut(f.Name, "_")
		v, read := p.Only([]int{i}), 0
		for _, w := range slices.Concat(v.Grids...) {
			for _, c := range w.Columns {
				if c >= 0 {
					read++
				}
			}
		}
		if len(v.sums) != sums[name] || read != measures[name] {
			t.Errorf("%s reads %d sums and %d measures, want %d and %d", f.Name, len(v.sums), read, sums[name], measures[name])
		}
	}
}

// Two features that are the same measure, or the same sum, have a column each.
func TestFillerTwice(t *testing.T) {
	family := shop{"a", []window.Measure{{Name: "x"}, {Name: "y"}}, []Feature{
		{Name: "x", Calc: Total{"x"}}, {Name: "again", Calc: Total{"x"}}, {Name: "both", Calc: Total{"x + y"}}, {Name: "sum", Calc: Total{"x + y"}},
	}}
	p, err := Compile([]Family{family}, specs(t, "7d"), []string{"*"})
	if err != nil {
		t.Fatal(err)
	}
	var fr Frame
	f := p.NewFiller()
	f.Begin(&fr, 2*TileRows)
	for tile := range int64(2) {
		f.Start(&fr, TileRows)
		for m, c := range p.View.Grids[0][0].Columns {
			for r := range TileRows {
				f.Tile.Set(c, r, (tile*TileRows+int64(r))*[]int64{1, 1000}[m])
			}
		}
		f.Add(&fr)
	}
	f.End(&fr)
	for i, by := range []int64{1, 1, 1001, 1001} {
		for r, v := range fr.Columns[i].Ints {
			if v != int64(r)*by {
				t.Fatalf("%s of row %d is %d, want %d", p.Schema.Fields[i].Name, r, v, int64(r)*by)
			}
		}
		if n := len(fr.Columns[i].Ints); n != 2*TileRows {
			t.Errorf("%d rows", n)
		}
	}
}

// A term with a sign before its only measure is that measure.
func TestTermOfOne(t *testing.T) {
	b := binder{
		column: func(_ int, measure string) int { return map[string]int{"x": 7}[measure] },
		sum:    func(int, string) int { return 9 },
	}
	for text, want := range map[string]int{"x": 7, " x ": 7, "+ x": 7, "- x": 9, "x + x": 9} {
		if got := b.term(text); got != want {
			t.Errorf("%q is in column %d, want %d", text, got, want)
		}
	}
}

// Nobody gets columns of more rows than a tile has.
func TestColumnsOfMore(t *testing.T) {
	tile := newTile(4)
	tile.Rows = 8
	if n := len(tile.Columns(8)); n != 4 {
		t.Errorf("%d columns", n)
	}
	defer func() {
		if recover() == nil {
			t.Error("columns of 9 rows of a tile of 8")
		}
	}()
	tile.Columns(9)
}
