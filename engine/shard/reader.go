package shard

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/window"
)

// reader reads what may be damaged. After the first thing that is not there all
// others are 0, and failed says what was wrong; so a caller may read on for a
// while before it looks, but not allocate by what it has read.
type reader struct {
	data   []byte
	at     int // bytes read
	end    int // of the record, or the data
	failed string
	former *former // nil: it is of the present form
}

func (r *reader) left() int { return r.end - r.at }

func (r *reader) fail(what string) {
	if r.failed == "" {
		r.failed = what
	}
}

// take returns the next n bytes, which are not copied; nil if there are fewer.
func (r *reader) take(n int) []byte {
	if r.failed != "" || n < 0 || n > r.left() {
		r.fail("it ends too soon")
		return nil
	}
	b := r.data[r.at : r.at+n : r.at+n]
	r.at += n
	return b
}

func (r *reader) u8() byte {
	if b := r.take(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) u64() uint64 {
	if b := r.take(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (r *reader) uvarint() uint64 {
	v, n := binary.Uvarint(r.data[r.at:r.end])
	return read(r, v, n)
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.data[r.at:r.end])
	return read(r, v, n)
}

func read[T int64 | uint64](r *reader, v T, n int) T {
	if n <= 0 || r.failed != "" {
		r.fail("a number is cut off or too large")
		return 0
	}
	r.at += n
	return v
}

// packed reads a row into row, which is zero; or passes over it if row is nil.
func (r *reader) packed(l *window.Layout, row []uint64) {
	if r.failed != "" {
		return
	}
	n, ok := l.Unpack(row, r.data[r.at:r.end])
	if !ok {
		r.fail("a row is damaged")
		return
	}
	r.at += n
}
