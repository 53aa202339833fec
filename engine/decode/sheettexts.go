package decode

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// hash hashes the records as they stand.
func (s *Sheet) hash() {
	b := s.Block
	for k := s.from; k < s.to; k++ {
		s.columns.rawHash[k&(tileRows-1)] = cdr.Hash(s.columns.raw[k&(tileRows-1)].Of(b))
	}
}

// cells reads the column of cells, and their regions.
func (s *Sheet) cells(c strip, u *Rules) {
	t, i := &s.columns, uintptr(0)
	if !c.has() {
		t.cell, t.region = [tileRows]uint64{}, [tileRows]uint64{}
		return
	}
	p, usual := s.page, u.regions == nil
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		length := end - from
		if usual && uint(length-9) < 8 {
			first, last := p.word(from), p.word(end-8)
			dashes := dashed{first: equalBytes(first, '-'), last: equalBytes(last, '-'), length: length}
			if dashes != s.dashes {
				s.lac, s.dashes = lacOf(dashes), dashes
			}
			if lac := s.lac; uint(lac.end-9) < 8 && allBelowTen((first^asciiZeros)&lac.network) {
				t.cell[k&(tileRows-1)] = max(cdr.HashWords(first, last, length), 1)
				t.region[k&(tileRows-1)] = max(cdr.HashWords(first, p.word(from+lac.end-8), lac.end), 1)
				continue
			}
		}
		var cell, region uint64
		if text := s.of(c, k); len(text) > 0 {
			cell, region = HashText(text), u.region(text)
		}
		t.cell[k&(tileRows-1)], t.region[k&(tileRows-1)] = cell, region
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

// packed reads a column of digits.
func (s *Sheet) packed(c strip, to *[tileRows]uint64) {
	*to = [tileRows]uint64{}
	if !c.has() {
		return
	}
	i := uintptr(0)
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		if from != end {
			to[k&(tileRows-1)] = packDigits(s.of(c, k))
		}
	}
}

// devices reads the column of devices.
func (s *Sheet) devices(c strip) {
	to, i := &s.columns.imei, uintptr(0)
	*to = [tileRows]uint64{}
	if !c.has() {
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		if from != end {
			to[k&(tileRows-1)] = device(s.of(c, k))
		}
	}
}

// visited reads the column of visited networks and returns the rows that have one.
func (s *Sheet) visited(c strip) (told missed) {
	to := &s.columns.visitedMCC
	*to = [tileRows]uint16{}
	if !c.has() {
		return 0
	}
	told = s.filled(c)
	for left := told; left != 0; {
		k := left.next()
		text := s.of(c, k)
		if len(text) != 5 && len(text) != 6 || digitsOf(text) != len(text) {
			s.doubt(k)
			continue
		}
		to[k] = mcc(text)
	}
	return told
}

// identities reads the column of record ids, or stands on the hashes of the records.
// Where the ids stand is only noted where they are kept: the column is empty else.
func (s *Sheet) identities(c strip, keep bool) {
	t, i := &s.columns, uintptr(0)
	if !keep || !c.has() {
		t.id = [tileRows]cdr.Span{}
	}
	if !c.has() {
		t.identity = t.rawHash
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		at := k & (tileRows - 1)
		if keep {
			t.id[at] = cdr.Span{Off: uint32(s.Base + from), Len: uint32(end - from)}
		}
		id := t.rawHash[at]
		if from != end {
			id = cdr.Mix(cdr.Hash(s.of(c, k)) + uint64(s.direction[at])<<32 + uint64(s.partial[at]))
		}
		t.identity[at] = id
	}
}
