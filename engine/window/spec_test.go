package window

import (
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

func TestParseSpec(t *testing.T) {
	const m = cdr.Millis(60_000)
	for text, want := range map[string]Spec{
		"1h":        {Name: "1h", Panes: 12, Length: 5 * m},
		"1h/5m":     {Name: "1h", Panes: 12, Length: 5 * m},
		" 30m/10m ": {Name: "30m", Panes: 3, Length: 10 * m},
		"24h":       {Name: "24h", Panes: 24, Length: 60 * m},
		"48h":       {Name: "48h", Panes: 48, Length: 60 * m},
		"6h":        {Name: "6h", Panes: 12, Length: 30 * m},
		"5m/5m":     {Name: "5m", Panes: 1, Length: 5 * m},
		"1m/1s":     {Name: "1m", Panes: 60, Length: 1000},
		"1d":        {Name: "1d", Panes: 1, Days: true},
		"7d/1d":     {Name: "7d", Panes: 7, Days: true},
		"366d":      {Name: "366d", Panes: 366, Days: true},
	} {
		got, err := ParseSpec(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
	const days, length, slide = "write days as 1d to 366d", "write a length such as 1h", "its slide must divide both the window and a day"
	for text, want := range map[string]string{
		"0d": days, "367d": days, "-1d": days, "1.5d": days, "d": days, "7d/2d": days, "7d/1h": days, "99999999999999999999d": days,
		"": length, "h": length, "week": length, "0h": length, "-1h": length, "90s": length, "7w": length, "1h30": length,
		"1h/x": "is no duration", "1h/": "is no duration",
		"1h/7m": slide, "1h/0m": slide, "1h/-5m": slide, "1h/2h": slide, "1h/500ms": slide, "50h/50h": slide, "5m": slide, "7h/7h": slide, "1m": slide,
	} {
		got, err := ParseSpec(text)
		if err == nil {
			t.Errorf("%q is read as %+v", text, got)
			continue
		}
		if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"`+text+`"`) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: the error is %q, want it to name the window and say %q", text, err, want)
		}
	}
}

// Panes of exact length lie on the UTC grid, before 1970 too; those of days on
// the calendar. Either way a pane begins with its first instant.
func TestGrid(t *testing.T) {
	lordHowe, err := time.LoadLocation("Australia/Lord_Howe")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"1h/5m", "24h/1h", "7d"} {
		s, err := ParseSpec(text)
		if err != nil {
			t.Fatal(err)
		}
		g := NewGrid(s, lordHowe)
		for _, start := range []cdr.Millis{-3 * dayMS, -1, 0, 1_712_415_600_000, 1_728_140_400_000} {
			for i := range cdr.Millis(500) {
				at := start + i*433_000
				p := g.Pane(at)
				if from, to := g.Start(p), g.Start(p+1); at < from || at >= to {
					t.Fatalf("%s: %d is in pane %d, which is [%d, %d)", text, at, p, from, to)
				}
				if !s.Days && (g.Start(p)%s.Length != 0 || g.Start(p+1)-g.Start(p) != s.Length) {
					t.Fatalf("%s: pane %d is [%d, %d)", text, p, g.Start(p), g.Start(p+1))
				}
			}
		}
	}
}
