package decode

import "math/bits"

// vocabulary finds one of a few words without a branch that depends on which: a
// multiplication tells where in the table a word would stand.
type vocabulary struct {
	factor  uint64
	entries [vocabularySize]vocable
	slow    func([]byte) (uint8, bool) // any way to write a word
}

const vocabularySize = 16

// vocable is a word: its first and last eight bytes, which are the same where it
// has no more.
type vocable struct {
	first, last uint64
	length      uint32
	value       uint8
}

// key is what the place of a word follows from.
func (v *vocable) key() uint64 { return v.first + 3*v.last }

func (v *vocabulary) slot(key uint64) int {
	return int(key * v.factor >> (64 - 4) & (vocabularySize - 1))
}

// newVocabulary makes the table of words of at most 16 bytes. No text has the value 0.
func newVocabulary(slow func([]byte) (uint8, bool), words ...string) vocabulary {
	v := vocabulary{slow: slow}
	for seed := uint64(1); !v.fill(seed*0x9e3779b97f4a7c15|1, words); seed++ {
	}
	return v
}

// fill puts the words in the places that factor gives them; false where two share one.
func (v *vocabulary) fill(factor uint64, words []string) bool {
	v.factor, v.entries = factor, [vocabularySize]vocable{}
	var taken uint64 = 1 // no text
	for _, w := range words {
		value, _ := v.slow([]byte(w))
		e := vocable{first: head(w), last: head(w[max(len(w)-8, 0):]), length: uint32(len(w)), value: value}
		at := v.slot(e.key())
		if taken>>at&1 != 0 {
			return false
		}
		taken |= 1 << at
		v.entries[at] = e
	}
	return bits.OnesCount64(taken) == len(words)+1
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

// words reads a column of one of a few words.
func (s *Sheet) words(c strip, has bool, v *vocabulary, to *[SheetRows]uint8) {
	if !has {
		*to = [SheetRows]uint8{}
		return
	}
	b, i := s.Block, 0
	for k := s.from; k < s.to; k++ {
		from, end := c.at[i]+1, c.at[i+1]
		i += c.stride
		length := end - from
		unused := 64 - 8*min(length, 8)
		x := vocable{first: word(b, from) << unused >> unused, last: word(b, end-8) >> unused, length: length}
		e := &v.entries[v.slot(x.key())]
		if e.first != x.first || e.last != x.last || e.length != length {
			s.oddWord(k, b[from:end], v, to)
			continue
		}
		to[k&(SheetRows-1)] = e.value
	}
}

func (s *Sheet) oddWord(k int, text []byte, v *vocabulary, to *[SheetRows]uint8) {
	value, ok := v.slow(text)
	if !ok {
		s.doubt(k)
	}
	to[k&(SheetRows-1)] = value
}
