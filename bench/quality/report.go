package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// failures are the clauses that are not met, in words.
func (s *score) failures() []string {
	var out []string
	fail := func(format string, a ...any) { out = append(out, fmt.Sprintf(format, a...)) }
	if len(s.scenarios) == 0 {
		fail("no scenario of the bar was planted")
	}
	for i := range s.scenarios {
		f := &s.scenarios[i]
		if f.recall() < leastRecall {
			fail("%s: recall %.3f is below %.2f (%d of %d)", f.scenario, f.recall(), leastRecall, len(f.delays), f.planted)
		}
		if m, ok := f.median(); ok && m > f.within {
			fail("%s: median time to the alert %v is over %v", f.scenario, m.Round(time.Second), f.within)
		}
	}
	if s.perTenThousand() > mostFalse {
		fail("%.2f false critical alerts per 10,000 subscriber-days are over %.0f", s.perTenThousand(), mostFalse)
	}
	if s.early > 0 {
		fail("%d critical alerts on honest lines in the first 30 days", s.early)
	}
	if !s.outageFrom.Equal(s.outageTo) && s.storms == 0 {
		fail("no storm alert at the outage")
	}
	return out
}

// print writes the report as Markdown.
func (s *score) print(w io.Writer) {
	fmt.Fprintln(w, "| scenario | found by type | planted | found | recall | median time to alert | at most |")
	fmt.Fprintln(w, "|---|---|---:|---:|---:|---:|---:|")
	for i := range s.scenarios {
		f := &s.scenarios[i]
		delay := "-"
		if m, ok := f.median(); ok {
			delay = short(m)
		}
		fmt.Fprintf(w, "| %s | %s | %d | %d | %.3f | %s | %s |\n", f.scenario, strings.Join(f.types, ", "), f.planted, len(f.delays), f.recall(), delay, short(f.within))
	}
	fmt.Fprintln(w, "\n| clause | measured | bar |")
	fmt.Fprintln(w, "|---|---:|---:|")
	fmt.Fprintf(w, "| false critical alerts per 10,000 subscriber-days | %.3f (%d in %d) | %.0f |\n", s.perTenThousand(), s.falses, s.subscribers*s.days, mostFalse)
	fmt.Fprintf(w, "| critical alerts on honest lines in the first 30 days | %d | 0 |\n", s.early)
	if !s.outageFrom.Equal(s.outageTo) {
		fmt.Fprintf(w, "| storm alerts at the outage | %d | >= 1 |\n", s.storms)
	}
	printCounts(w, "false critical alerts by rule", s.byRule)
	printCounts(w, "false critical alerts by the line's part", s.bySource)
}

// printCounts writes counts, the largest first.
func printCounts(w io.Writer, title string, counts map[string]int) {
	if len(counts) == 0 {
		return
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if d := counts[b] - counts[a]; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	fmt.Fprintf(w, "\n| %s | |\n|---|---:|\n", title)
	for _, n := range names {
		label := n
		if n == "" {
			label = "none"
		}
		fmt.Fprintf(w, "| %s | %d |\n", label, counts[n])
	}
}

// short writes a duration as people do: 40s, 12m, 3.5h, 2.1d.
func short(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%.0fm", d.Minutes())
	case d < 2*day:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Hours()), ".0") + "h"
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Hours()/24), ".0") + "d"
}
