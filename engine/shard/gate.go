package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// gate tells cheaply who is surely far from a rule: for whom all probes of one of
// its clauses fail. A probe may pass where the rule does not hold, never the other
// way round. It looks only at what the fold has brought near: the person, its row
// of days and its items. A window of hours is bounded by days that hold all of it:
// today and the day before, where that is known and long enough, else the shortest
// window of days that does, if there is a sum of it: what is brief has none, and is bounded by
// nothing then. Whoever is not far is looked at more closely: items are
// tallied, and windows of hours are added up for fine probes.
type gate struct {
	coarse, fine [][]probe
	counted      [][]probe // those of coarse with items that can be counted, but are not at first
}

// glance is a subscriber as its probes see it.
type glance struct {
	judge    *judge
	who      *person
	row      []uint64 // of days; nil: none
	before   when
	observed int64
	outlook          // as far as gates were looked at
	rest     outlook // on those that are not near, and not looked at
	fars     []far   // those that were looked at

	newcomer bool // nobody knows anything of it
	stocked  bool // how large its stock is can be told
	given    legs // the calm that it was given last

	slot    uint32
	t       cdr.Millis
	looks   uint64     // counts glances
	bounds  []bounds   // of figures
	counts  uint64     // of items that were seen, as of look number ...
	counted uint64     // ... this one
	hours   [][]uint64 // by span: its measures at t
	added   []bool     // they are up to date
	tallied []tallied  // by tally
	exact   bool       // items are counted wherever they can be
}

// when says what bounds a window of hours, together with the open day.
type when uint8

const (
	unknown   when = iota // a window of days, or nothing
	yesterday             // what is kept of the day before
	nothing               // it was not active on the day before
)

// look makes g a glance at a subscriber.
func (j *judge) look(g *glance, slot uint32, t cdr.Millis) {
	s := j.shard
	j.calendar.turn(s)
	who := s.people.at(slot)
	g.who, g.row, g.before = who, nil, unknown
	g.slot, g.t = slot, t
	g.looks++
	clear(g.added)
	g.observed = int64(s.today - j.calendar.first)
	g.stocked = j.stock != window.NoItem && who.marks&big == 0 && (who.row != 0 || g.newcomer)
	if who.row == 0 {
		return
	}
	g.row = s.days.rows.at(who.row)
	if len(s.days.recent) == 0 || j.calendar.short {
		return
	}
	switch s.days.recentDay(g.row) {
	case 0:
	case markOf(s.today - 1):
		g.before = yesterday
	default:
		g.before = nothing
	}
}

// nearOf finds the lines of rows, beyond the open day, that the gates of some rules look
// at.
func (j *judge) nearOf(rules []int) (near []int) {
	if j.shard.days == nil {
		return nil
	}
	see := func(word int) {
		same := func(w int) bool { return w/8 == word/8 }
		if word >= j.shard.days.sums && !slices.ContainsFunc(near, same) {
			near = append(near, word)
		}
	}
	for _, r := range rules {
		each(j.gates[r].coarse, func(p *probe) {
			for _, f := range []int16{p.of, p.over} {
				if f == none {
					continue
				}
				for _, o := range j.figures[f].operands {
					if j.figures[f].kind == ofHours {
						see(int(o.recent))
					} else {
						see(int(o.span))
					}
				}
			}
		})
	}
	return near
}

// firstDay is the day of the first event of the job.
func (j *judge) firstDay() window.Day {
	j.calendar.turn(j.shard)
	return j.calendar.first
}

// of returns the measures of a span.
func (x *glance) of(n int) []uint64 {
	if !x.added[n] {
		s, of := x.judge.shard, x.judge.spans[n]
		x.hours[n] = append(x.hours[n][:0], s.hours(of.grid, of.panes, x.slot, x.t)...)
		x.added[n] = true
	}
	return x.hours[n]
}

// seen is how many items of a set the subscriber is known to have seen, at least as
// many as lie within any window.
func (x *glance) seen(set window.Item) int64 {
	if x.counted != x.looks {
		x.count()
	}
	if x.who.marks&big != 0 {
		return int64(x.judge.shard.items.bigs[x.who.items].counts[set])
	}
	return seenOf(x.counts, set)
}

// count reads how many items of each set there are in a small block.
func (x *glance) count() {
	x.counts, x.counted = 0, x.looks
	if who := x.who; who.small() {
		x.counts = x.judge.shard.items.words(who)[0]
	}
}

// age returns an age in days; not ok: there is none.
func (x *glance) age(which feature.AgeColumn) (days int64, ok bool) {
	at, s := x.who.first(), x.judge.shard
	switch which {
	case feature.SinceActivity:
		at = s.Days.Day(x.who.last())
	case feature.SinceOutgoing:
		at = x.who.out()
	case feature.SinceIMSI:
		at = x.who.imsiDay()
	}
	return int64(s.today - at), at != noDay
}

// outlasts reports whether the calm of a subscriber goes on today, whose last leg was
// before. Where the day before had less than 24 hours less is known of windows of hours
// than on other days.
func (j *judge) outlasts(who *person) bool {
	j.calendar.turn(j.shard)
	days := int64(j.shard.today - j.shard.Days.Day(who.last()))
	if days > int64(who.outlasts) || j.calendar.short {
		return false
	}
	who.outlasts -= uint8(days)
	return true
}
