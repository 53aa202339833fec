package ts32298

import (
	"encoding/binary"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// fileHeader is what is used of the header of a file of TS 32.297, clause 6.1.1. Numbers
// are big-endian:
//
//	 0 file length     4 header length     8 high release and version   9 low ones
//	10 opened at      14 last CDR at      18 count of CDRs             22 sequence number
//	26 why it was closed                  27 address of the node, 20 octets
//	47 lost CDRs      48 length of the routeing filter, the filter
//	   length of the private extension, the extension
//	   an octet each that extends the high and the low release, where that is 7
//
// The times have neither year nor second, and are not used. A length or count of all
// ones is not known.
type fileHeader struct {
	size     int // octets of the header
	count    uint32
	sequence uint32
	opened   uint32 // 0 in files of writers that leave out all they can
	lost     uint8
}

const (
	// minHeader is the length of a header with neither filter nor extension.
	minHeader = 52
	// unknown stands for a length or count that the writer did not know.
	unknown = 0xFFFFFFFF
	// extended is the release of those that an octet more tells.
	extended = 7
)

// readHeader reads the header that head begins with. The problem says why there is none.
func readHeader(head []byte) (h fileHeader, problem string) {
	if len(head) < minHeader {
		return h, "too short for a header of TS 32.297"
	}
	word := func(at int) uint32 { return binary.BigEndian.Uint32(head[at:]) }
	h.count, h.sequence, h.opened, h.lost = word(18), word(22), word(10), head[47]
	length, told := word(0), word(4)
	switch {
	case told == unknown:
		h.size = computedSize(head)
	case told >= minHeader-2 && told <= uint32(len(head)):
		h.size = int(told)
	}
	if h.size == 0 {
		return h, "no length of a header of TS 32.297"
	}
	if length != unknown && int(length) < h.size {
		return h, "a file length that is less than that of its header"
	}
	return h, ""
}

// computedSize is the length of a header by its parts, 0 where head ends before it does.
func computedSize(head []byte) int {
	at := 50 + int(binary.BigEndian.Uint16(head[48:]))
	if at+2 > len(head) {
		return 0
	}
	at += 2 + int(binary.BigEndian.Uint16(head[at:]))
	for _, release := range head[8:10] {
		if release>>5 == extended {
			at++
		}
	}
	if at > len(head) {
		return 0
	}
	return at
}

// holds reports whether a CDR follows the header, whole or cut, or nothing.
func (h *fileHeader) holds(head []byte) bool {
	rest, well := head[h.size:], computedSize(head) == h.size
	if len(rest) == 0 {
		return h.count == 0 || well
	}
	if follows(rest, len(head) < decode.MaxHead) {
		return true
	}
	c, ok := readCDR(rest)
	if !ok || c.size == len(rest) {
		return false
	}
	if c.format > formatBER {
		return well && c.length > 0 && c.format <= formatXML && c.specification() != ""
	}
	return beginsRecord(rest[c.size:])
}

// claims are what the header claims. Sequence numbers count where the writer fills the
// header.
func (h *fileHeader) claims() (c decode.Claims) {
	if h.count != unknown {
		c.Has |= decode.ClaimRecords
		c.Records = int64(h.count)
	}
	if h.opened != 0 || h.sequence != 0 {
		c.Has |= decode.ClaimSequence
		c.Sequence = int64(h.sequence)
	}
	c.Has |= decode.ClaimLost
	c.Lost = h.lostCDRs()
	return c
}

// lostCDRs is how many CDRs were lost, at least: with the highest bit, that is the
// number; 128 says that some were, 255 that 127 or more were.
func (h *fileHeader) lostCDRs() int64 {
	switch {
	case h.lost == 128:
		return 1
	case h.lost > 128:
		return int64(h.lost) - 128
	}
	return int64(h.lost)
}

// String tells of the header, for people.
func (h *fileHeader) String() string {
	if h.count == unknown {
		return fmt.Sprintf("a TS 32.297 header of a file of CDRs, file %d", h.sequence)
	}
	return fmt.Sprintf("a TS 32.297 header of %d CDRs, file %d", h.count, h.sequence)
}
