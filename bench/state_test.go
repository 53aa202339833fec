package bench

import (
	"fmt"
	"os"
	"runtime/debug"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
)

const (
	stateSubscribers = 50_000
	minute           = 60_000
	day              = 24 * 60 * minute
)

// BenchmarkState holds the state of subscribers with 6 legs on each of 30 days,
// 25 peers and 8 cells, then of the same ones when all but one have been silent
// for 30 days, and prints bytes per subscriber: what the shard counts of itself,
// pages with room to spare included, and by how much the resident memory of the
// process grew, buffers of a fixed size (some 40 MB) included.
func BenchmarkState(b *testing.B) {
	w := newWorld(b, core)
	for b.Loop() {
		before := resident(b)
		s := newShard(b, w, "366d")
		for d := range 30 {
			feed(b, s, stateDay(d, 0))
		}
		busy := s.Stats()
		b.ReportMetric(float64(busy.Bytes)/float64(busy.Subscribers), "B/active-subscriber")
		b.ReportMetric(float64(resident(b)-before)/float64(busy.Subscribers), "resident-B/active-subscriber")
		// A month later: one subscriber keeps the clock going.
		for d := 30; d < 62; d++ {
			feed(b, s, stateDay(d, stateSubscribers-1))
		}
		silent := s.Stats()
		b.ReportMetric(float64(silent.Bytes)/float64(silent.Subscribers), "B/silent-subscriber")
	}
}

// resident is the resident memory of the process, garbage returned; 0 where the
// system does not tell.
func resident(b *testing.B) int64 {
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	var size, pages int64
	if _, err := fmt.Sscan(string(text), &size, &pages); err != nil {
		b.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// stateDay is a day of legs in order: each subscriber calls three times and is
// called three times, by 25 peers in turn, over 8 cells.
func stateDay(d, from int) *cdr.Batch {
	b := &cdr.Batch{}
	for leg := range 6 {
		for sub := from; sub < stateSubscribers; sub++ {
			n := d*6 + leg
			start := cdr.Millis(d)*day + cdr.Millis(leg*4*60*minute) + cdr.Millis(sub)*500
			r := cdr.Record{
				Calling: number(sub), Called: number(1_000_000 + sub*25 + n*7%25),
				CallingPlace: cdr.NewPlace(70, 7001, cdr.ClassMobile, 0), CalledPlace: cdr.NewPlace(70, cdr.Area(7000+n%3), cdr.ClassGeographic, 0),
				Start: start, Release: start + 90_000, RingMS: 8_000, TalkMS: uint32(60_000 + n*137%80_000),
				Flags:    (cdr.Originating | cdr.AttemptsReported).With(cdr.Voice, cdr.Answered, cdr.RAT4G),
				Identity: uint64(n)<<32 | uint64(sub), Cell: cdr.Mix(uint64(sub*8 + n*3%8)),
				IMEI: cdr.Mix(uint64(sub)), IMSI: cdr.Mix(uint64(sub) + 7), Charge: int64(n * 1234), Offset: cdr.NoOffset,
			}
			if leg%2 == 1 {
				r.Calling, r.Called = r.Called, r.Calling
				r.CallingPlace, r.CalledPlace = r.CalledPlace, r.CallingPlace
				r.Flags = (cdr.Terminating | cdr.ServedCalled | cdr.AttemptsReported).With(cdr.Voice, cdr.Answered, cdr.RAT4G)
			}
			b.Append(&r)
		}
	}
	return b
}

func number(i int) cdr.Number {
	return cdr.Digits([]byte{'3', '3', '6', byte('0' + i/10_000_000%10), byte('0' + i/1_000_000%10), byte('0' + i/100_000%10),
		byte('0' + i/10_000%10), byte('0' + i/1000%10), byte('0' + i/100%10), byte('0' + i/10%10), byte('0' + i%10)})
}

// feed hands a day to the shard as one run.
func feed(b *testing.B, s *oneShard, batch *cdr.Batch) {
	run := &order.Run{Batches: []*cdr.Batch{batch}, First: batch.Rows[0].Release, Last: batch.Rows[batch.Len()-1].Release}
	for i := range batch.Len() {
		run.Refs = append(run.Refs, order.NewRef(0, i, &batch.Rows[i]))
	}
	run.Frontier = run.Last
	if err := s.Process(run); err != nil {
		b.Fatal(err)
	}
}
