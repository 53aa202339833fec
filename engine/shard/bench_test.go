package shard

import (
	"runtime"
	"syscall"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/rules"
)

const (
	hours = 3_600_000
	days1 = 24 * hours
)

// BenchmarkFold folds calls between 200,000 subscribers whose state is large
// already: ns/leg, day closes apart.
func BenchmarkFold(b *testing.B) {
	for _, test := range []struct {
		name    string
		windows []string
	}{{"days", []string{"1d", "7d", "30d"}}, {"hours", []string{"24h/1h", "7d"}}} {
		b.Run(test.name, func(b *testing.B) {
			w := world{windows: test.windows, features: []string{"core"}}.compiled(b)
			s := w.shard(b, 0, 1, nowhere)
			const people, calls = 200_000, 500_000
			feed(b, s, crowd(1, people, 600_000, days1, 2*days1))
			day := 3
			for b.Loop() {
				b.StopTimer()
				runs := crowd(uint64(day), people, calls, cdr.Millis(day)*days1+1000, days1-2000)
				feed(b, s, runs[:1]) // closes the day before
				b.StartTimer()
				feed(b, s, runs[1:])
				s.fold()
				day++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(2*calls), "ns/leg")
		})
	}
}

// BenchmarkDay closes days with 200,000 active subscribers: processor time, ns/subscriber.
func BenchmarkDay(b *testing.B) {
	w := world{windows: []string{"1d", "7d", "30d"}, features: []string{"core"}, emit: "366d"}.compiled(b)
	s := w.shard(b, 0, 1, nowhere)
	const people = 200_000
	feed(b, s, crowd(1, people, 1_000_000, days1, days1))
	day, used := 3, int64(0)
	for b.Loop() {
		b.StopTimer()
		feed(b, s, crowd(uint64(day), people, 200_000, cdr.Millis(day)*days1+1000, days1-2000))
		s.fold()
		start := processorTime(b)
		b.StartTimer()
		s.closeDay()
		used += processorTime(b) - start
		day++
	}
	b.ReportMetric(float64(used)/float64(b.N)/people, "ns/subscriber")
}

// settled is a shard of subscribers with a rich state: some 60 items, ten days.
func settled(b *testing.B, of int) (*world, []*Shard) {
	w := world{windows: []string{"1d", "7d", "30d"}, features: []string{"core"}, emit: "366d"}.compiled(b)
	var shards []*Shard
	for i := range of {
		shards = append(shards, w.shard(b, i, of, nowhere))
	}
	for d := range cdr.Millis(10) {
		runs := crowd(uint64(d), 50_000, 200_000, (d+1)*days1, days1)
		for _, s := range shards {
			feed(b, s, runs)
		}
	}
	return w, shards
}

// BenchmarkRows computes the rows of 50,000 subscribers: processor time, ns/row.
func BenchmarkRows(b *testing.B) {
	_, shards := settled(b, 1)
	s := shards[0]
	s.fold()
	runtime.GC()
	start := processorTime(b)
	for b.Loop() {
		s.touched = true
		if err := s.emit(11*days1 - 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime(b)-start)/float64(b.N)/float64(len(s.emitter.who)), "ns/row")
}

// processorTime is what this process has used so far: on a busy machine it says
// more than the clock.
func processorTime(b *testing.B) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// BenchmarkSave saves 50,000 subscribers at once.
func BenchmarkSave(b *testing.B) {
	_, shards := settled(b, 1)
	s := shards[0]
	n, bytes, items := s.Stats().Subscribers, 0, 0
	s.people.each(func(_ uint32, who *person) { items += s.items.count(who) })
	for b.Loop() {
		bytes = 0
		if err := s.Save(true, func(x Block) error { bytes += len(x.Data) * boolean(x.Kind == Subscribers); return nil }); err != nil {
			b.Fatal(err)
		}
		some(b, s, 1<<30)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/subscriber")
	b.ReportMetric(float64(bytes)/float64(n), "B/subscriber")
	b.ReportMetric(float64(items)/float64(n), "items/subscriber")
}

// BenchmarkSaveNothing walks over 50,000 subscribers of whom none is due.
func BenchmarkSaveNothing(b *testing.B) {
	_, shards := settled(b, 1)
	s := shards[0]
	saveAll(b, s, true)
	for b.Loop() {
		saveAll(b, s, false)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(s.Stats().Subscribers), "ns/subscriber")
}

// BenchmarkLoad loads what BenchmarkSave saves, days included, into one shard.
func BenchmarkLoad(b *testing.B) {
	w, shards := settled(b, 1)
	s := shards[0]
	blocks := saveAll(b, s, true)
	for b.Loop() {
		loaded(b, w, 1, s.Clock(), 2, nowhere, blocks)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(s.Stats().Subscribers), "ns/subscriber")
}

// BenchmarkAsk asks about subscribers with the built-in rules, each as if after a leg, some
// at a time so that their state is at hand: ns/ask.
func BenchmarkAsk(b *testing.B) {
	w := world{windows: []string{"1h/5m", "24h/1h", "1d", "7d", "30d"}, features: []string{"core"}, rules: string(rules.Builtin())}.compiled(b)
	s := w.shard(b, 0, 1, nowhere)
	for d := range cdr.Millis(10) {
		feed(b, s, crowd(uint64(d), 2000, 8000, (d+1)*days1, days1))
	}
	var slots []uint32
	s.people.each(func(slot uint32, _ *person) { slots = append(slots, slot) })
	asks, opened := 0, 0
	const atOnce, rounds = 16, 50
	for b.Loop() {
		for from := 0; from+atOnce <= len(slots); from += atOnce {
			for range rounds {
				for _, slot := range slots[from : from+atOnce] {
					opened += boolean(s.judge.ask(slot, s.foldedTo, &s.judge.atActivity))
					asks++
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(asks), "ns/ask")
	b.ReportMetric(float64(opened)/float64(asks), "open")
}
