package parquet

import (
	"context"
	"fmt"
	"sync"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/stage"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// Options of a Sink or an Alerts; the zero value works.
type Options struct {
	Metadata     map[string]string // of every file: schema version, engine version, configuration hash ...
	RowGroupRows int               // most rows of a row group, 0: 65,536, of alerts 4,096. A shard keeps that many rows encoded in memory
	Disk         disk.FS           // nil: the operating system's, files 0640, directories 0750
}

const defaultRows = 1 << 16

// Sink writes feature frames to Parquet files. Write may be called by several
// shards at once, and while another goroutine is in Prepare or Commit. The first
// error of a disk or a frame ends a sink: every later call returns it.
type Sink struct {
	published
	layout *layout
	opt    Options

	mu     sync.Mutex
	shards map[int]*shard
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
	l, err := newLayout(schema, o.Metadata)
	if err != nil {
		return nil, fmt.Errorf("parquet sink: %w", err)
	}
	p := publish(dir, &o, stage.Config{Staging: stagingPath, Final: rowFiles().Final, Place: rowFiles().Place})
	return &Sink{published: p, layout: l, opt: o, shards: map[int]*shard{}}, nil
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
		return s.stage.Fail(fmt.Errorf("parquet sink: write features of %s, shard %d: %w; nothing of it was published: %s", f.Date, f.Shard, err, disk.Remedy(err)))
	}
	return nil
}

// shard returns the state of shard i.
func (s *Sink) shard(i int) (*shard, error) {
	if err := s.stage.Start(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sh := s.shards[i]
	if sh == nil {
		sh = &shard{w: newWriter(s.layout, s.opt)}
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
	name, err := rowFiles().Staged(f)
	if err != nil {
		return err
	}
	file, err := s.stage.Create(f.Epoch, name)
	if err != nil {
		return err
	}
	sh.file, sh.name, sh.end, sh.epoch = file, name, f.WindowEnd, f.Epoch
	sh.sum = disk.SumWriter{W: file}
	return sh.w.begin(&sh.sum)
}

// complete writes the footer and hands the file over to the next Prepare.
func (s *Sink) complete(sh *shard) error {
	if err := sh.w.finish(); err != nil {
		return err
	}
	file := sh.file
	sh.file = nil
	return s.stage.Complete(file, sh.name, sh.epoch, &sh.sum)
}
