package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// numbers reads a column of parties. A name makes its record odd.
func (s *Sheet) numbers(c strip, w *Writer, to *[tileRows]cdr.Number, places *[tileRows]cdr.Place) {
	*to, *places = [tileRows]cdr.Number{}, [tileRows]cdr.Place{}
	if !c.has() {
		return
	}
	p, i, rules := s.page, uintptr(0), w.rules.s.Numbers
	plan := rules.Plan()
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		if from == end {
			continue
		}
		count := end - from - 1 // of digits, behind a +
		if count-8 < 8 && p.byte(from) == '+' {
			high, low := (p.word(end-16)^asciiZeros)&lastBytes[count-8], p.word(end-8)^asciiZeros
			if (high|(high+6*ones)|low|(low+6*ones))&(0xF0*ones) == 0 && plan != nil {
				d := cdr.DigitsOf(high, low, int(count))
				to[k&(tileRows-1)], places[k&(tileRows-1)] = d, plan.Place(d, s.Block[from+1:end])
				continue
			}
		}
		d, place, text := rules.Party(w.out.Text, s.Block[from:end], false)
		w.out.Text = text[:w.text]
		if d.IsName() {
			s.doubt(k)
		}
		to[k&(tileRows-1)], places[k&(tileRows-1)] = d, place
	}
}

// seconds reads a column of seconds as milliseconds; none is what no text stands for.
func (s *Sheet) seconds(c strip, to *[tileRows]uint32, none uint32) {
	if !c.has() {
		for k := range to {
			to[k] = none
		}
		return
	}
	p, i := s.page, uintptr(0)
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		if from == end {
			to[k&(tileRows-1)] = none
			continue
		}
		length := end - from
		x, fraction := withoutPoint((p.word(end-8) ^ asciiZeros) & lastBytes[length&15])
		v := eightDigits(x) * powersOf10[(3-fraction)&3]
		if length > 8 || fraction > 3 || v > MaxSeconds*1000 || !allBelowTen(x) {
			n, problem := Seconds(s.Block[from:end])
			if problem != "" {
				s.doubt(k)
			}
			v = uint64(n)
		}
		to[k&(tileRows-1)] = uint32(v)
	}
}

// charges reads the column of charges.
func (s *Sheet) charges(c strip) {
	to := &s.columns.charge
	if !c.has() {
		*to = [tileRows]int64{}
		return
	}
	p, i := s.page, uintptr(0)
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		length := end - from
		x, fraction := withoutPoint((p.word(end-8) ^ asciiZeros) & lastBytes[length&15])
		v := eightDigits(x) * powersOf10[(6-fraction)&7]
		if length > 8 || fraction > 6 || !allBelowTen(x) {
			n, problem := Micros(s.Block[from:end])
			if problem != "" && length > 0 {
				s.doubt(k)
			}
			v = uint64(n)
		}
		to[k&(tileRows-1)] = int64(v)
	}
}

// integer is the integer, at most most, that text says, and false where it says none.
// No text is 0.
func (s *Sheet) integer(k int, from, end uint32, most uint64) uint64 {
	length := end - from
	x := (s.page.word(end-8) ^ asciiZeros) & lastBytes[length&15]
	v := eightDigits(x)
	if length > 8 || !allBelowTen(x) {
		n, problem := Integer(s.Block[from:end])
		if problem != "" {
			s.doubt(k)
		}
		v = uint64(n)
	}
	if v > most {
		s.doubt(k)
	}
	return v
}

func (s *Sheet) causes(c strip) {
	to, i := &s.columns.cause, uintptr(0)
	*to = [tileRows]uint16{}
	if !c.has() {
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		if from != end {
			to[k&(tileRows-1)] = uint16(s.integer(k, from, end, 1<<16-1))
		}
	}
}

func (s *Sheet) partials(c strip) {
	to, i := &s.partial, uintptr(0)
	*to = [tileRows]uint32{}
	if !c.has() {
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		if from != end {
			to[k&(tileRows-1)] = uint32(s.integer(k, from, end, 1<<32-1))
		}
	}
}

func (s *Sheet) volumes(c strip, to *[tileRows]uint64) {
	i := uintptr(0)
	*to = [tileRows]uint64{}
	if !c.has() {
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		if from != end {
			to[k&(tileRows-1)] = s.integer(k, from, end, MaxBytes)
		}
	}
}

// times reads the column of times.
func (s *Sheet) times(c strip, clock *Clock) {
	b, i, t := s.Block, uintptr(0), &s.columns
	for k := s.from; k < s.to; k++ {
		from, end := c.field(i)
		i += c.stride
		at, offset, problem := clock.Parse(b[from:end])
		if from == end || problem != "" {
			s.doubt(k)
		}
		t.start[k&(tileRows-1)], t.offset[k&(tileRows-1)] = at, offset
	}
}
