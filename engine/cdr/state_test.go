package cdr

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// random makes a batch of n rows in which every field of every row is set.
func random(r *rand.Rand, n int) *Batch {
	b := &Batch{}
	for range n {
		var rec Record
		fill(r, reflect.ValueOf(&rec).Elem())
		rec.Flags = Flags(r.Uint32())&(DropCause<<1-1)&^0xff | Flags(0).With(Service(r.IntN(4)), Outcome(r.IntN(5)), RAT(r.IntN(6)))
		rec.CallingName, rec.CalledName, rec.ID = text(r), text(r), text(r)
		b.Append(&rec)
	}
	return b
}

func fill(r *rand.Rand, v reflect.Value) {
	switch {
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(r, v.Field(i))
		}
	case v.CanUint():
		v.SetUint(r.Uint64() & (1<<v.Type().Bits() - 1))
	case v.CanInt():
		v.SetInt(int64(r.Uint64()) >> (64 - v.Type().Bits()))
	}
}

// text is a name of 0 to 9 bytes.
func text(r *rand.Rand) []byte { return []byte("abcdefghi"[:r.IntN(10)]) }

// part is rows from..to-1 of b, copied one by one: what a codec must give.
func part(b *Batch, from, to int) *Batch {
	p := &Batch{}
	for r := from; r < to; r++ {
		p.AppendRow(b, r)
	}
	return p
}

// Every column and every name comes back, whichever rows are saved, whatever the
// batch held before and whatever stands behind.
func TestRowsComeBack(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 0))
	loaded := random(r, 3)
	for n := range 12 {
		b := random(r, n)
		for from := range n + 1 {
			to := from + r.IntN(n-from+1)
			bytes := append(b.AppendRows([]byte("front"), all(n)[from:to]), "behind"...)
			rest, err := loaded.LoadRows(bytes[5:])
			if err != nil || string(bytes[:5]) != "front" || string(rest) != "behind" {
				t.Fatalf("seed %d: rows %d..%d of %d: %v, front %q, rest %q", seed, from, to, n, err, bytes[:5], rest)
			}
			if err := sameBatch(loaded, part(b, from, to)); err != nil {
				t.Fatalf("seed %d: rows %d..%d of %d: %v", seed, from, to, n, err)
			}
			clear(bytes)
			if err := sameBatch(loaded, part(b, from, to)); err != nil {
				t.Fatalf("the batch refers to what it was loaded from: %v", err)
			}
		}
	}
}

// sameBatch compares all columns; a column added to Batch is compared too.
func sameBatch(got, want *Batch) error {
	g, w := reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()
	for i := range g.NumField() {
		name := g.Type().Field(i).Name
		if g.Field(i).Len() != w.Field(i).Len() {
			return fmt.Errorf("%s has %d elements, want %d", name, g.Field(i).Len(), w.Field(i).Len())
		}
		for j := range g.Field(i).Len() {
			if a, b := g.Field(i).Index(j).Interface(), w.Field(i).Index(j).Interface(); a != b {
				return fmt.Errorf("%s of row %d is %v, want %v", name, j, a, b)
			}
		}
	}
	return nil
}

// Cut anywhere, the bytes are refused, and so are rows that cannot be.
func TestDamagedRows(t *testing.T) {
	b := random(rand.New(rand.NewPCG(1, 1)), 4)
	b.Rows[3].Calling, b.Rows[3].Called = Name([]byte("a")), Name([]byte("b"))
	whole := part(b, 0, 4).AppendAll(nil)
	loaded := &Batch{}
	for n := range whole {
		if _, err := loaded.LoadRows(whole[:n]); err == nil {
			t.Errorf("the first %d bytes of %d are enough", n, len(whole))
		}
		if loaded.Len() > 0 || len(loaded.Text) > 0 || len(loaded.Names) > 0 {
			t.Fatalf("an error leaves rows")
		}
	}
	for name, c := range map[string]struct {
		change func(*Batch)
		want   string
	}{
		"outcome": {func(b *Batch) { b.Rows[1].Flags = b.Rows[1].Flags.With(Voice, 5, RAT2G) }, "row 1 has the impossible flags"},
		"rat":     {func(b *Batch) { b.Rows[2].Flags = b.Rows[2].Flags.With(Voice, Busy, 6) }, "row 2 has the impossible flags"},
		"mark":    {func(b *Batch) { b.Rows[0].Flags |= Closes << 1 }, "row 0 has the impossible flags"},
	} {
		bad := part(b, 0, 4)
		c.change(bad)
		_, err := loaded.LoadRows(bad.AppendAll(nil))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	for _, bytes := range []string{"\xff\xff\xff\xff", "\xff\xff\xff\x7f" + strings.Repeat("x", 500)} {
		if _, err := loaded.LoadRows([]byte(bytes)); err == nil || !strings.Contains(err.Error(), "do not fit") {
			t.Errorf("too many rows: %v", err)
		}
	}
}

func FuzzLoadRows(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 3))
	for n := range 3 {
		f.Add(random(r, n).AppendAll(nil))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		b := &Batch{}
		rest, err := b.LoadRows(src)
		if err != nil {
			return
		}
		if again := b.AppendAll(nil); string(again)+string(rest) != string(src) {
			t.Errorf("%d rows loaded from\n%x\nare saved as\n%x", b.Len(), src, again)
		}
	})
}
