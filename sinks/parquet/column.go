package parquet

import (
	"encoding/binary"
	"slices"

	"github.com/apache/arrow/go/v15/parquet/metadata"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// column gathers the pages of one column chunk, encoded, until the row group is
// written. Its buffers are kept from one row group, and file, to the next.
type column struct {
	pages   [][]byte       // data pages, headers included, in the pager's store
	stored  int            // bytes of them
	size    int            // of them, if nothing were compressed
	counts  [encodings]int // data pages by encoding
	rows    int
	absent  int // rows without a value
	dict    dictionary
	useDict bool
	sure    bool // the last page became much smaller when it was compressed
	stats   metadata.TypedStatistics
	low     []byte // bounds of texts
	high    []byte

	kind  kind
	wide  bool // the values are known to be spread: no dictionary
	nulls bool // may have nulls, so there are levels
}

func (c *column) reset() {
	c.pages, c.stored, c.size, c.counts = c.pages[:0], 0, 0, [encodings]int{}
	c.rows, c.absent = 0, 0
	c.useDict, c.sure = !c.wide, false
	c.dict.reset()
	c.stats.Reset()
}

// add encodes rows from..from+n of v as one page.
func (c *column) add(p *pager, v *feature.Column, from, n int) {
	nulls := countNulls(v.Valid, from, n)
	p.levels = p.levels[:0]
	if c.nulls {
		p.levels = appendLevels(p.levels, v.Valid, from, n, nulls)
	}
	p.body = p.body[:0]
	enc := plain
	switch {
	case nulls == n:
	case c.kind == bools:
		var set int
		p.body, set = appendBools(p.body, v.Bools, v.Valid, from, n, nulls)
		c.boundBools(set, n-nulls)
	case c.kind == floats:
		held := holdFloats(v.Floats, v.Valid, from, n, nulls, p.held[:n])
		if enc = c.number(p, held); enc == plain {
			c.bound(held)
			p.body = appendWords(p.body, held)
		}
	default:
		held := holdInts(v.Ints, v.Valid, from, n, nulls, p.held[:n])
		if enc = c.number(p, held); enc == plain {
			enc = deltaPacked
			c.bound(held)
			p.body = appendDelta(p.body, held)
		}
	}
	c.end(p, n, nulls, enc)
}

// number encodes held by the dictionary, as long as the chunk has one and it
// pays; plain means that it does not.
func (c *column) number(p *pager, held []int64) encoding {
	switch {
	case c.useDict && !c.dict.hashed && c.dict.numberBytes(held, p.small[:(len(held)+7)&^7]):
		w := min(8, c.dict.aligned()) // there may be more entries, but not on this page
		p.body = appendHybridBytes(append(p.body, byte(w)), p.small[:], len(held), w)
		return dictIndexes
	case c.useDict && c.dict.number(held, p.index[:len(held)]):
		w := c.dict.aligned()
		p.body = appendHybrid(append(p.body, byte(w)), p.index[:len(held)], w)
		return dictIndexes
	}
	c.useDict = false
	return plain
}

// end makes a page of what p holds.
func (c *column) end(p *pager, n, nulls int, enc encoding) {
	page, size, sure := p.addData(n, nulls, enc, c.sure)
	c.pages, c.sure = append(c.pages, page), sure
	c.stored += len(page)
	c.size += size
	c.counts[enc]++
	c.rows += n
	c.absent += nulls
}

// addDictionary makes the dictionary page, if there is one, and tells its length before
// compression. The entries enter the statistics: pages of indexes do not.
func (c *column) addDictionary(p *pager) (page []byte, size int) {
	if c.counts[dictIndexes] == 0 {
		return nil, 0
	}
	c.bound(c.dict.values)
	return p.addDictionary(c.dict.values)
}

// appendWords appends values as PLAIN: eight bytes each.
func appendWords(dst []byte, values []int64) []byte {
	dst = slices.Grow(dst, 8*len(values))
	for _, v := range values {
		dst = binary.LittleEndian.AppendUint64(dst, uint64(v))
	}
	return dst
}
