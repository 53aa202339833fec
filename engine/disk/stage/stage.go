package stage

import (
	"fmt"
	"path"
	"path/filepath"
	"sync"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// openMax is how many complete files wait for their fsync, open.
const openMax = 64

// Config tells the files of one writer from those of others in the same directory.
// Paths are relative to Dir, with slashes.
type Config struct {
	Name    string // of the writer, in messages
	Dir     string
	Staging string // directory of staged files, which is the writer's alone
	Final   string // directory that all final names are below
	// Place returns the epoch and the final name of the file that is staged at name;
	// an error if no such file ever is.
	Place func(name string) (epoch uint64, final string, err error)
	Disk  disk.FS
}

// Stage is where the files of a writer stand until they are published. Its methods
// may be called by several goroutines; files of later epochs may be written while
// another goroutine is in Prepare or Commit. The first error ends it: every later call
// returns it.
type Stage struct {
	c Config

	turn   sync.Mutex // Prepare, Commit, Recover and Close, one at a time
	ready  []*staged  // prepared, not committed
	synced map[string]bool

	mu       sync.Mutex // once rows come, never held over a sync
	err      error
	started  bool           // what an earlier process staged was dealt with
	begun    map[uint64]int // files being written, by epoch
	done     []*staged      // complete, not prepared
	waiting  int            // of done: still open
	prepared uint64         // the newest epoch that was prepared, or recovered
	closed   bool
}

// New returns a stage. Nothing is read or written before the first call.
func New(c Config) *Stage {
	c.Dir = filepath.Clean(c.Dir)
	return &Stage{c: c, synced: map[string]bool{}, begun: map[uint64]int{}}
}

func (s *Stage) staging() string { return s.Path(s.c.Staging) }

// Path is the place of something that is named relative to Dir.
func (s *Stage) Path(name string) string { return filepath.Join(s.c.Dir, filepath.FromSlash(name)) }

// Start is called before anything is written. It drops what an earlier process left
// staged, unless Recover dealt with it.
func (s *Stage) Start() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.start()
}

// staged is a complete file that waits to be published.
type staged struct {
	disk.Staged
	epoch uint64
	file  disk.File // nil: synced and closed
}

// sync makes the content durable and closes the file.
func (f *staged) sync() error {
	if f.file == nil {
		return nil
	}
	err := f.file.Sync()
	if closed := f.file.Close(); err == nil {
		err = closed
	}
	f.file = nil
	return err
}

// Create begins a file of epoch, which was not prepared yet. The name says what
// Place needs to know.
func (s *Stage) Create(epoch uint64, name string) (disk.File, error) {
	if err := s.begin(epoch); err != nil {
		return nil, err
	}
	return s.c.Disk.Create(filepath.Join(s.staging(), name))
}

// begin counts a file of epoch that is being written.
func (s *Stage) begin(epoch uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if epoch <= s.prepared {
		return fmt.Errorf("rows of epoch %d came after epoch %d was prepared", epoch, s.prepared)
	}
	s.begun[epoch]++
	return nil
}

// Complete hands a file that Create made over to the next Prepare. sum is of its
// content. Files stay open until they are synced, so that no write error gets lost;
// beyond openMax of them they are synced here.
func (s *Stage) Complete(file disk.File, name string, epoch uint64, sum *disk.SumWriter) error {
	done := &staged{
		Staged: disk.Staged{Path: path.Join(s.c.Staging, name), Size: sum.Size, Sum: sum.Sum},
		epoch:  epoch, file: file,
	}
	disk.WriteBack(file)
	s.mu.Lock()
	full := s.waiting >= openMax
	if !full {
		s.waiting++
	}
	s.mu.Unlock()
	if full {
		if err := done.sync(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = append(s.done, done)
	if s.begun[epoch]--; s.begun[epoch] == 0 {
		delete(s.begun, epoch)
	}
	return nil
}

// Fail makes err what every later call returns, unless another one came first.
func (s *Stage) Fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	return err
}

// Err is the error that ended the stage.
func (s *Stage) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
