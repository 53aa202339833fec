package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

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
	judged atomic.Int64 // its mark as of the last chunk that was judged

	bookmark source.Bookmark // where it stands, or was left
	resume   bool            // it was left at the bookmark and not opened since

	live *attention // nil: it has an end
}

// chunk goes round the first half of the data path: a block, then also its records. These
// belong to the buffer once they are judged, and the chunk is free once the next one's are.
type chunk struct {
	input *input
	buf   []byte
	block source.Block
	last  bool          // nothing of this input comes after it
	idle  bool          // this chunk is no block, but tells that the input is idle
	read  time.Duration // when, since the start, of a live input
	batch *cdr.Batch
	tally decode.Tally

	barrier *barrier // this chunk is no block, but a barrier
}

func (c *chunk) reset() {
	c.input, c.last, c.idle, c.block, c.barrier = nil, false, false, source.Block{}, nil
}

// Format is how the records of a block are read: what source.Block.Layout holds where
// the blocks of an input differ.
type Format struct {
	Decoder decode.Decoder
	Layout  decode.Layout
}

// format is how the records of c are read.
func (c *chunk) format() Format {
	if f, ok := c.block.Layout.(Format); ok {
		return f
	}
	return Format{c.input.Decoder, c.input.layout}
}

// read fills c with the next block of the input, opening and closing it as
// needed.
func (in *input) read(ctx context.Context, c *chunk) error {
	if err := in.open(ctx); err != nil {
		return err
	}
	c.input = in
	block, err := in.source.Read(ctx, c.buf[:0])
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	c.block = block
	c.buf = block.Buffer(c.buf)
	if err == nil {
		return nil
	}
	c.last, in.ended = true, true
	if err := in.mark(); err != nil {
		return err
	}
	return in.close()
}

// open opens the source, where it was left if it was, unless it is open.
func (in *input) open(ctx context.Context) (err error) {
	if in.source != nil {
		return nil
	}
	if in.source, in.layout, err = in.Open(ctx); err != nil || !in.resume {
		return err
	}
	in.resume = false
	return in.source.Resume(ctx, in.bookmark)
}

// mark notes where the source stands, if it is open and that is wanted.
func (in *input) mark() (err error) {
	if in.source != nil && (in.Marked || in.live != nil) {
		in.bookmark, err = in.source.Bookmark()
	}
	return err
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
	c.tally.Reset()
	if len(c.block.Data) == 0 {
		return
	}
	f := c.format()
	f.Decoder.Decode(f.Layout, c.block.Data, c.batch, &c.tally)
}

// furthestBehind returns the unfinished input that stands at the earliest event
// time; those of which nothing is known come first. nil: all have ended.
func (e *Engine) furthestBehind() *input {
	return e.earliest(func(in *input) bool { return !in.ended })
}

// earliest returns the input, of those that count, that stands at the earliest
// event time, nil if none counts.
func (e *Engine) earliest(counts func(*input) bool) *input {
	var behind *input
	for _, in := range e.inputs {
		if counts(in) && (behind == nil || in.judged.Load() < behind.judged.Load()) {
			behind = in
		}
	}
	return behind
}

// survey finds where each input stands before anything of it is read: at the
// event time of its first record, and where it begins. A single input need not be
// looked at, unless it is to be known again; the first ones are, from a checkpoint.
func (e *Engine) survey(ctx context.Context, known int) error {
	c := chunk{batch: &cdr.Batch{}}
	for _, in := range e.inputs[known:] {
		start := order.Never
		if in.live == nil && (len(e.inputs) > 1 || e.config.Checkpoints != nil) && !in.Once {
			var err error
			if start, err = in.first(ctx, &c); err != nil {
				return err
			}
		}
		in.judged.Store(int64(start))
		e.buffer.AddSource(in.Name, start)
	}
	return nil
}

// surveyBlock is how much is read at a time to find a first record.
const surveyBlock = 16 << 10

// first returns the event time of the first record that can be read, Never if
// there is none, and notes where the input begins.
func (in *input) first(ctx context.Context, c *chunk) (start cdr.Millis, err error) {
	look := &input{Input: in.Input}
	defer func() {
		if failed := look.close(); err == nil {
			err = failed
		}
	}()
	if err := look.open(ctx); err != nil {
		return order.Never, err
	}
	if err := look.mark(); err != nil {
		return order.Never, err
	}
	in.bookmark, look.Marked = look.bookmark, false
	c.buf = append(c.buf[:0], make([]byte, surveyBlock)...)
	for !look.ended {
		if err := look.read(ctx, c); err != nil {
			return order.Never, err
		}
		c.batch.Reset()
		c.decode()
		if c.batch.Len() > 0 {
			return c.batch.Rows[0].Release, nil
		}
	}
	return order.Never, nil
}
