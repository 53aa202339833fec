package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/source"
)

// Config is a job.
type Config struct {
	Inputs []Input

	// Families returns new instances of the aggregators. Every shard gets its
	// own: they need not be safe for use by several goroutines.
	Families func() []feature.Family
	Plan     *feature.Plan // compiled over the same families

	Zone        *time.Location // of local days
	Lateness    time.Duration  // how far a record may lie behind its source's mark
	EmitEvery   string         // see shard.ParseBoundaries
	EmitAll     bool           // rows for everyone in state, not only the active
	Retain      time.Duration  // how long a subscriber is kept after its last leg; no shorter than any window
	MaxContacts int            // peers remembered per subscriber
	MaxBuffer   int            // records that may wait for the frontier
	Outsiders   shard.Outsiders
	HomeKnown   bool // home numbers or networks are configured

	Workers   int // shards, and as many decoders
	BlockSize int // bytes read at a time, about

	Features Sink  // of the rows
	Rejects  Aside // of the records that could not be read
	Late     Aside // of the records that came too late
}

// Input is one source of records and how to read it.
type Input struct {
	Name    string
	Decoder decode.Decoder
	// Open opens the source behind what precedes its first record, and returns
	// the layout that Decoder.Open made of that. It is called once to look at
	// the first event time, and once to read, unless Once is set.
	Open func(ctx context.Context) (source.Source, decode.Layout, error)
	Once bool // it can be opened only once: standard input
}

// Sink takes the rows. Frames of one shard come in order; several shards write
// at the same time. What was written becomes visible by Prepare and Commit.
type Sink interface {
	Write(ctx context.Context, f *feature.Frame) error
	Prepare(ctx context.Context, epoch uint64) error
	Commit(ctx context.Context, epoch uint64) error
}

// Aside takes raw records that were set aside, with the reason. Append is called
// by one goroutine.
type Aside interface {
	Append(source string, line, offset int64, reason string, raw []byte) error
	Prepare(ctx context.Context, epoch uint64) error
	Commit(ctx context.Context, epoch uint64) error
}

func (c *Config) check() error {
	switch {
	case len(c.Inputs) == 0:
		return errors.New("engine: no inputs")
	case c.Plan == nil || c.Families == nil || c.Zone == nil:
		return errors.New("engine: a plan, the families it was compiled over and a zone are needed")
	case c.Features == nil || c.Rejects == nil || c.Late == nil:
		return errors.New("engine: sinks for features, rejects and late records are needed")
	case c.Workers < 1 || c.BlockSize < 1 || c.MaxBuffer < 1:
		return errors.New("engine: workers, block size and buffer must be at least 1")
	case c.Lateness < 0:
		return errors.New("engine: the lateness must not be negative")
	}
	return c.checkRetain()
}

// checkRetain makes sure that nobody is forgotten while a window still holds legs
// of theirs.
func (c *Config) checkRetain() error {
	for _, w := range c.Plan.Windows {
		span := time.Duration(w.Panes) * time.Duration(w.Length) * time.Millisecond
		if w.Days {
			span = time.Duration(w.Panes) * 24 * time.Hour
		}
		if c.Retain < span {
			return fmt.Errorf("engine: retain is %s, but the window %s needs at least %s", c.Retain, w.Name, span)
		}
	}
	return nil
}

func millis(d time.Duration) cdr.Millis { return cdr.Millis(d.Milliseconds()) }
