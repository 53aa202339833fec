package decode

// vocabulary finds one of a few words without a branch that depends on which: a
// multiplication of its first eight bytes tells where in the tables it would stand.
type vocabulary struct {
	factor uint64
	first  [vocabularySize]uint64 // the first eight bytes
	last   [vocabularySize]uint64 // the last eight, where there are more than eight
	length [vocabularySize]int
	whole  [vocabularySize][16]byte // the word, and last its length and 1
	value  [vocabularySize]uint8
	slow   func([]byte) (uint8, bool) // any way to write a word
}

const vocabularySize = 16

func (v *vocabulary) slot(first uint64) uint64 {
	return first * v.factor >> (64 - 4) & (vocabularySize - 1)
}

// newVocabulary makes the table of words of at most 15 bytes. No text has the value 0.
func newVocabulary(slow func([]byte) (uint8, bool), words ...string) vocabulary {
	v := vocabulary{slow: slow}
	for seed := uint64(1); !v.fill(seed*0x9e3779b97f4a7c15|1, words); seed++ {
	}
	return v
}

// fill puts the words in the places that factor gives them; false where two share one.
func (v *vocabulary) fill(factor uint64, words []string) bool {
	*v = vocabulary{factor: factor, slow: v.slow}
	taken := uint64(1) // no text
	for _, w := range words {
		first, last := head(w), uint64(0)
		if len(w) > 8 {
			last = head(w[len(w)-8:])
		}
		at := v.slot(first)
		if taken>>at&1 != 0 {
			return false
		}
		taken |= 1 << at
		v.first[at], v.last[at], v.length[at] = first, last, len(w)
		v.whole[at] = wholeWord(w)
		v.value[at], _ = v.slow([]byte(w))
	}
	return true
}

func wholeWord(w string) (b [16]byte) {
	copy(b[:], w)
	b[15] = byte(len(w) + 1)
	return b
}

// head is the first eight bytes of a word.
func head(w string) (x uint64) {
	for i := range min(len(w), 8) {
		x |= uint64(w[i]) << (8 * i)
	}
	return x
}

var (
	serviceWords   = newVocabulary(valueOf(readService), "voice", "sms", "mms", "data")
	directionWords = newVocabulary(valueOf(readDirection), "both", "originating", "terminating", "none")
	outcomeWords   = newVocabulary(valueOf(readOutcome), "answered", "no_answer", "busy", "failed")
	ratWords       = newVocabulary(valueOf(readRAT), "2g", "3g", "4g", "5g", "wifi")
	boolWords      = newVocabulary(readFlag, "true", "1", "yes", "false", "0", "no")
)

func valueOf[T ~uint8](read func([]byte) (T, bool)) func([]byte) (uint8, bool) {
	return func(b []byte) (uint8, bool) {
		v, ok := read(b)
		return uint8(v), ok
	}
}

func readFlag(b []byte) (v uint8, ok bool) {
	on, ok := readBool(b)
	if on {
		v = 1
	}
	return v, ok
}

// words reads a column of one of a few words; no text is 0.
func (s *Sheet) words(c *strip, v *vocabulary, to *[SheetRows]uint8) {
	*to = [SheetRows]uint8{}
	for miss := v.read(c, to); miss != 0; {
		k := miss.next()
		value, ok := v.slow(c.of(k))
		if !ok {
			s.doubt(k)
		}
		to[k] = value
	}
}

// readWords reads the words as they are usually written.
func (v *vocabulary) readWords(c *strip, to *[SheetRows]uint8) (miss missed) {
	p := c.text
	for left := c.rows; left != 0; {
		k := left.next()
		from, end := c.field(k)
		length := end - from
		first, last := p.word(from)&firstBytes[length&15], p.word(end-8)&beyondEight[length&15]
		at := v.slot(first)
		if v.first[at] != first || v.last[at] != last || v.length[at] != length {
			miss.add(k)
		}
		to[k&(SheetRows-1)] = v.value[at]
	}
	return miss
}
