package main

import (
	"bufio"
	"errors"
	"os"
	"time"

	"github.com/cdrstream/cdrstream/bench/traffic"
)

// generate writes traffic as canonical CSV, as the other benchmarks read it.
func generate(path string, subscribers, days int, records int64) (err error) {
	c := traffic.Config{Subscribers: subscribers, Days: days, Records: records, Seed: 1, Start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)}.Defaults()
	g, err := traffic.New(c)
	if err != nil {
		return err
	}
	w, err := traffic.NewWriter(c, traffic.LeanColumns())
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	line := traffic.Header(traffic.LeanColumns())
	for r := (traffic.Record{}); ; line = w.AppendCSV(line[:0], &r) {
		if _, err := out.Write(line); err != nil {
			return err
		}
		if !g.Next(&r) {
			return out.Flush()
		}
	}
}
