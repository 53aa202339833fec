package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Boundary rules that want to have known a subscriber for weeks hold for nobody before the job
// has gone on for as long. Until then nobody is looked at for their sake, whatever happens.

// ripe is for how many days a job has to go on until the rule of g may hold for anybody.
func (g *gate) ripe() (days window.Day) {
	for _, clause := range g.coarse {
		if len(clause) == 1 {
			days = max(days, clause[0].ripe())
		}
	}
	return days
}

// ripe is for how many days a job has to go on until p may pass for anybody: no age is more than
// the job's.
func (p *probe) ripe() window.Day {
	switch p.kind {
	case feature.Trending:
		return trendAge
	case feature.AgeBasis, feature.ObservedDays:
		return window.Day(max(0, min(p.lo, mostAhead)))
	}
	return 0
}

// ripen finds what wakes boundary rules on day d.
func (j *judge) ripen(d window.Day) {
	observed := d - j.firstDay()
	j.surging = j.surging[:0]
	for _, x := range j.swells {
		if observed >= x.from {
			j.surging = append(j.surging, x)
		}
	}
	j.silence = math.MaxInt64
	for _, x := range j.silences {
		if observed >= x.from {
			j.silence = min(j.silence, x.least)
		}
	}
}
