//go:build !amd64

package csv

// classify fills out with the marks of text, whose length is a multiple of 64
// and at most that of a stretch, and returns the odd bits of all words together.
func classify(out *words, text []byte, separator, blank byte) (odd uint64) {
	return classifyWords(out, text, separator, blank)
}

// flatten writes to out where the marks of n words stand, in bytes from the first
// bit of them on, plus base. It returns how many there are.
func flatten(out []uint32, w *words, n int, base uint32) (found int) {
	return flattenWords(out, w, n, base)
}
