package shard

import (
	"bytes"
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/window"
)

// former is how rows of days were laid out, and saved, before some measures were brief: all of
// them stood in the order in which families declare them, and all were added up over several
// days. State of that form is read, and goes on in the present one.
type former struct {
	layout window.Layout
	moves  []fieldMove
	shape  uint32
	row    []uint64 // scratch
	now    []uint64 // likewise, as rows are now
}

// fieldMove is where a measure stood and where it stands now.
type fieldMove struct {
	from, to window.Field
	words    int
}

// newFormer returns nil where the form of rows is what it was.
func newFormer(s *Shard) *former {
	if s.days == nil || s.days.lasting.Words == s.days.words {
		return nil
	}
	l := s.days.layout
	f := &former{layout: l.WithoutBrief(), now: make([]uint64, l.Words)}
	f.row = make([]uint64, f.layout.Words)
	for i, m := range f.layout.Measures {
		n, _ := l.Index(m.Name)
		words := 1
		if m.Kind == window.Squares {
			words = 3
		}
		f.moves = append(f.moves, fieldMove{f.layout.Fields[i], l.Fields[n], words})
	}
	f.shape = s.shapeOf(&f.layout)
	return f
}

// read reads a packed row of the former layout, and returns it as rows are now. It is good until
// the next call.
func (f *former) read(r *reader) []uint64 {
	clear(f.row)
	clear(f.now)
	r.packed(&f.layout, f.row)
	for i := range f.moves {
		m := &f.moves[i]
		for w := range m.words {
			f.now[m.to.Word+w] |= f.row[m.from.Word+w] >> m.from.Shift & m.from.Mask << m.to.Shift
		}
	}
	return f.now
}

// formerRow reads the open day and the sums of a row.
func (d *days) formerRow(r *reader, f *former, row []uint64) {
	copy(d.open(row), f.read(r))
	for i := range d.spans {
		copy(d.sum(row, i), d.layout.Lasting.Of(f.read(r)))
	}
}

// formerDay makes the rest of r, a block of a day, what it would be now.
func (s *Shard) formerDay(r *reader) {
	d, from, out := s.days, r.at, bytes.Clone(r.data[:r.at])
	for r.left() > 0 && r.failed == "" {
		out = binary.AppendUvarint(out, r.uvarint())
		out = d.lasting.Pack(out, d.layout.Lasting.Of(r.former.read(r)))
	}
	if r.failed == "" {
		r.data, r.at, r.end = out, from, len(out)
	}
}
