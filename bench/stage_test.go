package bench

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/source/file"
	"github.com/cdrstream/cdrstream/engine/window"
)

// stageRecords is how much of the dense file the stages work on, from memory.
const stageRecords = 1_000_000

// BenchmarkStage measures one stage after the other on the first million records
// of the dense file, each on one core and with nothing else running: ns/record,
// for rows ns/row. The fold is measured on the second half, with the state of the
// first half in memory.
func BenchmarkStage(b *testing.B) {
	w := newWorld(b, core)
	blocks, layout := load(b, w, denseFile(b))
	batches := decodeAll(blocks, layout)
	records := 0
	for i := range batches {
		records += batches[i].Len()
	}
	perRecord := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records), "ns/record")
	}
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			load(b, w, denseFile(b))
		}
		perRecord(b)
	})
	b.Run("decode", func(b *testing.B) {
		var batch cdr.Batch
		var tally decode.Tally
		for b.Loop() {
			for _, block := range blocks {
				batch.Reset()
				tally.Reset()
				csv.Decoder{}.Decode(layout, block, &batch, &tally)
			}
		}
		perRecord(b)
	})
	b.Run("order", func(b *testing.B) {
		for b.Loop() {
			ordered(b, batches, func(run *order.Run) error { return nil })
		}
		perRecord(b)
	})
	b.Run("fold", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			s := newShard(b, w, "366d")
			left := len(batches) / 2
			ordered(b, batches, func(run *order.Run) error {
				if left--; left == 0 {
					b.StartTimer()
				}
				return s.Process(run)
			})
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(records/2), "ns/record")
	})
	b.Run("rows", func(b *testing.B) {
		rows := 0
		for b.Loop() {
			b.StopTimer()
			s := newShard(b, w, "366d")
			last := ordered(b, batches, s.Process)
			b.StartTimer()
			rows = s.emitAt(b, last)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
	})
}

// load reads the first records of path as blocks.
func load(b *testing.B, w *world, path string) ([][]byte, decode.Layout) {
	f, err := file.Open(path, file.Options{BlockSize: 256 << 10})
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	head, err := f.Head(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	layout, skip, err := csv.Decoder{}.Open(head, w.source)
	if err != nil {
		b.Fatal(err)
	}
	f.Skip(skip)
	var blocks [][]byte
	for bytes := 0; bytes < stageRecords*115; {
		block, err := f.Read(context.Background(), nil)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		blocks = append(blocks, block.Data)
		bytes += len(block.Data)
	}
	return blocks, layout
}

func decodeAll(blocks [][]byte, layout decode.Layout) []cdr.Batch {
	batches := make([]cdr.Batch, len(blocks))
	for i, block := range blocks {
		var tally decode.Tally
		csv.Decoder{}.Decode(layout, block, &batches[i], &tally)
	}
	return batches
}

// ordered puts the batches through a reorder buffer and hands the runs on. It
// returns the time of the last record.
func ordered(b *testing.B, batches []cdr.Batch, to func(*order.Run) error) cdr.Millis {
	buffer := order.NewBuffer(order.Options{Lateness: 60_000, MaxRecords: 1 << 22})
	src := buffer.AddSource("dense", order.Never)
	var last cdr.Millis
	for i := range batches {
		buffer.Admit(src, &batches[i], 0, func(int) {})
		run, err := buffer.Release()
		if err == nil {
			last = run.Last
			run.Start(1)
			err = to(run)
			run.Done()
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return last
}

// oneShard is a shard that counts the rows it emits.
type oneShard struct {
	*shard.Shard
	rows int
}

func newShard(b *testing.B, w *world, emitEvery string) *oneShard {
	boundaries, err := shard.ParseBoundaries(emitEvery, time.UTC)
	if err != nil {
		b.Fatal(err)
	}
	s := &oneShard{}
	var grids []*window.Grid
	for _, g := range w.plan.Grids {
		grids = append(grids, window.NewGrid(g.Spec, time.UTC))
	}
	s.Shard = shard.New(shard.Config{
		Number: 0, Of: 1, Plan: w.plan, Families: w.families(), Days: window.NewCalendar(time.UTC), Grids: grids,
		Boundaries: boundaries, Retain: 100 * 24 * 3_600_000, MaxContacts: 65536,
		Emit: func(f *feature.Frame) error { s.rows += f.Rows; return nil },
	})
	return s
}

// emitAt ends the job with a run of nothing, so that the rows of the open period
// are computed, and returns how many there were.
func (s *oneShard) emitAt(b *testing.B, last cdr.Millis) int {
	if err := s.Process(&order.Run{Frontier: order.End, First: last, Last: last}); err != nil {
		b.Fatal(err)
	}
	return s.rows
}
