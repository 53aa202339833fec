package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
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

	// Silence is how long a switch may write nothing before that is warned of; 0: for ever.
	Silence time.Duration

	Workers   int // shards, and as many decoders
	BlockSize int // bytes read at a time, about

	// Checkpoints makes the job survive a crash; nil: it starts over.
	Checkpoints *Checkpoints
	// Stop, once closed, ends the job with a checkpoint, see ErrStopped. Without
	// Checkpoints it must be nil: a job that cannot go on is ended by its context.
	Stop <-chan struct{}
	// KeepOpen leaves the period of the last records open at the end of the inputs,
	// for a later process with further ones. It takes Checkpoints.
	KeepOpen bool

	// Latest, of live jobs, is moved to MaxFuture behind the wall clock as blocks are
	// read: the decoders of the inputs reject what lies after it.
	Latest    *decode.Limit
	MaxFuture time.Duration
	Watch     Watch

	Rules  *rules.Set    // nil: none. The plan is compiled for them
	Alerts []AlertOutput // each gets all alerts

	Features     Sink            // of the rows
	MoreFeatures []FeatureOutput // each gets all rows too
	Register     Register        // of the files; nil: none is kept
	Rejects      Aside           // of the records that could not be read
	Late         Aside           // of the records that came too late
}

// Checkpoints make a job survive a crash: another process that is given the same
// store goes on where the last epoch ended.
type Checkpoints struct {
	Store    *checkpoint.Store
	Job      string      // what tells the job from others; its output directory knows it too
	Due      func() bool // asked between two blocks: is it time for a checkpoint
	Settings []checkpoint.Setting
	Engine   string     // version of the program
	Latest   cdr.Millis // see decode.Source
	Out      string     // output directory
	Copies   []string   // files that are not read since another one holds the same
	// Describe makes the text of the summary that the last checkpoint keeps.
	Describe func(*Summary) ([]byte, error)
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

	// Live, where not nil, is a source without an end, in place of Open; either all
	// inputs are live or none is. The engine closes it. Its blocks tell by their Layout,
	// a Format, how they are read.
	Live source.Live
	// Idle is after how long without records, if none waits in it, the other live inputs
	// no longer wait for it; 0: they always do.
	Idle time.Duration

	// The inputs of a job that goes on are those that its checkpoint lists, in that
	// order, and then new ones.
	Done   bool // read to its end by an earlier process; it is not opened
	Marked bool // it can tell a bookmark, and go back to one
	// Retired is an input that was live and is read no more: what it brought counts, and
	// nobody waits for it.
	Retired bool
}

// Sink takes the rows. Frames of one shard come in order; several shards write
// at the same time, and while another goroutine is in Prepare or Commit. What was
// written becomes visible by Prepare and Commit; see package engine/disk for what
// durable means.
type Sink interface {
	// Write takes rows of the epoch f.Epoch.
	Write(ctx context.Context, f *feature.Frame) error
	Publisher
}

// Aside takes raw records that were set aside, with the reason. Append and Cut are
// called by one goroutine, while another one may be in Prepare or Commit.
type Aside interface {
	Append(at cdr.Origin, reason string, raw []byte) error
	// Cut ends an epoch: what was appended so far belongs to it and those before.
	// It syncs nothing.
	Cut(epoch uint64) error
	Publisher
}

// AlertSink takes alerts.
type AlertSink interface {
	// WriteAlerts takes alerts of an epoch, in the order of event time, rule and
	// subscriber. Calls are one at a time and in that order too, but may come while
	// another goroutine is in Prepare or Commit of an earlier epoch. It may keep
	// the alerts, not the slice.
	WriteAlerts(ctx context.Context, epoch uint64, alerts []alert.Alert) error
	Publisher
}

// FeatureOutput is a sink of rows by the name that checkpoints know it by.
type FeatureOutput struct {
	Name string
	Sink
}

// AlertOutput is an alert sink by the name that checkpoints know it by.
type AlertOutput struct {
	Name string
	AlertSink
}

// Publisher makes what belongs to an epoch durable, and then visible, exactly
// once. Epochs count from 1.
type Publisher interface {
	// Prepare makes everything of the epochs up to epoch durable, and returns
	// the files of it that are not published.
	Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error)
	// Commit publishes what was prepared of the epochs up to epoch. It may be
	// repeated.
	Commit(ctx context.Context, epoch uint64) error
	// Recover is the first call in a job with checkpoints. epoch is that of the
	// checkpoint it goes on from: what Prepare returned for it is checked and, unless
	// that was done, published; what was staged later is dropped. 0: everything is.
	Recover(ctx context.Context, epoch uint64, staged []disk.Staged) error
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
	case c.Checkpoints == nil && (c.Stop != nil || c.KeepOpen):
		return errors.New("engine: a job without checkpoints cannot be left and gone on with")
	}
	if err := c.checkLive(); err != nil {
		return err
	}
	if err := c.checkMarks(); err != nil {
		return err
	}
	return c.checkRetain()
}

// checkLive makes sure that live inputs are among themselves, and can be left.
func (c *Config) checkLive() error {
	live := 0
	for i := range c.Inputs {
		if c.Inputs[i].Live != nil || c.Inputs[i].Retired {
			live++
		}
	}
	switch {
	case live == 0:
		return nil
	case live < len(c.Inputs):
		return errors.New("engine: some inputs are live and some have an end")
	case c.Checkpoints == nil || c.Stop == nil:
		return errors.New("engine: a live job needs checkpoints, and something to stop it")
	}
	return nil
}

// checkMarks makes sure that a job with checkpoints can go on with all inputs.
func (c *Config) checkMarks() error {
	if c.Checkpoints == nil {
		return nil
	}
	if c.Checkpoints.Store == nil || c.Checkpoints.Due == nil {
		return errors.New("engine: checkpoints take a store and what tells when one is due")
	}
	for _, in := range c.Inputs {
		if !in.Done && !in.Retired && (in.Once || !in.Marked && in.Live == nil) {
			return fmt.Errorf("engine: %s cannot be gone on with, which checkpoints need", in.Name)
		}
	}
	return nil
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
