package window

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Unpack reads what Pack wrote, whatever follows it, and nothing that is cut off.
func TestUnpack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := NewLayout(measuresOfKinds(t))
		row := drawRow(t, &l, "row")
		packed := l.Pack(nil, row)
		got := make([]uint64, l.Words)
		n, ok := l.Unpack(got, append(slices.Clone(packed), 0xff, 0xff))
		if !ok || n != len(packed) || !slices.Equal(got, row) {
			t.Fatalf("%d of %d bytes, %v: %v, want %v", n, len(packed), ok, got, row)
		}
		if n, ok := l.Unpack(nil, packed); !ok || n != len(packed) {
			t.Fatalf("only looking: %d of %d bytes, %v", n, len(packed), ok)
		}
		for cut := range len(packed) {
			if n, ok := l.Unpack(got, packed[:cut]); ok {
				t.Fatalf("cut off after %d of %d bytes it is still %d long", cut, len(packed), n)
			}
		}
	})
}

// What Unpack accepts the readers that trust what they read take alike.
func FuzzUnpack(f *testing.F) {
	l := NewLayout([]Measure{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "s", Kind: Sum}, {Name: "q", Kind: Squares}, {Name: "m", Kind: Max}, {Name: "n", Kind: Sum}})
	f.Add(l.Pack(nil, []uint64{1<<32 | 7, 200, 1 << 50, 0, 3, 4, 5, 6}))
	f.Add([]byte{0xff, 0xff, 0x80, 0x01, 0x00})
	f.Fuzz(func(t *testing.T, b []byte) {
		row, sum := make([]uint64, l.Words), make([]uint64, l.Words)
		n, ok := l.Unpack(row, b)
		if !ok {
			return
		}
		if m := l.AddPacked(sum, b); m != n || !slices.Equal(row, sum) {
			t.Fatalf("%x: %d bytes, %v; AddPacked says %d, %v", b, n, row, m, sum)
		}
	})
}
