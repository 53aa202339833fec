package csv

// detectAVX2 reports whether processor and system offer AVX2, and the processor
// POPCNT, which came before it.
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

// markAVX2 makes the marks and feeds of n times 64 bytes from src on, and reports
// whether a byte of them is strange[low half of the byte].
//
//go:noescape
func markAVX2(out *words, src *byte, n int, separator byte, strange *[16]byte) (odd bool)

// mark fills out with the marks and feeds of text, like classify, but only reports
// whether a byte may be odd, wherever it stands: true where it cannot tell.
func mark(out *words, text []byte, separator byte, strange *[16]byte) (odd bool) {
	if !hasAVX2 {
		return true
	}
	return len(text) > 0 && markAVX2(out, &text[0], len(text)/64, separator, strange)
}

// flattenAVX is flattenWords. It writes over up to marksRoom marks behind the last.
//
//go:noescape
func flattenAVX(out *uint16, w *words, n int, places *[256][8]uint8) (found, feeds int)

// places are the places of the bits of a byte.
var places = makePlaces()

func makePlaces() (p [256][8]uint8) {
	for b := range p {
		n := 0
		for i := range uint8(8) {
			if b>>i&1 != 0 {
				p[b][n] = i
				n++
			}
		}
	}
	return p
}

// flatten writes to out what is behind each mark of n words, in bytes from the first
// bit of them on. It returns how many there are, and how many of them are line feeds.
// out has room for 64 marks a word, and for marksRoom more.
func flatten(out []uint16, w *words, n int) (found, feeds int) {
	if hasAVX2 {
		_ = out[n*64+marksRoom-1]
		return flattenAVX(&out[0], w, n, &places)
	}
	return flattenWords(out, w, n)
}
