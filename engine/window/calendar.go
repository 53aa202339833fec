package window

import (
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

const dayMS = 86_400_000

// Day counts local calendar dates from 1970-01-01.
type Day int32

// Date is the date of d as YYYY-MM-DD.
func (d Day) Date() string {
	return time.Unix(int64(d)*86400, 0).UTC().Format(time.DateOnly)
}

// Clock tells local time in one zone. It remembers the stretch of constant
// offset it was last asked about, so it serves one goroutine.
type Clock struct {
	zone     *time.Location
	from, to cdr.Millis // offset holds in [from, to)
	offset   cdr.Millis
}

// NewClock returns a clock for zone.
func NewClock(zone *time.Location) *Clock { return &Clock{zone: zone} }

// Local returns t as milliseconds of local wall time since 1970-01-01 00:00.
func (c *Clock) Local(t cdr.Millis) cdr.Millis {
	if t < c.from || t >= c.to {
		c.seek(t)
	}
	return t + c.offset
}

func (c *Clock) seek(t cdr.Millis) {
	at := time.UnixMilli(int64(t)).In(c.zone)
	_, off := at.Zone()
	c.offset = cdr.Millis(off) * 1000
	start, end := at.ZoneBounds()
	c.from, c.to = -1<<62, 1<<62
	if !start.IsZero() {
		c.from = cdr.Millis(start.UnixMilli())
	}
	if !end.IsZero() {
		c.to = cdr.Millis(end.UnixMilli())
	}
	if c.to <= t { // so Go 1.26 says on the last day of leap years from 2040 on, which it takes for the next year
		c.to = cdr.Millis(floorDiv(int64(t), dayMS)+1) * dayMS
	}
}

// Calendar tells local days: which day an instant belongs to and when a day
// begins. A day begins at the first instant of its local date and ends where
// the next one begins, whatever the clocks do in between. It remembers the day
// it was last asked about, so it serves one goroutine.
type Calendar struct {
	clock      Clock
	day        Day
	start, end cdr.Millis
}

// NewCalendar returns the calendar of zone.
func NewCalendar(zone *time.Location) *Calendar {
	return &Calendar{clock: Clock{zone: zone}}
}

// Day returns the day t belongs to.
func (c *Calendar) Day(t cdr.Millis) Day {
	if t >= c.start && t < c.end {
		return c.day
	}
	d := Day(floorDiv(int64(c.clock.Local(t)), dayMS))
	for c.find(d+1) <= t {
		d++
	}
	for c.find(d) > t {
		d--
	}
	c.day, c.start, c.end = d, c.find(d), c.find(d+1)
	return d
}

// Start returns the first instant of day d. A date that a zone skipped begins
// where the next one does.
func (c *Calendar) Start(d Day) cdr.Millis {
	switch d {
	case c.day:
		if c.end != c.start {
			return c.start
		}
	case c.day + 1:
		if c.end != c.start {
			return c.end
		}
	}
	return c.find(d)
}

// find looks through the stretches of constant offset around day d for the
// first instant whose local date is d.
func (c *Calendar) find(d Day) cdr.Millis {
	midnight := cdr.Millis(d) * dayMS // as if the zone were UTC
	for t := midnight - 30*3_600_000; ; t = c.clock.to {
		c.clock.Local(t)
		first := max(midnight-c.clock.offset, c.clock.from)
		if first < min(midnight-c.clock.offset+dayMS, c.clock.to) {
			return first
		}
		if c.clock.from > midnight+30*3_600_000 {
			return c.find(d + 1)
		}
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
