package parquet

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"sync"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// Options of a Sink; the zero value works.
type Options struct {
	Metadata     map[string]string // of every file: schema version, engine version, configuration hash ...
	RowGroupRows int               // most rows of a row group, 0: 65,536. A shard keeps that many rows encoded in memory
	Level        int               // of zstd, 0: 1
	Disk         disk.FS           // nil: the operating system's, files 0640, directories 0750
}

const (
	defaultRows = 1 << 16
	openMax     = 64 // complete files that wait for their fsync, open

	// Feature rows are personal data: others get nothing, the umask may take more.
	fileMode = 0o640
	dirMode  = 0o750
)

var errClosed = errors.New("parquet sink: used after Close")

// Sink writes feature frames to Parquet files. Write may be called by several
// shards at once, and while another goroutine is in Prepare or Commit. The first
// error of a disk or a frame ends a sink: every later call returns it.
type Sink struct {
	dir    string // of the job's output
	layout *layout
	opt    Options
	disk   disk.FS

	turn   sync.Mutex // Prepare, Commit, Recover and Close, one at a time
	ready  []*staged  // prepared, not committed
	synced map[string]bool

	mu       sync.Mutex // once frames come, never held over a sync
	err      error
	started  bool // what an earlier process staged was dealt with
	shards   map[int]*shard
	begun    map[uint64]int // files being written, by epoch
	done     []*staged      // complete, not prepared
	waiting  int            // of done: still open
	prepared uint64         // the newest epoch that was prepared, or recovered
}

// shard is the file that one shard is writing.
type shard struct {
	w     *writer
	file  disk.File // nil: none
	sum   disk.SumWriter
	name  string
	end   cdr.Millis
	epoch uint64
}

// New returns a sink for the job whose output directory is dir. Nothing is
// read or written before the first call.
func New(dir string, schema feature.Schema, o Options) (*Sink, error) {
	if o.RowGroupRows <= 0 {
		o.RowGroupRows = defaultRows
	}
	if o.Level <= 0 {
		o.Level = 1
	}
	if o.Disk == nil {
		o.Disk = disk.New(fileMode, dirMode)
	}
	l, err := newLayout(schema, o.Metadata)
	if err != nil {
		return nil, fmt.Errorf("parquet sink: %w", err)
	}
	return &Sink{
		dir: filepath.Clean(dir), layout: l, opt: o, disk: o.Disk,
		synced: map[string]bool{}, shards: map[int]*shard{}, begun: map[uint64]int{},
	}, nil
}

// Write encodes f, which follows the frames its shard wrote before. Subscribers
// ascend over all frames of a boundary, and those are of one epoch, which was not
// prepared yet. f is not kept.
func (s *Sink) Write(ctx context.Context, f *feature.Frame) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sh, err := s.shard(f.Shard)
	if err != nil {
		return err
	}
	if err := s.write(sh, f); err != nil {
		return s.fail(fmt.Errorf("parquet sink: write features of %s, shard %d: %w; nothing of it was published: %s", f.Date, f.Shard, err, disk.Remedy(err)))
	}
	return nil
}

// shard returns the state of shard i.
func (s *Sink) shard(i int) (*shard, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.start(); err != nil {
		return nil, err
	}
	sh := s.shards[i]
	if sh == nil {
		w, err := newWriter(s.layout, s.opt)
		if err != nil {
			return nil, fmt.Errorf("parquet sink: %w", err)
		}
		sh = &shard{w: w}
		s.shards[i] = sh
	}
	return sh, nil
}

func (s *Sink) write(sh *shard, f *feature.Frame) error {
	if sh.file != nil && (sh.end != f.WindowEnd || sh.epoch != f.Epoch) {
		return fmt.Errorf("a frame of another boundary or epoch came before the last one of %s", sh.name)
	}
	if f.Rows > 0 {
		if err := s.open(sh, f); err != nil {
			return err
		}
		if err := sh.w.add(f); err != nil {
			return err
		}
	}
	if f.Last && sh.file != nil {
		return s.complete(sh)
	}
	return nil
}

// open starts the file of f's boundary, unless it was.
func (s *Sink) open(sh *shard, f *feature.Frame) error {
	if sh.file != nil {
		return nil
	}
	name, err := stagedName(f)
	if err != nil {
		return err
	}
	if err := s.begin(f.Epoch); err != nil {
		return err
	}
	file, err := s.disk.Create(filepath.Join(s.staging(), name))
	if err != nil {
		return err
	}
	sh.file, sh.name, sh.end, sh.epoch = file, name, f.WindowEnd, f.Epoch
	sh.sum = disk.SumWriter{W: file}
	return sh.w.begin(&sh.sum)
}

// begin counts a file of epoch that is being written.
func (s *Sink) begin(epoch uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if epoch <= s.prepared {
		return fmt.Errorf("a frame of epoch %d came after epoch %d was prepared", epoch, s.prepared)
	}
	s.begun[epoch]++
	return nil
}

// complete writes the footer and hands the file over to the next Prepare. Files
// stay open until they are synced, so that no write error gets lost; beyond
// openMax of them they are synced here.
func (s *Sink) complete(sh *shard) error {
	if err := sh.w.finish(); err != nil {
		return err
	}
	done := &staged{
		Staged: disk.Staged{Path: path.Join(stagingPath, sh.name), Size: sh.sum.Size, Sum: sh.sum.Sum},
		epoch:  sh.epoch, file: sh.file,
	}
	sh.file = nil
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
	if s.begun[done.epoch]--; s.begun[done.epoch] == 0 {
		delete(s.begun, done.epoch)
	}
	return nil
}

// fail makes err what every later call returns, unless another one came first.
func (s *Sink) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
	return err
}

// failed is the error that ended the sink.
func (s *Sink) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}
