// Package progress tells people how far a run has come: a bar on a terminal, a
// log line every ten seconds elsewhere. It asks for the state of the run when it
// wants to show it, so the run itself pays nothing.
package progress

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Snapshot is the state of a run.
type Snapshot struct {
	Bytes     int64     // read so far, on the scale of Total
	Total     int64     // bytes in all; 0 or less when unknown
	Records   int64     // read so far
	EventTime time.Time // reached so far; zero before the first record
}

// Periods between two looks at the run.
const (
	barPeriod = 250 * time.Millisecond
	logPeriod = 10 * time.Second
)

// Output is where messages go while a run may show a bar: they appear above it.
// It is an io.Writer for a logger.
type Output struct {
	plain io.Writer
	bar   atomic.Pointer[mpb.Progress]
}

// NewOutput returns an Output that writes to w.
func NewOutput(w io.Writer) *Output { return &Output{plain: w} }

// Write writes above the bar, if there is one.
func (o *Output) Write(p []byte) (int, error) {
	if bar := o.bar.Load(); bar != nil {
		if n, err := bar.Write(p); err == nil {
			return n, nil
		}
	}
	return o.plain.Write(p)
}

// Bar shows a bar on o until the returned function is called, which removes it.
func (o *Output) Bar(look func() Snapshot) (stop func()) {
	start := time.Now()
	var last atomic.Pointer[Snapshot]
	first := look()
	last.Store(&first)
	p := mpb.New(mpb.WithOutput(o.plain), mpb.WithAutoRefresh(), mpb.WithWidth(40), mpb.WithRefreshRate(barPeriod))
	bar := p.AddBar(max(first.Total, 0), mpb.BarRemoveOnComplete(),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string {
			return " " + last.Load().line(time.Since(start))
		})))
	o.bar.Store(p)
	end := every(barPeriod, func() {
		s := look()
		last.Store(&s)
		bar.SetTotal(max(s.Total, s.Bytes+1), false)
		bar.SetCurrent(s.Bytes)
	})
	return func() {
		end()
		o.bar.Store(nil)
		bar.Abort(true)
		p.Wait()
	}
}

// Log writes a line to log every ten seconds until the returned function is
// called.
func Log(log *slog.Logger, look func() Snapshot) (stop func()) {
	start := time.Now()
	return every(logPeriod, func() {
		s := look()
		log.LogAttrs(context.Background(), slog.LevelInfo, "reading", s.attrs(time.Since(start))...)
	})
}

// every calls f each period, from a goroutine of its own, until the returned
// function is called, which waits for that goroutine.
func every(period time.Duration, f func()) (stop func()) {
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		t := time.NewTicker(period)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				f()
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
	}
}
