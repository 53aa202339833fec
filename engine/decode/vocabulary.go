package decode

// vocabulary finds one of a few words without a branch that depends on which: its first
// byte tells where in the tables it would stand. Where none does, the length is 0.
type vocabulary struct {
	words [vocabularySize]spelling
	table table                      // the same for the assembly
	slow  func([]byte) (uint8, bool) // any way to write a word
}

// spelling is a word as words of text.
type spelling struct {
	first  uint64 // the first eight bytes
	last   uint64 // the last eight, where there are more than eight
	length int
	value  uint8
}

// table are words for vector instructions. Rows of its parts are 16 bytes.
type table struct {
	texts [vocabularySize][16]byte
	masks [vocabularySize][16]byte // of the bytes of the texts
	told  [vocabularySize]told
}

type told struct {
	width uint32 // of the word and the mark behind it
	value uint8
	_     [11]byte
}

const vocabularySize = 16

func slot(first uint64) uint64 { return first & (vocabularySize - 1) }

// newVocabulary makes the table of words of at most 16 bytes that differ in the low half
// of their first byte. No text has the value 0.
func newVocabulary(slow func([]byte) (uint8, bool), words ...string) *vocabulary {
	v := &vocabulary{slow: slow}
	for _, w := range words {
		first, last := head(w), uint64(0)
		if len(w) > 8 {
			last = head(w[len(w)-8:])
		}
		at := slot(first)
		if v.words[at].length != 0 || len(w) > 16 {
			panic("decode: no table of words holds " + w)
		}
		value, _ := slow([]byte(w))
		v.words[at] = spelling{first, last, len(w), value}
		v.table.told[at] = told{width: uint32(len(w) + 1), value: value}
		for i := range w {
			v.table.texts[at][i], v.table.masks[at][i] = w[i], 0xFF
		}
	}
	return v
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
		w := &v.words[slot(first)]
		if w.first != first || w.last != last || w.length != length {
			miss.add(k)
		}
		to[k&(SheetRows-1)] = w.value
	}
	return miss
}
