package csv

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/processor"
)

// classifyAVX2 is classifyWords for n times 64 bytes from src on.
//
//go:noescape
func classifyAVX2(out *words, src *byte, n int, separator, blank byte) (odd uint64)

// classify fills out with the marks of text, whose length is a multiple of 64
// and at most that of a stretch, and returns the odd bits of all words together.
func classify(out *words, text []byte, separator, blank byte) (odd uint64) {
	if processor.AVX2 && len(text) > 0 {
		return classifyAVX2(out, &text[0], len(text)/64, separator, blank)
	}
	return classifyWords(out, text, separator, blank)
}

// markAVX2 makes the marks of n times 64 bytes from src on, those that are special[low half
// of the byte], and returns the sum of these bytes.
//
//go:noescape
func markAVX2(out *words, src *byte, n int, special *[16]byte) (sum int)

// mark fills out with the marks of text, like classify, but marks all special bytes, and
// returns the sum of them; not ok where it cannot.
func mark(out *words, text []byte, special *[16]byte) (sum int, ok bool) {
	if !processor.AVX2 || len(text) == 0 {
		return 0, false
	}
	return markAVX2(out, &text[0], len(text)/64, special), true
}

// linesAVX2 sets n spans from out on to where lines stand. Marks are step bytes apart, text
// begins at base. It stops at a line that does not end with a line feed, and nothing before
// that is to be cut off.
//
//go:noescape
func linesAVX2(out *cdr.Span, marks *uint16, text *byte, base, step, n int) (done int)

// lines sets out to where the lines stand whose text begins at base, each with so many marks,
// and returns how many end as they should.
func lines(out []cdr.Span, marks []uint16, text []byte, base, fields int) (done int) {
	if len(out) == 0 {
		return 0
	}
	_ = marks[len(out)*fields]
	return linesAVX2(&out[0], &marks[0], &text[0], base, 2*fields, len(out))
}

// flattenAVX is flattenWords. It writes over up to marksRoom marks behind the last.
//
//go:noescape
func flattenAVX(out *uint16, w *words, n int, p *places) (found int)

// places are where the bits of a byte stand. The assembly knows how they lie.
type places struct {
	low, high [256][8]uint8 // of the first and the second byte of two, 0 where there are no more
	slide     [9][16]uint8  // the shuffles that move the second's behind so many of the first's
}

var bitPlaces = makePlaces()

func makePlaces() (p places) {
	for b := range p.low {
		n := 0
		for i := range uint8(8) {
			if b>>i&1 != 0 {
				p.low[b][n], p.high[b][n] = i, i+8
				n++
			}
		}
	}
	for n := range p.slide {
		for i := range p.slide[n] {
			p.slide[n][i] = uint8(i - n) // below 0: a zero
		}
	}
	return p
}

// flatten writes to out what is behind each mark of n words, in bytes from the first
// bit of them on. It returns how many there are.
// out has room for 64 marks a word, and for marksRoom more.
func flatten(out []uint16, w *words, n int) (found int) {
	if processor.AVX2 {
		_ = out[n*64+marksRoom-1]
		return flattenAVX(&out[0], w, n, &bitPlaces)
	}
	return flattenWords(out, w, n)
}
