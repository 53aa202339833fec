package parquet

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// Options of a Sink; the zero value works.
type Options struct {
	Metadata     map[string]string // of every file: schema version, engine version, configuration hash ...
	RowGroupRows int               // most rows of a row group, 0: 65,536. A shard keeps that many rows encoded in memory
	Level        int               // of zstd, 0: 1
}

const (
	defaultRows = 1 << 16
	openMax     = 64 // complete files that wait for their fsync, open
)

var errClosed = errors.New("parquet sink: used after Close")

// Sink writes feature frames to Parquet files. Write may be called by several
// shards at once; the other methods are for one goroutine, while nobody writes.
// The first error of a disk or a frame ends a sink: every later call returns it.
type Sink struct {
	dir    string // of the job's output
	layout *layout
	opt    Options
	disk   disk

	mu      sync.Mutex
	err     error
	started bool // what an earlier process staged was dealt with
	rooted  bool // the staging directories themselves are durable
	shards  map[int]*shard
	done    []staged // complete, not prepared
	waiting int      // of done: still open
}

// shard is the file that one shard is writing.
type shard struct {
	w    *writer
	file file // nil: none
	name string
	end  cdr.Millis
}

// staged is a complete file in the open directory.
type staged struct {
	name string
	file file // nil: synced and closed
}

// New returns a sink for the job whose output directory is dir. Nothing is
// written before the first frame.
func New(dir string, schema feature.Schema, o Options) (*Sink, error) {
	if o.RowGroupRows <= 0 {
		o.RowGroupRows = defaultRows
	}
	if o.Level <= 0 {
		o.Level = 1
	}
	l, err := newLayout(schema, o.Metadata)
	if err != nil {
		return nil, fmt.Errorf("parquet sink: %w", err)
	}
	return &Sink{dir: dir, layout: l, opt: o, disk: osDisk{}, shards: make(map[int]*shard)}, nil
}

// Write encodes f, which follows the frames its shard wrote before. Subscribers
// ascend over all frames of a boundary. f is not kept.
func (s *Sink) Write(ctx context.Context, f *feature.Frame) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	sh, err := s.shard(f.Shard)
	if err != nil {
		return err
	}
	if err := s.write(sh, f); err != nil {
		return s.fail(fmt.Errorf("parquet sink: write features of %s, shard %d: %w; nothing of it was published: %s", f.Date, f.Shard, err, remedy(err)))
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
	if sh.file != nil && sh.end != f.WindowEnd {
		return fmt.Errorf("a frame of another boundary came before the last one of %s", sh.name)
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
	file, err := s.disk.create(filepath.Join(s.staging(), openDir, name))
	if err != nil {
		return err
	}
	sh.file, sh.name, sh.end = file, name, f.WindowEnd
	return sh.w.begin(file)
}

// complete writes the footer and hands the file over to the next Prepare. Files
// stay open until they are synced, so that no write error gets lost; beyond
// openMax of them they are synced here.
func (s *Sink) complete(sh *shard) error {
	if err := sh.w.finish(); err != nil {
		return err
	}
	s.mu.Lock()
	full := s.waiting >= openMax
	if !full {
		s.waiting++
		s.done = append(s.done, staged{sh.name, sh.file})
		sh.file = nil
	}
	s.mu.Unlock()
	if !full {
		return nil
	}
	if err := sh.file.Sync(); err != nil {
		return err
	}
	file := sh.file
	sh.file = nil
	if err := file.Close(); err != nil {
		return err
	}
	s.mu.Lock()
	s.done = append(s.done, staged{name: sh.name})
	s.mu.Unlock()
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

// stagedName is date_end-shard.parquet; the file's final place follows from it.
func stagedName(f *feature.Frame) (string, error) {
	if _, err := time.Parse(time.DateOnly, f.Date); err != nil {
		return "", fmt.Errorf("the date %q of a frame is not YYYY-MM-DD", f.Date)
	}
	end, form := time.UnixMilli(int64(f.WindowEnd)).UTC(), "20060102T150405Z"
	if f.WindowEnd%1000 != 0 {
		form = "20060102T150405.000Z"
	}
	return fmt.Sprintf("%s_%s-%02d.parquet", f.Date, end.Format(form), f.Shard), nil
}
