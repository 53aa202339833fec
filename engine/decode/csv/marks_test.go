package csv

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// TestClassify compares the words, made by the machine's best way and by the
// general one, with a loop over bytes.
func TestClassify(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		text := make([]byte, 64*r.IntN(5))
		for i := range text {
			text[i] = []byte{',', '\n', 0, ',' - 1, ',' + 1, 0x80 | ',', '\n' + 1, 0x80 | '\n', '"', ' ', '\t', ' ' | 0x80, 'x', byte(r.Uint32())}[r.IntN(14)]
		}
		var fast, general words
		odd, odd2 := classify(&fast, text, ',', '\t'), classifyWords(&general, text, ',', '\t')
		if fast != general || odd != odd2 {
			t.Fatalf("seed %d: %q: two ways give two answers", seed, text)
		}
		if fast.feeds != bytes.Count(text, []byte("\n")) {
			t.Fatalf("seed %d: %q: %d line feeds", seed, text, fast.feeds)
		}
		before := byte('\n')
		for i, c := range text {
			in := func(set string, c byte) bool { return bytes.IndexByte([]byte(set), c) >= 0 }
			strange := c == '"' || in(" \t", c) && in(",\n", before) || in(",\n", c) && in(" \t", before)
			bit := func(w [stretch]uint64) bool { return w[i/64]>>(i%64)&1 != 0 }
			if bit(fast.marks) != in(",\n", c) || bit(fast.odd) != strange || strange && odd>>(i%64)&1 == 0 {
				t.Fatalf("seed %d: %q: byte %d", seed, text, i)
			}
			before = c
		}
	}
}

// TestFlatten compares what is behind each mark, made by the machine's best way and by
// the general one, with a loop over bytes.
func TestFlatten(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 1000 {
		n := r.IntN(stretch + 1)
		dense := 1 + r.IntN(20)
		text := make([]byte, 64*n)
		for i := range text {
			text[i] = ",\nxxxxxxxxxxxxxxxxxxxx"[r.IntN(1+dense)]
		}
		var w words
		classify(&w, text, ',', '\t')
		fast, general := make([]uint16, stretch*64+marksRoom), make([]uint16, stretch*64+marksRoom)
		found := flatten(fast, &w, n)
		found2 := flattenWords(general, &w, n)
		if found != found2 || !slices.Equal(fast[:found], general[:found]) {
			t.Fatalf("seed %d: two ways give two answers: %d and %d marks", seed, found, found2)
		}
		at := 0
		for i, c := range text {
			if c == 'x' {
				continue
			}
			if at == found || int(fast[at]) != i+1 {
				t.Fatalf("seed %d: mark %d is not behind byte %d", seed, at, i)
			}
			at++
		}
		if at != found {
			t.Fatalf("seed %d: %d marks, want %d", seed, found, at)
		}
	}
}

// TestMark compares the marks of special bytes, and their sum, with a loop over bytes.
func TestMark(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 3000 {
		separator, blank := ",;|\t"[r.IntN(4)], byte('\t')
		if separator == '\t' {
			blank = ' '
		}
		text := make([]byte, 64*r.IntN(stretch+1))
		for i := range text {
			text[i] = ",;\t|\n\x00\x80\xff\x0b\x0c\xa0\xa2\x89xyz0019\" \x02\x12\x10\x19\x7c\xfc"[r.IntN(28)]
		}
		special := specialBytes(separator, blank)
		var got words
		sum, ok := mark(&got, text, &special)
		if !ok {
			if processor.AVX2 && len(text) > 0 {
				t.Fatal("nothing was marked")
			}
			continue
		}
		want := 0
		for i, c := range text {
			is := bytes.IndexByte([]byte{separator, '\n', '"', ' ', blank}, c) >= 0
			if is {
				want += int(c)
			}
			if got.marks[i/64]>>(i%64)&1 != 0 != is {
				t.Fatalf("seed %d: byte %d, %q, is not marked %v", seed, i, c, is)
			}
		}
		if sum != want {
			t.Fatalf("seed %d: the sum is %d, want %d", seed, sum, want)
		}
	}
}

// TestPlainly compares what a stretch that seems plain is filled with, with what the slower
// way fills it with, which must find it plain too.
func TestPlainly(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	plain := 0
	for range 2000 {
		h := header{separator: ",;|\t"[r.IntN(4)], columns: make([]decode.Column, 2+r.IntN(6))}
		block := []byte("0")
		for len(block) < 64*(stretch+2) {
			for f := range h.columns {
				block = append(block, "x7y.+-"[:r.IntN(7)]...)
				if f > 0 || r.IntN(4000) > 0 {
					block = append(block, h.separator)
				}
			}
			block[len(block)-1] = '\n'
		}
		for range r.IntN(3) { // few, so that one may stand for another
			block[r.IntN(len(block))] = "\"\" \t\n\r,;|x"[r.IntN(10)]
		}
		pos := r.IntN(2)
		var fast, slow scan
		for s, calm := range map[*scan]bool{&fast: true, &slow: false} {
			s.begin(&h, block)
			s.calm = calm
			s.fill(pos)
		}
		if fast.lines == 0 { // it was not plain
			continue
		}
		plain++
		if slow.odd != 0 || !slow.even || fast.found != slow.found || fast.marks != slow.marks || fast.lines != slow.found/len(h.columns) {
			t.Fatalf("seed %d: a stretch is not plain", seed)
		}
		var got, want decode.Sheet
		if n, m := fast.rows(&got), slow.rows(&want); n != m || !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d: sheets of %d and %d lines differ", seed, n, m)
		}
	}
	if processor.AVX2 && plain < 300 {
		t.Errorf("seed %d: only %d stretches were plain", seed, plain)
	}
}
