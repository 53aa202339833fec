package profile

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Decoder reads the records that a profile describes. Make one with [Parse].
type Decoder struct {
	f     *file
	types []string
	cells int
}

var (
	_ decode.Decoder   = (*Decoder)(nil)
	_ decode.RowReader = (*Decoder)(nil)
	_ decode.Framed    = (*Decoder)(nil)
	_ decode.Claimer   = (*Decoder)(nil)
	_ decode.Typed     = (*Decoder)(nil)
)

// Parse reads a profile. file is its name in messages. An error tells file, line,
// column and what to do; it joins all mistakes, each a *Problem.
func Parse(file string, text []byte) (*Decoder, error) {
	r := &reader{name: file, sources: map[string]int{}}
	f := r.readFile(text)
	if err := r.err(); err != nil {
		return nil, err
	}
	return &Decoder{f: f, types: f.types(), cells: r.cells}, nil
}

// Name is the format's name, as the profile gives it.
func (d *Decoder) Name() string { return d.f.name }

// About says what the profile reads, for people.
func (d *Decoder) About() string { return d.f.about }

// Kind is the kind of the profile.
func (d *Decoder) Kind() string { return d.f.kind }

// Types implements [decode.Typed].
func (d *Decoder) Types() []string { return d.types }

// layout is the decode.Layout of this package.
type layout struct {
	f       *file
	cutter  cutter
	framing decode.Framing
	rules   *decode.Rules
	claims  decode.Claims // of the header
	states  chan *state   // that no block needs at the moment
}

// maxStates is how many states are kept: as many as blocks are decoded at a time.
const maxStates = 32

// state is what decoding a block needs besides.
type state struct {
	record record
	row    decode.Row
	clocks []decode.Clock // of each type of records
	odd    oddities
}

// Open implements [decode.Decoder].
func (d *Decoder) Open(head []byte, s *decode.Source) (decode.Layout, int, error) {
	y, skip, err := d.open(head, decode.NewRules(s))
	return y, skip, err
}

func (d *Decoder) open(head []byte, rules *decode.Rules) (*layout, int, error) {
	y := &layout{f: d.f, rules: rules, states: make(chan *state, maxStates)}
	before := 0
	if d.f.header != nil {
		before = decode.BOM(head)
		if lines := decode.NewLines(head[before:]); lines.Next() && d.f.header.matches(lines.At.Text) {
			y.claims = d.f.header.claims(lines.At.Text)
			before += lines.Passed()
		}
	}
	c, skip, err := d.f.opener.open(head[before:])
	if err != nil {
		return nil, 0, err
	}
	y.cutter, y.framing = c, c.framing()
	y.release(y.newState(d.cells))
	return y, before + skip, nil
}

func (y *layout) newState(cells int) *state {
	s := &state{record: record{cells: make([]cell, cells)}}
	for i := range y.f.records {
		s.clocks = append(s.clocks, y.f.records[i].start.clock(y.rules))
	}
	return s
}

func (y *layout) acquire(cells int) *state {
	select {
	case s := <-y.states:
		return s
	default:
		return y.newState(cells)
	}
}

func (y *layout) release(s *state) {
	s.record.raw, s.record.buf, s.row.Base = nil, nil, nil
	select {
	case y.states <- s:
	default:
	}
}

// Framing implements [decode.Framed].
func (d *Decoder) Framing(l decode.Layout) decode.Framing { return l.(*layout).framing }

// Claims implements [decode.Claimer].
func (d *Decoder) Claims(l decode.Layout) decode.Claims { return l.(*layout).claims }

// Decode implements [decode.Decoder].
func (d *Decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	y := l.(*layout)
	s := y.acquire(d.cells)
	w := decode.NewWriter(y.rules, out, t)
	if y.framing != nil {
		y.frames(s, &w, block)
	} else {
		y.lines(s, &w, block)
	}
	y.release(s)
}

func (y *layout) frames(s *state, w *decode.Writer, block []byte) {
	frames := decode.NewFrames(y.framing, block)
	for frames.Next() {
		if frames.Problem != "" {
			w.Reject(frames.At, frames.Problem)
			continue
		}
		y.record(s, w, frames.At)
	}
	w.Close(frames.Count())
}

func (y *layout) lines(s *state, w *decode.Writer, block []byte) {
	lines := decode.NewLines(block)
	for lines.Next() {
		if f := y.f; f.trailer.matches(lines.At.Text) {
			w.Claim(f.trailer.claims(lines.At.Text))
		} else if !f.header.matches(lines.At.Text) && !f.comments(lines.At.Text) {
			y.record(s, w, lines.At)
		}
	}
	w.Close(lines.Count())
}

// comments reports whether line is a comment.
func (f *file) comments(line []byte) bool { return f.comment != "" && prefixed(line, f.comment) }

// record decodes one record.
func (y *layout) record(s *state, w *decode.Writer, at decode.Line) {
	scratch := w.Scratch()
	s.record.reset(at.Text, *scratch)
	i, problem := y.read(s)
	*scratch = s.record.buf
	if i >= 0 && y.f.records[i].name != "" {
		w.Type(i)
	}
	switch {
	case problem != "":
		w.Reject(at, problem)
	case i < 0 || y.f.records[i].skip:
		w.Skip()
	default:
		if s.odd.ambiguous {
			w.Note(decode.AmbiguousTime)
		}
		if s.odd.clock {
			w.Note(decode.OddClock)
		}
		if s.record.drift {
			w.Note(decode.UnknownValue)
		}
		w.Append(&s.row, at)
	}
}

// noType is why a record is rejected that is of none of the types.
const noType = "the record is of none of the types that the profile knows"

// read makes the row of the record in s; i is its type, -1 if it is of none.
func (y *layout) read(s *state) (i int, problem string) {
	if y.f.charset == latin1 {
		s.record.recode()
	}
	if problem = y.cutter.cut(&s.record); problem != "" {
		return -1, problem
	}
	for i = range y.f.records {
		v := &y.f.records[i]
		if !v.when.holds(&s.record) {
			continue
		}
		if v.skip {
			return i, ""
		}
		return i, v.run(&s.record, &s.row, &s.clocks[i], &s.odd)
	}
	if y.f.others {
		return -1, noType
	}
	return -1, ""
}

// ReadRow implements [decode.RowReader].
func (d *Decoder) ReadRow(l decode.Layout, line []byte, r *decode.Row) string {
	y := l.(*layout)
	s := y.newState(d.cells)
	s.record.reset(line, nil)
	i, problem := y.read(s)
	if problem == "" && (i < 0 || y.f.records[i].skip) {
		problem = noType
	}
	*r = s.row
	return problem
}
