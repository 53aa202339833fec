package oracle

import (
	"math/big"
	"sort"
	"time"
)

// set is some legs of one subscriber.
type set []*leg

// view is what a feature is computed from: the legs of one subscriber in one
// window, sorted into the groups that formulas name.
type view struct {
	w      window
	approx bool // a peer of these legs was dropped

	legs        set // all
	voice       set // V
	out, in     set // V, originating and terminating
	known       set // K
	knownOut    set // K, originating
	answered    set // V, answered
	answeredOut set // of these the originating
	talking     set // answered voice legs with slices
	talkingOut  set // of these the originating
	messages    set // sms and mms
	data        set // data legs with slices
	served      set // legs of the served party
	servedOwn   set // of these not slices
	forwarded   set // forwarded voice legs, not slices

	days         *days
	weekdays     []time.Weekday
	holidays     []string
	peersAsKnown int64 // the boundary, at which dropped peers are no longer known
}

// newView gathers the legs of w at t.
func newView(e *emission, w window, legs life, t int64) *view {
	start := w.start(t, e.days)
	from := sort.Search(len(legs), func(i int) bool { return legs[i].at >= start })
	v := &view{w: w, legs: set(legs[from:]), days: e.days, weekdays: e.c.Weekdays, holidays: e.c.Holidays, peersAsKnown: t}
	v.voice = v.legs.where((*leg).isVoice)
	v.out, v.in = v.voice.where(outgoing), v.voice.where(incoming)
	v.known = v.voice.where(func(l *leg) bool { return l.known })
	v.knownOut = v.known.where(outgoing)
	v.answered = v.voice.where(ended("answered"))
	v.answeredOut = v.answered.where(outgoing)
	v.talking = v.legs.where((*leg).talks)
	v.talkingOut = v.talking.where(outgoing)
	v.messages = v.legs.where((*leg).message)
	v.data = v.legs.where(func(l *leg) bool { return l.service == "data" })
	v.served = v.legs.where(func(l *leg) bool { return l.served })
	v.servedOwn = v.served.where(func(l *leg) bool { return !l.slice() })
	v.forwarded = v.legs.where(func(l *leg) bool { return l.service == "voice" && l.forwarded && !l.slice() })
	for _, l := range v.legs {
		v.approx = v.approx || l.forgotten < t
	}
	return v
}

// where is the legs that satisfy keep.
func (s set) where(keep func(*leg) bool) set {
	var out set
	for _, l := range s {
		if keep(l) {
			out = append(out, l)
		}
	}
	return out
}

// count is how many legs satisfy keep.
func (s set) count(keep func(*leg) bool) int64 { return int64(len(s.where(keep))) }

// sum adds x over the legs.
func (s set) sum(x func(*leg) int64) int64 {
	var total int64
	for _, l := range s {
		total += x(l)
	}
	return total
}

// distinct counts the different values of x that are not empty.
func (s set) distinct(x func(*leg) string) int64 {
	seen := map[string]bool{}
	for _, l := range s {
		if k := x(l); k != "" {
			seen[k] = true
		}
	}
	return int64(len(seen))
}

// deviation is the population standard deviation of x, in thousandths of its
// unit; nil over nothing. The sums are exact.
func (s set) deviation(x func(*leg) int64) any {
	if len(s) == 0 {
		return nil
	}
	n, sum, squares := big.NewInt(int64(len(s))), new(big.Int), new(big.Int)
	for _, l := range s {
		v := big.NewInt(x(l))
		sum.Add(sum, v)
		squares.Add(squares, new(big.Int).Mul(v, v))
	}
	spread := squares.Mul(squares, n)
	spread.Sub(spread, sum.Mul(sum, sum)) // n * sum of squares - square of sum
	root := new(big.Float).SetPrec(200).SetInt(spread)
	root.Sqrt(root)
	root.Quo(root, new(big.Float).SetInt(n.Mul(n, big.NewInt(1000))))
	f, _ := root.Float64()
	return f
}

// ratio is a / b, null when b is 0.
func ratio[A, B int | int64 | float64](a A, b B) any {
	if b == 0 {
		return nil
	}
	return float64(a) / float64(b)
}

// seconds are ms as seconds.
func seconds(ms int64) float64 { return float64(ms) / 1000 }

func outgoing(l *leg) bool { return l.out }
func incoming(l *leg) bool { return !l.out }

// ended tells legs of one outcome.
func ended(outcome string) func(*leg) bool {
	return func(l *leg) bool { return l.outcome == outcome }
}

func talkMS(l *leg) int64       { return l.talk }
func ringMS(l *leg) int64       { return l.ring }
func gapMS(l *leg) int64        { return l.gap }
func upBytes(l *leg) int64      { return l.up }
func downBytes(l *leg) int64    { return l.down }
func bothBytes(l *leg) int64    { return l.up + l.down }
func chargeMicros(l *leg) int64 { return l.charge }
