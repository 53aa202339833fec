package arrowipc

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/stage"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/sinks/internal/columns"
)

// Compression of the buffers of record batches.
type Compression string

// The compressions.
const (
	Zstd Compression = "zstd"
	LZ4  Compression = "lz4"
)

// Options of a Sink; the zero value works.
type Options struct {
	Metadata    map[string]string // of every file: schema version, engine version, configuration hash ...
	Compression Compression       // "": Zstd
	Disk        disk.FS           // nil: the operating system's, files 0640, directories 0750
}

// Rows are personal data: others get nothing, the umask may take more.
const (
	fileMode = 0o640
	dirMode  = 0o750
)

// Sink writes feature frames to Arrow IPC files. Write may be called by several shards
// at once, and while another goroutine is in Prepare or Commit. The first error of a
// disk or a frame ends a sink: every later call returns it.
type Sink struct {
	stage  *stage.Stage
	schema *arrow.Schema
	rows   feature.Schema
	codec  ipc.Option

	mu     sync.Mutex
	shards map[int]*shard
}

// shard is the file that one shard is writing.
type shard struct {
	records *columns.Records
	order   order
	file    disk.File // nil: none
	out     *counted
	ipc     *ipc.FileWriter
	name    string
	end     cdr.Millis
	epoch   uint64
}

// New returns a sink for the job whose output directory is dir. Nothing is read or
// written before the first call.
func New(dir string, schema feature.Schema, o Options) (*Sink, error) {
	if o.Disk == nil {
		o.Disk = disk.New(fileMode, dirMode)
	}
	codecs := map[Compression]ipc.Option{"": ipc.WithZstd(), Zstd: ipc.WithZstd(), LZ4: ipc.WithLZ4()}
	codec, ok := codecs[o.Compression]
	if !ok {
		return nil, fmt.Errorf("arrow sink: the compression %q is unknown: choose zstd or lz4", o.Compression)
	}
	s, err := columns.Schema(schema, o.Metadata)
	if err != nil {
		return nil, fmt.Errorf("arrow sink: %w", err)
	}
	c := stage.Config{Name: "arrow sink", Dir: dir, Staging: rowFiles().Staging, Final: rowFiles().Final, Place: rowFiles().Place, Disk: o.Disk}
	return &Sink{stage: stage.New(c), schema: s, rows: schema, codec: codec, shards: map[int]*shard{}}, nil
}

// Write writes f, which follows the frames its shard wrote before. Subscribers ascend
// over all frames of a boundary, and those are of one epoch, which was not prepared
// yet. f is not kept.
func (s *Sink) Write(ctx context.Context, f *feature.Frame) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.stage.Start(); err != nil {
		return err
	}
	if err := s.write(s.shard(f.Shard), f); err != nil {
		return s.stage.Fail(fmt.Errorf("arrow sink: write features of %s, shard %d: %w; nothing of it was published: %s", f.Date, f.Shard, err, disk.Remedy(err)))
	}
	return nil
}

// shard returns the state of shard i.
func (s *Sink) shard(i int) *shard {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shards[i] == nil {
		s.shards[i] = &shard{records: columns.NewRecords(s.schema, s.rows)}
	}
	return s.shards[i]
}

func (s *Sink) write(sh *shard, f *feature.Frame) error {
	if sh.file != nil && (sh.end != f.WindowEnd || sh.epoch != f.Epoch) {
		return fmt.Errorf("a frame of another boundary or epoch came before the last one of %s", sh.name)
	}
	if f.Rows > 0 {
		if err := s.open(sh, f); err != nil {
			return err
		}
		if err := sh.add(f); err != nil {
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
	sh.order, sh.out = order{}, newCounted(file)
	sh.ipc, err = ipc.NewFileWriter(sh.out, ipc.WithSchema(s.schema), s.codec)
	return err
}

// add writes the rows of f as a record batch.
func (sh *shard) add(f *feature.Frame) error {
	if err := sh.order.check(f); err != nil {
		return err
	}
	r, err := sh.records.Record(f, 0, f.Rows)
	if err != nil {
		return err
	}
	defer r.Release()
	return sh.ipc.Write(r)
}

// complete writes the footer and hands the file over to the next Prepare.
func (s *Sink) complete(sh *shard) error {
	if err := sh.ipc.Close(); err != nil {
		return err
	}
	if err := sh.out.flush(); err != nil {
		return err
	}
	file := sh.file
	sh.file, sh.ipc = nil, nil
	return s.stage.Complete(file, sh.name, sh.epoch, &sh.out.sum)
}

// Prepare makes the files of the epochs up to epoch durable and returns them, in the
// order of their paths, with those that an earlier Prepare returned and no Commit has
// published yet. They stay invisible; a crash after Prepare loses none of them. All
// rows of these epochs must have been written; those of later ones may be written
// meanwhile.
func (s *Sink) Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error) {
	return s.stage.Prepare(ctx, epoch)
}

// Commit publishes what was prepared for epoch and those before it. It may be repeated,
// and rows of later epochs may be written meanwhile.
func (s *Sink) Commit(ctx context.Context, epoch uint64) error { return s.stage.Commit(ctx, epoch) }

// Recover is the first call of a sink that goes on from a checkpoint: epoch is the last
// that was committed there, files what Prepare returned for it. They are compared with
// what is staged, and then published; one that is missing was published before. What
// else is staged is dropped. With epoch 0 there are no files, and all is dropped.
//
// An error leaves what is staged as it was: Recover may be repeated by a new sink.
func (s *Sink) Recover(ctx context.Context, epoch uint64, files []disk.Staged) error {
	return s.stage.Recover(ctx, epoch, files)
}

// Close removes the files that no Prepare made part of an epoch. What was prepared and
// not committed stays staged, for a Recover after the restart. Nobody may be writing.
func (s *Sink) Close() error { return s.stage.Close(s.closeShards) }

func (s *Sink) closeShards() (err error) {
	for _, sh := range s.shards {
		if sh.file != nil {
			err = errors.Join(err, sh.file.Close())
		}
	}
	return err
}
