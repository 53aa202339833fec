package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/source"
)

// input is an Input at work.
type input struct {
	Input
	number int
	source source.Source
	layout decode.Layout
	ended  bool
	mark   atomic.Int64 // as of the last chunk that was judged
}

// chunk goes round the data path: a block, then also its columns.
type chunk struct {
	input *input
	buf   []byte
	block source.Block
	last  bool // nothing of this input comes after it
	batch cdr.Batch
	tally decode.Tally
}

// read fills c with the next block of the input, opening and closing it as
// needed.
func (in *input) read(ctx context.Context, c *chunk) error {
	if in.source == nil {
		var err error
		if in.source, in.layout, err = in.Open(ctx); err != nil {
			return err
		}
	}
	c.input, c.last, c.block = in, false, source.Block{}
	block, err := in.source.Read(ctx, c.buf[:0])
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	c.block = block
	if block.Data != nil {
		c.buf = block.Data
	}
	if err != nil {
		c.last, in.ended = true, true
		return in.close()
	}
	return nil
}

// close closes the source if it is open.
func (in *input) close() error {
	if in.source == nil {
		return nil
	}
	err := in.source.Close()
	in.source = nil
	if err != nil {
		return fmt.Errorf("close %s: %w", in.Name, err)
	}
	return nil
}

func (c *chunk) decode() {
	c.batch.Reset()
	c.tally.Reset()
	c.input.Decoder.Decode(c.input.layout, c.block.Data, &c.batch, &c.tally)
}

// furthestBehind returns the unfinished input that stands at the earliest event
// time; those of which nothing is known come first. nil: all have ended.
func (e *Engine) furthestBehind() *input {
	var behind *input
	for _, in := range e.inputs {
		if !in.ended && (behind == nil || in.mark.Load() < behind.mark.Load()) {
			behind = in
		}
	}
	return behind
}

// survey finds where each input stands before anything of it is read: at the
// event time of its first record. A single input need not be looked at.
func (e *Engine) survey(ctx context.Context) error {
	var c chunk
	for _, in := range e.inputs {
		start := order.Never
		if len(e.inputs) > 1 && !in.Once {
			var err error
			if start, err = in.first(ctx, &c); err != nil {
				return err
			}
		}
		in.mark.Store(int64(start))
		e.buffer.AddSource(in.Name, start)
	}
	return nil
}

// surveyBlock is how much is read at a time to find a first record.
const surveyBlock = 16 << 10

// first returns the event time of the first record that can be read, Never if
// there is none.
func (in *input) first(ctx context.Context, c *chunk) (start cdr.Millis, err error) {
	look := &input{Input: in.Input}
	defer func() {
		if failed := look.close(); err == nil {
			err = failed
		}
	}()
	c.buf = append(c.buf[:0], make([]byte, surveyBlock)...)
	for !look.ended {
		if err := look.read(ctx, c); err != nil {
			return order.Never, err
		}
		c.decode()
		if c.batch.Len() > 0 {
			return c.batch.Release[0], nil
		}
	}
	return order.Never, nil
}
