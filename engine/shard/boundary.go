package shard

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Boundaries are the instants at which rows are emitted: every so many local
// days, at their first instant, or every so many milliseconds on the UTC grid.
// It serves one goroutine.
type Boundaries struct {
	length cdr.Millis // 0 = days
	every  window.Day // local days, counted from 1970-01-01
	days   *window.Calendar
}

// ParseBoundaries reads "1d", "7d", "1h", "15m".
func ParseBoundaries(every string, zone *time.Location) (*Boundaries, error) {
	if n, ok := strings.CutSuffix(every, "d"); ok {
		days, err := strconv.Atoi(n)
		if err != nil || days < 1 || days > 366 {
			return nil, fmt.Errorf("emit every %q: write days as 1d to 366d", every)
		}
		return &Boundaries{every: window.Day(days), days: window.NewCalendar(zone)}, nil
	}
	d, err := time.ParseDuration(every)
	if err != nil || d < time.Second || d%time.Second != 0 || 24*time.Hour%d != 0 {
		return nil, fmt.Errorf("emit every %q: write local days (1d) or a duration that divides a day (1h, 15m)", every)
	}
	return &Boundaries{length: cdr.Millis(d.Milliseconds())}, nil
}

// After returns the first boundary after t.
func (b *Boundaries) After(t cdr.Millis) cdr.Millis {
	if b.length > 0 {
		next := t - t%b.length
		if t%b.length < 0 {
			next -= b.length
		}
		return next + b.length
	}
	d := b.days.Day(t)
	d -= ((d % b.every) + b.every) % b.every
	return b.days.Start(d + b.every)
}
