package file

import (
	"bytes"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

func TestOversizeRecords(t *testing.T) {
	const limit = 20
	x := func(n int) string { return strings.Repeat("x", n) }
	inputs := map[string]string{
		"at the beginning":    x(500) + "\nab\ncd\n",
		"in the middle":       "ab\n" + x(500) + "\ncd\n",
		"at the end":          "ab\ncd\n" + x(500) + "\n",
		"at the end, no lf":   "ab\ncd\n" + x(500),
		"alone":               x(21),
		"alone with cr":       x(21) + "\r",
		"exact limit":         x(20) + "\n" + x(20) + "\r\n" + x(20),
		"exact limit and cr":  "a\n" + x(20) + "\r",
		"one more":            x(21) + "\n" + x(21) + "\r\n" + x(21),
		"cr within":           x(20) + "\rx\n" + x(20) + "\r\r\nab\n",
		"crlf":                "ab\r\n" + x(500) + "\r\ncd\r\n",
		"two in a row":        "ab\n" + x(30) + "\n" + x(5000) + "\ncd",
		"more than one block": "ab\n" + strings.Repeat(x(25)+"\n", 3*maxOversize) + "cd\n",
		"nothing but":         strings.Repeat(x(25)+"\n", maxOversize),
		"head cut":            x(headKept) + "\n" + x(headKept+1) + "\n" + x(headKept-1) + "\r\n",
	}
	for name, input := range inputs {
		t.Run(name, func(t *testing.T) {
			want := naive([]byte(input), limit)
			for size := 1; size < 700; size += 1 + size/50 {
				o := Options{BlockSize: size, MaxRecord: limit}
				check(t, strings.NewReader(input), o, want)
				f := New("x", strings.NewReader(input), o) // everything read ahead
				if _, err := f.Head(t.Context()); err != nil {
					t.Fatal(err)
				}
				got, _, err := drain(f, nil)
				if err != io.EOF {
					t.Fatal(err)
				}
				if err := same(got, want); err != nil {
					t.Fatalf("%+v after Head: %v", o, err)
				}
			}
			check(t, iotest.OneByteReader(strings.NewReader(input)), Options{BlockSize: 64, MaxRecord: limit}, want)
		})
	}
}

func TestRandomLinesAgainstTheNaiveReader(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		input := make([]byte, r.IntN(400))
		for i := range input {
			input[i] = "\n\r\raaaaaaaaaaaa"[r.IntN(4+r.IntN(12))]
		}
		o := Options{BlockSize: 1 + r.IntN(60), MaxRecord: 1 + r.IntN(20)}
		f := New("x", bytes.NewReader(input), o)
		got, _, err := drain(f, nil)
		if err != io.EOF {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := same(got, naive(input, o.MaxRecord)); err != nil {
			t.Fatalf("seed %d, %+v: %v", seed, o, err)
		}
	}
}

// repeated yields n bytes of one line.
func repeated(n int64) io.Reader { return io.LimitReader(xs{}, n) }

type xs struct{}

func (xs) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestVeryLongLineTakesLittleMemory(t *testing.T) {
	const size = 100 << 20
	f := New("x", io.MultiReader(strings.NewReader("ab\n"), repeated(size), strings.NewReader("\ncd\n")), Options{BlockSize: 64 << 10})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, _, err := drain(f, nil)
	runtime.ReadMemStats(&after)
	if err != io.EOF {
		t.Fatal(err)
	}
	if len(got) != 3 || got[1].oversize != size || len(got[1].text) != headKept || got[2].at.Offset != size+4 || got[2].at.Line != 2 {
		t.Errorf("%d records, the second %d bytes, the third at %v", len(got), got[1].oversize, got[2].at)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 8<<20 {
		t.Errorf("allocated %d bytes in all for a line of %d", allocated, size)
	}
}
