package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Boundary rules that want much of a day want it of hours that lie in three days at most, so one
// of these days has a third of it. Such a day is rare: the fold notices when a subscriber has
// come to have one, and nobody else is looked at for the sake of that rule, see quiet.go.

// spannedDays is how many days a window of 24 hours lies in at most, one of them having 23.
const spannedDays = 3

// swell is an amount of the open day of which so much makes boundary rules look, from the
// day on that lies so many days after the first one of the job: before, none of them may hold.
type swell struct {
	open  int32 // its word
	shift uint8
	mask  uint64
	least uint64
	from  window.Day
}

// noteSwells notes what the probes of a boundary rule want much of in a day, and reports
// whether there is any.
func (j *judge) noteSwells(g *gate) (any bool) {
	each(g.coarse, func(p *probe) {
		if p.kind != feature.Sum || p.rare || !p.rises() || !j.isOfADay(p.of) {
			return
		}
		f := &j.figures[p.of]
		p.swell = uint64(p.lo+spannedDays*int64(len(f.operands))-1) / uint64(spannedDays*len(f.operands))
		for i := range f.operands {
			j.addSwell(&f.operands[i], p.swell, g.ripe()-spannedDays)
		}
		any = true
	})
	return any
}

// isOfADay reports whether a figure is a sum over no more than a day.
func (j *judge) isOfADay(of int16) bool {
	f := &j.figures[of]
	return !f.minus && (f.kind == ofHours || f.kind == ofDays && j.shard.Plan.Windows[f.window].Panes == 1)
}

func (j *judge) addSwell(o *operand, least uint64, from window.Day) {
	same := func(x swell) bool { return x.open == o.open && x.shift == o.shift }
	if i := slices.IndexFunc(j.swells, same); i >= 0 {
		x := &j.swells[i]
		x.least, x.from = min(x.least, least), min(x.from, from)
		return
	}
	j.swells = append(j.swells, swell{o.open, o.shift, o.mask, least, from})
}

// swell makes boundary rules look at the subscriber of v if its open day has come to have much
// of something.
func (s *Shard) swell(v *visit) {
	for i := range s.judge.surging {
		if x := &s.judge.surging[i]; v.row[x.open]>>(x.shift&63)&x.mask >= x.least {
			v.who.marks |= woken
		}
	}
}

// swelled is the first day on which p may pass, which lacks something now, unless a day comes to
// have much of it. If today has any leg makes boundary rules look; tomorrow may add the rest, as
// today may if the day before had much.
func (p *probe) swelled(x *glance) window.Day {
	f, today := &x.judge.figures[p.of], x.judge.calendar.day
	if x.row == nil {
		return endless
	}
	if f.kind == ofHours && x.before == unknown {
		return today
	}
	day := endless
	for i := range f.operands {
		o := &f.operands[i]
		if f.kind == ofHours && x.before == yesterday && x.row[o.recent]>>(o.shift&63)&o.mask >= p.swell {
			return today
		}
		if x.row[o.open]>>(o.shift&63)&o.mask >= p.swell {
			day = today + 1
		}
	}
	return day
}
