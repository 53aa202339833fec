package webhook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/stage"
)

// segment is a file of the outbox.
type segment struct {
	name string
	size int64
}

// outbox is the files that are committed and not sent, oldest first. One of them may
// be out: being sent, and nobody else's.
type outbox struct {
	stage *stage.Stage
	disk  disk.FS
	limit int64
	log   func(string)

	mu    sync.Mutex
	queue []segment
	bytes int64         // of queue
	added chan struct{} // holds something when put was called
	stats Stats
}

// Stats counts alerts and what became of them, since the sink was made.
type Stats struct {
	Sent     int64 // acknowledged
	Refused  int64 // went to the dead letters, since the receiver will never take them
	Crowded  int64 // went there to make room in the outbox
	Damaged  int64 // went there, since they cannot be read
	Retries  int64 // requests that are to be repeated
	Waiting  int64 // bytes in the outbox, but for the file that is being sent
	Segments int   // files, likewise
}

// Stats may be called at any time.
func (s *Sink) Stats() Stats {
	b := s.outbox
	b.mu.Lock()
	defer b.mu.Unlock()
	st := b.stats
	st.Waiting, st.Segments = b.bytes, len(b.queue)
	return st
}

func newOutbox(s *stage.Stage, o Options) *outbox {
	return &outbox{stage: s, disk: o.Disk, limit: o.MaxOutbox, log: o.Log, added: make(chan struct{}, 1)}
}

func (b *outbox) path(name string) string { return filepath.Join(b.stage.Path(outboxDir), name) }

// load puts all that is there.
func (b *outbox) load() error {
	names, err := b.disk.List(b.stage.Path(outboxDir))
	if err != nil {
		return err
	}
	for _, name := range names {
		if !nameForm.MatchString(name) {
			continue
		}
		size, err := b.disk.Size(b.path(name))
		if err != nil {
			return err
		}
		b.put(segment{name, size})
	}
	return b.makeRoom()
}

func (b *outbox) put(s segment) {
	b.mu.Lock()
	b.queue = append(b.queue, s)
	b.bytes += s.size
	b.mu.Unlock()
	select {
	case b.added <- struct{}{}:
	default:
	}
}

// take returns the oldest file, which is out now.
func (b *outbox) take() (s segment, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.queue) == 0 {
		return segment{}, false
	}
	return b.shift(), true
}

// crowd is take while there is too much.
func (b *outbox) crowd() (s segment, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bytes <= b.limit {
		return segment{}, false
	}
	return b.shift(), true
}

func (b *outbox) shift() segment {
	s := b.queue[0]
	b.queue = b.queue[1:]
	b.bytes -= s.size
	return s
}

// makeRoom moves the oldest files to the dead letters while there is too much.
func (b *outbox) makeRoom() error {
	for {
		s, ok := b.crowd()
		if !ok {
			return nil
		}
		lines, err := b.read(s.name)
		if err == nil {
			err = b.bury(s.name)
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue // somebody else made room
		}
		if err != nil {
			return err
		}
		n := int64(bytes.Count(lines, []byte("\n")))
		b.count(func(st *Stats) { st.Crowded += n })
		b.log(fmt.Sprintf("webhook: %d alerts went to the dead letters: the outbox holds more than %d bytes", n, b.limit))
	}
}

func (b *outbox) count(f func(*Stats)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(&b.stats)
}

// read returns what a file of the outbox holds.
func (b *outbox) read(name string) ([]byte, error) {
	f, err := b.disk.Open(b.path(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

// remove is the end of a file that was sent.
func (b *outbox) remove(name string) error {
	if err := b.disk.Remove(b.path(name)); err != nil {
		return err
	}
	return b.disk.SyncDir(b.stage.Path(outboxDir))
}

// tellLeft tells how many alerts nobody has acknowledged, once no more are sent.
func (b *outbox) tellLeft() {
	names, err := b.disk.List(b.stage.Path(outboxDir))
	if err != nil {
		return // nothing was written
	}
	n := 0
	for _, name := range names {
		if lines, err := b.read(name); err == nil && nameForm.MatchString(name) {
			n += bytes.Count(lines, []byte("\n"))
		}
	}
	if n > 0 {
		b.log(fmt.Sprintf("webhook: %d alerts are not acknowledged: they wait in %s for the next run", n, b.stage.Path(outboxDir)))
	}
}

// bury moves a whole file to the dead letters. A crash may leave it in both places;
// then it is sent again, or buried again.
func (b *outbox) bury(name string) error {
	dead := b.stage.Path(deadDir)
	if err := b.disk.Mkdir(dead); err != nil {
		return err
	}
	if err := b.disk.Link(b.path(name), filepath.Join(dead, name)); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := b.disk.SyncDir(dead); err != nil {
		return err
	}
	return b.remove(name)
}

// buryBatch writes batch i of a file to the dead letters. It may have been begun
// before a crash.
func (b *outbox) buryBatch(name string, i int, lines []byte) error {
	dead := b.stage.Path(deadDir)
	f, err := b.disk.Extend(filepath.Join(dead, fmt.Sprintf("%s-%06d.jsonl", strings.TrimSuffix(name, ".jsonl"), i)))
	if err != nil {
		return err
	}
	_, err = f.Write(lines)
	if err == nil {
		err = f.Truncate(int64(len(lines)))
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return b.disk.SyncDir(dead)
}
