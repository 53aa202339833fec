package decode

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// The columns of numbers are read in loops that call nothing, so that all they need
// stays in registers. What such a loop cannot read it misses: it sets the row's bit,
// and the field is read again behind it. Of each loop there are two: this one, and one
// of vector instructions where the machine has them.

// numbers reads the column of the called or of the calling parties. A name makes its
// record odd.
func (s *Sheet) numbers(c *strip, w *Writer, called bool) {
	rules, rows, miss := w.rules.s.Numbers, s.room.rows, c.rows
	if plan := rules.Plan(); plan != nil { // else digits behind a + are no number for certain
		var unknown missed
		miss, unknown = plainParties(c, rows, called, plan)
		s.unknown |= unknown
	}
	for miss != 0 {
		k := miss.next()
		d, place, text := rules.Party(w.out.Text, c.of(k), false)
		w.out.Text = text[:w.text]
		if d.IsName() {
			s.doubt(k)
		}
		if known(d, place) == 0 {
			s.unknown.add(k)
		}
		if called {
			rows[k].Called, rows[k].CalledPlace = d, place
		} else {
			rows[k].Calling, rows[k].CallingPlace = d, place
		}
	}
}

// plainPartiesWords reads numbers of 8 to 15 digits behind a +, and what the plan says of
// their first eight. unknown are those of no country.
func plainPartiesWords(c *strip, rows *[SheetRows]cdr.Row, called bool, plan *numbering.Plan) (miss, unknown missed) {
	to := inRows(&rows[0].Calling)
	if called {
		to = inRows(&rows[0].Called)
	}
	var heads numbering.Heads
	miss = plainNumbersWords(c, to, &heads)
	none, slow := plan.Places(rows, called, &heads, uint64(c.rows&^miss))
	return miss | missed(slow), missed(none)
}

// plainNumbersWords reads 8 to 15 digits behind a +, and keeps their heads.
func plainNumbersWords(c *strip, to column[cdr.Number], heads *numbering.Heads) (miss missed) {
	p := c.text
	for left := c.rows; left != 0; {
		k := left.next()
		from, end := c.field(k)
		count := end - from - 1
		high, low := (p.word(end-16)^asciiZeros)&lastBytes[(count-8)&15], p.word(end-8)^asciiZeros
		if uint(count-8) >= 8 || p.byte(from) != '+' || strangeDigits(high)|strangeDigits(low) != 0 {
			miss.add(k)
			continue
		}
		*to.at(k) = cdr.DigitsOf(high, low, count)
		heads[k&(SheetRows-1)] = numbering.HeadOf(p.word(from+1), count)
	}
	return miss
}

var milliScale, microScale = makePointScale(3), makePointScale(6)

// seconds reads a column of seconds as milliseconds.
func (s *Sheet) seconds(c *strip, to column[uint32]) {
	for miss := plainSeconds(c, to); miss != 0; {
		k := miss.next()
		ms, problem := Seconds(c.of(k))
		s.check(k, problem)
		*to.at(k) = ms
	}
}

// plainSecondsWords reads up to eight digits, or seven and a point.
func plainSecondsWords(c *strip, to column[uint32]) (miss missed) {
	p := c.text
	for left := c.rows; left != 0; {
		k := left.next()
		from, end := c.field(k)
		length := end - from
		x, point := withoutPoint((p.word(end-8) ^ asciiZeros) & lastBytes[length&15])
		v := eightDigits(x) * milliScale.of(point)
		if strangeDigits(x)|point&(1<<32-1)|onlyPoint(point, length) != 0 || length > 8 || v > MaxSeconds*1000 {
			miss.add(k)
		}
		*to.at(k) = uint32(v)
	}
	return miss
}

// check makes row k odd where there is a problem.
func (s *Sheet) check(k int, problem string) {
	if problem != "" {
		s.doubt(k)
	}
}

// charges reads the column of charges.
func (s *Sheet) charges(c *strip) {
	to := inRows(&s.room.rows[0].Charge)
	for miss := plainCharges(c, to); miss != 0; {
		k := miss.next()
		charge, problem := Micros(c.of(k))
		s.check(k, problem)
		*to.at(k) = charge
	}
}

// plainChargesWords reads up to eight digits, or seven and a point.
func plainChargesWords(c *strip, to column[int64]) (miss missed) {
	p := c.text
	for left := c.rows; left != 0; {
		k := left.next()
		from, end := c.field(k)
		length := end - from
		x, point := withoutPoint((p.word(end-8) ^ asciiZeros) & lastBytes[length&15])
		if strangeDigits(x)|point&0xFF|onlyPoint(point, length) != 0 || length > 8 {
			miss.add(k)
		}
		*to.at(k) = int64(eightDigits(x) * microScale.of(point))
	}
	return miss
}

// integers reads a column of integers, at most most.
func (s *Sheet) integers(c *strip, to column[uint64], most uint64) {
	for miss := plainIntegers(c, to, most); miss != 0; {
		k := miss.next()
		v, problem := Integer(c.of(k))
		s.check(k, problem)
		if uint64(v) > most {
			s.doubt(k)
		}
		*to.at(k) = uint64(v)
	}
}

// plainIntegersWords reads up to eight digits.
func plainIntegersWords(c *strip, to column[uint64], most uint64) (miss missed) {
	p := c.text
	for left := c.rows; left != 0; {
		k := left.next()
		from, end := c.field(k)
		length := end - from
		x := (p.word(end-8) ^ asciiZeros) & lastBytes[length&15]
		v := eightDigits(x)
		if length > 8 || v > most || !allBelowTen(x) {
			miss.add(k)
		}
		*to.at(k) = v
	}
	return miss
}

// times reads the column of times.
func (s *Sheet) times(c *strip, clock *Clock) {
	s.odd |= s.valid &^ c.rows
	miss, rows := c.rows, s.room.rows
	if clock.day >= 0 {
		miss = usualTimes(c, inRows(&rows[0].Start), clock.usualDay())
	}
	for miss != 0 {
		k := miss.next()
		at, offset, problem := clock.Parse(c.of(k))
		s.check(k, problem)
		rows[k].Start, rows[k].Offset = at, offset
	}
}

// usualDay is the date that a clock read last.
type usualDay struct {
	date  uint64 // YYYY-MM-
	day   uint64 // DDT
	since int64  // milliseconds from 1970
}

func (c *Clock) usualDay() usualDay {
	return usualDay{date: c.date, day: uint64(c.dayOf) | 'T'<<16, since: c.day * 1000}
}

// usualTimesWords reads hh:mm:ss.fffZ on one date.
func usualTimesWords(c *strip, to column[cdr.Millis], on usualDay) (miss missed) {
	const (
		zeros  = 0x30303A30303A3030 // "00:00:00"
		sixes  = 0x0606000606000606 // lifts a nibble above 9 into the high half
		strict = 0xF0F0FFF0F0FFF0F0 // digits: high half zero; colons: all zero
		tail   = 0x5A3030302E       // ".000Z"
	)
	p := c.text
	for left := c.rows; left != 0; {
		k := left.next()
		from, end := c.field(k)
		y, x := p.word(from+11)^zeros, p.word(from+19)&(1<<40-1)^tail
		wrong := (p.word(from) ^ on.date) | (p.word(from+8)&0xFFFFFF ^ on.day) | uint64(end-from-24)
		wrong |= (y|(y+sixes))&strict | (x|(x+0x06060600))&0xFFF0F0F0FF
		z := y*10 + y>>8
		hour, minute, second := z&0xFF, z>>24&0xFF, z>>48&0xFF
		if wrong != 0 || hour > 23 || minute > 59 || second > 59 {
			miss.add(k)
		}
		*to.at(k) = cdr.Millis(uint64(on.since) + (hour*3600+minute*60+second)*1000 + x>>8&15*100 + x>>16&15*10 + x>>24&15)
	}
	return miss
}
