package jetstream

import (
	"context"
	"fmt"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/stage"
)

// outlet is what both sinks are, whatever their messages hold.
type outlet struct {
	opt    Options
	stage  *stage.Stage
	outbox *outbox
	sender *sender

	once   sync.Once // opens the outbox and starts the sender
	opened error

	mu    sync.Mutex
	parts map[int]*part  // by shard
	files map[uint64]int // of an epoch that is not prepared

	turn  sync.Mutex
	ready []disk.Staged // prepared, not committed
}

func newOutlet(dir string, to server, o Options, label labeller) *outlet {
	l := &outlet{opt: o, parts: map[int]*part{}, files: map[uint64]int{}}
	l.stage = stage.New(stage.Config{Name: "jetstream", Dir: dir, Staging: stagedDir, Final: outboxDir, Place: placeOf, Disk: o.Disk})
	l.outbox = newOutbox(o.Disk, dir)
	l.sender = newSender(l.outbox, to, o, label)
	return l
}

// start begins to send what an earlier process left, unless that was done. The job
// starts over, since there was no Recover.
func (l *outlet) start(ctx context.Context) error {
	if err := l.stage.Start(); err != nil {
		return err
	}
	return l.open(ctx, 0)
}

func (l *outlet) open(ctx context.Context, epoch uint64) error {
	l.once.Do(func() {
		if err := l.outbox.load(epoch); err != nil {
			l.opened = l.fail("read", err)
			return
		}
		if err := l.sender.probe(ctx); err != nil {
			l.opened = l.stage.Fail(err)
			return
		}
		l.sender.start(func(err error) { _ = l.fail("send", err) })
	})
	return l.opened
}

func (l *outlet) fail(verb string, err error) error {
	return l.stage.Fail(fmt.Errorf("jetstream: %s messages for %s in %s: %w: %s", verb, l.opt.Subject, l.stage.Path(""), err, disk.Remedy(err)))
}

// part returns the part of a shard, locked, for messages of epoch.
func (l *outlet) part(shard int, epoch uint64) (*part, error) {
	l.mu.Lock()
	p := l.parts[shard]
	if p == nil {
		p = &part{}
		l.parts[shard] = p
	}
	l.mu.Unlock()
	p.mu.Lock()
	if err := l.turnTo(p, epoch); err != nil {
		p.mu.Unlock()
		return nil, err
	}
	return p, nil
}

// turnTo stages what p has of earlier epochs.
func (l *outlet) turnTo(p *part, epoch uint64) error {
	if epoch < p.epoch {
		return fmt.Errorf("rows of epoch %d came after those of epoch %d", epoch, p.epoch)
	}
	if epoch > p.epoch {
		if err := l.flush(p); err != nil {
			return err
		}
	}
	p.epoch = epoch
	return nil
}

// grown stages p if it is long enough.
func (l *outlet) grown(p *part) error {
	if len(p.data) < partBytes {
		return nil
	}
	return l.flush(p)
}

// flush stages what is in p, if anything is.
func (l *outlet) flush(p *part) error {
	if p.messages == 0 {
		return nil
	}
	p.seal()
	name := l.next(p).name()
	f, err := l.stage.Create(p.epoch, name)
	if err != nil {
		return err
	}
	sum := disk.SumWriter{W: f}
	if _, err := sum.Write(p.data); err != nil {
		_ = f.Close()
		return err
	}
	p.reset()
	return l.stage.Complete(f, name, p.epoch, &sum)
}

// next is the file that p will be.
func (l *outlet) next(p *part) segment {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := segment{place: place{l.outbox.run, p.epoch, l.files[p.epoch], p.messages}, rows: p.rows, staged: time.Now().Unix()}
	l.files[p.epoch]++
	return s
}

// Prepare makes what was written of the epochs up to epoch durable and returns the
// files, in the order of their paths, with those that an earlier Prepare returned and
// no Commit has published yet. None is sent; a crash after Prepare loses none of them.
// All of these epochs must have been written; later ones may be written meanwhile.
func (l *outlet) Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := l.start(ctx); err != nil {
		return nil, err
	}
	if err := l.complete(epoch); err != nil {
		return nil, l.fail("write", err)
	}
	list, err := l.stage.Prepare(ctx, epoch)
	if err != nil {
		return nil, err
	}
	l.turn.Lock()
	defer l.turn.Unlock()
	l.ready = list
	return list, nil
}

// complete stages what is left in memory of the epochs up to epoch.
func (l *outlet) complete(epoch uint64) error {
	for _, p := range l.shards() {
		if err := l.completePart(p, epoch); err != nil {
			return err
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for e := range l.files {
		if e <= epoch {
			delete(l.files, e)
		}
	}
	return nil
}

// shards returns the parts in the order of their shards.
func (l *outlet) shards() (all []*part) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var numbers []int
	for n := range l.parts {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		all = append(all, l.parts[n])
	}
	return all
}

func (l *outlet) completePart(p *part, epoch uint64) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.epoch > epoch {
		return nil
	}
	return l.flush(p)
}

// Commit lets what was prepared for epoch and those before it be sent, and returns.
// It may be repeated, and rows of later epochs may be written meanwhile.
func (l *outlet) Commit(ctx context.Context, epoch uint64) error {
	if err := l.stage.Commit(ctx, epoch); err != nil {
		return err
	}
	l.turn.Lock()
	defer l.turn.Unlock()
	var later []disk.Staged
	for _, f := range l.ready {
		s, ok := parseName(path.Base(f.Path))
		if ok && s.Epoch <= epoch {
			s.size = f.Size
			l.outbox.put(s)
		} else {
			later = append(later, f)
		}
	}
	l.ready = later
	return nil
}

// Recover is the first call of a sink that goes on from a checkpoint: epoch is the
// last that was committed there, files what Prepare returned for it. They are compared
// with what is staged, and sent with all that earlier processes left in the outbox;
// one that is missing is there or was sent. What else is staged is dropped. With epoch
// 0 the job starts over; what an earlier one has committed is sent before.
//
// If the server answers, Recover also makes sure that the stream is one that this
// outbox can go on with; if it does not, the sender will see. An error leaves what is
// staged and committed as it was: Recover may be repeated by a new sink.
func (l *outlet) Recover(ctx context.Context, epoch uint64, files []disk.Staged) error {
	if err := l.stage.Recover(ctx, epoch, files); err != nil {
		return err
	}
	return l.open(ctx, epoch)
}

// Pending may be called at any time.
func (l *outlet) Pending() Pending { return l.outbox.pending() }

// Close goes on sending for a while, but ends at the first failure. What is left
// stays in the outbox for the next process, which is told, what was prepared and not
// committed for its Recover; the rest is removed. Nobody may be writing.
func (l *outlet) Close() error {
	if l.sender.close(l.opt.Drain) {
		l.tellLeft()
	}
	return l.stage.Close(func() error { return nil })
}

func (l *outlet) tellLeft() {
	if p := l.Pending(); p.Segments > 0 {
		l.opt.Log(fmt.Sprintf("jetstream: up to %d messages for %s are not published: they wait in %s for the next run", p.Messages, l.opt.Subject, l.stage.Path(outboxDir)))
	}
}
