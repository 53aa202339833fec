package engine_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/window"
)

// runs is what the order would hand to the shards for the job, copied, so that it
// can be played from anywhere.
func (j job) runs(t testing.TB, c engine.Config) []*order.Run {
	t.Helper()
	buffer := order.NewBuffer(order.Options{Lateness: cdr.Millis(c.Lateness.Milliseconds()), MaxRecords: c.MaxBuffer})
	type reading struct {
		read   func(*cdr.Batch) (offset int64, last bool)
		number int
	}
	var left []reading
	for _, in := range c.Inputs {
		src, layout, err := in.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, reading{number: buffer.AddSource(in.Name, order.Never), read: func(b *cdr.Batch) (int64, bool) {
			block, err := src.Read(t.Context(), nil)
			if err != nil && !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			var tally decode.Tally
			in.Decoder.Decode(layout, block.Data, b, &tally)
			return block.Start.Offset, err != nil
		}})
	}
	var runs []*order.Run
	for i := 0; len(left) > 0; i++ {
		k := i % len(left)
		var b cdr.Batch
		offset, last := left[k].read(&b)
		buffer.Admit(left[k].number, &b, offset, func(int) {})
		if last {
			buffer.Finish(left[k].number)
			left = append(left[:k], left[k+1:]...)
		}
		run, err := buffer.Release()
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, copied(run))
		run.Start(1)
		run.Done()
	}
	return runs
}

func copied(run *order.Run) *order.Run {
	b := &cdr.Batch{}
	out := &order.Run{Batches: []*cdr.Batch{b}, Frontier: run.Frontier, First: run.First, Last: run.Last}
	for i, ref := range run.Refs {
		b.AppendRow(run.Batches[ref.Batch], ref.Row())
		out.Refs = append(out.Refs, order.NewRef(0, i, &b.Rows[i]))
	}
	return out
}

// saved is what the shards put at one barrier.
type saved struct {
	epoch  uint64
	full   bool
	pos    int // runs before the barrier
	clock  shard.Clock
	oldest window.Day
	blocks []shard.Block
}

// player plays runs through shards, takes barriers, loses everything and goes on
// from the last barrier that was complete.
type player struct {
	*rand.Rand
	t      *testing.T
	config engine.Config
	schema feature.Schema
	rows   map[string]map[string]any
	epochs map[string]uint64 // of the rows
	shards []*shard.Shard
	epoch  uint64 // the current one

	pending *saved  // is being saved
	chain   []saved // what is committed, oldest first: from the last full one on, and days that are still needed

	saves, crashes, midway int // midway: a day or a boundary passed while a save was going on
}

func (p *player) newShards(of int) {
	p.shards = p.shards[:0]
	for i := range of {
		boundaries, err := shard.ParseBoundaries(p.config.EmitEvery, p.config.Zone)
		if err != nil {
			p.t.Fatal(err)
		}
		var grids []*window.Grid
		for _, g := range p.config.Plan.Grids {
			grids = append(grids, window.NewGrid(g.Spec, p.config.Zone))
		}
		c := &p.config
		p.shards = append(p.shards, shard.New(shard.Config{
			Number: i, Of: of, Plan: c.Plan, Families: c.Families(), Days: window.NewCalendar(c.Zone), Grids: grids, Boundaries: boundaries,
			EmitAll: c.EmitAll, Retain: cdr.Millis(c.Retain.Milliseconds()), MaxContacts: c.MaxContacts,
			Outsiders: c.Outsiders, HomeKnown: c.HomeKnown, Emit: p.write,
		}))
	}
}

func (p *player) write(f *feature.Frame) error {
	for i := range f.Rows {
		row := map[string]any{"home": f.Home[i], "observed_days": f.ObservedDays[i], "approx": f.Approx[i]}
		for c, field := range p.schema.Fields {
			row[field.Name] = cell(field.Type, &f.Columns[c], i)
		}
		key := rowKey(string(f.Subscriber(i)), time.UnixMilli(int64(f.WindowEnd)))
		if _, twice := p.rows[key]; twice {
			return fmt.Errorf("row %s comes twice", key)
		}
		p.rows[key], p.epochs[key] = row, f.Epoch
	}
	return nil
}

// play plays the runs to their end.
func (p *player) play(runs []*order.Run) {
	p.epoch = 1
	p.newShards(1 + p.IntN(4))
	for pos := 0; pos < len(runs); {
		before := p.shards[0].Clock()
		for _, s := range p.shards {
			p.check(s.Process(runs[pos]))
		}
		pos++
		p.oneClock()
		if p.pending != nil && before != p.shards[0].Clock() && before.First == p.shards[0].Clock().First {
			p.midway++
		}
		p.save()
		switch {
		case p.pending == nil && p.IntN(12) == 0:
			p.barrier(pos)
		case p.crashes < 12 && p.IntN(len(runs)/8+1) == 0:
			pos = p.crash()
		}
	}
}

func (p *player) check(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// oneClock makes sure that all shards stand at the same time.
func (p *player) oneClock() {
	p.t.Helper()
	for _, s := range p.shards {
		if s.Clock() != p.shards[0].Clock() || s.OldestDay() != p.shards[0].OldestDay() {
			p.t.Fatalf("the clocks of shards differ: %+v, %+v", s.Clock(), p.shards[0].Clock())
		}
	}
}

func (p *player) barrier(pos int) {
	b := &saved{epoch: p.epoch, full: len(p.chain) == 0 || p.IntN(4) == 0, pos: pos}
	p.pending = b
	p.epoch++
	p.saves++
	for _, s := range p.shards {
		p.check(s.Save(b.full, func(x shard.Block) error {
			x.Data = bytes.Clone(x.Data)
			b.blocks = append(b.blocks, x)
			return nil
		}))
	}
	b.clock, b.oldest = p.shards[0].Clock(), p.shards[0].OldestDay()
	p.save()
}

// save lets the shards save some more, and commits when all have saved.
func (p *player) save() {
	if p.pending == nil {
		return
	}
	busy := false
	for _, s := range p.shards {
		p.check(s.SaveSome([]int{0, 1, 1, 2, 3, 1000}[p.IntN(6)]))
		busy = busy || s.Saving()
	}
	if busy {
		return
	}
	if p.pending.full {
		p.onlyDays()
	}
	p.chain = append(p.chain, *p.pending)
	p.pending = nil
}

// onlyDays drops what a full save makes needless: all subscribers, and the days
// that are in no window.
func (p *player) onlyDays() {
	for i := range p.chain {
		var days []shard.Block
		for _, b := range p.chain[i].blocks {
			if b.Kind == shard.Day && b.Day >= p.pending.oldest {
				days = append(days, b)
			}
		}
		p.chain[i].blocks = days
	}
}

// crash loses the shards, and the rows of epochs that are not committed, and goes
// back to the last barrier, with another number of shards.
func (p *player) crash() (pos int) {
	p.crashes++
	p.pending = nil
	p.newShards(1 + p.IntN(5))
	last := saved{clock: shard.Clock{First: order.Never}}
	if n := len(p.chain); n > 0 {
		last = p.chain[n-1]
	}
	p.epoch = last.epoch + 1
	for key, epoch := range p.epochs {
		if epoch > last.epoch {
			delete(p.rows, key)
			delete(p.epochs, key)
		}
	}
	for _, s := range p.shards {
		s.Restore(last.clock, last.epoch)
	}
	for i := len(p.chain) - 1; i >= 0; i-- {
		p.load(p.chain[i].blocks)
	}
	for _, s := range p.shards {
		p.check(s.Loaded())
	}
	return last.pos
}

func (p *player) load(blocks []shard.Block) {
	for _, i := range p.Perm(len(blocks)) {
		b := blocks[i]
		b.Data = bytes.Clone(b.Data)
		p.check(p.shards[int(b.Partition)%len(p.shards)].Load(b))
		for k := range b.Data { // it is ours again
			b.Data[k] = 0xee
		}
	}
}

// TestBarriers: a job whose shards are lost again and again, and come back from
// what they had saved while they went on, in another number, writes the same rows
// as one that nothing happens to.
func TestBarriers(t *testing.T) {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	havana := time.Date(2024, 3, 2, 0, 0, 0, 0, time.UTC) // no midnight on the 10th
	apia := time.Date(2011, 12, 20, 0, 0, 0, 0, time.UTC) // no 30th
	for _, test := range []struct {
		name    string
		change  func(*oracle.Config)
		traffic oracle.ChaosOptions
	}{
		{"all windows", func(c *oracle.Config) {}, oracle.ChaosOptions{}},
		{"havana, 6h", func(c *oracle.Config) { c.Zone, c.EmitEvery = zone("America/Havana"), "6h" }, oracle.ChaosOptions{Start: havana}},
		{"apia", func(c *oracle.Config) {
			c.Zone, c.Windows, c.EmitAll = zone("Pacific/Apia"), []string{"1d", "3d", "24h/1h"}, true
		}, oracle.ChaosOptions{Start: apia}},
		{"days, few contacts", func(c *oracle.Config) { c.Windows, c.MaxContacts = []string{"1d", "7d", "30d"}, 4 }, oracle.ChaosOptions{Subscribers: 8, Days: 40}},
		{"hours, few contacts", func(c *oracle.Config) { c.Windows, c.MaxContacts, c.EmitEvery = []string{"1h/5m", "24h/1h"}, 3, "1h" }, oracle.ChaosOptions{Days: 6}},
		{"forgotten", func(c *oracle.Config) {
			c.RetainDays, c.EmitAll, c.Windows = 2, true, []string{"1h/5m", "1d", "2d"}
		}, oracle.ChaosOptions{Subscribers: 60, Days: 60}},
		{"forgotten, days", func(c *oracle.Config) { c.RetainDays, c.Windows = 3, []string{"1d", "3d"} }, oracle.ChaosOptions{Subscribers: 60, Days: 90}},
		{"drop", func(c *oracle.Config) {
			c.Outsiders, c.HomeNumbers, c.HomePLMNs, c.RetainDays = "drop", []string{"1", "4420"}, []string{"23415"}, 30
		}, oracle.ChaosOptions{Subscribers: 40, Days: 60}},
		{"rules", func(c *oracle.Config) { c.Outsiders, c.HomeNumbers = "rules", []string{"1", "4420"} }, oracle.ChaosOptions{Subscribers: 40}},
		{"one day", func(c *oracle.Config) { c.Windows, c.RetainDays = []string{"1d"}, 1 }, oracle.ChaosOptions{}},
	} {
		for seed := range uint64(2) {
			t.Run(fmt.Sprint(test.name, " ", seed), func(t *testing.T) {
				t.Parallel()
				c := oracle.Default()
				test.change(&c)
				o := test.traffic
				o.Zone, o.Records, o.Lateness = c.Zone, 700, c.Lateness
				j := job{Config: c, files: oracle.Random(seed+90, o), workers: 2, block: 700}
				j.barriers(t, seed)
			})
		}
	}
}

func (j job) barriers(t *testing.T, seed uint64) {
	want := j.run(t).rows
	c, sink, err := j.config()
	if err != nil {
		t.Fatal(err)
	}
	runs := j.runs(t, c)
	for i := range uint64(3) {
		p := &player{
			Rand: rand.New(rand.NewPCG(seed, i)), t: t, config: c, schema: sink.schema,
			rows: map[string]map[string]any{}, epochs: map[string]uint64{},
		}
		p.play(runs)
		sameRows(t, p.rows, want)
		if t.Failed() {
			t.Fatalf("seeds %d, %d: %d runs, %d saves, %d crashes", seed, i, len(runs), p.saves, p.crashes)
		}
		t.Logf("%d runs, %d rows, %d saves, %d crashes, %d times a day or a boundary passed midway", len(runs), len(want), p.saves, p.crashes, p.midway)
	}
}
