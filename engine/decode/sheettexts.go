package decode

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// cells reads the column of cells, and their regions.
func (s *Sheet) cells(c *strip, u *Rules) {
	rows, miss := s.room.rows, c.rows
	if u.regions == nil {
		miss = usualCells(c, inRows(&rows[0].Cell), inRows(&rows[0].Region))
	}
	for miss != 0 {
		k := miss.next()
		text := c.of(k)
		rows[k].Cell, rows[k].Region = HashText(text), u.region(text)
	}
}

// usualCellsWords reads cells of 9 to 16 bytes written PLMN-LAC-CI.
func usualCellsWords(c *strip, cells, regions column[uint64]) (miss missed) {
	p := c.text
	var known dashed // nearly all cells of a feed are written as the one before
	var lac lac
	for left := c.rows; left != 0; {
		k := left.next()
		from, end := c.field(k)
		length := end - from
		if uint(length-9) >= 8 {
			miss.add(k)
			continue
		}
		first, last := p.word(from), p.word(end-8)
		dashes := dashed{first: equalBytes(first, '-'), last: equalBytes(last, '-'), length: length}
		if dashes != known {
			lac, known = lacOf(dashes), dashes
		}
		if uint(lac.end-9) >= 8 || !allBelowTen((first^asciiZeros)&lac.network) {
			miss.add(k)
			continue
		}
		*cells.at(k) = max(cdr.HashWords(first, last, length), 1)
		*regions.at(k) = max(cdr.HashWords(first, p.word(from+lac.end-8), lac.end), 1)
	}
	return miss
}

// dashed is how a cell of 9 to 16 bytes is written: the dashes among its first and its
// last eight bytes.
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
	if keep {
		for left := c.rows; left != 0; {
			k := left.next()
			from, end := c.field(k)
			t.id[k] = cdr.Span{Off: uint32(s.Base + from), Len: uint32(end - from)}
		}
	}
	for left := shortIDs(c, inRows(&t.rows[0].Identity), &s.direction, &s.partial); left != 0; {
		k := left.next() & (SheetRows - 1)
		t.rows[k].Identity = cdr.Mix(cdr.Hash(c.of(k)) + uint64(s.direction[k])<<32 + s.partial[k])
	}
}
