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
//	158 each the columns, one after the other, in the order of columnsOf. An element
//	         is 8 bytes wide but for RingMS, TalkMS, Flags and Line (4), VisitedMCC,
//	         Cause and Offset (2). A Raw is Off (4) and Len (4)
//	4 + n    for every party that is a name, row by row, the calling party
//	         first, and then for the row's ID if they are there: the length of
//	         the text, the text
const rowSize = 16*8 + 4*4 + 3*2 + 8

// AppendRows appends the rows of b that a list tells, in its order, to dst as bytes, names
// included. HighWater is left out: it belongs to the order in which a source was read.
func (b *Batch) AppendRows(dst []byte, rows []uint32) []byte {
	dst = slices.Grow(dst, 4+len(rows)*rowSize)
	ids := b.hasIDs(rows)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(rows))|ids)
	c := columns{bytes: dst, rows: rows}
	b.columnsOf(&c)
	for _, row := range rows {
		r := int(row)
		if b.Rows[r].Calling.IsName() {
			c.bytes = appendText(c.bytes, b.NameOf(r, false))
		}
		if b.Rows[r].Called.IsName() {
			c.bytes = appendText(c.bytes, b.NameOf(r, true))
		}
		if ids != 0 {
			c.bytes = appendText(c.bytes, b.ID[r].Of(b.Text))
		}
	}
	return c.bytes
}

// AppendAll is AppendRows for all rows, in their order.
func (b *Batch) AppendAll(dst []byte) []byte { return b.AppendRows(dst, all(b.Len())) }

// withIDs marks a number of rows that come with their IDs.
const withIDs = 1 << 31

// hasIDs is withIDs if some of the rows have one.
func (b *Batch) hasIDs(rows []uint32) uint32 {
	for _, r := range rows {
		if b.ID[r].Len > 0 {
			return withIDs
		}
	}
	return 0
}

// all lists n rows.
func all(n int) []uint32 {
	rows := make([]uint32, n)
	for i := range rows {
		rows[i] = uint32(i)
	}
	return rows
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
	b.grow(int(n))
	c := columns{load: true, bytes: src, rows: all(int(n))}
	b.columnsOf(&c)
	rest, err = b.loadTexts(c.bytes, head&withIDs != 0)
	if err == nil && head&withIDs != b.hasIDs(c.rows) {
		err = errors.New("the IDs of all rows are empty")
	}
	if err != nil {
		b.Reset()
	}
	b.HashParties()
	return rest, err
}

// grow gives b n empty rows, of which it has none.
func (b *Batch) grow(n int) {
	b.Rows, b.HighWater = append(b.Rows, make([]Row, n)...), append(b.HighWater, make([]Millis, n)...)
	b.RawHash, b.Call, b.Cause = append(b.RawHash, make([]uint64, n)...), append(b.Call, make([]uint64, n)...), append(b.Cause, make([]uint16, n)...)
	b.Raw, b.Line, b.ID = append(b.Raw, make([]Span, n)...), append(b.Line, make([]uint32, n)...), append(b.ID, make([]Span, n)...)
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
		if !b.Rows[r].Flags.possible() {
			return nil, fmt.Errorf("row %d has the impossible flags %#x", r, uint32(b.Rows[r].Flags))
		}
		for _, called := range []bool{false, true} {
			party := b.Rows[r].Calling
			if called {
				party = b.Rows[r].Called
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

// columnsOf brings every column that is saved to c, in the order of the format.
func (b *Batch) columnsOf(c *columns) {
	words(c, func(r int) *Number { return &b.Rows[r].Calling })
	words(c, func(r int) *Number { return &b.Rows[r].Called })
	words(c, func(r int) *Place { return &b.Rows[r].CallingPlace })
	words(c, func(r int) *Place { return &b.Rows[r].CalledPlace })
	words(c, func(r int) *Millis { return &b.Rows[r].Start })
	words(c, func(r int) *Millis { return &b.Rows[r].Release })
	halves(c, func(r int) *uint32 { return &b.Rows[r].RingMS })
	halves(c, func(r int) *uint32 { return &b.Rows[r].TalkMS })
	halves(c, func(r int) *Flags { return &b.Rows[r].Flags })
	words(c, func(r int) *uint64 { return &b.Rows[r].Identity })
	words(c, func(r int) *uint64 { return &b.RawHash[r] })
	words(c, func(r int) *uint64 { return &b.Call[r] })
	words(c, func(r int) *uint64 { return &b.Rows[r].Cell })
	words(c, func(r int) *uint64 { return &b.Rows[r].Region })
	words(c, func(r int) *uint64 { return &b.Rows[r].IMEI })
	words(c, func(r int) *uint64 { return &b.Rows[r].IMSI })
	quarters(c, func(r int) *uint16 { return &b.Rows[r].VisitedMCC })
	words(c, func(r int) *uint64 { return &b.Rows[r].Up })
	words(c, func(r int) *uint64 { return &b.Rows[r].Down })
	words(c, func(r int) *int64 { return &b.Rows[r].Charge })
	quarters(c, func(r int) *uint16 { return &b.Cause[r] })
	quarters(c, func(r int) *int16 { return &b.Rows[r].Offset })
	spans(c, func(r int) *Span { return &b.Raw[r] })
	halves(c, func(r int) *uint32 { return &b.Line[r] })
}

// columns saves the rows of a list column by column behind bytes, or loads them from its
// front.
type columns struct {
	load  bool
	bytes []byte
	rows  []uint32
}

// next cuts n bytes off the front.
func (c *columns) next(n int) []byte {
	b := c.bytes[:n]
	c.bytes = c.bytes[n:]
	return b
}

func words[T ~uint64 | ~int64](c *columns, at func(r int) *T) {
	for _, r := range c.rows {
		if c.load {
			*at(int(r)) = T(binary.LittleEndian.Uint64(c.next(8)))
		} else {
			c.bytes = binary.LittleEndian.AppendUint64(c.bytes, uint64(*at(int(r))))
		}
	}
}

func halves[T ~uint32](c *columns, at func(r int) *T) {
	for _, r := range c.rows {
		if c.load {
			*at(int(r)) = T(binary.LittleEndian.Uint32(c.next(4)))
		} else {
			c.bytes = binary.LittleEndian.AppendUint32(c.bytes, uint32(*at(int(r))))
		}
	}
}

func quarters[T ~uint16 | ~int16](c *columns, at func(r int) *T) {
	for _, r := range c.rows {
		if c.load {
			*at(int(r)) = T(binary.LittleEndian.Uint16(c.next(2)))
		} else {
			c.bytes = binary.LittleEndian.AppendUint16(c.bytes, uint16(*at(int(r))))
		}
	}
}

func spans(c *columns, at func(r int) *Span) {
	for _, r := range c.rows {
		if c.load {
			b := c.next(8)
			*at(int(r)) = Span{Off: binary.LittleEndian.Uint32(b), Len: binary.LittleEndian.Uint32(b[4:])}
		} else {
			v := at(int(r))
			c.bytes = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(c.bytes, v.Off), v.Len)
		}
	}
}
