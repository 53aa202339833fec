package feed

import (
	"context"
	"time"
)

const (
	step  = 20 * time.Millisecond  // records of this long go together
	burst = 100 * time.Millisecond // what a stall may make up for, at most
)

// pacer lets records pass at a rate, evenly.
type pacer struct {
	rate float64   // records a second; 0: all pass at once
	due  time.Time // when the next record may pass
}

// portion is how many records are to pass at a time.
func (p *pacer) portion() int {
	if p.rate == 0 {
		return 1 << 30
	}
	return max(1, int(p.rate*step.Seconds()))
}

// wait waits until n more records may pass.
func (p *pacer) wait(ctx context.Context, n int) error {
	if p.rate == 0 {
		return context.Cause(ctx)
	}
	now := time.Now()
	switch oldest := now.Add(-burst); {
	case p.due.IsZero():
		p.due = now
	case p.due.Before(oldest):
		p.due = oldest
	}
	pause := p.due.Sub(now)
	p.due = p.due.Add(time.Duration(float64(n) / p.rate * float64(time.Second)))
	if pause <= 0 {
		return context.Cause(ctx)
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
