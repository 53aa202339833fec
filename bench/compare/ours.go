package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/bench/report"
)

// replay runs cdrstream over the file into dir/out, without rules or with the built-in
// ones. The time is that of the whole process.
func replay(ctx context.Context, program, path, dir string, names []string, rules string) (r result, err error) {
	if err := os.RemoveAll(dir); err != nil {
		return r, err
	}
	var errs bytes.Buffer
	c := exec.CommandContext(ctx, program, "replay", "--quiet", "--out", dir, "--rules", rules, "--features", strings.Join(names, ","), path)
	c.Stderr = &errs
	start := time.Now()
	if err := c.Start(); err != nil {
		return r, err
	}
	peak := make(chan int64)
	ended := make(chan struct{})
	go func() { peak <- watch(c.Process.Pid, ended) }()
	err = c.Wait()
	r.Seconds = time.Since(start).Seconds()
	close(ended)
	r.Peak = <-peak
	if err != nil {
		return r, fmt.Errorf("%s: %w: %s", strings.Join(c.Args, " "), err, errs.String())
	}
	return r, nil
}

// watch looks at the peak of a process until it has ended. The peak only grows, so the
// last look misses what came in a few milliseconds at most.
func watch(pid int, ended <-chan struct{}) (peak int64) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return peak
		case <-tick.C:
			if n, err := report.Peak(pid); err == nil {
				peak = max(peak, n)
			}
		}
	}
}
