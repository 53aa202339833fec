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
	if len(raw) < 2 || raw[0]&^3 != 0xA0 {
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
		if raw[0] == 0xA1 && first.Problem == ber.None { // no records
			return []byte{}
		}
		return nil
	}
	stamped := first.Tag == ber.Context(0) && len(first.Content) == 9
	if raw[0] == 0xA3 && first.Tag == ber.Universal(16) || raw[0] != 0xA1 && raw[0] != 0xA3 && stamped {
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

// containers is the size of the headers of the containers that data begins with, one in
// the other: SEQUENCEs or SETs, and the records of a file of the kind above.
func containers(data []byte) (at int) {
	for range maxContainers {
		b := data[at:min(len(data), at+ber.RecordLook)]
		h, p := ber.ReadHeader(b)
		switch {
		case p != ber.None || !h.Constructed:
			return at
		case h.Tag == ber.Universal(16) || h.Tag == ber.Universal(17):
		case h.Tag == ber.Context(1) && holdsRecord(b[h.Size:]):
		default:
			return at
		}
		at += h.Size
	}
	return at
}

// maxContainers is how deep containers are looked into.
const maxContainers = 4

// minRecord is less than any record has octets, and more than any constructed member
// has that looks like the beginning of one.
const minRecord = 16

// holdsRecord reports whether the content b of an element begins with a record.
func holdsRecord(b []byte) bool {
	h, p := ber.ReadHeader(b)
	return p == ber.None && h.Constructed && (h.Indefinite || h.Length >= minRecord) && beginsRecord(b)
}
