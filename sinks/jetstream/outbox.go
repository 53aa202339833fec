package jetstream

import (
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// outbox is the files that are committed and not published, oldest first, and how
// far they are.
type outbox struct {
	disk disk.FS
	dir  string // of the sink

	mu      sync.Mutex
	queue   []segment
	sent    int   // messages of the first one that are published
	rows    int64 // in those that are published as a whole, by this process
	trouble string
	added   chan struct{} // holds something when put was called

	run      uint64   // of what is written
	position position // the sender's, once it runs
}

// Pending is what waits to be published.
type Pending struct {
	Segments int       // files of the outbox
	Messages int       // in them, but for those that are published
	Rows     int       // in these files
	Bytes    int64     // of these files
	Sent     int64     // rows or alerts that this process has published, in whole files
	Oldest   time.Time // when the oldest of them was written, in whole seconds; zero: there is none
	Trouble  string    // why nothing is published now; empty: it is, or there is nothing
}

func newOutbox(d disk.FS, dir string) *outbox {
	return &outbox{disk: d, dir: filepath.Clean(dir), added: make(chan struct{}, 1)}
}

func (b *outbox) path(s segment) string { return filepath.Join(b.dir, outboxDir, s.name()) }

// load puts all that is there and not published yet. epoch is that of the checkpoint
// that the job goes on from; 0: it starts over.
func (b *outbox) load(epoch uint64) error {
	p, known, err := loadPosition(b.disk, b.dir)
	if err != nil {
		return err
	}
	if known { // its name may not be durable, and what it says is about to be relied on
		if err := b.disk.SyncDir(b.dir); err != nil {
			return err
		}
	}
	names, err := b.disk.List(filepath.Join(b.dir, outboxDir))
	if err != nil {
		return err
	}
	before := p
	p.Run = max(p.Run, 1)
	for _, name := range names {
		s, ok := parseName(name)
		if !ok {
			continue
		}
		if s.file(p.Done) <= 0 {
			if err := b.disk.Remove(b.path(s)); err != nil {
				return err
			}
			continue
		}
		if s.size, err = b.disk.Size(b.path(s)); err != nil {
			return err
		}
		p.Run = max(p.Run, s.Run)
		b.put(s)
	}
	if epoch == 0 && (known || len(b.queue) > 0) {
		p.Run++
	}
	if newest := b.newest(p); newest > epoch {
		return disk.WithRemedy(fmt.Errorf("epoch %d was published already, but the checkpoint is of epoch %d", newest, epoch),
			"put the newest checkpoint back; to start over, choose an empty state directory")
	}
	b.position, b.run = p, p.Run
	if known && p == before {
		return nil
	}
	if err := b.disk.Mkdir(b.dir); err != nil {
		return err
	}
	return p.save(b.disk, b.dir)
}

// newest is the last epoch of the run that was committed.
func (b *outbox) newest(p position) (epoch uint64) {
	if p.Done.Run == p.Run {
		epoch = p.Done.Epoch
	}
	for _, s := range b.queue {
		if s.Run == p.Run {
			epoch = max(epoch, s.Epoch)
		}
	}
	return epoch
}

// put adds a file, unless it is there.
func (b *outbox) put(s segment) {
	b.mu.Lock()
	at, there := slices.BinarySearchFunc(b.queue, s, func(a, b segment) int { return a.file(b.place) })
	if !there {
		b.queue = slices.Insert(b.queue, at, s)
	}
	b.mu.Unlock()
	select {
	case b.added <- struct{}{}:
	default:
	}
}

// first returns the oldest file.
func (b *outbox) first() (s segment, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return segment{}, false
	}
	return b.queue[0], true
}

// read returns the messages of a file.
func (b *outbox) read(s segment) ([][]byte, error) {
	file, err := readFile(b.disk, b.path(s))
	if err != nil {
		return nil, err
	}
	all, err := messagesOf(file, s.Messages)
	if err != nil {
		return nil, disk.WithRemedy(fmt.Errorf("%s is damaged: %w", b.path(s), err),
			"restore the file; without it, move it elsewhere: its rows will be missing")
	}
	return all, nil
}

// begin says durably that what is published after the last whole file is unknown from
// now on: nothing of it stands in the stream up to the sequence number floor.
func (b *outbox) begin(floor uint64, created time.Time) error {
	p := b.position
	if p.Sending {
		return nil
	}
	p.Sending, p.Floor, p.Created = true, floor, created
	return b.move(p)
}

// rest says durably that it is known after all, for as long as nobody sends.
func (b *outbox) rest() error {
	p := b.position
	if !p.Sending {
		return nil
	}
	p.Sending = false
	return b.move(p)
}

// finish says durably that all of the oldest file is published, the last of it with
// the sequence number seq, and removes it.
func (b *outbox) finish(s segment, seq uint64, created time.Time) error {
	b.mu.Lock()
	more := len(b.queue) > 1
	b.mu.Unlock()
	p := b.position
	p.Done, p.Sending, p.Floor, p.Created = s.place, more, seq, created
	if err := b.move(p); err != nil {
		return err
	}
	if err := b.disk.Remove(b.path(s)); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue, b.sent = b.queue[1:], 0
	b.rows += int64(s.rows)
	return nil
}

func (b *outbox) move(p position) error {
	if err := p.save(b.disk, b.dir); err != nil {
		return err
	}
	b.position = p
	return nil
}

// progress is told how many messages of the oldest file are published, for those who
// ask.
func (b *outbox) progress(sent int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = sent
}

// stuck is told why nothing is published, for those who ask; "": it is.
func (b *outbox) stuck(why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = why
}

func (b *outbox) pending() Pending {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := Pending{Segments: len(b.queue), Sent: b.rows, Trouble: b.trouble}
	for _, s := range b.queue {
		p.Messages += s.Messages
		p.Rows += s.rows
		p.Bytes += s.size
		if p.Oldest.IsZero() || s.since().Before(p.Oldest) {
			p.Oldest = s.since()
		}
	}
	p.Messages -= b.sent
	return p
}
