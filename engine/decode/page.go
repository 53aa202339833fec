package decode

import (
	"encoding/binary"
	"unsafe"
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

// strip is one column of a sheet, from the first row that is read on: the fields of
// rows lie between two marks each, stride bytes of marks from row to row.
type strip struct {
	marks  unsafe.Pointer
	stride uintptr
}

const markSize = unsafe.Sizeof(uint16(0))

// stripOf is the strip of rows whose first field lies between the first two of
// marks, fields marks from row to row.
func stripOf(marks []uint16, fields, rows int) strip {
	_ = marks[(rows-1)*fields+1]
	return strip{unsafe.Pointer(unsafe.SliceData(marks)), uintptr(fields) * markSize}
}

// field is where the field of a row stands that is at bytes of marks behind the first.
func (c strip) field(at uintptr) (from, end int) {
	p := unsafe.Add(c.marks, at)
	return int(*(*uint16)(p)), int(*(*uint16)(unsafe.Add(p, markSize))) - 1
}

// has reports whether the sheet has the column.
func (c strip) has() bool { return c.marks != nil }

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
