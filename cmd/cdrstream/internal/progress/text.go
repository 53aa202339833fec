package progress

import (
	"fmt"
	"log/slog"
	"time"
)

// line is s as it stands behind the bar.
func (s Snapshot) line(elapsed time.Duration) string {
	text := fmt.Sprintf("%s  %s records/s", size(s.Bytes), count(rate(s.Records, elapsed)))
	if s.Total > 0 {
		text = fmt.Sprintf("%s of %s  %s records/s", size(s.Bytes), size(s.Total), count(rate(s.Records, elapsed)))
	}
	if !s.EventTime.IsZero() {
		text += "  " + s.EventTime.Format("2006-01-02 15:04")
	}
	if left, ok := s.left(elapsed); ok {
		text += fmt.Sprintf("  %s left", left)
	}
	return text
}

// attrs is s as it stands in a log line.
func (s Snapshot) attrs(elapsed time.Duration) []slog.Attr {
	a := []slog.Attr{
		slog.Int64("bytes", s.Bytes),
		slog.Int64("records", s.Records),
		slog.Int64("records_per_second", rate(s.Records, elapsed)),
	}
	if s.Total > 0 {
		a = append(a, slog.String("done", fmt.Sprintf("%d%%", min(s.Bytes*100/s.Total, 100))))
	}
	if !s.EventTime.IsZero() {
		a = append(a, slog.String("event_time", s.EventTime.Format(time.RFC3339)))
	}
	if left, ok := s.left(elapsed); ok {
		a = append(a, slog.Duration("left", left))
	}
	return a
}

// left is how long the rest takes at the mean speed so far.
func (s Snapshot) left(elapsed time.Duration) (time.Duration, bool) {
	if s.Total <= 0 || s.Bytes <= 0 || elapsed < 2*time.Second {
		return 0, false
	}
	rest := float64(max(s.Total-s.Bytes, 0)) / float64(s.Bytes)
	return time.Duration(rest * float64(elapsed)).Round(time.Second), true
}

func rate(n int64, elapsed time.Duration) int64 {
	if elapsed <= 0 {
		return 0
	}
	return int64(float64(n) / elapsed.Seconds())
}

func size(n int64) string {
	const kib = 1 << 10
	switch {
	case n < kib:
		return fmt.Sprintf("%d B", n)
	case n < kib*kib:
		return fmt.Sprintf("%.1f KiB", float64(n)/kib)
	case n < kib*kib*kib:
		return fmt.Sprintf("%.1f MiB", float64(n)/(kib*kib))
	}
	return fmt.Sprintf("%.2f GiB", float64(n)/(kib*kib*kib))
}

func count(n int64) string {
	switch {
	case n < 10_000:
		return fmt.Sprint(n)
	case n < 1_000_000:
		return fmt.Sprintf("%.0fk", float64(n)/1e3)
	}
	return fmt.Sprintf("%.2fM", float64(n)/1e6)
}
