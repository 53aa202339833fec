package parquet

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// shape is how the values of a test column look.
type shape int

const (
	counts  shape = iota // small, many zeros
	rare                 // nearly always zero
	ratios               // quotients of small counts, a fifth null
	means                // doubles of many digits, a fifth null
	seconds              // thousandths, half of them zero
	volume               // wide integers
	days                 // small and never zero
	yesNo                // bools, some null
	wild                 // any integer, any null
	shapes
)

// coreShapes is what the default output of three windows looks like, 42 columns
// a window.
func coreShapes() []shape {
	var s []shape
	add := func(n int, what shape) {
		for range n {
			s = append(s, what)
		}
	}
	for range 3 {
		add(17, counts)
		add(6, rare)
		add(9, ratios)
		add(2, means)
		add(3, seconds)
		add(3, volume)
		add(2, days)
	}
	return s
}

func schemaOf(ss []shape) feature.Schema {
	var out feature.Schema
	for i, s := range ss {
		f := feature.Field{Name: fmt.Sprintf("f%d_7d", i), Unit: "calls", Formula: "a / b", Window: "7d"}
		switch s {
		case ratios, means, seconds:
			f.Type = feature.Float64
		case yesNo:
			f.Type = feature.Bool
		case rare:
			f.Sparse = true
		case volume, wild:
			f.Wide = true
		}
		out.Fields = append(out.Fields, f)
	}
	return out
}

// frameOf makes a frame of rows subscribers, the first of which is number first.
func frameOf(r *rand.Rand, ss []shape, first, rows int) *feature.Frame {
	f := &feature.Frame{Epoch: 1, WindowEnd: 1772406000000, Date: "2026-03-01", Rows: rows, SubscriberOffsets: []int32{0}}
	for i := range rows {
		f.SubscriberText = fmt.Appendf(f.SubscriberText, "4917%08d", (first+i)*37+r.IntN(37))
		f.SubscriberOffsets = append(f.SubscriberOffsets, int32(len(f.SubscriberText)))
		f.Home = append(f.Home, r.IntN(10) > 0)
		f.ObservedDays = append(f.ObservedDays, int64(30-r.IntN(1+r.IntN(30))))
		f.Approx = append(f.Approx, r.IntN(1000) == 0)
	}
	for _, s := range ss {
		f.Columns = append(f.Columns, columnOf(r, s, rows))
	}
	return f
}

// framesOf makes n such frames, each continuing the one before.
func framesOf(r *rand.Rand, ss []shape, n, rows int) []*feature.Frame {
	var frames []*feature.Frame
	for i := range n {
		frames = append(frames, frameOf(r, ss, i*rows, rows))
	}
	frames[n-1].Last = true
	return frames
}

func columnOf(r *rand.Rand, s shape, rows int) feature.Column {
	c := feature.Column{}
	nullable := map[shape]int{ratios: 5, means: 5, yesNo: 3, wild: 2}[s]
	if nullable > 0 {
		c.Valid = make([]byte, (rows+7)/8)
		for i := range c.Valid {
			c.Valid[i] = byte(r.Uint32()) // bits beyond the last row are anything
		}
	}
	for i := range rows {
		valid := true
		if nullable > 0 {
			valid = r.IntN(nullable) > 0
			c.Valid[i/8] &^= 1 << (i % 8)
			if valid {
				c.Valid[i/8] |= 1 << (i % 8)
			} else {
				c.Nulls++
			}
		}
		addValue(r, s, &c, valid)
	}
	return c
}

func addValue(r *rand.Rand, s shape, c *feature.Column, valid bool) {
	small := func(mean float64) float64 { return math.Floor(r.ExpFloat64() * mean) }
	switch s {
	case counts:
		c.Ints = append(c.Ints, int64(small(4)))
	case rare:
		c.Ints = append(c.Ints, int64(r.IntN(20)/19)*int64(small(500)))
	case volume:
		c.Ints = append(c.Ints, int64(small(1e8)))
	case days:
		c.Ints = append(c.Ints, 1+int64(r.IntN(30)))
	case wild:
		c.Ints = append(c.Ints, int64(r.Uint64())>>(r.IntN(64)))
	case yesNo:
		c.Bools = append(c.Bools, valid && r.IntN(2) == 0)
	default:
		v := 0.0
		switch {
		case !valid:
		case s == ratios:
			b := 1 + small(12)
			v = math.Floor(r.Float64()*(b+1)) / b
		case s == means:
			v = small(1e6) / (1 + small(20))
		case r.IntN(2) == 0:
			v = small(600000) / 1000
		}
		c.Floats = append(c.Floats, v)
	}
}

func next(f *feature.Frame, end cdr.Millis, shard int, last bool) *feature.Frame {
	f.WindowEnd, f.Shard, f.Last = end, shard, last
	return f
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 9)) }
