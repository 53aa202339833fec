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
	length   uint32
	count    uint32
	sequence uint32
	opened   uint32 // 0 in files of writers that leave out all they can
	lost     uint8
}

const (
	// minHeader is the length of a header with neither filter nor extension.
	minHeader = 52
	// maxHeader is the length of one with a filter, an extension and releases that are as
	// long as can be.
	maxHeader = minHeader + 2*0xFFFF + 2
	// unknown stands for a length or count that the writer did not know.
	unknown = 0xFFFFFFFF
	// extended is the release of those that an octet more tells.
	extended = 7
)

// readHeader reads the header that head begins with. Where the length it tells leads to
// no CDR, it may be wrong, and the length by its parts counts.
func readHeader(head []byte) (h fileHeader, ok bool) {
	if len(head) < minHeader {
		return h, false
	}
	word := func(at int) uint32 { return binary.BigEndian.Uint32(head[at:]) }
	h = fileHeader{length: word(0), count: word(18), sequence: word(22), opened: word(10), lost: head[47]}
	told := word(4)
	if told < minHeader-2 || told > maxHeader && told != unknown {
		return h, false
	}
	if h.size = int(told); told <= uint32(len(head)) && h.holds(head) {
		return h, true
	}
	h.size = computedSize(head)
	return h, h.size > 0 && h.holds(head)
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

// holds reports whether a CDR follows the header, whole or cut, or nothing. The length
// of the file is no evidence where there are CDRs: it may be wrong. Fill is no evidence
// either: any file of zeros has that.
func (h *fileHeader) holds(head []byte) bool {
	rest, well := head[h.size:], computedSize(head) == h.size
	if len(rest) == 0 {
		return well && (h.length == unknown || int(h.length) >= h.size)
	}
	if beginsBER(look(rest)) {
		return true
	}
	if fileFill(rest, len(head) < decode.MaxHead) > 0 {
		return well && h.size == int(binary.BigEndian.Uint32(head[4:]))
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
