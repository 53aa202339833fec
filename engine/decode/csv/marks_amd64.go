package csv

// detectAVX2 reports whether processor and system offer AVX2.
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
