package synthetic

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
)

// perBlock is how many records a block has: as many as 256 KiB of CSV, about.
const perBlock = 2048

// Input returns the traffic as an input of a job.
func Input(t Traffic) (engine.Input, error) {
	if err := t.check(); err != nil {
		return engine.Input{}, err
	}
	return engine.Input{
		Name: "synthetic", Decoder: decoder{},
		Open: func(context.Context) (source.Source, decode.Layout, error) { return &records{traffic: &t}, &t, nil },
	}, nil
}

// records is the source. The text of a block is two numbers, 16 bytes.
type records struct {
	traffic *Traffic
	next    int64
}

func (s *records) Name() string { return "synthetic" }

func (s *records) Read(_ context.Context, buf []byte) (source.Block, error) {
	end := min(s.next+perBlock, s.traffic.Records)
	b := source.Block{Start: position(s.next), End: position(end)}
	b.Data = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(buf, uint64(s.next)), uint64(end))
	s.next = end
	if end == s.traffic.Records {
		return b, io.EOF
	}
	return b, nil
}

func position(n int64) source.Position {
	return source.Position{Offset: n / perBlock * 16, Line: n, Records: n}
}

func (s *records) Seek(_ context.Context, p source.Position) error {
	s.next = p.Records
	return nil
}

// errNoBookmark is that of a source that nobody keeps checkpoints of.
var errNoBookmark = errors.New("synthetic: records that are made up cannot be gone on with")

func (s *records) Bookmark() (source.Bookmark, error)            { return source.Bookmark{}, errNoBookmark }
func (s *records) Resume(context.Context, source.Bookmark) error { return errNoBookmark }
func (s *records) Ack(context.Context, source.Bookmark) error    { return nil }
func (s *records) Close() error                                  { return nil }

// decoder makes the records of a block.
type decoder struct{}

func (decoder) Name() string               { return "synthetic" }
func (decoder) About() string              { return "records that are made up" }
func (decoder) Detect([]byte) decode.Match { return decode.Match{} }

func (decoder) Open([]byte, *decode.Source) (decode.Layout, int, error) {
	return nil, 0, errors.New("synthetic: there is no file to open")
}

func (decoder) Decode(l decode.Layout, block []byte, out *cdr.Batch, t *decode.Tally) {
	traffic := l.(*Traffic)
	from, to := int64(binary.LittleEndian.Uint64(block)), int64(binary.LittleEndian.Uint64(block[8:]))
	first := out.Len()
	grow(out, first+int(to-from))
	for n := from; n < to; n++ {
		traffic.set(out, first+int(n-from), n)
	}
	t.Read += to - from
	t.Lines += to - from
}

// grow makes the columns of b n long. What is not set by Traffic is 0: no such thing.
func grow(b *cdr.Batch, n int) {
	b.Rows, b.HighWater = cleared(b.Rows, n), longer(b.HighWater, n)
	b.RawHash, b.Call, b.Cause = longer(b.RawHash, n), cleared(b.Call, n), cleared(b.Cause, n)
	b.Raw, b.Line, b.ID = cleared(b.Raw, n), cleared(b.Line, n), cleared(b.ID, n)
}

func longer[T any](column []T, n int) []T {
	return slices.Grow(column, n-len(column))[:n]
}

func cleared[T any](column []T, n int) []T {
	old := len(column)
	column = longer(column, n)
	clear(column[old:])
	return column
}
