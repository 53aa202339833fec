package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Switches put files of records between a header and a trailer:
//
//	30 CallEventDataFile
//	   A0 headerRecord:     [0] productionDateTime [1] recordingEntity ...
//	   A1 callEventRecords: the records
//	   A2 trailerRecord:    [0] productionDateTime [1] recordingEntity [2] firstCallDateTime
//	                        [3] lastCallDateTime [4] noOfRecords ...
//	   A3 extensions:       SET OF ManagementExtension
//
// Their tags are those of records. What tells them apart is the first member: that of a
// record is a recordType, or another member with a tag of its own.

// envelope is the body of the header, the trailer or the extensions that raw may be,
// nil when it is a record.
func envelope(raw []byte) []byte {
	if len(raw) < 2 || raw[0] != 0xA0 && raw[0] != 0xA2 && raw[0] != 0xA3 {
		return nil
	}
	if at := 2 + max(int(raw[1])-0x80, 0); at+1 < len(raw) && raw[at] == 0x80 && raw[at+1] == 1 { // as most records begin
		return nil
	}
	w := ber.Walk(raw)
	if !w.Next() {
		return nil
	}
	first := ber.Walk(w.Content)
	if !first.Next() {
		return nil
	}
	if first.Tag == ber.Context(0) && len(first.Content) == 9 || first.Tag.Class() == 0 {
		return w.Content
	}
	return nil
}

// claim tells w what a trailer claims. A header and extensions claim nothing.
func claim(w *decode.Writer, body []byte) {
	if n, ok := ber.Uint(ber.Find(body, ber.Context(4))); ok && n < 1<<62 {
		w.Claim(decode.Claims{Has: decode.ClaimRecords, Records: int64(n)})
	}
}

// container is the size of the header of the container that data begins with: a
// SEQUENCE or SET, or the records of a file of the kind above. 0 when data begins with
// no container.
func container(data []byte) int {
	data = data[:min(len(data), ber.RecordLook)]
	h, p := ber.ReadHeader(data)
	if p != ber.None || !h.Constructed || h.Tag != ber.Universal(16) && h.Tag != ber.Universal(17) && h.Tag != ber.Context(1) {
		return 0
	}
	inner, p := ber.ReadHeader(data[h.Size:])
	if p != ber.None || !inner.Constructed {
		return 0
	}
	if h.Tag == ber.Context(1) && (!beginsRecord(data[h.Size:]) || !inner.Indefinite && inner.Length < minRecord) {
		return 0
	}
	return h.Size
}

// minRecord is less than any record has octets, and more than any constructed member
// has that looks like the beginning of one.
const minRecord = 16
