package feed

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// blockSize is how much of a file is read at a time: a batch is part of a block.
const blockSize = 2 << 20

// Layout is how a file is read.
type Layout struct {
	Format string // name of the decoder
	Head   []byte // what precedes the first record: a header row; without line end
	Skip   int    // bytes of the file that are not records
}

// NewLayout makes a layout of what precedes the first record of a file.
func NewLayout(format string, before []byte) Layout {
	head := bytes.Trim(before[decode.BOM(before):], "\r\n")
	return Layout{Format: format, Head: bytes.Clone(head), Skip: len(before)}
}

// reader reads a file a block ahead, so that it knows the last batch for what it
// is.
type reader struct {
	file   *file.File
	over   func(source.Oversize)
	marked bool // the file can be read again

	rest []byte           // of the block that is being cut
	at   source.Position  // of rest
	mark *source.Bookmark // behind that block

	ahead     []byte // the next block
	aheadAt   source.Position
	aheadMark *source.Bookmark
	spare     []byte // a buffer
	end       bool   // nothing is behind ahead
}

// load reads the next block with records, or finds the end.
func (r *reader) load(ctx context.Context) error {
	r.ahead = nil
	for !r.end {
		b, err := r.file.Read(ctx, r.spare)
		for _, o := range b.Oversize {
			r.over(o)
		}
		if r.end = errors.Is(err, io.EOF); err != nil && !r.end {
			return err
		}
		if len(b.Data) == 0 {
			continue
		}
		r.ahead, r.spare, r.aheadAt = b.Data, nil, b.Start
		r.aheadMark = nil
		if r.marked {
			m, err := r.file.Bookmark()
			if err != nil {
				return err
			}
			r.aheadMark = &m
		}
		return nil
	}
	return nil
}

// next makes sure that rest holds records, if there are any left.
func (r *reader) next(ctx context.Context) error {
	if len(r.rest) > 0 {
		return nil
	}
	used := r.rest[:0]
	r.rest, r.at, r.mark = r.ahead, r.aheadAt, r.aheadMark
	r.spare = used
	return r.load(ctx)
}

// last reports that nothing is left.
func (r *reader) last() bool { return len(r.rest) == 0 && len(r.ahead) == 0 && r.end }
