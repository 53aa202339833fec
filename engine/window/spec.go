package window

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Spec is one configured window.
type Spec struct {
	Name   string     // 7d, 24h: the suffix of its features
	Panes  int        // how many panes it spans
	Days   bool       // panes are local days
	Length cdr.Millis // of a pane, unless Days
}

// ParseSpec reads "7d", "24h/1h" or "1h/5m": the length of a window and, for
// exact durations, how far it slides at a time. Without a slide an exact window
// slides by a twelfth of its length (1h), or by an hour from a day on.
func ParseSpec(text string) (Spec, error) {
	name, slide, sliding := strings.Cut(strings.TrimSpace(text), "/")
	if n, ok := strings.CutSuffix(name, "d"); ok {
		days, err := strconv.Atoi(n)
		if err != nil || days < 1 || days > 366 || (sliding && slide != "1d") {
			return Spec{}, fmt.Errorf("window %q: write days as 1d to 366d; they slide by a day", text)
		}
		return Spec{Name: name, Panes: days, Days: true}, nil
	}
	length, err := time.ParseDuration(name)
	if err != nil || length <= 0 || length%time.Minute != 0 {
		return Spec{}, fmt.Errorf("window %q: write a length such as 1h, 30m or 7d, and a slide after a slash (1h/5m)", text)
	}
	step := min(length/12, time.Hour).Truncate(time.Minute)
	if sliding {
		if step, err = time.ParseDuration(slide); err != nil {
			return Spec{}, fmt.Errorf("window %q: the slide %q is no duration such as 5m", text, slide)
		}
	}
	if step <= 0 || step%time.Second != 0 || length%step != 0 || 24*time.Hour%step != 0 {
		return Spec{}, fmt.Errorf("window %q: its slide must divide both the window and a day, in whole seconds", text)
	}
	return Spec{Name: name, Panes: int(length / step), Length: cdr.Millis(step.Milliseconds())}, nil
}

// MaxGrids is how many different ways of cutting time (days, slides) the windows
// of a job may have.
const MaxGrids = 8

// Grid is one way of cutting time into panes.
type Grid struct {
	length cdr.Millis // 0 = local days
	days   *Calendar
}

// NewGrid returns the grid that s is cut by. It serves one goroutine.
func NewGrid(s Spec, zone *time.Location) *Grid {
	if s.Days {
		return &Grid{days: NewCalendar(zone)}
	}
	return &Grid{length: s.Length}
}

// Pane returns the number of the pane that t lies in.
func (g *Grid) Pane(t cdr.Millis) int64 {
	if g.days != nil {
		return int64(g.days.Day(t))
	}
	return floorDiv(int64(t), int64(g.length))
}

// Start returns the first instant of pane p.
func (g *Grid) Start(p int64) cdr.Millis {
	if g.days != nil {
		return g.days.Start(Day(p))
	}
	return cdr.Millis(p) * g.length
}
