package main

import (
	"fmt"
	"strings"

	"github.com/cdrstream/cdrstream/bench/report"
	"github.com/cdrstream/cdrstream/bench/synthetic"
)

// A curve is jobs that differ in one thing.
type curve struct {
	Name, Title, What string // What is what differs: the first column
	Points            []point
	Limit             int64 // most bytes of memory for up to barSubscribers; 0: any
}

// A point is a job, and what became of it.
type point struct {
	Label   string
	X       float64 // what differs, as a number
	Traffic synthetic.Traffic
	Windows []string
	Workers int
	Result  outcome
}

// outcome is what became of a job.
type outcome struct {
	Seconds     float64
	Peak        int64 // bytes
	Rows        int64
	Subscribers int
	State       int64 // bytes that the state counts of itself
}

const (
	start = 1_767_571_200_000 // 2026-01-05, a Monday

	barSubscribers = 5_000_000
	barLimit       = 12_000_000_000
)

// traffic is what the curves have in common: a week in which each subscriber makes ten
// records, and takes part in eight or nine of others.
func traffic(subscribers int, each int64) synthetic.Traffic {
	return synthetic.Traffic{Subscribers: subscribers, Records: int64(subscribers) * each, Days: 7, Start: start, Peers: 25, Cells: 8}
}

func days() []string { return []string{"1d", "7d", "30d"} }

// curves are those that are measured; ten: with ten million subscribers too.
func curves(ten bool) []*curve {
	subscribers := &curve{Name: "subscribers", What: "subscribers", Limit: barLimit, Title: "Subscribers, each with 10 records (18 legs) in 7 days; 200 of 10 k, 40 of 100 k, so that the run is long enough. The bar: 5 million within 12 GB:"}
	points := []struct {
		n    int
		each int64
	}{{10_000, 200}, {100_000, 40}, {1_000_000, 10}, {5_000_000, 10}}
	if ten {
		points = append(points, points[len(points)-1])
		points[len(points)-1].n = 10_000_000
	}
	for _, x := range points {
		subscribers.add(float64(x.n), report.Count(float64(x.n)), traffic(x.n, x.each), days(), 2)
	}
	records := &curve{Name: "records", What: "records per subscriber", Title: "Records per subscriber, of 100,000 subscribers in 7 days:"}
	for _, each := range []int64{10, 30, 100, 300} {
		records.add(float64(each), fmt.Sprint(each), traffic(100_000, each), days(), 2)
	}
	windows := &curve{Name: "windows", What: "windows", Title: "Windows, over which all core features are computed, 100,000 subscribers with 40 records each in 7 days:"}
	for _, w := range [][]string{{"1d"}, {"1d", "7d"}, {"1d", "7d", "30d"}, {"1d", "3d", "7d", "14d", "30d", "90d"}} {
		windows.add(float64(len(w)), fmt.Sprint(len(w), " (", strings.Join(w, " "), ")"), traffic(100_000, 40), w, 2)
	}
	workers := &curve{Name: "workers", What: "workers", Title: "Workers (shards, and as many decoders), 100,000 subscribers with 100 records each in 7 days:"}
	for _, n := range []int{1, 2} {
		workers.add(float64(n), fmt.Sprint(n), traffic(100_000, 100), days(), n)
	}
	return []*curve{subscribers, records, windows, workers}
}

func (c *curve) add(x float64, label string, t synthetic.Traffic, windows []string, workers int) {
	c.Points = append(c.Points, point{Label: label, X: x, Traffic: t, Windows: windows, Workers: workers})
}

// shrink divides subscribers and records.
func (c *curve) shrink(by int) {
	for i := range c.Points {
		t := &c.Points[i].Traffic
		t.Subscribers, t.Records = t.Subscribers/by, t.Records/int64(by)
		if c.What == "subscribers" {
			c.Points[i].X /= float64(by)
			c.Points[i].Label = report.Count(c.Points[i].X)
		}
	}
	c.Title = strings.TrimSuffix(c.Title, ":") + fmt.Sprintf(" (here a %dth of the subscribers):", by)
}

// table prints the curve.
func (c *curve) table() *report.Table {
	t := report.NewTable(" "+c.What, " records", " seconds", " records/s", " rows", " peak memory", " state, bytes per subscriber")
	for i := range c.Points {
		p := &c.Points[i]
		r := &p.Result
		t.Row(p.Label, report.Count(float64(p.Traffic.Records)), fmt.Sprintf("%.1f", r.Seconds), report.Count(float64(p.Traffic.Records)/r.Seconds),
			report.Count(float64(r.Rows)), report.Bytes(r.Peak), fmt.Sprintf("%.0f", float64(r.State)/float64(r.Subscribers)))
	}
	return t
}

// missed says what is not met, "" if all is.
func (c *curve) missed() string {
	for i := range c.Points {
		if p := &c.Points[i]; c.Limit > 0 && p.Traffic.Subscribers <= barSubscribers && p.Result.Peak > c.Limit {
			return fmt.Sprintf("%s subscribers took %s, more than %s", p.Label, report.Bytes(p.Result.Peak), report.Bytes(c.Limit))
		}
	}
	return ""
}
