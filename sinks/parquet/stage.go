package parquet

import (
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"sync"

	"github.com/cdrstream/cdrstream/engine/disk"
)

const (
	openMax = 64 // complete files that wait for their fsync, open

	// Rows are personal data: others get nothing, the umask may take more.
	fileMode = 0o640
	dirMode  = 0o750
)

var errClosed = errors.New("parquet sink: used after Close")

// stage is where the files of a sink stand until they are published: what the
// package says under "Exactly once", whatever is in the files.
type stage struct {
	dir  string // of the job's output
	area area
	disk disk.FS

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
}

// area tells the files of one sink from those of others in the same output
// directory. Its paths are relative to that, with slashes.
type area struct {
	staging string // directory of staged files
	final   string // directory that all final names are below
	// place returns the epoch and the final name of the file that is staged at name.
	place func(name string) (epoch uint64, final string, err error)
}

// newStage returns a stage that has not been written to. Without a disk it is the
// operating system's.
func newStage(dir string, a area, d disk.FS) stage {
	if d == nil {
		d = disk.New(fileMode, dirMode)
	}
	return stage{dir: filepath.Clean(dir), area: a, disk: d, synced: map[string]bool{}, begun: map[uint64]int{}}
}

func (s *stage) staging() string { return s.path(s.area.staging) }

// path is the place of something that is named relative to the output directory.
func (s *stage) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

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

// begin counts a file of epoch that is being written.
func (s *stage) begin(epoch uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if epoch <= s.prepared {
		return fmt.Errorf("rows of epoch %d came after epoch %d was prepared", epoch, s.prepared)
	}
	s.begun[epoch]++
	return nil
}

// hand hands a complete file, which was begun, over to the next Prepare. Files
// stay open until they are synced, so that no write error gets lost; beyond
// openMax of them they are synced here.
func (s *stage) hand(file disk.File, name string, epoch uint64, sum *disk.SumWriter) error {
	done := &staged{
		Staged: disk.Staged{Path: path.Join(s.area.staging, name), Size: sum.Size, Sum: sum.Sum},
		epoch:  epoch, file: file,
	}
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

// fail makes err what every later call returns, unless another one came first.
func (s *stage) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	return err
}

// failed is the error that ended the sink.
func (s *stage) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
