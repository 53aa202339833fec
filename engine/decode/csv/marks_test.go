package csv

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
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

// TestMark compares the marks that are made where nothing seems odd with those of
// classify: it may doubt a text that has nothing odd, and must where there is something.
func TestMark(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	trusted := 0
	for range 3000 {
		text := make([]byte, 64*r.IntN(stretch+1))
		for i := range text {
			text[i] = ",;\t|\n\x00\x80\xff\x0b\x0c\xa0\xa2\x89xyz0019"[r.IntN(20)]
		}
		for range r.IntN(2) {
			if len(text) > 0 {
				text[r.IntN(len(text))] = "\" \t\x02\x12\x10\x19"[r.IntN(7)]
			}
		}
		separator, blank := ",;|\t"[r.IntN(4)], byte('\t')
		if separator == '\t' {
			blank = ' '
		} else {
			text = bytes.ReplaceAll(text, []byte("\t"), []byte("t"))
		}
		strange := strangeBytes(blank)
		var quick, full words
		doubt, odd := mark(&quick, text, separator, &strange), classify(&full, text, separator, blank)
		if odd != 0 && !doubt {
			t.Fatalf("seed %d: %q: something odd was not seen", seed, text)
		}
		if !doubt {
			trusted++
			if quick.marks != full.marks || quick.feeds != full.feeds {
				t.Fatalf("seed %d: %q: two ways give two answers", seed, text)
			}
		}
	}
	if hasAVX2 && trusted < 300 {
		t.Errorf("seed %d: only %d texts were trusted", seed, trusted)
	}
}
