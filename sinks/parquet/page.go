package parquet

// encoding is a page's encoding by its number in parquet.thrift.
type encoding uint8

const (
	plain       encoding = 0
	rle         encoding = 3 // of levels
	deltaPacked encoding = 5
	deltaTexts  encoding = 7
	dictIndexes encoding = 8
	encodings            = 9
)

// pageMax is the most rows of a page; a multiple of 8.
const pageMax = 1 << 14

const (
	headerMax   = 64 // no header of a page is longer, by far
	compressMin = 64 // bytes of a body below which it is left as it is
	gainShare   = 8  // one byte in so many must go for a page to be compressed
	sureShare   = 5  // one in so many went: the next page is, without being looked at first
)

// pager turns encoded values into pages. It and its buffers serve all columns of
// all files of a shard, one after another.
type pager struct {
	entropy entropy
	levels  []byte
	body    []byte // encoded values of the page
	pages   store
	text    []byte // of subscribers, what they have not in common
	held    [pageMax]int64
	rests   [pageMax]int64
	index   [pageMax]uint16
	small   [pageMax]byte // indexes of a byte
}

// addData makes a data page V2 of rows rows and tells its length when nothing is
// compressed. Levels and values are in p. The page stays until the store is reset. The
// values stay as they are where compressing gains little: an empty body must, some readers
// cannot decompress nothing. sure says that compressing will gain; the answer is also
// whether that is to be said of the next page.
func (p *pager) addData(rows, nulls int, enc encoding, sure bool) (page []byte, size int, again bool) {
	stored, compressed := p.lay(p.levels, sure)
	h := pageHeader{
		uncompressed: len(p.levels) + len(p.body),
		stored:       len(p.levels) + stored,
		values:       rows,
		nulls:        nulls,
		encoding:     enc,
		levels:       len(p.levels),
		compressed:   compressed,
	}
	page, size = p.finish(&h)
	return page, size, gains(len(p.body), stored, sureShare)
}

// lay puts levels and body into the store, behind room for a header, the body compressed
// if that gains enough, and returns how long that is then.
func (p *pager) lay(levels []byte, sure bool) (stored int, compressed bool) {
	page := p.pages.room(headerMax + len(levels) + frameMax(len(p.body)))
	at := headerMax + copy(page[headerMax:], levels)
	if len(p.body) >= compressMin {
		frame := p.entropy.appendFrame(page[at:at:len(page)], p.body, sure)
		if gains(len(p.body), len(frame), gainShare) {
			return len(frame), true
		}
	}
	return copy(page[at:], p.body), false
}

// finish puts h in front of what was laid, and takes that from the store.
func (p *pager) finish(h *pageHeader) (page []byte, size int) {
	var buf [headerMax]byte
	head := h.append(buf[:0])
	from, to := headerMax-len(head), headerMax+h.stored
	page = p.pages.room(to)[from:to:to]
	copy(page, head)
	p.pages.take(to)
	return page, len(head) + h.uncompressed
}

// gains reports whether n bytes that become m lose one in share.
func gains(n, m, share int) bool { return m <= n-n/share }

// addDictionary makes the dictionary page of values, which is always compressed (its
// header could not say that it is not), and tells its length before compression.
func (p *pager) addDictionary(values []int64) (page []byte, size int) {
	p.body = appendWords(p.body[:0], values)
	frame := p.entropy.appendFrame(p.pages.room(headerMax + frameMax(len(p.body)))[headerMax:headerMax], p.body, false)
	return p.finish(&pageHeader{
		dictionary:   true,
		uncompressed: len(p.body),
		stored:       len(frame),
		values:       len(values),
		encoding:     plain,
	})
}
