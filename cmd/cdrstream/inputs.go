package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/progress"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// input is a file on its way into the engine.
type input struct {
	path    string
	options file.Options
	rules   *decode.Source
	decoder decode.Decoder
	why     string // this decoder
	size    int64  // bytes on disk, -1 if unknown

	marked bool // it can be gone on with

	first *file.File                // of a pipe: opened once, for good
	now   atomic.Pointer[file.File] // being read
}

// newInput looks at the beginning of a file to find out how it is read. It
// returns nil for a file that is empty.
func (b *builder) newInput(ctx context.Context, path string) (*input, error) {
	in := &input{path: path, marked: b.cfg.State != "", options: file.Options{
		BlockSize: int(b.cfg.BlockSize), MaxRecord: int(b.cfg.MaxRecord), Content: b.hashed(path), LeaveTail: b.keepOpen,
	}}
	if b.cfg.State != "" && readOnce(path) { // before anything waits for it
		return nil, usagef("%s can be read only once, and --state needs what can be read again: write it to a file and name that, or leave --state out", path)
	}
	f, err := openFile(ctx, path, in.options)
	if err != nil {
		return nil, usage(err)
	}
	in.size = f.Size()
	if in.size < 0 {
		in.first = f
	} else {
		defer f.Close()
	}
	head, err := f.Head(ctx)
	if err != nil {
		return nil, usage(err)
	}
	if len(head) == 0 {
		return nil, nil
	}
	if in.rules, err = b.source(path); err != nil {
		return nil, err
	}
	if in.decoder, in.why, err = b.decoder(path, head); err != nil {
		if _, damage := f.Read(ctx, nil); damage != nil && !errors.Is(damage, io.EOF) {
			err = usage(damage) // the reason why the beginning tells nothing
		}
		return nil, err
	}
	if _, _, err := in.decoder.Open(head, in.rules); err != nil {
		return nil, usagef("%s: %w", path, err)
	}
	return in, nil
}

// smallFile is up to how many bytes a file is hashed for the register alone. It takes
// half a nanosecond a byte, some hundredths of what a replay of plain text takes.
const smallFile = 16 << 20

// hashed reports whether the content of a file is hashed as it is read: where it must be
// known again, and where that costs little.
func (b *builder) hashed(path string) bool {
	size := sizeOf(path)
	return b.cfg.State != "" || size >= 0 && size <= smallFile
}

// readOnce reports standard input and other pipes.
func readOnce(path string) bool {
	if path == file.Stdin {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular() && !info.IsDir()
}

// openFile opens a file, or standard input or another pipe so that a signal ends
// a wait for it.
func openFile(ctx context.Context, path string, o file.Options) (*file.File, error) {
	if path == file.Stdin {
		return file.New(path, &interruptible{ctx: ctx, r: os.Stdin}, o), nil
	}
	if readOnce(path) {
		return file.New(path, &interruptible{ctx: ctx, r: &pipe{path: path}}, o), nil
	}
	return file.Open(path, o)
}

// engineInput is in as the engine takes it.
func (in *input) engineInput() engine.Input {
	return engine.Input{Name: in.path, Decoder: in.decoder, Open: in.open, Once: in.first != nil, Marked: in.marked}
}

// open opens the file behind what precedes its first record.
func (in *input) open(ctx context.Context) (source.Source, decode.Layout, error) {
	f := in.first
	if f == nil {
		var err error
		if f, err = file.Open(in.path, in.options); err != nil {
			return nil, nil, err
		}
	}
	layout, err := in.begin(ctx, f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	in.now.Store(f)
	return f, layout, nil
}

func (in *input) begin(ctx context.Context, f *file.File) (decode.Layout, error) {
	head, err := f.Head(ctx)
	if err != nil {
		return nil, err
	}
	layout, skip, err := in.decoder.Open(head, in.rules)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", in.path, err)
	}
	f.Frame(decode.FramingOf(in.decoder, layout))
	f.Skip(skip)
	return layout, nil
}

// consumed is how many bytes on disk were read so far.
func (in *input) consumed() int64 {
	if f := in.now.Load(); f != nil {
		return f.Consumed()
	}
	return 0
}

// snapshot is how far the job has come.
func (j *job) snapshot() progress.Snapshot {
	p := j.engine.Progress()
	s := progress.Snapshot{Records: p.Records, EventTime: p.EventTime}
	for _, in := range j.inputs {
		s.Bytes += in.consumed()
		s.Total += in.size
		if in.size < 0 {
			return progress.Snapshot{Bytes: s.Bytes, Records: p.Records, EventTime: p.EventTime}
		}
	}
	return s
}

// close closes the sinks.
func (j *job) close() (err error) {
	for _, s := range j.sinks {
		err = errors.Join(err, s.Close())
	}
	return err
}
