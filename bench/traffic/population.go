package traffic

import (
	"fmt"
	"math"
)

// traits of a subscriber that never change.
type traits uint8

const (
	fixedLine  traits = 1 << iota // no radio, calls only
	payAsYouGo                    // charged by use; the others have a bundle
	migrant                       // family in another country
	forwarder                     // forwards calls that are not answered
)

// Above them stand two bits each: the generation of the device (0 = 2G) and the
// index of habits.
const (
	deviceShift = 4
	habitShift  = 6
)

func (t traits) has(m traits) bool { return t&m == m }
func (t traits) device() int       { return int(t >> deviceShift & 3) }
func (t traits) habit() int        { return int(t >> habitShift & 3) }

// subscriber is what an attempt needs to know of one, in one cache line.
type subscriber struct {
	number     Number
	busyTo     int64  // end of the call under way, ms
	home, work uint32 // cells, see places.go
	contacts   uint32 // first of its contacts in population.contacts
	next       uint32 // index + 1 of somebody to call back, 0 = nobody
	degree     uint16 // how many contacts
	traits     traits
	role       uint32 // index + 1 of its actor, 0 = an ordinary subscriber
}

// population is everybody: subs are the customers, outsiders the people of
// other networks, who exist as numbers only.
type population struct {
	plan      *plan
	subs      []subscriber
	contacts  []uint32 // of all subscribers, each one's best friends first
	lotteries [len(habits)]lottery
	outsiders uint64
	outMobile pool
	outFixed  pool
	sites     uint64 // radio sites, one a community
	salt      uint64
	abroad    []foreign
	weights   []uint32 // how active each is; nil when nothing is planted
}

func newPopulation(c *Config) (*population, error) {
	plan, ok := findPlan(c.Country)
	if !ok {
		return nil, &ConfigError{"Country", fmt.Sprintf("no numbering plan for %q; there are %v", c.Country, Countries())}
	}
	r := newRandom(c.Seed, 1)
	p := &population{plan: plan, subs: make([]subscriber, c.Subscribers), salt: r.u64()}
	for _, f := range abroad {
		if f.country != plan.country {
			p.abroad = append(p.abroad, f)
		}
	}
	weights := p.addSubscribers(r)
	if len(c.Scenarios) > 0 {
		p.weights = weights
	}
	if err := p.addNumbers(r); err != nil {
		return nil, err
	}
	towns := newCommunities(r, len(p.subs))
	p.sites = uint64(len(towns.first) - 1)
	p.settle(towns)
	p.connect(towns, weights)
	for h := range p.lotteries {
		p.lotteries[h] = newLottery(p.subs, weights, h)
	}
	return p, nil
}

// addSubscribers gives everybody traits and returns how active each is: a
// Pareto distribution of index 2 (its mean is twice its minimum, 65,536) spread
// by a uniform factor, so that there are very quiet people too.
func (p *population) addSubscribers(r *random) []uint32 {
	shares := make([]uint16, len(habits))
	for i := range habits {
		shares[i] = habits[i].share
	}
	weights := make([]uint32, len(p.subs))
	for i := range p.subs {
		h := r.choose(shares)
		t := traits(h) << habitShift
		if r.in1000(uint64(habits[h].fixed)) {
			t |= fixedLine
		}
		if r.in1000(350) {
			t |= payAsYouGo
		}
		if r.in1000(60) {
			t |= migrant
		}
		if r.in1000(40) {
			t |= forwarder
		}
		p.subs[i].traits = t | traits(r.choose([]uint16{20, 60, 540, 380}))<<deviceShift
		pareto := min(root(1<<60/(1+r.below(1<<30))), 60<<15)
		weights[i] = uint32(max(1, pareto*r.below(2000)/1000*uint64(habits[h].busy)/100))
	}
	return weights
}

// addNumbers deals the numbers out; those of other networks are made when needed.
func (p *population) addNumbers(r *random) error {
	offset := r.u64() >> 8
	pl := p.plan
	mobile := newPool(pl.code, pl.mobile, pl.mobile.home, offset)
	fixed := newPool(pl.code, pl.fixed, pl.fixed.home, offset)
	p.outMobile = newPool(pl.code, pl.mobile, pl.mobile.other, offset)
	p.outFixed = newPool(pl.code, pl.fixed, pl.fixed.other, offset)
	p.outsiders = min(2*uint64(len(p.subs)), p.outMobile.capacity(), p.outFixed.capacity())
	sites := max(1, uint64(len(p.subs))/meanCommunity)
	var mobiles, lines uint64
	for i := range p.subs {
		s := &p.subs[i]
		area := p.area(uint64(i)*sites/uint64(len(p.subs)), sites)
		if s.traits.has(fixedLine) {
			s.number = fixed.number(area, lines)
			lines++
		} else {
			s.number = mobile.number(area, mobiles)
			mobiles++
		}
	}
	if mobiles > mobile.capacity() || lines > fixed.capacity() {
		return &ConfigError{"Subscribers", fmt.Sprintf("%d are more than the numbering plan of %s has room for; take fewer or another country", len(p.subs), pl.country)}
	}
	return nil
}

// outsider returns the number of outsider i.
func (p *population) outsider(i uint64) Number {
	if mix(i^p.salt)%100 < 15 {
		return p.outFixed.number(mix(i)>>8, i)
	}
	return p.outMobile.number(mix(i)>>8, i)
}

// root is the integer square root; the square root of IEEE 754 is exact enough
// and the same everywhere.
func root(x uint64) uint64 { return uint64(math.Sqrt(float64(x))) }
