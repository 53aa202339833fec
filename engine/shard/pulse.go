package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// A trend compares the last week with the weeks before. Where a boundary rule wants it to be
// small, calls that come keep the rule away, and those of the last days stay in the week for
// some days to come. A row keeps how many there were on each of these days, so that it can be
// told until when at least they are enough.

// pulse is the counts of the days before today, a byte each, those of a row's recentDay lowest.
// A byte holds no more than 255: there may have been more.
type pulse uint64

const (
	pulseBits = 8
	mostPulse = 1<<pulseBits - 1
	week      = 7
)

// notePulse makes rows keep the pulse of what a boundary rule wants the trend of to be small. It
// is that of one rule of a set, the first.
func (j *judge) notePulse(r *rules.Rule, g *gate) {
	d := j.shard.days
	if r.On != rules.Boundary || d == nil || !d.linked {
		return
	}
	each(g.coarse, func(p *probe) {
		if d.beats == nil && p.kind == feature.Trending && p.falls() && j.figures[p.of].counts {
			beats := j.figures[p.of]
			d.beats = &beats
		}
	})
}

// beats reports whether the open day is one of which somebody may want to know the pulse: from a
// week before the first day on which anybody has a trend.
func (s *Shard) beats() bool {
	return s.days.beats != nil && s.today-s.judge.firstDay() >= trendAge-week
}

// endBeat adds the open day of a row, which ends, to its pulse.
func (d *days) endBeat(row []uint64, today window.Day) {
	after := 0
	if m := d.recentDay(row); m != 0 {
		after = int(int16(markOf(today) - m))
	}
	d.pulse(row).close(after, uint64(d.beats.total(row)))
}

// pulse is that of a row, its last word.
func (d *days) pulse(row []uint64) *pulse { return (*pulse)(&row[d.beat]) }

// close adds a day that ends, so many days after the latest one that there is; 0: there is
// none, or nobody knows.
func (p *pulse) close(after int, n uint64) {
	latest := pulse(min(n, mostPulse))
	if *p <<= pulseBits * max(after, 0); after <= 0 {
		*p = 0
	}
	*p |= latest
}

// since is how many there were from back days before the latest day on, or more.
func (p pulse) since(back int) (n int64) {
	for ; back >= 0; back-- {
		n += int64(p >> (pulseBits * back) & mostPulse)
	}
	return n
}

// declines is the first day on which p, the probe of a trend that is too large now, may pass.
func (p *probe) declines(x *glance) window.Day {
	c, d, f := x.judge.calendar.day, x.judge.shard.days, &x.judge.figures[p.of]
	if !p.falls() || x.row == nil || d.beats == nil || !slices.Equal(d.beats.operands, f.operands) {
		return c
	}
	month, today := x.high(p.over), f.total(x.row)
	latest := -1 // how far before today the latest day of the pulse is
	if m := d.recentDay(x.row); m != 0 {
		latest = int(int16(markOf(c) - m))
	}
	for ahead := 1; ahead < week; ahead++ {
		stay := today // in the week that ends so many days ahead
		if back := week - 1 - ahead - latest; latest > 0 && back >= 0 {
			stay += d.pulse(x.row).since(back)
		}
		rest := month - stay // at most that many are in the weeks before
		if rest > 0 && p.holds(float64(stay)/week/(float64(rest)/23)*(1-nearly)) {
			return later(c, int64(ahead))
		}
	}
	return later(c, week)
}
