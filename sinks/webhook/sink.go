package webhook

import (
	"context"
	"fmt"
	"path"
	"slices"
	"sync"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/stage"
)

// Sink sends alerts to a URL. WriteAlerts may be called while another goroutine is
// in Prepare or Commit of an earlier epoch. None of them waits for the receiver. The
// first error of the disk ends a sink, that of its own goroutine included: every
// later call returns it.
type Sink struct {
	opt    Options
	stage  *stage.Stage
	outbox *outbox
	sender *sender

	once sync.Once // starts the sender

	writing sync.Mutex
	part    part

	turn  sync.Mutex
	ready []disk.Staged // prepared, not committed
}

// New returns a sink that keeps what is not sent in dir, which is its own. Nothing
// is read, written or sent before the first call.
func New(dir string, o Options) (*Sink, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	s := &Sink{opt: o}
	s.stage = stage.New(stage.Config{Name: "webhook", Dir: dir, Staging: stagedDir, Final: outboxDir, Place: placeOf, Disk: o.Disk})
	s.outbox = newOutbox(s.stage, o)
	s.sender = newSender(s.outbox, o)
	return s, nil
}

// start begins to send what an earlier process left, unless that was done.
func (s *Sink) start() (err error) {
	if err := s.stage.Start(); err != nil {
		return err
	}
	s.once.Do(func() {
		if err = s.outbox.load(); err != nil {
			err = s.fail("read", err)
			return
		}
		s.sender.start(func(err error) { _ = s.fail("send", err) })
	})
	return err
}

func (s *Sink) fail(verb string, err error) error {
	return s.stage.Fail(fmt.Errorf("webhook: %s alerts in %s: %w: %s", verb, s.stage.Path(""), err, disk.Remedy(err)))
}

// WriteAlerts takes alerts of an epoch, which follow those that it was given before.
// Epochs do not go down. The alerts are not kept.
func (s *Sink) WriteAlerts(ctx context.Context, epoch uint64, alerts []alert.Alert) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.start(); err != nil {
		return err
	}
	for i := range alerts {
		a := &alerts[i]
		if !a.Storm() && !slices.Contains(s.opt.States, a.State) {
			continue
		}
		if err := s.add(epoch, a); err != nil {
			return s.fail("write", err)
		}
	}
	return nil
}

// Prepare makes the alerts of the epochs up to epoch durable and returns their files,
// in the order of their paths, with those that an earlier Prepare returned and no
// Commit has published yet. None is sent; a crash after Prepare loses none of them.
// All alerts of these epochs must have been written; those of later ones may be
// written meanwhile.
func (s *Sink) Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := s.complete(epoch); err != nil {
		return nil, err
	}
	list, err := s.stage.Prepare(ctx, epoch)
	if err != nil {
		return nil, err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	s.ready = list
	return list, nil
}

// complete stages what is left in memory of the epochs up to epoch.
func (s *Sink) complete(epoch uint64) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.start(); err != nil {
		return err
	}
	if s.part.epoch > epoch {
		return nil
	}
	if err := s.flush(); err != nil {
		return s.fail("write", err)
	}
	return nil
}

// Commit lets what was prepared for epoch and those before it be sent, and returns.
// It may be repeated, and alerts of later epochs may be written meanwhile.
func (s *Sink) Commit(ctx context.Context, epoch uint64) error {
	if err := s.stage.Commit(ctx, epoch); err != nil {
		return err
	}
	s.turn.Lock()
	defer s.turn.Unlock()
	var later []disk.Staged
	for _, f := range s.ready {
		if e, final, err := placeOf(f.Path); err == nil && e <= epoch {
			s.outbox.put(segment{name: path.Base(final), size: f.Size})
		} else {
			later = append(later, f)
		}
	}
	s.ready = later
	if err := s.outbox.makeRoom(); err != nil {
		return s.fail("make room for", err)
	}
	return nil
}

// Recover is the first call of a sink that goes on from a checkpoint: epoch is the
// last that was committed there, files what Prepare returned for it. They are
// compared with what is staged, and sent with all that earlier processes left in the
// outbox; one that is missing is there or was sent. What else is staged is dropped.
//
// An error leaves what is staged as it was: Recover may be repeated by a new sink.
func (s *Sink) Recover(ctx context.Context, epoch uint64, files []disk.Staged) error {
	if err := s.stage.Recover(ctx, epoch, files); err != nil {
		return err
	}
	return s.start()
}

// Close goes on sending for a while, but ends at the first failure. What is left
// stays in the outbox for the next process, which is told, what was prepared and not
// committed for its Recover; the rest is removed. Nobody may be writing.
func (s *Sink) Close() error {
	if s.sender.close(s.opt.Drain) {
		s.outbox.tellLeft()
	}
	// These go only when they are empty.
	_ = s.opt.Disk.Remove(s.stage.Path(outboxDir))
	return s.stage.Close(func() error { return nil })
}
