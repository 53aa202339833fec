package csv

// detectAVX2 reports whether processor and system offer AVX2, and the processor
// BMI1 and POPCNT, which came before it.
func detectAVX2() bool

var hasAVX2 = detectAVX2()

// classifyAVX2 is classifyWords for n times 64 bytes from src on.
//
//go:noescape
func classifyAVX2(out *words, src *byte, n int, separator, blank byte) (odd uint64)

// classify fills out with the marks of text, whose length is a multiple of 64
// and at most that of a stretch, and returns the odd bits of all words together.
func classify(out *words, text []byte, separator, blank byte) (odd uint64) {
	if hasAVX2 && len(text) > 0 {
		return classifyAVX2(out, &text[0], len(text)/64, separator, blank)
	}
	return classifyWords(out, text, separator, blank)
}

// flattenBMI is flattenWords. It writes over up to marksRoom marks behind the last.
//
//go:noescape
func flattenBMI(out *uint32, marks *uint64, n int, base uint32) (found int)

// flatten writes to out where the marks of n words stand, in bytes from the first
// bit of them on, plus base. It returns how many there are. out has room for 64 marks
// a word, and for marksRoom more.
func flatten(out []uint32, w *words, n int, base uint32) (found int) {
	if hasAVX2 {
		_ = out[n*64+marksRoom-1]
		return flattenBMI(&out[0], &w.marks[0], n, base)
	}
	return flattenWords(out, w, n, base)
}
