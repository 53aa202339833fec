package traffic

import "time"

// A habit is how a kind of subscriber spreads the usage over the week and over
// the services. Hours are weights; the minute in between is interpolated.
type habit struct {
	share  uint16 // of the subscribers, thousandths
	fixed  uint16 // of these, how many are fixed lines, thousandths
	busy   uint32 // how active compared with others, 100 = as others
	kinds  [6]uint16
	week   [24]uint16
	satur  [24]uint16
	sunday [24]uint16
}

// The kinds of attempt, index of habit.kinds (thousandths).
const (
	kindCall      = iota // to anybody
	kindCallIn           // from another network
	kindMessage          // to anybody
	kindMessageIn        // from another network
	kindPicture          // MMS
	kindSession          // data
)

// habits is read only: workers, the young, people of the night shift, businesses.
var habits = [...]habit{
	{
		share: 560, fixed: 40, busy: 100, kinds: [6]uint16{560, 62, 218, 34, 8, 118},
		week:   [24]uint16{10, 5, 3, 2, 3, 8, 26, 60, 92, 104, 110, 112, 106, 98, 94, 96, 104, 122, 138, 132, 112, 82, 48, 22},
		satur:  [24]uint16{16, 9, 5, 3, 3, 5, 11, 24, 46, 72, 90, 98, 96, 88, 82, 82, 86, 94, 102, 100, 88, 68, 46, 28},
		sunday: [24]uint16{18, 10, 6, 3, 3, 4, 8, 16, 32, 54, 72, 84, 82, 74, 70, 70, 74, 84, 96, 98, 88, 64, 38, 18},
	},
	{
		share: 270, fixed: 0, busy: 110, kinds: [6]uint16{420, 46, 320, 42, 14, 158},
		week:   [24]uint16{34, 18, 10, 5, 4, 6, 16, 38, 48, 50, 56, 64, 82, 78, 70, 76, 96, 118, 130, 134, 136, 130, 104, 66},
		satur:  [24]uint16{56, 36, 22, 12, 7, 6, 8, 14, 24, 40, 58, 74, 86, 90, 90, 94, 102, 112, 120, 124, 124, 118, 104, 80},
		sunday: [24]uint16{60, 40, 26, 14, 8, 6, 6, 10, 18, 30, 46, 64, 78, 82, 80, 82, 88, 100, 112, 118, 116, 104, 76, 44},
	},
	{
		share: 50, fixed: 20, busy: 90, kinds: [6]uint16{560, 62, 214, 34, 8, 122},
		week:   [24]uint16{82, 66, 54, 50, 52, 62, 66, 50, 26, 14, 10, 12, 24, 44, 62, 74, 82, 92, 98, 100, 104, 106, 104, 96},
		satur:  [24]uint16{70, 58, 46, 42, 42, 48, 50, 40, 24, 18, 20, 30, 44, 56, 64, 70, 76, 82, 88, 90, 92, 92, 88, 80},
		sunday: [24]uint16{66, 54, 44, 40, 40, 44, 46, 36, 24, 20, 24, 34, 46, 56, 62, 68, 74, 80, 86, 88, 90, 90, 86, 76},
	},
	{
		share: 120, fixed: 620, busy: 140, kinds: [6]uint16{640, 150, 90, 30, 4, 86},
		week:   [24]uint16{1, 1, 1, 1, 1, 3, 12, 46, 116, 166, 176, 164, 108, 112, 160, 166, 154, 120, 64, 26, 12, 6, 3, 2},
		satur:  [24]uint16{1, 1, 1, 1, 1, 2, 5, 14, 34, 50, 54, 48, 34, 24, 22, 20, 18, 14, 10, 8, 5, 3, 2, 1},
		sunday: [24]uint16{1, 1, 1, 1, 1, 1, 2, 4, 8, 12, 14, 14, 12, 10, 8, 8, 8, 8, 8, 6, 4, 3, 2, 1},
	},
}

// businessHabit is the index of the businesses in habits.
const businessHabit = 3

// at returns the weight of a local minute of the week; weekday 0 = Sunday.
func (h *habit) at(weekday, minute int) uint64 {
	day := func(d int) *[24]uint16 {
		switch (d + 7) % 7 {
		case 0:
			return &h.sunday
		case 6:
			return &h.satur
		}
		return &h.week
	}
	// The weight of an hour holds at its middle.
	m := minute - 30
	from, to := day(weekday), day(weekday)
	i, j := m/60, m/60+1
	if m < 0 {
		m, i, j, from = m+60, 23, 0, day(weekday-1)
	} else if j == 24 {
		j, to = 0, day(weekday+1)
	}
	part := uint64(m % 60)
	return uint64(from[i])*(60-part) + uint64(to[j])*part
}

// clock turns instants into the network's local time.
type clock struct {
	zone     *time.Location
	from, to int64 // ms: offset holds in [from, to)
	offset   int64 // ms east of UTC
}

// local returns t, ms since 1970 UTC, as ms since 1970 of the wall clock.
func (c *clock) local(t int64) int64 {
	if t < c.from || t >= c.to {
		c.look(t)
	}
	return t + c.offset
}

func (c *clock) look(t int64) {
	at := time.UnixMilli(t).In(c.zone)
	_, seconds := at.Zone()
	c.offset = int64(seconds) * 1000
	c.from, c.to = -1<<62, 1<<62
	start, end := at.ZoneBounds()
	if !start.IsZero() {
		c.from = start.UnixMilli()
	}
	if !end.IsZero() {
		c.to = end.UnixMilli()
	}
}

const (
	msMinute = 60_000
	msDay    = 86_400_000
)

// weekdayOf returns the weekday of local days since 1970; 0 = Sunday.
func weekdayOf(days int64) int { return int((days + 4) % 7) }
