package traffic

import "time"

// The outage begins in the small hours, when mediation systems are upgraded,
// after outageDay/60 of the run, and lasts two days. What the switches write in
// that time never arrives.
const (
	outageNeeds = 4 // days of the run
	outageDay   = 52
	outageHours = 48
)

// outage returns the stretch whose records are missing, in ms since 1970; it is
// empty when there is none.
func (c *Config) outage() span {
	if !c.Outage {
		return span{}
	}
	y, m, d := c.Start.Date()
	day := min(c.Days*outageDay/60, c.Days-3)
	from := localMidnight(c, y, int(m), d+day) + 2*msHour
	return span{from, from + outageHours*msHour}
}

// OutageSpan returns when the records are missing; equal times when there is no
// outage.
func (c Config) OutageSpan() (from, to time.Time) {
	c = c.Defaults()
	s := c.outage()
	return time.UnixMilli(s.from).UTC(), time.UnixMilli(s.to).UTC()
}
