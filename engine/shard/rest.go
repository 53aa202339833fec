package shard

import "github.com/cdrstream/cdrstream/engine/window"

// Few rules are near a subscriber at a time, and most calms end because of the same one
// or two. So when all rules are looked at, those that are nearest are told from the rest,
// and how far the rest is stands in the row of the subscriber. When the calm ends because
// its legs have come, and not because something out of the ordinary has, only the near
// rules are looked at, as long as the rest is farther than the legs that have come since.

// far is how far some activity rules are, a bit for each; none: those that are the rest
// already.
type far struct {
	distance
	rules ruleBits
}

// ruleBits are activity rules, in order; from the 33rd on they share bits.
type ruleBits uint32

func bitOf(activity int) ruleBits { return 1 << (activity & 31) }

// rest is how far the rules are that are not near, once the calm is over, and which are
// near:
//
//	any, loud  legs, a byte each
//	until      the mark of the day before which it is good
//	near       ruleBits
//
// 0: nothing is known.
type rest uint64

const (
	restUntil = 16 // where its parts begin
	restNear  = 32
)

func newRest(l legs, until dayMark, near ruleBits) rest {
	return rest(l.any) | rest(l.loud)<<8 | rest(until)<<restUntil | rest(near)<<restNear
}

func (r rest) legs() legs     { return legs{int32(r & 0xff), int32(r >> 8 & 0xff)} }
func (r rest) until() dayMark { return dayMark(r >> restUntil) }
func (r rest) near() ruleBits { return ruleBits(r >> restNear) }
func (r rest) distance(today window.Day) distance {
	l := r.legs()
	return distance{l, l, today + window.Day(int16(r.until()-markOf(today)))}
}

const (
	// worthwhile is how long the rest has to be, in legs, for those who are near to be
	// looked at without it.
	worthwhile = 8
	// nearby is how many times as far as the nearest rule those are that are near, too.
	nearby = 3
	// enough is how far a rule is of which it need not be known whether it is farther.
	enough = 32
)

// resting returns what is known of the rest of the rules, 0 if that is nothing, for the
// subscriber of x, whose calm may have ended.
func (x *glance) resting() rest {
	who, s := x.who, x.judge.shard
	if who.marks&spent == 0 || x.row == nil || !s.days.linked {
		return 0
	}
	r := *s.days.rest(x.row)
	if !r.until().after(s.today) || r.legs().length() < worthwhile || r.legs().loud == 0 || r.legs().any == 0 {
		return 0
	}
	return r
}

// part tells the rules that are near from the rest, and notes how far that is when the
// calm l is over.
func (x *glance) part(l legs) {
	s := x.judge.shard
	if x.row == nil || !s.days.linked {
		return
	}
	today := x.judge.calendar.day
	within := nearby * max(l.length(), 1)
	var near ruleBits
	for i := range x.fars {
		if f := &x.fars[i]; f.today.length() <= within {
			near |= f.rules
		}
	}
	calm, steady, until := longest, longest, endless
	for i := range x.fars {
		f := &x.fars[i]
		if f.rules == 0 || f.rules&^near != 0 {
			calm, steady, until = calm.and(f.today), steady.and(f.later), min(until, f.until)
		}
	}
	if until > today+1 && steady.worth(until, today) >= calm.worth(today+1, today) {
		calm = steady
	} else {
		until = today + 1
	}
	used := legs{max(l.any, 1), max(l.loud, 1)}
	calm = legs{calm.any - used.any, calm.loud - used.loud}
	if calm.any <= 0 || calm.loud <= 0 {
		*s.days.rest(x.row) = 0
		return
	}
	*s.days.rest(x.row) = newRest(calm, markOf(min(until, today+mostAhead)), near)
}
