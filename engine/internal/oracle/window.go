package oracle

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// window is one length of time that features look back over.
type window struct {
	name  string // suffix of its columns
	days  int    // local days, or 0
	span  int64  // ms, when days is 0
	slide int64  // ms, when days is 0
}

// parseWindow reads "24h/1h", "30m" or "7d".
func parseWindow(text string) (window, error) {
	length, slide, sliding := strings.Cut(text, "/")
	w := window{name: length}
	if n, err := strconv.Atoi(strings.TrimSuffix(length, "d")); strings.HasSuffix(length, "d") && err == nil && n > 0 && (!sliding || slide == "1d") {
		w.days = n
		return w, nil
	}
	if !sliding {
		slide = length
	}
	span, err := time.ParseDuration(length)
	step, err2 := time.ParseDuration(slide)
	if err != nil || err2 != nil || step <= 0 || span <= 0 || span%step != 0 {
		return w, fmt.Errorf("window %q: want days (7d) or length/slide (24h/1h), a whole number of slides", text)
	}
	w.span, w.slide = span.Milliseconds(), step.Milliseconds()
	return w, nil
}

// start is the first instant of the window at t: the first of the pane that
// contains t - 1 ms and the n - 1 panes before it.
func (w window) start(t int64, d *days) int64 {
	if w.days > 0 {
		return d.start(d.of(t-1) - (w.days - 1))
	}
	pane := floorDiv(t-1, w.slide) * w.slide
	return pane - (w.span/w.slide-1)*w.slide
}

// windows reads the windows of c.
func (c Config) windows() ([]window, error) {
	var all []window
	for _, text := range c.Windows {
		w, err := parseWindow(text)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// longest is the length of the longest window in ms.
func (c Config) longest() int64 {
	var most int64
	for _, text := range c.Windows {
		if w, err := parseWindow(text); err == nil {
			most = max(most, w.span, int64(w.days)*86_400_000)
		}
	}
	return most
}

// boundaries are the instants at which rows are emitted: from the first after
// the first record to the one that closes the last record's period.
func boundaries(every string, first, last int64, d *days) ([]int64, error) {
	var all []int64
	if every == "1d" {
		for day := d.of(first) + 1; ; day++ {
			if t := d.start(day); t > first && (len(all) == 0 || t > all[len(all)-1]) {
				all = append(all, t)
			}
			if len(all) > 0 && all[len(all)-1] > last {
				return all, nil
			}
		}
	}
	step, err := time.ParseDuration(every)
	if err != nil || step < time.Millisecond {
		return nil, fmt.Errorf("emit every %q: want 1d or a duration such as 1h", every)
	}
	ms := step.Milliseconds()
	for t := floorDiv(first, ms)*ms + ms; ; t += ms {
		all = append(all, t)
		if t > last {
			return all, nil
		}
	}
}
