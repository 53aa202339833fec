package parquet

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// encoding is a page's encoding by its number in parquet.thrift.
type encoding uint8

const (
	plain       encoding = 0
	rle         encoding = 3 // of levels
	deltaPacked encoding = 5
	dictIndexes encoding = 8
	encodings            = 9
)

// pageMax is the most rows of a page; a multiple of 8.
const pageMax = 1 << 14

const (
	compressMin = 64 // bytes of a body below which it is left as it is
	gainShare   = 8  // one byte in so many must go for a page to be compressed ...
	matchShare  = 3  // ... and for matches to be worth the time that it takes to find them
)

// pager turns encoded values into pages. It and its buffers serve all columns of
// all files of a shard, one after another.
type pager struct {
	zstd    *zstd.Encoder
	entropy entropy
	levels  []byte
	body    []byte // encoded values of the page
	packed  []byte // body, compressed
	held    [pageMax]int64
	index   [pageMax]uint16
}

func newPager(level int) (*pager, error) {
	z, err := zstd.NewWriter(nil,
		zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(level)),
		zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false),
		zstd.WithWindowSize(128<<10))
	if err != nil {
		return nil, fmt.Errorf("set up zstd level %d: %w", level, err)
	}
	return &pager{zstd: z}, nil
}

// appendData appends a data page V2 of rows rows to dst and tells its length
// when nothing is compressed. Levels and values are in p. The values stay as
// they are where compressing gains little: an empty body must, some readers cannot
// decompress nothing. try is nil for values that are not worth looking for matches.
func (p *pager) appendData(dst []byte, rows, nulls int, enc encoding, try *effort) ([]byte, int) {
	body, compressed := p.body, false
	if len(body) >= compressMin && p.compress(try) {
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
	size := len(dst) - start + h.uncompressed
	dst = append(dst, p.levels...)
	return append(dst, body...), size
}

// compress packs the body and reports whether that gains enough.
func (p *pager) compress(try *effort) bool {
	if try == nil {
		p.packed = p.entropy.appendFrame(p.packed[:0], p.body)
		return gains(len(p.body), len(p.packed), gainShare)
	}
	if !try.worth() {
		return false
	}
	p.packed = p.zstd.EncodeAll(p.body, p.packed[:0])
	return try.learn(len(p.body), len(p.packed))
}

// gains reports whether n bytes that become m lose one in share.
func gains(n, m, share int) bool { return m <= n-n/share }

// effort decides whether the pages of a column chunk are searched for matches, which
// takes longer than all else together: after a page that gained too little the next
// ones are left as they are, twice as many each time.
type effort struct {
	skip  int // pages to leave as they are
	pause int // how many that was the last time
}

func (e *effort) worth() bool {
	if e.skip == 0 {
		return true
	}
	e.skip--
	return false
}

// learn reports whether a body of n bytes should be stored as m compressed ones.
func (e *effort) learn(n, m int) bool {
	if gains(n, m, matchShare) {
		e.pause = 0
		return true
	}
	e.pause = 2*e.pause + 1
	e.skip = e.pause
	return gains(n, m, gainShare)
}

// appendDictionary appends the dictionary page of values, which is always
// compressed (its header could not say that it is not), and tells its length before compression.
func (p *pager) appendDictionary(dst []byte, values []int64) ([]byte, int) {
	p.body = appendWords(p.body[:0], values)
	p.packed = p.entropy.appendFrame(p.packed[:0], p.body)
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
