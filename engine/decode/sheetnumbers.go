package decode

import (
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// The columns of numbers are read in loops that call nothing, so that all they need
// stays in registers. What such a loop cannot read it misses: it sets the row's bit,
// and the field is read again behind it.

// missed is a set of rows whose field of a column is to be read another way.
type missed uint64

// next takes the first row out of the set.
func (m *missed) next() (k int) {
	k = bits.TrailingZeros64(uint64(*m))
	*m &= *m - 1
	return k
}

// of is the field of row k.
func (s *Sheet) of(c strip, k int) []byte {
	from, end := c.field(uintptr(k-s.from) * c.stride)
	return s.Block[s.Base+from : s.Base+end]
}

// numbers reads a column of parties. A name makes its record odd.
func (s *Sheet) numbers(c strip, w *Writer, to *[tileRows]cdr.Number, places *[tileRows]cdr.Place) {
	if !c.has() {
		*to, *places = [tileRows]cdr.Number{}, [tileRows]cdr.Place{}
		return
	}
	rules := w.rules.s.Numbers
	plan := rules.Plan()
	miss := s.plainNumbers(c, to)
	if plan == nil { // digits behind a + are no number for certain
		miss, *places = s.filled(c), [tileRows]cdr.Place{}
	} else {
		plan.Places(places[s.from:s.to], to[s.from:s.to], s.heads[s.from:s.to])
	}
	for miss != 0 {
		k := miss.next()
		d, place, text := rules.Party(w.out.Text, s.of(c, k), false)
		w.out.Text = text[:w.text]
		if d.IsName() {
			s.doubt(k)
		}
		to[k], places[k] = d, place
	}
}

// plainNumbers reads 8 to 15 digits behind a +, and keeps the text of the first eight.
func (s *Sheet) plainNumbers(c strip, to *[tileRows]cdr.Number) (miss missed) {
	p, rows, heads := s.page, s.to, &s.heads
	for k, i := s.from, uintptr(0); k < rows; k, i = k+1, i+c.stride {
		from, end := c.field(i)
		to[k&(tileRows-1)] = 0
		if from == end {
			continue
		}
		count := end - from - 1
		high, low := (p.word(end-16)^asciiZeros)&lastBytes[(count-8)&15], p.word(end-8)^asciiZeros
		if uint(count-8) >= 8 || p.byte(from) != '+' || (high|(high+6*ones)|low|(low+6*ones))&(0xF0*ones) != 0 {
			miss |= 1 << (k & 63)
			continue
		}
		to[k&(tileRows-1)] = cdr.DigitsOf(high, low, count)
		heads[k&(tileRows-1)] = p.word(from + 1)
	}
	return miss
}

// filled are the rows with a text. Columns that some records fill and others leave
// empty, as one service does and another does not, are read by this set: to guess of
// each row whether it is filled costs more than to read it.
func (s *Sheet) filled(c strip) (rows missed) {
	n := s.to
	for k, i := s.from, uintptr(0); k < n; k, i = k+1, i+c.stride {
		from, end := c.field(i)
		rows |= missed(uint64(from-end)>>63) << (k & 63)
	}
	return rows
}

var milliScale, microScale = makePointScale(3), makePointScale(6)

// seconds reads a column of seconds as milliseconds; none is what no text stands for.
func (s *Sheet) seconds(c strip, to *[tileRows]uint32, none uint32) {
	for k := range to {
		to[k] = none
	}
	if !c.has() {
		return
	}
	var miss missed
	p, first := s.page, s.from
	for left := s.filled(c); left != 0; {
		k := left.next()
		from, end := c.field(uintptr(k-first) * c.stride)
		length := end - from
		x, point := withoutPoint((p.word(end-8) ^ asciiZeros) & lastBytes[length&15])
		v := eightDigits(x) * milliScale.of(point)
		if strangeDigits(x)|point&(1<<32-1)|onlyPoint(point, length) != 0 || length > 8 || v > MaxSeconds*1000 {
			miss |= 1 << (k & 63)
		}
		to[k&(tileRows-1)] = uint32(v)
	}
	for miss != 0 {
		k := miss.next()
		ms, problem := Seconds(s.of(c, k))
		s.check(k, problem)
		to[k] = ms
	}
}

// check makes row k odd where there is a problem.
func (s *Sheet) check(k int, problem string) {
	if problem != "" {
		s.doubt(k)
	}
}

// charges reads the column of charges.
func (s *Sheet) charges(c strip) {
	to := &s.columns.charge
	if !c.has() {
		*to = [tileRows]int64{}
		return
	}
	var miss missed
	p, rows := s.page, s.to
	for k, i := s.from, uintptr(0); k < rows; k, i = k+1, i+c.stride {
		from, end := c.field(i)
		length := end - from
		x, point := withoutPoint((p.word(end-8) ^ asciiZeros) & lastBytes[length&15])
		to[k&(tileRows-1)] = int64(eightDigits(x) * microScale.of(point))
		if strangeDigits(x)|point&0xFF|onlyPoint(point, length) != 0 || length > 8 {
			miss |= 1 << (k & 63)
		}
	}
	for miss != 0 {
		k := miss.next()
		charge, problem := Micros(s.of(c, k))
		s.check(k, problem)
		to[k] = charge
	}
}

// integers reads a column of integers, at most most; no text is 0.
func integers[T uint16 | uint32 | uint64](s *Sheet, c strip, to *[tileRows]T, most uint64) {
	*to = [tileRows]T{}
	if !c.has() {
		return
	}
	var miss missed
	p, first := s.page, s.from
	for left := s.filled(c); left != 0; {
		k := left.next()
		from, end := c.field(uintptr(k-first) * c.stride)
		length := end - from
		x := (p.word(end-8) ^ asciiZeros) & lastBytes[length&15]
		v := eightDigits(x)
		if length > 8 || v > most || !allBelowTen(x) {
			miss |= 1 << (k & 63)
		}
		to[k&(tileRows-1)] = T(v)
	}
	for miss != 0 {
		k := miss.next()
		v, problem := Integer(s.of(c, k))
		s.check(k, problem)
		if uint64(v) > most {
			s.doubt(k)
		}
		to[k] = T(v)
	}
}

// times reads the column of times.
func (s *Sheet) times(c strip, clock *Clock) {
	t := &s.columns
	miss := s.usualTimes(c, clock)
	for miss != 0 {
		k := miss.next()
		text := s.of(c, k)
		at, offset, problem := clock.Parse(text)
		if len(text) == 0 || problem != "" {
			s.doubt(k)
		}
		t.start[k], t.offset[k] = at, offset
	}
}

// usualTimes reads hh:mm:ss.fffZ on the date that the clock read last.
func (s *Sheet) usualTimes(c strip, clock *Clock) (miss missed) {
	const (
		zeros  = 0x30303A30303A3030 // "00:00:00"
		sixes  = 0x0606000606000606 // lifts a nibble above 9 into the high half
		strict = 0xF0F0FFF0F0FFF0F0 // digits: high half zero; colons: all zero
		tail   = 0x5A3030302E       // ".000Z"
	)
	p, rows, t := s.page, s.to, &s.columns
	date, dayOf, day := clock.date, uint64(clock.dayOf)|'T'<<16, clock.day*1000
	if day < 0 {
		return s.filled(c) | s.blank(c)
	}
	for k, i := s.from, uintptr(0); k < rows; k, i = k+1, i+c.stride {
		from, end := c.field(i)
		y, x := p.word(from+11)^zeros, p.word(from+19)&(1<<40-1)^tail
		wrong := (p.word(from) ^ date) | (p.word(from+8)&0xFFFFFF ^ dayOf) | uint64(end-from-24)
		wrong |= (y|(y+sixes))&strict | (x|(x+0x06060600))&0xFFF0F0F0FF
		z := y*10 + y>>8
		hour, minute, second := z&0xFF, z>>24&0xFF, z>>48&0xFF
		if wrong != 0 || hour > 23 || minute > 59 || second > 59 {
			miss |= 1 << (k & 63)
		}
		t.start[k&(tileRows-1)] = cdr.Millis(uint64(day) + (hour*3600+minute*60+second)*1000 + x>>8&15*100 + x>>16&15*10 + x>>24&15)
		t.offset[k&(tileRows-1)] = 0
	}
	return miss
}

// blank are the rows without a text.
func (s *Sheet) blank(c strip) missed {
	return ^s.filled(c) & (^missed(0) << s.from) &^ (^missed(0) << (s.to - 1) << 1)
}
