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

// markAVX2 makes the marks of n times 64 bytes from src on, and reports
// whether a byte of them is strange[low half of the byte].
//
//go:noescape
func markAVX2(out *words, src *byte, n int, separator byte, strange *[16]byte) (odd bool)

// mark fills out with the marks of text, like classify, but only reports
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
func flattenAVX(out *uint16, w *words, n int, p *places) (found int)

// places are where the bits of a byte stand. The assembly knows how they lie.
type places struct {
	low, high [256][8]uint8 // of the first and the second byte of two, 0 where there are no more
	slide     [256]uint8    // where the control begins that moves the second's behind the first's
	control   [32]uint8     // of the shuffle that moves bytes up, by eight at its beginning
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
		p.slide[b] = uint8(8 - n)
	}
	for i := range p.control {
		p.control[i] = uint8(i - 8) // below 0: a zero
	}
	return p
}

// flatten writes to out what is behind each mark of n words, in bytes from the first
// bit of them on. It returns how many there are.
// out has room for 64 marks a word, and for marksRoom more.
func flatten(out []uint16, w *words, n int) (found int) {
	if hasAVX2 {
		_ = out[n*64+marksRoom-1]
		return flattenAVX(&out[0], w, n, &bitPlaces)
	}
	return flattenWords(out, w, n)
}
