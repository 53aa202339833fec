package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// hash hashes the records as they stand.
func (s *Sheet) hash() {
	b := s.Block
	for k := s.from; k < s.to; k++ {
		s.columns.rawHash[k&(tileRows-1)] = cdr.Hash(s.Raw[k&(SheetRows-1)].Of(b))
	}
}

// cells reads the column of cells, and their regions.
func (s *Sheet) cells(c strip, u *Rules) {
	t, i := &s.columns, uintptr(0)
	t.cell, t.region = [tileRows]uint64{}, [tileRows]uint64{}
	if !c.has() {
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		if from != end {
			text := s.Block[from:end]
			t.cell[k&(tileRows-1)], t.region[k&(tileRows-1)] = HashText(text), u.region(text)
		}
	}
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
			to[k&(tileRows-1)] = packDigits(s.Block[from:end])
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
			to[k&(tileRows-1)] = device(s.Block[from:end])
		}
	}
}

// visited reads the column of visited networks.
func (s *Sheet) visited(c strip) {
	to, i := &s.columns.visitedMCC, uintptr(0)
	*to = [tileRows]uint16{}
	if !c.has() {
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		if from == end {
			continue
		}
		text := s.Block[from:end]
		if len(text) != 5 && len(text) != 6 || digitsOf(text) != len(text) {
			s.doubt(k)
			continue
		}
		to[k&(tileRows-1)] = mcc(text)
	}
}

// identities reads the column of record ids, or stands on the hashes of the records.
func (s *Sheet) identities(c strip) {
	t, i := &s.columns, uintptr(0)
	if !c.has() {
		t.identity = t.rawHash
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		at := k & (tileRows - 1)
		t.id[at] = cdr.Span{Off: from, Len: end - from}
		id := t.rawHash[at]
		if from != end {
			id = cdr.Mix(cdr.Hash(s.Block[from:end]) + uint64(s.direction[at])<<32 + uint64(s.partial[at]))
		}
		t.identity[at] = id
	}
}
