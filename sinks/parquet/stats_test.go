package parquet

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// bounds returns what the footer says about column c of each row group.
func bounds(t testing.TB, b []byte, c int) (out [][2]string) {
	t.Helper()
	_, pf := parseTable(t, b)
	for _, g := range pf.MetaData().RowGroups {
		s := g.Columns[c].MetaData.Statistics
		out = append(out, [2]string{string(s.MinValue), string(s.MaxValue)})
	}
	return out
}

// Every row group has its own bounds of subscribers: readers skip groups by them.
func TestTextBounds(t *testing.T) {
	frames := framesOf(newRand(11), nil, 6, 500)
	got := bounds(t, encode(t, feature.Schema{}, Options{RowGroupRows: 1000}, frames), subscriberColumn)
	if len(got) != 3 {
		t.Fatalf("%d row groups", len(got))
	}
	for i, b := range got {
		first, last := frames[2*i].Subscriber(0), frames[2*i+1].Subscriber(499)
		if b != [2]string{string(first), string(last)} {
			t.Errorf("row group %d: bounds %q of %q to %q", i, b, first, last)
		}
	}
}

// Subscribers that are not UTF-8 may stand anywhere in the order of what is
// written for them.
func TestReplacedBounds(t *testing.T) {
	f := textFrame("a\x80", "aé", "b\xf0", "b\xff")
	got := bounds(t, encode(t, feature.Schema{}, Options{RowGroupRows: 1000}, []*feature.Frame{f}), subscriberColumn)
	if want := [2]string{"aé", "b\uFFFD"}; got[0] != want {
		t.Errorf("bounds %q, not %q", got[0], want)
	}
}

// The bounds of a chunk whose texts are very long are left out.
func TestLongBounds(t *testing.T) {
	f := textFrame(string(make([]byte, textMax+1)), "a")
	got := bounds(t, encode(t, feature.Schema{}, Options{RowGroupRows: 1000}, []*feature.Frame{f}), subscriberColumn)
	if want := [2]string{}; got[0] != want {
		t.Errorf("bounds %.20q", got[0])
	}
}

// Both zeros are equal, so a bound of zero covers both.
func TestZeroBounds(t *testing.T) {
	s := feature.Schema{Fields: []feature.Field{{Name: "f", Type: feature.Float64}}}
	f := textFrame("a")
	f.Columns = []feature.Column{{Floats: []float64{0}, Valid: []byte{}}}
	got := bounds(t, encode(t, s, Options{RowGroupRows: 1000}, []*feature.Frame{f}), fixedColumns)
	word := func(v float64) string {
		return string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
	}
	if want := [2]string{word(math.Copysign(0, -1)), word(0)}; got[0] != want {
		t.Errorf("bounds of 0 are %x", got[0])
	}
}

func TestBoolBounds(t *testing.T) {
	for _, c := range []struct {
		home []bool
		want [2]string
	}{
		{[]bool{true, true}, [2]string{"\x01", "\x01"}},
		{[]bool{false, false}, [2]string{"\x00", "\x00"}},
		{[]bool{false, true}, [2]string{"\x00", "\x01"}},
	} {
		f := textFrame("a", "b")
		f.Home = c.home
		got := bounds(t, encode(t, feature.Schema{}, Options{RowGroupRows: 1000}, []*feature.Frame{f}), homeColumn)
		if got[0] != c.want {
			t.Errorf("bounds of %v are %x", c.home, got[0])
		}
	}
}
