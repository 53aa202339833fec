package cdr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Rows as bytes: what a checkpoint keeps of records that wait in the reorder
// buffer. It is part of the format of checkpoints; whoever writes it has a
// version in front. Numbers are little-endian:
//
//	4        how many rows, the highest bit set if their IDs are there
//	158 each the columns, one after the other, in the order in which [Batch]
//	         lists them, HighWater left out. An element is 8 bytes wide but for
//	         RingMS, TalkMS, Flags and Line (4), VisitedMCC, Cause and Offset
//	         (2). A Raw is Off (4) and Len (4)
//	4 + n    for every party that is a name, row by row, the calling party
//	         first, and then for the row's ID if they are there: the length of
//	         the text, the text
const rowSize = 16*8 + 4*4 + 3*2 + 8

// AppendRows appends rows from..to-1 of b to dst as bytes, names included.
// HighWater is left out: it belongs to the order in which a source was read.
func (b *Batch) AppendRows(dst []byte, from, to int) []byte {
	dst = slices.Grow(dst, 4+(to-from)*rowSize)
	ids := b.hasIDs(from, to)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(to-from)|ids)
	c := columns{bytes: dst, from: from, to: to}
	b.each(&c)
	for r := from; r < to; r++ {
		if b.Calling[r].IsName() {
			c.bytes = appendText(c.bytes, b.NameOf(r, false))
		}
		if b.Called[r].IsName() {
			c.bytes = appendText(c.bytes, b.NameOf(r, true))
		}
		if ids != 0 {
			c.bytes = appendText(c.bytes, b.ID[r].Of(b.Text))
		}
	}
	return c.bytes
}

// withIDs marks a number of rows that come with their IDs.
const withIDs = 1 << 31

// hasIDs is withIDs if some of the rows have one.
func (b *Batch) hasIDs(from, to int) uint32 {
	for _, id := range b.ID[from:to] {
		if id.Len > 0 {
			return withIDs
		}
	}
	return 0
}

func appendText(dst, text []byte) []byte {
	return append(binary.LittleEndian.AppendUint32(dst, uint32(len(text))), text...)
}

// LoadRows replaces the rows of b by those that src begins with, as AppendRows
// wrote them, and returns what is behind them. HighWater is 0. It keeps no
// reference to src. An error says what is damaged, and leaves b empty; what b
// takes is in proportion to src, whatever src holds.
func (b *Batch) LoadRows(src []byte) (rest []byte, err error) {
	b.Reset()
	if len(src) < 4 {
		return nil, fmt.Errorf("the number of rows is cut off")
	}
	head := binary.LittleEndian.Uint32(src)
	n := int64(head &^ withIDs)
	if src = src[4:]; n*rowSize > int64(len(src)) {
		return nil, fmt.Errorf("%d rows do not fit into %d bytes", n, len(src))
	}
	c := columns{load: true, bytes: src, to: int(n)}
	b.each(&c)
	b.HighWater, b.ID = append(b.HighWater, make([]Millis, n)...), append(b.ID, make([]Span, n)...)
	rest, err = b.loadTexts(c.bytes, head&withIDs != 0)
	if err == nil && head&withIDs != b.hasIDs(0, b.Len()) {
		err = errors.New("the IDs of all rows are empty")
	}
	if err != nil {
		b.Reset()
	}
	return rest, err
}

// loadText reads a text, which is to be added to b.
func (b *Batch) loadText(src []byte) (text, rest []byte, err error) {
	if len(src) < 4 || int64(binary.LittleEndian.Uint32(src)) > int64(len(src)-4) {
		return nil, nil, errors.New("is cut off")
	}
	n := int(binary.LittleEndian.Uint32(src))
	if int64(len(b.Text)+n) > math.MaxUint32 {
		return nil, nil, errors.New("makes the texts longer than a batch can hold")
	}
	return src[4 : 4+n], src[4+n:], nil
}

// loadTexts reads the names of all rows, and the IDs if they are there. It looks
// at each row on the way.
func (b *Batch) loadTexts(src []byte, ids bool) ([]byte, error) {
	for r := range b.Len() {
		if !b.Flags[r].possible() {
			return nil, fmt.Errorf("row %d has the impossible flags %#x", r, uint32(b.Flags[r]))
		}
		for _, called := range []bool{false, true} {
			party := b.Calling[r]
			if called {
				party = b.Called[r]
			}
			if !party.IsName() {
				continue
			}
			text, rest, err := b.loadText(src)
			if err != nil {
				return nil, fmt.Errorf("a name of row %d %w", r, err)
			}
			b.addName(int32(r), called, text)
			src = rest
		}
		if !ids {
			continue
		}
		text, rest, err := b.loadText(src)
		if err != nil {
			return nil, fmt.Errorf("the ID of row %d %w", r, err)
		}
		b.ID[r], src = b.addText(text), rest
	}
	return src, nil
}

// possible reports flags that [Flags.With] and the marks can make.
func (f Flags) possible() bool {
	return f < Closes<<1 && f.Outcome() <= Failed && f.RAT() <= RATWiFi
}

// each brings every column that is saved to c, in the order of the format.
func (b *Batch) each(c *columns) {
	words(c, &b.Calling)
	words(c, &b.Called)
	words(c, &b.CallingPlace)
	words(c, &b.CalledPlace)
	words(c, &b.Start)
	words(c, &b.Release)
	halves(c, &b.RingMS)
	halves(c, &b.TalkMS)
	halves(c, &b.Flags)
	words(c, &b.Identity)
	words(c, &b.RawHash)
	words(c, &b.Call)
	words(c, &b.Cell)
	words(c, &b.Region)
	words(c, &b.IMEI)
	words(c, &b.IMSI)
	quarters(c, &b.VisitedMCC)
	words(c, &b.Up)
	words(c, &b.Down)
	words(c, &b.Charge)
	quarters(c, &b.Cause)
	quarters(c, &b.Offset)
	spans(c, &b.Raw)
	halves(c, &b.Line)
}

// columns saves rows from..to-1 of columns behind bytes, or loads that many
// from its front.
type columns struct {
	load     bool
	bytes    []byte
	from, to int
}

// next cuts a column of n bytes off the front.
func (c *columns) next(n int) []byte {
	col := c.bytes[:n]
	c.bytes = c.bytes[n:]
	return col
}

func words[T ~uint64 | ~int64](c *columns, col *[]T) {
	if !c.load {
		for _, v := range (*col)[c.from:c.to] {
			c.bytes = binary.LittleEndian.AppendUint64(c.bytes, uint64(v))
		}
		return
	}
	*col = slices.Grow(*col, c.to)
	for b := c.next(8 * c.to); len(b) > 0; b = b[8:] {
		*col = append(*col, T(binary.LittleEndian.Uint64(b)))
	}
}

func halves[T ~uint32](c *columns, col *[]T) {
	if !c.load {
		for _, v := range (*col)[c.from:c.to] {
			c.bytes = binary.LittleEndian.AppendUint32(c.bytes, uint32(v))
		}
		return
	}
	*col = slices.Grow(*col, c.to)
	for b := c.next(4 * c.to); len(b) > 0; b = b[4:] {
		*col = append(*col, T(binary.LittleEndian.Uint32(b)))
	}
}

func quarters[T ~uint16 | ~int16](c *columns, col *[]T) {
	if !c.load {
		for _, v := range (*col)[c.from:c.to] {
			c.bytes = binary.LittleEndian.AppendUint16(c.bytes, uint16(v))
		}
		return
	}
	*col = slices.Grow(*col, c.to)
	for b := c.next(2 * c.to); len(b) > 0; b = b[2:] {
		*col = append(*col, T(binary.LittleEndian.Uint16(b)))
	}
}

func spans(c *columns, col *[]Span) {
	if !c.load {
		for _, v := range (*col)[c.from:c.to] {
			c.bytes = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(c.bytes, v.Off), v.Len)
		}
		return
	}
	*col = slices.Grow(*col, c.to)
	for b := c.next(8 * c.to); len(b) > 0; b = b[8:] {
		*col = append(*col, Span{Off: binary.LittleEndian.Uint32(b), Len: binary.LittleEndian.Uint32(b[4:])})
	}
}
