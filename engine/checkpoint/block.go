package checkpoint

import (
	"bytes"
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Version is the version of the format that this package writes.
const Version = 1

// Kind says what a block holds.
type Kind uint8

// What a block holds.
const (
	Subscribers Kind = 1 // some subscribers of a partition
	Day         Kind = 2 // a closed day of a partition

	piece Kind = 3   // of the reorder buffer
	end   Kind = 255 // the end mark
)

// MaxBlock is the most bytes that the data of a block may have.
const MaxBlock = 1 << 30

// Block is a piece of state of one partition of the subscribers. What Data means
// is the affair of the package that made it.
type Block struct {
	Kind      Kind // Subscribers or Day
	Partition uint8
	Day       int32 // days since 1970-01-01; 0 unless Kind is Day
	Data      []byte
}

const (
	magic      = "cdrstate"
	headLen    = 32
	headerLen  = 24
	endDataLen = 16
	pieceLen   = 1 << 20 // of the reorder buffer in one block
)

// head is the head of a file.
func head(i identity) (b [headLen]byte) {
	copy(b[:], magic)
	binary.LittleEndian.PutUint32(b[8:], Version)
	binary.LittleEndian.PutUint32(b[12:], i.writer)
	binary.LittleEndian.PutUint64(b[16:], i.epoch)
	b[24] = byte(i.kind.code())
	binary.LittleEndian.PutUint32(b[28:], disk.UpdateSum(0, b[:28]))
	return b
}

// checkHead says what is wrong with the head of the file i, "" if nothing or if
// its version is newer. seed is the checksum.
func checkHead(b *[headLen]byte, i identity) (seed uint32, version int, wrong string) {
	seed = disk.UpdateSum(0, b[:28])
	version = int(binary.LittleEndian.Uint32(b[8:]))
	switch {
	case !bytes.Equal(b[:8], []byte(magic)):
		return seed, 0, "it does not begin like a file of a state directory"
	case seed != binary.LittleEndian.Uint32(b[28:]):
		return seed, 0, "the checksum of its head is wrong"
	case version <= Version && *b != head(i):
		return seed, version, "its head belongs to another file"
	}
	return seed, version, ""
}

// header is the header of a block.
type header struct {
	length    uint32
	kind      Kind
	partition uint8
	day       int32
	number    uint32
	sum       uint32 // of the data
}

// put writes h. seed is the checksum of the head of the file.
func (h *header) put(b *[headerLen]byte, seed uint32) {
	binary.LittleEndian.PutUint32(b[0:], h.length)
	binary.LittleEndian.PutUint32(b[4:], uint32(h.kind)|uint32(h.partition)<<8)
	binary.LittleEndian.PutUint32(b[8:], uint32(h.day))
	binary.LittleEndian.PutUint32(b[12:], h.number)
	binary.LittleEndian.PutUint32(b[16:], h.sum)
	binary.LittleEndian.PutUint32(b[20:], disk.UpdateSum(seed, b[:20]))
}

// get is the inverse of put. It reports whether the checksum is right.
func (h *header) get(b *[headerLen]byte, seed uint32) bool {
	h.length = binary.LittleEndian.Uint32(b[0:])
	h.kind, h.partition = Kind(b[4]), b[5]
	h.day = int32(binary.LittleEndian.Uint32(b[8:]))
	h.number = binary.LittleEndian.Uint32(b[12:])
	h.sum = binary.LittleEndian.Uint32(b[16:])
	return binary.LittleEndian.Uint32(b[20:]) == disk.UpdateSum(seed, b[:20])
}

// addHeader adds a header to the checksum of a file. It leaves out the header's own
// checksum: a CRC over bytes and their CRC is the same whatever the bytes are.
func addHeader(sum uint32, b *[headerLen]byte) uint32 {
	return disk.UpdateSum(sum, b[:headerLen-4])
}

// endData is the data of the end mark.
func endData(blocks, bytes uint64) (b [endDataLen]byte) {
	binary.LittleEndian.PutUint64(b[0:], blocks)
	binary.LittleEndian.PutUint64(b[8:], bytes)
	return b
}
