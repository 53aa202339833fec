//go:build !amd64

package csv

import "github.com/cdrstream/cdrstream/engine/cdr"

// classify fills out with the marks of text, whose length is a multiple of 64
// and at most that of a stretch, and returns the odd bits of all words together.
func classify(out *words, text []byte, separator, blank byte) (odd uint64) {
	return classifyWords(out, text, separator, blank)
}

// flatten writes to out what is behind each mark of n words, in bytes from the first
// bit of them on. It returns how many there are.
func flatten(out []uint16, w *words, n int) (found int) { return flattenWords(out, w, n) }

// mark would find the marks of text without odd bits, were it of use.
func mark(*words, []byte, *[16]byte) (sum int, ok bool) { return 0, false }

// lines is only called where mark is of use.
func lines([]cdr.Span, []uint16, []byte, int, int) (done int) { return 0 }
