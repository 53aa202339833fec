package checkpoint

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Epoch is an epoch being written.
type Epoch struct {
	store   *Store
	number  uint64
	base    bool
	writers []Writer
	order   *fileWriter
	failed  error // of WriteOrder
}

// Begin starts epoch number, which must be later than the committed one; a base
// holds all subscribers, a delta those that changed since the epoch before. The
// first must be a base. It has that many Writers. An epoch that is not committed
// is no hindrance to the next process, but it is to this one, which should end.
func (s *Store) Begin(number uint64, base bool, writers int) (*Epoch, error) {
	switch {
	case s.failed != nil:
		return nil, s.failed
	case number <= s.manifest.Epoch:
		panic(fmt.Sprintf("checkpoint: epoch %d begins after epoch %d", number, s.manifest.Epoch))
	case !base && s.manifest.Base == 0:
		panic("checkpoint: a delta without a base")
	}
	e := &Epoch{store: s, number: number, base: base, writers: make([]Writer, writers)}
	for i := range e.writers {
		e.writers[i] = Writer{epoch: e, number: uint32(i)}
	}
	return e, nil
}

// Writer returns writer i, for a goroutine of its own.
func (e *Epoch) Writer(i int) *Writer { return &e.writers[i] }

// Writer writes the blocks of some partitions. A partition has one writer in an
// epoch.
type Writer struct {
	epoch       *Epoch
	number      uint32
	state, days *fileWriter // nil until there is a block for it
	closed      bool
	err         error // the first
}

// Put writes b. It does not keep b.Data. After an error it does nothing but
// return it again.
func (w *Writer) Put(b Block) error {
	if w.closed {
		panic("checkpoint: Put after Close")
	}
	if w.err == nil {
		w.err = w.epoch.wrap(w.put(b))
	}
	return w.err
}

func (w *Writer) put(b Block) error {
	kind, f := StateFile, &w.state
	if b.Kind == Day {
		kind, f = DaysFile, &w.days
	}
	if b.Kind != kind.code() || len(b.Data) > MaxBlock {
		panic(fmt.Sprintf("checkpoint: a block of kind %d with %d bytes", b.Kind, len(b.Data)))
	}
	if *f == nil {
		var err error
		if *f, err = w.epoch.create(identity{kind, w.epoch.number, w.number}); err != nil {
			return err
		}
	}
	return (*f).put(&b)
}

// Close makes what was put durable, but for the names, which Commit does.
func (w *Writer) Close() error {
	for _, f := range []*fileWriter{w.state, w.days} {
		if f == nil || w.closed {
			continue
		}
		if err := f.close(w.err == nil); w.err == nil {
			w.err = w.epoch.wrap(err)
		}
	}
	w.closed = true
	return w.err
}

func (e *Epoch) create(i identity) (*fileWriter, error) {
	f, err := newFileWriter(e.store.fs, e.store.path(i.name()), i, e.store.buffer)
	if err == nil && i.kind == StateFile {
		f.info.Base = e.base
	}
	return f, err
}

// WriteOrder writes the state of the reorder buffer, durably but for the name. It
// does not keep data. It may be called by another goroutine than the Writers'.
func (e *Epoch) WriteOrder(data []byte) error {
	e.failed = e.wrap(e.writeOrder(data))
	return e.failed
}

func (e *Epoch) writeOrder(data []byte) error {
	f, err := e.create(identity{kind: OrderFile, epoch: e.number})
	if err != nil {
		return err
	}
	for len(data) > 0 && err == nil {
		n := min(len(data), pieceLen)
		err = f.put(&Block{Kind: piece, Data: data[:n]})
		data = data[n:]
	}
	if failed := f.close(err == nil); err == nil {
		err = failed
	}
	e.order = f
	return err
}

// Commit makes the epoch the one that the directory holds, when all its Writers
// are closed. It fills in what Manifest says, and m belongs to the Store from
// then on. After an error the directory holds either epoch, in full: the process
// should end.
func (e *Epoch) Commit(m *Manifest) error {
	err := e.written()
	if err == nil {
		err = e.wrap(e.commit(m))
	}
	e.store.failed = err
	return err
}

// written reports the first failure of the parts.
func (e *Epoch) written() error {
	for i := range e.writers {
		if w := &e.writers[i]; w.err != nil || !w.closed {
			return cmp.Or(w.err, e.wrap(fmt.Errorf("writer %d is not closed", i)))
		}
	}
	return e.failed
}

func (e *Epoch) commit(m *Manifest) error {
	s := e.store
	m.Version, m.Epoch, m.Base = Version, e.number, s.manifest.Base
	if e.base {
		m.Base = e.number
	}
	m.Files = e.files(m)
	if err := s.fs.SyncDir(s.dir); err != nil {
		return err
	}
	if err := writeManifest(s.fs, s.dir, m); err != nil {
		return err
	}
	s.drop(m)
	s.manifest = m
	return nil
}

// wrap says of an error what was being done, and what to do. It keeps nil.
func (e *Epoch) wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write the checkpoint of epoch %d: %w: %s", e.number, err, disk.Remedy(err))
}

// files lists what the epoch consists of: what it shares with the one before, and
// its own.
func (e *Epoch) files(m *Manifest) (files []FileInfo) {
	for _, f := range e.store.manifest.Files {
		if f.Kind == StateFile && !e.base || f.Kind == DaysFile && f.LastDay >= m.OldestDay {
			files = append(files, f)
		}
	}
	for i := range e.writers {
		for _, f := range []*fileWriter{e.writers[i].state, e.writers[i].days} {
			if f != nil {
				files = append(files, f.info)
			}
		}
	}
	if e.order != nil {
		files = append(files, e.order.info)
	}
	return files
}

// drop notes as garbage what the manifest names and its successor does not.
func (s *Store) drop(successor *Manifest) {
	for _, f := range s.manifest.Files {
		if !slices.Contains(successor.Files, f) {
			s.garbage = append(s.garbage, f.Name)
		}
	}
}
