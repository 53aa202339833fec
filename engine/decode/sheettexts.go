package decode

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// hash hashes the records as they stand.
func (s *Sheet) hash() {
	b := s.Block
	for k := s.from; k < s.to; k++ {
		s.room.rawHash[k&(SheetRows-1)] = cdr.Hash(s.raw[k&(SheetRows-1)].Of(b))
	}
}

// cells reads the column of cells, and their regions.
func (s *Sheet) cells(c *strip, u *Rules) {
	p, usual := c.text, u.regions == nil
	for left := c.rows; left != 0; {
		k := left.next()
		x := &s.room.rows[k&(SheetRows-1)]
		from, end := c.field(k)
		length := end - from
		if usual && uint(length-9) < 8 {
			first, last := p.word(from), p.word(end-8)
			dashes := dashed{first: equalBytes(first, '-'), last: equalBytes(last, '-'), length: length}
			if dashes != s.dashes {
				s.lac, s.dashes = lacOf(dashes), dashes
			}
			if lac := s.lac; uint(lac.end-9) < 8 && allBelowTen((first^asciiZeros)&lac.network) {
				x.Cell = max(cdr.HashWords(first, last, length), 1)
				x.Region = max(cdr.HashWords(first, p.word(from+lac.end-8), lac.end), 1)
				continue
			}
		}
		text := c.of(k)
		x.Cell, x.Region = HashText(text), u.region(text)
	}
}

// dashed is how a cell of 9 to 16 bytes is written: the dashes among its first and its
// last eight bytes. Nearly all cells of a feed are written as the one before.
type dashed struct {
	first, last uint64
	length      int
}

// lac is where PLMN-LAC ends in a cell that is so dashed, and the bytes of its first
// word that must be the digits of the network. It ends at 0 where the cell is not written
// PLMN-LAC-CI, or is not for this.
type lac struct {
	end     int
	network uint64
}

func lacOf(d dashed) lac {
	dashes := dashBits(d.first) | dashBits(d.last)<<(d.length-8)
	first, rest := bits.TrailingZeros64(dashes), dashes&(dashes-1)
	second := bits.TrailingZeros64(rest)
	if bits.OnesCount64(dashes) != 2 || first == 0 || first > 7 || second == first+1 || second+1 == d.length {
		return lac{}
	}
	return lac{end: second, network: firstBytes[first]}
}

// served reads the column of IMSIs.
func (s *Sheet) served(c *strip) {
	for left := c.rows; left != 0; {
		k := left.next()
		s.room.rows[k].IMSI = packDigits(c.of(k))
	}
}

// devices reads the column of devices.
func (s *Sheet) devices(c *strip) {
	for left := c.rows; left != 0; {
		k := left.next()
		s.room.rows[k].IMEI = device(c.of(k))
	}
}

// visited reads the column of visited networks.
func (s *Sheet) visited(c *strip) {
	for left := c.rows; left != 0; {
		k := left.next()
		text := c.of(k)
		if len(text) != 5 && len(text) != 6 || digitsOf(text) != len(text) {
			s.doubt(k)
			continue
		}
		s.room.rows[k].VisitedMCC = mcc(text)
	}
}

// identities reads the column of record ids, or stands on the hashes of the records.
// Where the ids stand is only noted where they are kept: the column is empty else.
func (s *Sheet) identities(c *strip, keep bool) {
	t := &s.room
	*t.id = [SheetRows]cdr.Span{}
	for left := s.valid &^ c.rows; left != 0; {
		k := left.next()
		t.rows[k].Identity = t.rawHash[k]
	}
	for left := c.rows; left != 0; {
		k := left.next()
		at := k & (SheetRows - 1)
		t.rows[at].Identity = cdr.Mix(cdr.Hash(c.of(k)) + uint64(s.direction[at])<<32 + s.partial[at])
		if keep {
			from, end := c.field(k)
			t.id[at] = cdr.Span{Off: uint32(s.Base + from), Len: uint32(end - from)}
		}
	}
}
