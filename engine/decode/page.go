package decode

import (
	"encoding/binary"
	"math/bits"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// page is the text of a sheet, read by whole words and with no check of where they
// end: a third of the instructions of a column would be such checks. So it is only
// for fields that stand at least margin bytes from both ends of the block, of rows
// that [Sheet.begin] admitted.
type page struct{ first unsafe.Pointer }

func pageOf(text []byte) page { return page{unsafe.Pointer(unsafe.SliceData(text))} }

// word is the eight bytes from at on.
func (p page) word(at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(p.first, at))[:])
}

// byte is the byte at at.
func (p page) byte(at int) byte { return *(*byte)(unsafe.Add(p.first, at)) }

// short is the shortID bytes from at on, of which who asks knows that they are there.
func (p page) short(at int) *[shortID]byte { return (*[shortID]byte)(unsafe.Add(p.first, at)) }

// strip is one column of a sheet. The zero strip is a column that no record fills.
type strip struct {
	text page
	from *[SheetRows]uint16 // where the field of each row begins
	next *[SheetRows]uint16 // one byte behind its end
	rows missed             // those with a text
}

// field is where the field of row k stands.
func (c *strip) field(k int) (from, end int) {
	return int(c.from[k&(SheetRows-1)]), int(c.next[k&(SheetRows-1)]) - 1
}

// of is the text of row k.
func (c *strip) of(k int) []byte {
	from, end := c.field(k)
	return unsafe.Slice((*byte)(unsafe.Add(c.text.first, from)), end-from)
}

// missed is a set of rows: often those whose field is to be read another way.
type missed uint64

// next takes the first row out of the set.
func (m *missed) next() (k int) {
	k = bits.TrailingZeros64(uint64(*m))
	*m &= *m - 1
	return k
}

// add adds row k.
func (m *missed) add(k int) { *m |= 1 << (k & 63) }

// has reports whether row k is in the set.
func (m missed) has(k int) bool { return m>>(k&63)&1 != 0 }

const rowSize = unsafe.Sizeof(cdr.Row{})

// column is where the values of a column go, stride bytes from row to row.
type column[T any] struct {
	first  *T
	stride uintptr
}

// inRows is a column of the rows that the field of the first one is of.
func inRows[T any](first *T) column[T] { return column[T]{first, rowSize} }

// at is the value of row k.
func (c column[T]) at(k int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(c.first), uintptr(k&(SheetRows-1))*c.stride))
}

// firstBytes and lastBytes keep the first or last n bytes of a word that begins or
// ends with a text of n bytes, all where the text is longer; n is below 16.
var firstBytes, lastBytes = byteMasks()

func byteMasks() (first, last [16]uint64) {
	for n := range first {
		unused := 64 - 8*min(n, 8)
		first[n], last[n] = ^uint64(0)>>unused, ^uint64(0)<<unused
	}
	return first, last
}

// beyondEight keeps a word where a text of n bytes is longer than that.
var beyondEight = [16]uint64{9: ^uint64(0), 10: ^uint64(0), 11: ^uint64(0), 12: ^uint64(0), 13: ^uint64(0), 14: ^uint64(0), 15: ^uint64(0)}
