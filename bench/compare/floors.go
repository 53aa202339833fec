package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/source"
)

// floorWorkers is how many goroutines a floor has.
const floorWorkers = 2

// scan counts the line feeds of a file but the header's: what reading alone takes.
func scan(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var next, lines atomic.Int64
	err = together(func() error {
		buf := make([]byte, 1<<20)
		for {
			n, err := f.ReadAt(buf, (next.Add(1)-1)*int64(len(buf)))
			lines.Add(lineFeeds(buf[:n]))
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
		}
	})
	return lines.Load() - 1, err
}

func lineFeeds(b []byte) (n int64) {
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			return n
		}
		n++
		b = b[i+1:]
	}
}

// parseOnly decodes a file and keeps nothing of it. Blocks are read by one at a time, and
// decoded by all.
func parseOnly(ctx context.Context, path string) (int64, error) {
	plan, err := numbering.New(numbering.Options{})
	if err != nil {
		return 0, err
	}
	f, layout, err := openCSV(ctx, path, plan)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	var reading sync.Mutex
	var records atomic.Int64
	ended := false
	read := func(buf []byte) (source.Block, bool, error) {
		reading.Lock()
		defer reading.Unlock()
		if ended {
			return source.Block{}, true, nil
		}
		block, err := f.Read(ctx, buf)
		if err != nil && !errors.Is(err, io.EOF) {
			return source.Block{}, true, err
		}
		ended = err != nil
		return block, ended, nil
	}
	err = together(func() error {
		var batch cdr.Batch
		var tally decode.Tally
		var buf []byte
		for last := false; !last; {
			var block source.Block
			var err error
			if block, last, err = read(buf); err != nil {
				return err
			}
			buf = block.Buffer(buf)
			batch.Reset()
			tally.Reset()
			csv.Decoder{}.Decode(layout, block.Data, &batch, &tally)
			records.Add(int64(batch.Len()))
		}
		return nil
	})
	return records.Load(), err
}

// together runs f in all goroutines of a floor.
func together(f func() error) error {
	errs := make([]error, floorWorkers)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = f() })
	}
	wg.Wait()
	return errors.Join(errs...)
}
