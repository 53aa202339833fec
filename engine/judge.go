package engine

import (
	"fmt"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// judge counts what the decoder could not read or does not fold, and admits the
// rest to the buffer.
func (e *Engine) judge(c *chunk) error {
	in := c.input
	if err := e.reject(c); err != nil {
		return err
	}
	e.accounts.count(c)
	var failed error
	c.batch.Block = c.block.Data
	e.buffer.Admit(in.number, c.batch, c.block.Start.Offset, func(row int) {
		e.accounts.late(c)
		if err := e.late(c, row); err != nil && failed == nil {
			failed = err
		}
	})
	if c.last {
		e.buffer.Finish(in.number)
	}
	in.judged.Store(int64(e.buffer.Mark(in.number)))
	if in.live != nil {
		e.landed(c)
	}
	c.batch = nil
	return failed
}

// reject writes the records of c that could not be read, with their reasons.
func (e *Engine) reject(c *chunk) error {
	for _, r := range c.tally.Rejects {
		if err := e.config.Rejects.Append(c.origin(r.Raw, r.Line), r.Reason, r.Raw.Of(c.block.Data)); err != nil {
			return err
		}
	}
	for _, o := range c.block.Oversize {
		reason := fmt.Sprintf("longer than max_record: %d bytes, of which raw holds the first %d", o.Size, len(o.Head))
		at := cdr.Origin{Source: c.name(), Sequence: o.Sequence, Line: o.At.Line + 1, Offset: o.At.Offset}
		if err := e.config.Rejects.Append(at, reason, o.Head); err != nil {
			return err
		}
	}
	return nil
}

// late writes a record that came too late.
func (e *Engine) late(c *chunk, row int) error {
	raw := c.batch.Raw[row]
	reason := e.whyLate(c.batch.Rows[row].Release, max(c.batch.HighWater[row], e.buffer.Mark(c.input.number)))
	return e.config.Late.Append(c.origin(raw, c.batch.Line[row]), reason, raw.Of(c.block.Data))
}

// whyLate words why a record with this event time is late, in a source that had
// come to mark.
func (e *Engine) whyLate(at, mark cdr.Millis) string {
	if behind := time.Duration(mark-at) * time.Millisecond; behind > e.config.Lateness {
		return fmt.Sprintf("late: event time %s is %s behind its source, more than the lateness of %s", clock(at), behind, e.config.Lateness)
	}
	return fmt.Sprintf("late: event time %s lies before %s, up to which the job had come when this source joined", clock(at), clock(e.buffer.Frontier()))
}

func clock(t cdr.Millis) string {
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.000Z")
}
