package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"
)

// report is what came of a run.
type report struct {
	options
	records int
	took    time.Duration
	plants  int
	left    int // planted calls without an alert
	odd     int
	delays  []time.Duration // sorted
}

func newReport(o options, p *publisher, a *arrivals) *report {
	a.mu.Lock()
	defer a.mu.Unlock()
	slices.Sort(a.took)
	return &report{options: o, records: p.records, took: p.took, plants: p.plants, left: len(a.sent), odd: a.odd, delays: a.took}
}

// missing reports whether something did not come, or came too often.
func (r *report) missing() bool { return r.left > 0 || r.odd > 0 || len(r.delays) == 0 }

// at is a percentile.
func (r *report) at(percent int) time.Duration {
	if len(r.delays) == 0 {
		return 0
	}
	return r.delays[min(len(r.delays)*percent/100, len(r.delays)-1)]
}

func (r *report) print(out io.Writer) {
	fmt.Fprintf(out, "%d records in %.1f s: %.0f a second, %d processors\n", r.records, r.took.Seconds(), float64(r.records)/r.took.Seconds(), runtime.NumCPU())
	fmt.Fprintf(out, "checkpoint every %s, lateness 0\n", r.every)
	fmt.Fprintf(out, "%d planted calls, %d alerts, %d missing, %d odd\n", r.plants, len(r.delays), r.left, r.odd)
	fmt.Fprintf(out, "publish to alert: p50 %s, p90 %s, p99 %s, longest %s\n", tenths(r.at(50)), tenths(r.at(90)), tenths(r.at(99)), tenths(r.at(100)))
}

func tenths(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }
