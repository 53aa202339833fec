package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// numbers reads a column of parties. A name makes its record odd.
func (s *Sheet) numbers(c strip, has bool, w *Writer, to *[tileRows]cdr.Number, places *[tileRows]cdr.Place) {
	*to, *places = [tileRows]cdr.Number{}, [tileRows]cdr.Place{}
	if !has {
		return
	}
	b, i, numbers := s.Block, 0, w.rules.s.Numbers
	for k := s.from; k < s.to; k++ {
		from, end := c.at[i]+1, c.at[i+1]
		i += c.stride
		if from == end {
			continue
		}
		text := b[from:end]
		d, place := numbers.International(text)
		if d == 0 {
			d, place, w.out.Text = numbers.Party(w.out.Text, text, false)
			w.out.Text = w.out.Text[:w.text]
			if d.IsName() {
				s.doubt(k)
			}
		}
		to[k&(tileRows-1)], places[k&(tileRows-1)] = d, place
	}
}

// seconds reads a column of seconds as milliseconds; none is what no text stands for.
func (s *Sheet) seconds(c strip, has bool, to *[tileRows]uint32, none uint32) {
	if !has {
		for k := range to {
			to[k] = none
		}
		return
	}
	b, i := s.Block, 0
	for k := s.from; k < s.to; k++ {
		from, end := c.at[i]+1, c.at[i+1]
		i += c.stride
		length := end - from
		unused := 64 - 8*min(length, 8)
		x, fraction := withoutPoint((word(b, end-8) ^ asciiZeros) >> unused << unused)
		v := eightDigits(x) * powersOf10[(3-fraction)&3]
		if length > 8 || fraction > 3 || v > MaxSeconds*1000 || !allBelowTen(x) {
			var problem string
			n, problem := Seconds(b[from:end])
			if problem != "" {
				s.doubt(k)
			}
			v = uint64(n)
		}
		ms := uint32(v)
		if length == 0 {
			ms = none
		}
		to[k&(tileRows-1)] = ms
	}
}

// charges reads the column of charges.
func (s *Sheet) charges(c strip, has bool) {
	to := &s.columns.charge
	if !has {
		*to = [tileRows]int64{}
		return
	}
	b, i := s.Block, 0
	for k := s.from; k < s.to; k++ {
		from, end := c.at[i]+1, c.at[i+1]
		i += c.stride
		length := end - from
		unused := 64 - 8*min(length, 8)
		x, fraction := withoutPoint((word(b, end-8) ^ asciiZeros) >> unused << unused)
		v := eightDigits(x) * powersOf10[(6-fraction)&7]
		if length > 8 || fraction > 6 || !allBelowTen(x) {
			n, problem := Micros(b[from:end])
			if problem != "" {
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
	unused := 64 - 8*min(length, 8)
	x := (word(s.Block, end-8) ^ asciiZeros) >> unused << unused
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

func (s *Sheet) causes(c strip, has bool) {
	to, i := &s.columns.cause, 0
	*to = [tileRows]uint16{}
	if !has {
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.at[i]+1, c.at[i+1]
		i += c.stride
		if from != end {
			to[k&(tileRows-1)] = uint16(s.integer(k, from, end, 1<<16-1))
		}
	}
}

func (s *Sheet) partials(c strip, has bool) {
	to, i := &s.partial, 0
	*to = [tileRows]uint32{}
	if !has {
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.at[i]+1, c.at[i+1]
		i += c.stride
		if from != end {
			to[k&(tileRows-1)] = uint32(s.integer(k, from, end, 1<<32-1))
		}
	}
}

func (s *Sheet) volumes(c strip, has bool, to *[tileRows]uint64) {
	i := 0
	*to = [tileRows]uint64{}
	if !has {
		return
	}
	for k := s.from; k < s.to; k++ {
		from, end := c.at[i]+1, c.at[i+1]
		i += c.stride
		if from != end {
			to[k&(tileRows-1)] = s.integer(k, from, end, MaxBytes)
		}
	}
}

// times reads the column of times.
func (s *Sheet) times(c strip, clock *Clock) {
	b, i, t := s.Block, 0, &s.columns
	for k := s.from; k < s.to; k++ {
		from, end := c.at[i]+1, c.at[i+1]
		i += c.stride
		at, offset, problem := clock.Parse(b[from:end])
		if from == end || problem != "" {
			s.doubt(k)
		}
		t.start[k&(tileRows-1)], t.offset[k&(tileRows-1)] = at, offset
	}
}
