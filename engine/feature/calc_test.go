package feature

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/window"
)

// exactDeviation is the population standard deviation to 300 bits.
func exactDeviation(values []uint64) (want float64, sum uint64, hi, lo uint64) {
	big300 := func() *big.Float { return new(big.Float).SetPrec(600) }
	s, q := new(big.Int), new(big.Int)
	for _, v := range values {
		x := new(big.Int).SetUint64(v)
		s.Add(s, x)
		q.Add(q, new(big.Int).Mul(x, x))
	}
	n := big300().SetInt64(int64(len(values)))
	mean := big300().Quo(big300().SetInt(s), n)
	variance := big300().Quo(big300().SetInt(q), n)
	variance.Sub(variance, big300().Mul(mean, mean))
	if variance.Sign() > 0 {
		want, _ = big300().Sqrt(variance).Float64()
	}
	lo = new(big.Int).And(q, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
	hi = new(big.Int).Rsh(q, 64).Uint64()
	return want, s.Uint64(), hi, lo
}

func TestDeviation(t *testing.T) {
	repeat := func(n int, values ...uint64) (out []uint64) {
		for range n {
			out = append(out, values...)
		}
		return out
	}
	const day = 86_400_000
	cases := map[string][]uint64{
		"one":               {17},
		"one zero":          {0},
		"one large":         {100 * day},
		"zeros":             repeat(1000, 0),
		"equal":             repeat(999, 3_600_000),
		"equal large":       repeat(4001, 36*day+1),
		"almost equal":      append(repeat(4000, 36*day), 36*day+1),
		"one less":          append(repeat(100_000, 36*day), 36*day-1),
		"two neighbours":    {36 * day, 36*day + 1},
		"far apart":         {0, 100 * day},
		"one among zeros":   append(repeat(100_000, 0), 100*day),
		"one among large":   append(repeat(1000, 100*day), 0),
		"halves":            repeat(5000, 36*day, 36*day+3),
		"small":             {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
		"beyond 64 bits":    repeat(300_000, 40*day, 41*day),
		"three thirds":      {1, 1, 2},
		"largest durations": repeat(1000, 4_294_967_000, 4_294_966_999, 0),
	}
	r := rand.New(rand.NewPCG(11, 5))
	for i := range 200 {
		n := 1 + r.IntN(400)
		base, spread := r.Uint64N(100*day), 1+r.Uint64N(1<<(1+r.IntN(33)))
		var values []uint64
		for range n {
			values = append(values, base+r.Uint64N(spread))
		}
		cases["random "+string(rune('A'+i))] = values
	}
	for name, values := range cases {
		want, sum, hi, lo := exactDeviation(values)
		got := deviation(hi, lo, sum, uint64(len(values)))
		if math.Abs(got-want) > 1e-9*want {
			t.Errorf("%s: deviation of %d values is %v, want %v", name, len(values), got, want)
		}
	}
}

// fill is what a tile holds of one row.
type fill struct {
	values map[string]map[string]int64 // by window and measure
	ages   [Ages]int64
}

// columnOf computes the column that glob selects over rows.
func columnOf(t *testing.T, glob string, rows ...fill) *Column {
	t.Helper()
	families := []Family{shop{"a", []window.Measure{
		{Name: "x"}, {Name: "y"}, {Name: "z", Kind: window.Sum}, {Name: "top", Kind: window.Max}, {Name: "q", Kind: window.Squares},
	}, []Feature{
		{Name: "total", Calc: Total{"x + y - z"}},
		{Name: "minus", Calc: Total{"- z"}},
		{Name: "scaled", Type: Float64, Calc: Scaled{"z", 1000}},
		{Name: "ratio", Type: Float64, Calc: Ratio{Of: "x", Over: "x + y"}},
		{Name: "mean", Type: Float64, Calc: Ratio{Of: "z", Over: "x", By: 1000}},
		{Name: "peak", Type: Float64, Calc: Peak{Of: "top", Over: "x", By: 1000}},
		{Name: "std", Type: Float64, Calc: Deviation{Of: "z", Squares: "q", Over: "x", By: 10}},
		{Name: "daily", Type: Float64, Scope: LongWindows, Calc: PerDay{"x"}},
		{Name: "trend", Type: Float64, Scope: NoWindow, Calc: Trend{"x"}},
		{Name: "age", Scope: NoWindow, Calc: Age{SinceOutgoing}},
	}}}
	windows := specs(t, "1h/5m", "7d", "30d")
	p, err := Compile(families, windows, []string{glob})
	if err != nil {
		t.Fatal(err)
	}
	tile := p.NewTile()
	tile.Rows = len(rows)
	for r, row := range rows {
		for a, v := range row.ages {
			tile.SetAge(AgeColumn(a), r, v)
		}
		for g, grid := range p.Grids {
			for _, w := range p.View.Grids[g] {
				for i, m := range grid.Layout.Measures {
					if w.Columns[i] >= 0 {
						tile.Set(w.Columns[i], r, row.values[windows[w.Window].Name][m.Name])
					}
				}
			}
		}
	}
	var f Frame
	f.Reset(1)
	p.Compute(tile, f.Columns)
	return &f.Columns[0]
}

// one is a row with the same measures in all windows.
func one(x, y, z, top, q int64) fill {
	m := map[string]int64{"x": x, "y": y, "z": z, "top": top, "q": q}
	return fill{values: map[string]map[string]int64{"1h": m, "7d": m, "30d": m}}
}

func TestCalc(t *testing.T) {
	null := math.NaN() // stands for null
	rows := []fill{one(0, 0, 0, 0, 0), one(3, 1, 4500, 2500, 7_000_000), one(0, 2, 10, 7, 100), one(2, 0, 0, 0, 0), one(1, 1, 5, 5, 25)}
	for glob, want := range map[string][]float64{
		"scaled_1h": {0, 4.5, 0.01, 0, 0.005},
		"ratio_7d":  {null, 0.75, 0, 1, 0.5},
		"mean_7d":   {null, 1.5, null, 0, 0.005},
		"peak_1h":   {null, 2.5, null, 0, 0.005},
		"std_1h":    {null, math.Sqrt(7_000_000.0/3-1500*1500) / 10, null, 0, 0},
		"daily_7d":  {0, 3.0 / 7, 0, 2.0 / 7, 1.0 / 7},
		"daily_30d": {0, 0.1, 0, 2.0 / 30, 1.0 / 30},
	} {
		c := columnOf(t, glob, rows...)
		nulls := 0
		for i, w := range want {
			valid := len(c.Valid) == 0 || c.Valid[i>>3]>>(i&7)&1 == 1
			switch {
			case math.IsNaN(w):
				nulls++
				if valid || c.Floats[i] != 0 {
					t.Errorf("%s row %d: %v, want null", glob, i, c.Floats[i])
				}
			case !valid || math.Abs(c.Floats[i]-w) > 1e-12:
				t.Errorf("%s row %d: %v (valid %v), want %v", glob, i, c.Floats[i], valid, w)
			}
		}
		if c.Nulls != nulls || len(c.Floats) != len(rows) {
			t.Errorf("%s: %d nulls of %d, want %d of %d", glob, c.Nulls, len(c.Floats), nulls, len(rows))
		}
	}
	for glob, want := range map[string][]int64{"total_7d": {0, -4496, -8, 2, -3}, "minus_7d": {0, -4500, -10, 0, -5}} {
		c := columnOf(t, glob, rows...)
		for i, w := range want {
			if c.Ints[i] != w {
				t.Errorf("%s row %d: %d, want %d", glob, i, c.Ints[i], w)
			}
		}
	}
}

// A trend is null until the subscriber is known for thirty days, and when the
// three weeks before the last are empty.
func TestTrend(t *testing.T) {
	row := func(week, month, tenure int64) fill {
		f := fill{values: map[string]map[string]int64{"7d": {"x": week}, "30d": {"x": month}}}
		f.ages[Tenure] = tenure
		return f
	}
	rows := []fill{row(7, 30, 30), row(7, 30, 29), row(0, 23, 45), row(7, 7, 45), row(0, 0, 45), row(14, 37, 1000), row(7, 30, NoAge)}
	want := []any{1.0, nil, 0.0, nil, nil, 2.0, nil}
	c := columnOf(t, "trend", rows...)
	for i, w := range want {
		valid := c.Valid[i>>3]>>(i&7)&1 == 1
		if valid != (w != nil) || valid && c.Floats[i] != w {
			t.Errorf("row %d: %v (valid %v), want %v", i, c.Floats[i], valid, w)
		}
	}
}

// Ages are whole numbers or null, over more rows than a byte of Valid holds and
// up to a whole tile.
func TestAge(t *testing.T) {
	var rows []fill
	for i := range int64(TileRows) {
		var f fill
		f.ages[SinceOutgoing], f.ages[SinceIMSI] = i, 999
		if i%3 == 0 {
			f.ages[SinceOutgoing] = NoAge
		}
		rows = append(rows, f)
	}
	c := columnOf(t, "age", rows...)
	for i := range c.Ints {
		valid := c.Valid[i>>3]>>(i&7)&1 == 1
		if valid != (i%3 != 0) || valid && c.Ints[i] != int64(i) || !valid && c.Ints[i] != 0 {
			t.Errorf("row %d: %d (valid %v)", i, c.Ints[i], valid)
		}
	}
	if len(c.Ints) != TileRows || c.Nulls != (TileRows+2)/3 {
		t.Errorf("%d rows, %d nulls", len(c.Ints), c.Nulls)
	}
}

// A frame that is used again holds nothing of before.
func TestFrameReset(t *testing.T) {
	var f Frame
	for range 2 {
		f.Reset(2)
		if f.Rows != 0 || f.Last || len(f.SubscriberOffsets) != 1 || len(f.Columns) != 2 || f.Columns[0].Nulls != 0 || len(f.Columns[0].Valid)+len(f.Columns[0].Floats) != 0 {
			t.Fatalf("%+v", f)
		}
		f.Rows, f.Last = 2, true
		f.SubscriberText = append(f.SubscriberText, "12"...)
		f.SubscriberOffsets = append(f.SubscriberOffsets, 1, 2)
		f.Columns[0].appendNull()
		f.Columns[0].appendFloat(3)
		f.Columns[1].addUnless([]int64{NoAge, 4}, NoAge)
		if string(f.Subscriber(0)) != "1" || string(f.Subscriber(1)) != "2" || f.Columns[0].Valid[0] != 2 || f.Columns[1].Nulls != 1 {
			t.Fatalf("%+v", f)
		}
	}
}
