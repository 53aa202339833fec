package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cdrstream/cdrstream/bench/traffic"
)

func main() { os.Exit(quality(os.Args[1:], os.Stdout, os.Stderr)) }

// quality returns the exit code: 0 every clause is met, 1 not, 2 nothing could
// be measured.
func quality(args []string, out, errs io.Writer) int {
	fs := flag.NewFlagSet("quality", flag.ContinueOnError)
	fs.SetOutput(errs)
	alerts := fs.String("alerts", "out/alerts.jsonl", "`file` of a replay")
	truth := fs.String("truth", "truth.csv", "`file` of generate --truth")
	subscribers := fs.Int("subscribers", 50_000, "of generate")
	days := fs.Int("days", 60, "of generate")
	start := fs.String("start", "2026-01-05", "of generate")
	outage := fs.Bool("outage", true, "of generate: a storm alert must come")
	if err := fs.Parse(args); err != nil || fs.NArg() > 0 {
		return 2
	}
	first, err := time.Parse(time.DateOnly, *start)
	if err != nil || *subscribers < 1 || *days < 1 {
		fmt.Fprintln(errs, "quality: -start is a date, -subscribers and -days are from 1")
		return 2
	}
	r := run{subscribers: *subscribers, days: *days, start: first}
	r.outageFrom, r.outageTo = traffic.Config{Subscribers: r.subscribers, Days: r.days, Start: first, Outage: *outage}.OutageSpan()
	s, err := measure(r, *truth, *alerts)
	if err != nil {
		fmt.Fprintln(errs, "quality:", err)
		return 2
	}
	s.print(out)
	failures := s.failures()
	for _, f := range failures {
		fmt.Fprintln(errs, "quality: not met:", f)
	}
	if len(failures) > 0 {
		return 1
	}
	return 0
}

// measure reads both files.
func measure(r run, truth, alerts string) (*score, error) {
	t, err := os.Open(truth)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	rows, err := readTruth(t)
	if err != nil {
		return nil, err
	}
	a, err := os.Open(alerts)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	s := newScorer(r, rows)
	if err := readAlerts(a, s.add); err != nil {
		return nil, err
	}
	return s.result(), nil
}
