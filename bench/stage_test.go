package bench

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/source/file"
	"github.com/cdrstream/cdrstream/engine/window"
)

// stageRecords is how much of the dense file the stages work on, from memory.
const stageRecords = 1_000_000

// BenchmarkStage measures one stage after the other on the first million records
// of the dense file, each on one core and with nothing else running: ns/record,
// for rows ns/row, for what is done for each subscriber ns/subscriber. The fold and
// what rules add to it are measured on the second half, with the state of the first half
// in memory.
//
//	read, decode, order
//	decode-2    decode with as many goroutines as there are processors: the time that passes
//	deal        what a shard does with a record of which it owns no leg, nearly: it owns a 64th
//	fold        core features; fold-FAMILY: those of one family of aggregators
//	judge       what the built-in rules add to the fold
//	close       a day's end, without rows
//	rows        the rows of a day, and its end; encode: to Parquet
//	save        a full checkpoint, into nothing
func BenchmarkStage(b *testing.B) {
	w := newWorld(b, core)
	m := load(b, w, denseFile(b))
	b.Run("read", func(b *testing.B) { m.read(b, w) })
	b.Run("decode", m.decode)
	b.Run("decode-2", m.decodeAtOnce)
	b.Run("order", m.order)
	b.Run("deal", func(b *testing.B) { m.deal(b, w) })
	b.Run("fold", func(b *testing.B) { m.fold(b, w) })
	for _, f := range w.families() {
		b.Run("fold-"+f.Name(), func(b *testing.B) { m.fold(b, newWorld(b, coreOf(f))) })
	}
	b.Run("judge", m.judge)
	b.Run("close", func(b *testing.B) { m.close(b, w) })
	b.Run("rows", func(b *testing.B) { m.rows(b, w) })
	b.Run("encode", func(b *testing.B) { m.encode(b, w) })
	b.Run("save", func(b *testing.B) { m.save(b, w) })
}

// material is records in memory, as blocks and decoded.
type material struct {
	blocks  [][]byte
	layout  decode.Layout
	batches []*cdr.Batch
	records int
}

// coreOf are globs of the core features of one family.
func coreOf(family feature.Family) (globs []string) {
	for _, f := range family.Features() {
		switch {
		case !f.Core || f.Scope == feature.Fixed:
		case f.Scope == feature.NoWindow:
			globs = append(globs, f.Name)
		default:
			globs = append(globs, f.Name+"_*d")
		}
	}
	return globs
}

func (m *material) read(b *testing.B, w *world) {
	t, records := span{b: b}, 0
	for b.Loop() {
		t.run(func() { readBlocks(b, w, denseFile(b)) })
		records += m.records
	}
	t.report(records, "record")
}

func (m *material) decode(b *testing.B) {
	t, records := span{b: b}, 0
	var batch cdr.Batch
	var tally decode.Tally
	for b.Loop() {
		t.run(func() {
			for _, block := range m.blocks {
				batch.Reset()
				tally.Reset()
				csv.Decoder{}.Decode(m.layout, block, &batch, &tally)
			}
		})
		records += m.records
	}
	t.report(records, "record")
}

// decodeAtOnce decodes the blocks with as many goroutines as there are processors, each
// with a batch of its own, as the decoders of a job do.
func (m *material) decodeAtOnce(b *testing.B) {
	t, records := span{b: b}, 0
	decoders := make([]struct {
		batch cdr.Batch
		tally decode.Tally
	}, runtime.GOMAXPROCS(0))
	for b.Loop() {
		t.run(func() {
			var taken atomic.Int64
			var all sync.WaitGroup
			for i := range decoders {
				all.Go(func() {
					d := &decoders[i]
					for at := taken.Add(1); int(at) <= len(m.blocks); at = taken.Add(1) {
						d.batch.Reset()
						d.tally.Reset()
						csv.Decoder{}.Decode(m.layout, m.blocks[at-1], &d.batch, &d.tally)
					}
				})
			}
			all.Wait()
		})
		records += m.records
	}
	t.report(records, "record")
}

func (m *material) order(b *testing.B) {
	t, records := span{b: b}, 0
	for b.Loop() {
		batches := copies(m.batches)
		t.run(func() { ordered(b, batches, func(run *order.Run) error { run.Done(); return nil }) })
		records += m.records
	}
	t.report(records, "record")
}

// runs puts the records in order, and hands the runs of the first half to first, those of
// the second half to second. It returns the time of the last record.
func (m *material) runs(b *testing.B, first, second func(*order.Run) error) cdr.Millis {
	left := len(m.batches) / 2
	return ordered(b, copies(m.batches), func(run *order.Run) error {
		if left--; left >= 0 {
			return first(run)
		}
		return second(run)
	})
}

// half runs the second half through a shard that holds the state of the first, and counts
// that in t. The order is not counted.
func (m *material) half(b *testing.B, t *span, s *oneShard) (records int) {
	b.StopTimer()
	var kept []*order.Run
	m.runs(b, s.Process, func(run *order.Run) error {
		if len(kept) == 0 { // who is done with a run is with those before it
			if err := s.Settle(); err != nil {
				return err
			}
		}
		kept = append(kept, copyOf(run))
		records += len(run.Refs)
		run.Done()
		return nil
	})
	t.run(func() {
		for _, run := range kept {
			if err := s.Process(run); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Settle(); err != nil {
			b.Fatal(err)
		}
	})
	return records
}

// copyOf is a run with memory of its own.
func copyOf(run *order.Run) *order.Run {
	batch := &cdr.Batch{}
	again := &order.Run{Batches: []*cdr.Batch{batch}, Frontier: run.Frontier, First: run.First, Last: run.Last}
	for i, ref := range run.Refs {
		batch.AppendRow(run.Batches[ref.Batch], ref.Row())
		again.Refs = append(again.Refs, order.NewRef(0, i, &batch.Rows[i]))
	}
	return again
}

func (m *material) deal(b *testing.B, w *world) {
	t, records := span{b: b}, 0
	for b.Loop() {
		b.StopTimer()
		records += m.half(b, &t, newShardOf(b, w, "366d", 64, nil))
	}
	t.report(records, "record")
}

func (m *material) fold(b *testing.B, w *world) {
	t, records := span{b: b}, 0
	for b.Loop() {
		b.StopTimer()
		records += m.half(b, &t, newShard(b, w, "366d"))
	}
	t.report(records, "record")
}

// judge folds with the plan of the rules, without them and with them, in turn, three
// times each, and prints the difference between the shortest times: other work on the
// machine only makes them longer.
func (m *material) judge(b *testing.B) {
	w := newRuledWorld(b, core)
	ruled := load(b, w, denseFile(b)) // with the record_id, which alerts name
	best := func(best, t time.Duration) time.Duration {
		if best == 0 || t < best {
			return t
		}
		return best
	}
	var without, with time.Duration
	records := 0
	for b.Loop() {
		for range 3 {
			off, on := span{b: b}, span{b: b}
			ruled.half(b, &off, newShard(b, w, "366d"))
			records = ruled.half(b, &on, newShardOf(b, w, "366d", 1, w.rules))
			without, with = best(without, off.elapsed), best(with, on.elapsed)
		}
	}
	b.ReportMetric(float64((with-without).Nanoseconds())/float64(records), "ns/record")
	b.ReportMetric(float64(without.Nanoseconds())/float64(records), "fold-ns/record")
}

func (m *material) close(b *testing.B, w *world) {
	t, subscribers := span{b: b}, 0
	for b.Loop() {
		b.StopTimer()
		s := newShard(b, w, "366d")
		last := ordered(b, copies(m.batches), s.Process)
		if err := s.Settle(); err != nil {
			b.Fatal(err)
		}
		t.run(func() {
			if err := s.Process(&order.Run{Frontier: (last/day + 1) * day, First: last, Last: last}); err != nil {
				b.Fatal(err)
			}
		})
		subscribers += s.Subscribers()
	}
	t.report(subscribers, "subscriber")
}

func (m *material) rows(b *testing.B, w *world) {
	t, rows := span{b: b}, 0
	for b.Loop() {
		b.StopTimer()
		s := newShard(b, w, "366d")
		last := ordered(b, copies(m.batches), s.Process)
		if err := s.Settle(); err != nil {
			b.Fatal(err)
		}
		t.run(func() { rows += s.emitAt(b, last) })
	}
	t.report(rows, "row")
}

// encode measures what the Parquet sink does with the rows of a day, up to where the file
// would be published.
func (m *material) encode(b *testing.B, w *world) {
	t, rows := span{b: b}, 0
	for b.Loop() {
		b.StopTimer()
		s := newShard(b, w, "366d")
		last := ordered(b, copies(m.batches), s.Process)
		sink := parquetFiles(b)(w.plan.Schema)
		s.Emit = func(f *feature.Frame) (err error) {
			rows += f.Rows
			t.run(func() { err = sink.Write(b.Context(), f) })
			b.StopTimer()
			return err
		}
		s.emitAt(b, last)
		t.run(func() {
			if _, err := sink.Prepare(b.Context(), 1); err != nil {
				b.Fatal(err)
			}
		})
	}
	t.report(rows, "row")
}

func (m *material) save(b *testing.B, w *world) {
	t, subscribers, bytes := span{b: b}, 0, 0
	for b.Loop() {
		b.StopTimer()
		s := newShard(b, w, "366d")
		ordered(b, copies(m.batches), s.Process)
		t.run(func() {
			err := s.Save(true, func(x shard.Block) error {
				bytes += len(x.Data)
				return nil
			})
			for err == nil && s.Saving() {
				err = s.SaveSome(1024)
			}
			if err != nil {
				b.Fatal(err)
			}
		})
		subscribers += s.Subscribers()
	}
	t.report(subscribers, "subscriber")
	b.ReportMetric(float64(bytes)/float64(subscribers), "B/subscriber")
}

// load reads the first records of path and decodes them.
func load(b *testing.B, w *world, path string) *material {
	m := &material{}
	m.blocks, m.layout = readBlocks(b, w, path)
	m.batches = decodeAll(m.blocks, m.layout)
	for i := range m.batches {
		m.records += m.batches[i].Len()
	}
	return m
}

// readBlocks reads the first records of path as blocks.
func readBlocks(b *testing.B, w *world, path string) ([][]byte, decode.Layout) {
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

func decodeAll(blocks [][]byte, layout decode.Layout) []*cdr.Batch {
	batches := make([]*cdr.Batch, len(blocks))
	for i, block := range blocks {
		var tally decode.Tally
		batches[i] = &cdr.Batch{}
		csv.Decoder{}.Decode(layout, block, batches[i], &tally)
	}
	return batches
}

// copies returns copies of batches, which may be given away.
func copies(batches []*cdr.Batch) []*cdr.Batch {
	all := make([]*cdr.Batch, len(batches))
	for i, b := range batches {
		all[i] = cdr.NewBatch(b.Len())
		for r := range b.Rows {
			all[i].AppendRow(b, r)
		}
		copy(all[i].HighWater, b.HighWater)
	}
	return all
}

// ordered puts the batches, which it takes over, through a reorder buffer and hands the
// runs on; whoever gets one tells when it is done. It returns the time of the last record.
func ordered(b *testing.B, batches []*cdr.Batch, to func(*order.Run) error) cdr.Millis {
	buffer := order.NewBuffer(order.Options{Lateness: 60_000, MaxRecords: 1 << 22})
	src := buffer.AddSource("dense", order.Never)
	var last cdr.Millis
	for i := range batches {
		buffer.Admit(src, batches[i], 0, func(int) {})
		run, err := buffer.Release()
		if err == nil {
			last = run.Last
			run.Start(1)
			err = to(run)
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

// newShard returns the only shard of a job without rules.
func newShard(b *testing.B, w *world, emitEvery string) *oneShard {
	return newShardOf(b, w, emitEvery, 1, nil)
}

// newShardOf returns the first of so many shards.
func newShardOf(b *testing.B, w *world, emitEvery string, of int, set *rules.Set) *oneShard {
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
		Number: 0, Of: of, Plan: w.plan, Families: w.families(), Days: window.NewCalendar(time.UTC), Grids: grids,
		Boundaries: boundaries, Retain: 100 * 24 * 3_600_000, MaxContacts: 65536,
		Emit:  func(f *feature.Frame) error { s.rows += f.Rows; return nil },
		Rules: set,
		Alert: func(int, []alert.Alert, cdr.Millis) error { return nil },
		Tally: func(t *shard.Tally) func() (*shard.Tally, error) {
			return func() (*shard.Tally, error) { return t, nil }
		},
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
