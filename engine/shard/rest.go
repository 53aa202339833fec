package shard

import "github.com/cdrstream/cdrstream/engine/window"

// Few rules are near a subscriber at a time, and most calms end because of the same one
// or two. So when rules are looked at, those that are nearest are told from the rest,
// and how far the rest is stands in the row of the subscriber. When the calm ends because
// its legs have come, and not because something out of the ordinary has, only the near
// rules are looked at, as long as the rest is farther than the legs that have come since.

// far is how far the gates of some activity rules are, a bit for each.
type far struct {
	distance
	rules ruleBits
}

// outlook is how long nothing opens: until so many legs have come or, which is fewer, so many
// loud ones, of this day, and of the days before until.
type outlook struct {
	calm, steady legs
	until        window.Day
}

// open is the outlook if there are no rules.
var open = outlook{longest, longest, endless}

// and is o if the gates of some more rules are so far.
func (o outlook) and(d distance) outlook {
	return outlook{o.calm.and(d.today), o.steady.and(d.later), min(o.until, d.until)}
}

// ruleBits are activity rules, in order; from the 24th on they share bits.
type ruleBits uint32

func bitOf(activity int) ruleBits { return 1 << (activity % sharing) }

// sharing is how many rules after another one is the next with which it shares its bit.
const sharing = 64 - restNear

// rest is how much farther the rules are that are not near than the calm, and which are
// near:
//
//	any, loud  legs, 8 bits each
//	stock      the stock with which it ends, 8 bits
//	calm       the stock with which the calm ends, 8 bits
//	until      the day before which it is good, 9 bits: no calm goes on for more days
//	near       ruleBits, 23
//
// 0: nothing is known.
type rest uint64

const (
	untilBits = 9
	aheadBits = untilBits - 1 // so far ahead is until at most
	restLoud  = 8             // where its parts begin
	restStock = 16
	restCalm  = 24
	restUntil = 32
	restNear  = restUntil + untilBits
)

// newRest returns a rest that is farther by some legs than a calm that ends with a stock of calm,
// and ends with a stock itself.
func newRest(by legs, stock, calm uint8, until window.Day, near ruleBits) rest {
	return rest(by.any) | rest(by.loud)<<restLoud | rest(stock)<<restStock | rest(calm)<<restCalm | rest(until)&(1<<untilBits-1)<<restUntil | rest(near)<<restNear
}

// legs is what is left when so many legs of a calm have not come, but for new items.
func (r rest) legs(unspent legs) legs {
	return legs{any: int32(uint8(r)) + unspent.any, loud: int32(uint8(r>>restLoud)) + unspent.loud}
}

// stock is the stock with which it ends, calm that with which the calm does.
func (r rest) stock() uint8 { return uint8(r >> restStock) }
func (r rest) calm() uint8  { return uint8(r >> restCalm) }

// days is for how many days it is good.
func (r rest) days(today window.Day) window.Day {
	const drop = 32 - untilBits
	return window.Day((int32(r>>restUntil) - int32(today)) << drop >> drop)
}

func (r rest) near() ruleBits { return ruleBits(r >> restNear) }

const (
	// worthwhile is how long the rest has to be, in legs, for those who are near to be
	// looked at without it.
	worthwhile = 8
	// nearby is how many times as far as the nearest rule those are that are near, too, and
	// beyond how many legs farther at most.
	nearby = 2
	beyond = 64
	// nearest is how far rules are that are near at least.
	nearest = 2 * worthwhile
	// enough and enoughDays are how far a rule is of which it need not be known whether it is
	// farther.
	enough     = 32
	enoughDays = 8
)

// resting returns the outlook on the rest of the rules for the subscriber of x, whose calm
// may have ended, and which are near; not ok: nothing is known.
func (x *glance) resting() (o outlook, near ruleBits, ok bool) {
	who, s := x.who, x.judge.shard
	if who.marks&spent == 0 || x.row == nil || !s.days.linked {
		return o, 0, false
	}
	r := *s.days.rest(x.row)
	l, days := r.legs(legs{any: int32(who.outlasts), loud: int32(who.loud)}), r.days(s.today)
	if l.news = x.newsUntil(r.stock()); days <= 0 || l.until() < worthwhile {
		return o, 0, false
	}
	l = l.min(longest)
	return outlook{l, l, s.today + days}, r.near(), true
}

// part tells the rules that are near from the rest, and returns the outlook on that when
// the calm l, which may outlast the day, is over.
func (x *glance) part(l legs, outlasts bool) rest {
	near, o := x.nearest(l, outlasts), x.rest
	for i := range x.fars {
		if f := &x.fars[i]; f.rules&^near != 0 {
			o = o.and(f.distance)
		}
	}
	today := x.judge.calendar.day
	left, until := o.choose(today)
	by := legs{any: left.any - l.any, loud: left.loud - l.loud}
	if by.any < 0 || by.loud < 0 {
		by, until = legs{}, today // it ends before the calm does
	}
	return newRest(by, x.stockAfter(left.news), x.stockAfter(l.news), min(until, today+1<<aheadBits-1), near)
}

// choose returns the calm of an outlook and the day until which it goes on. One that is
// nearly as long, but outlasts the day, is better.
func (o outlook) choose(today window.Day) (legs, window.Day) {
	if o.until > today+1 && worth(o.steady.until(), o.until, today) >= worth(o.calm.until(), today+1, today) {
		return o.steady, o.until
	}
	return o.calm, today + 1
}

// nearest returns the rules that may end a calm of l legs, or one that is little longer.
func (x *glance) nearest(l legs, outlasts bool) (near ruleBits) {
	within := max(min(nearby*l.until(), l.until()+beyond), nearest)
	for i := range x.fars {
		f := &x.fars[i]
		far := f.today
		if outlasts {
			far = f.later
		}
		if far.length() <= within {
			near |= f.rules
		}
	}
	return near
}
