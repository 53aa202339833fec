package parquet

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// addText encodes rows from..from+n of f's subscribers, which ascend, as one page
// (DELTA_BYTE_ARRAY):
//
//	lengths   of what each has in common with the one before it, as deltas
//	lengths   of what each has behind that, as deltas
//	bytes     what each has behind that
//
// Parquet's strings must be UTF-8, and a reader may refuse the whole file for one that is
// not: U+FFFD stands for what is not, and the answer is that the column may not be sorted
// any more.
func (c *column) addText(p *pager, f *feature.Frame, from, n int) (sorted bool) {
	prefixes, rests := p.held[:n], p.rests[:n]
	p.levels, p.text, sorted = p.levels[:0], p.text[:0], true
	var last []byte
	for i := range n {
		text := f.Subscriber(from + i)
		if !utf8.Valid(text) {
			if i > 0 {
				c.boundText(last, false)
			}
			text, sorted = bytes.ToValidUTF8(text, []byte("\uFFFD")), false
			c.boundText(text, c.rows == 0 && i == 0)
		} else if i == 0 || i == n-1 || !sorted {
			c.boundText(text, c.rows == 0 && i == 0)
		}
		k := common(last, text)
		prefixes[i], rests[i] = int64(k), int64(len(text)-k)
		p.text = append(p.text, text[k:]...)
		last = text
	}
	p.body = appendDelta(appendDelta(p.body[:0], prefixes), rests)
	p.body = append(p.body, p.text...)
	c.end(p, n, 0, deltaTexts)
	return sorted
}

// common is how many bytes a and b begin with alike.
func common(a, b []byte) (n int) {
	for ; n+8 <= min(len(a), len(b)); n += 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
