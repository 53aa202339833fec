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
	packed  []byte // body, compressed
	text    []byte // of subscribers, what they have not in common
	held    [pageMax]int64
	rests   [pageMax]int64
	index   [pageMax]uint16
	small   [pageMax]byte // indexes of a byte
}

// appendData appends a data page V2 of rows rows to dst and tells its length
// when nothing is compressed. Levels and values are in p. The values stay as
// they are where compressing gains little: an empty body must, some readers cannot
// decompress nothing. sure says that compressing will gain; the answer is also whether
// that is to be said of the next page.
func (p *pager) appendData(dst []byte, rows, nulls int, enc encoding, sure bool) (pages []byte, size int, again bool) {
	body, compressed := p.body, false
	if len(body) >= compressMin && p.compress(sure) {
		body, compressed = p.packed, true
	}
	h := pageHeader{
		uncompressed: len(p.levels) + len(p.body),
		stored:       len(p.levels) + len(body),
		values:       rows,
		nulls:        nulls,
		encoding:     enc,
		levels:       len(p.levels),
		compressed:   compressed,
	}
	start := len(dst)
	dst = h.append(dst)
	size = len(dst) - start + h.uncompressed
	dst = append(dst, p.levels...)
	return append(dst, body...), size, gains(len(p.body), len(body), sureShare)
}

// compress packs the body and reports whether that gains enough.
func (p *pager) compress(sure bool) bool {
	p.packed = p.entropy.appendFrame(p.packed[:0], p.body, sure)
	return gains(len(p.body), len(p.packed), gainShare)
}

// gains reports whether n bytes that become m lose one in share.
func gains(n, m, share int) bool { return m <= n-n/share }

// appendDictionary appends the dictionary page of values, which is always
// compressed (its header could not say that it is not), and tells its length before compression.
func (p *pager) appendDictionary(dst []byte, values []int64) ([]byte, int) {
	p.body = appendWords(p.body[:0], values)
	p.packed = p.entropy.appendFrame(p.packed[:0], p.body, false)
	h := pageHeader{
		dictionary:   true,
		uncompressed: len(p.body),
		stored:       len(p.packed),
		values:       len(values),
		encoding:     plain,
	}
	start := len(dst)
	dst = h.append(dst)
	size := len(dst) - start + h.uncompressed
	return append(dst, p.packed...), size
}
