package traffic

import (
	"container/heap"
	"fmt"
	"math"
	"time"
)

// casting gives out the parts of one scenario.
type casting struct {
	config *Config
	people *population
	r      *random
	nth    int // of how many actors of the scenario this is
	salt   uint64
	run    span
}

// newStage casts all scenarios of c; nil when there are none. Every scenario
// has random draws of its own.
func newStage(c *Config, p *population) (*stage, error) {
	if len(c.Scenarios) == 0 {
		return nil, nil
	}
	s := &stage{roles: p.subs}
	for index, sc := range scenarios() {
		for _, planting := range c.Scenarios {
			if planting.Scenario != sc.name {
				continue
			}
			k := &casting{config: c, people: p, r: newRandom(c.Seed, uint64(100+index)), salt: mix(p.salt ^ uint64(index)<<40)}
			k.run.from, k.run.to = c.span()
			if err := s.cast(k, &sc, c.count(planting)); err != nil {
				return nil, err
			}
		}
	}
	p.weights = nil
	s.queue = queue(append([]*actor(nil), s.actors...))
	for _, a := range s.actors {
		a.hour = math.MaxInt64
		for i := range a.acts {
			a.hour = min(a.hour, a.acts[i].from/msHour*msHour)
		}
	}
	heap.Init(s.queue)
	return s, nil
}

// cast finds n actors for a scenario and writes their parts.
func (s *stage) cast(k *casting, sc *scenario, n int) error {
	for k.nth = 0; k.nth < n; k.nth++ {
		a := &actor{scenario: sc, salt: mix(k.salt + uint64(k.nth))}
		if sc.who != nil {
			i, ok := k.find(sc)
			if !ok {
				return &ConfigError{"Scenarios", fmt.Sprintf("only %d of %d subscribers who can play in %s were found; take fewer, or a larger network", k.nth, n, sc.name)}
			}
			a.me = k.people.customer(i)
		}
		sc.play(k, a)
		a.truth.Subscriber, a.truth.Scenario, a.truth.Kind = a.me.number, sc.name, sc.kind
		s.actors = append(s.actors, a)
		if a.me.home {
			k.people.subs[a.me.index].role = uint32(len(s.actors))
		}
	}
	return nil
}

// find draws a subscriber without a part who may play in sc.
func (k *casting) find(sc *scenario) (uint32, bool) {
	p := k.people
	for range 200_000 {
		i := uint32(k.r.below(uint64(len(p.subs))))
		if s := &p.subs[i]; s.role == 0 && sc.who(p, s, p.weights[i]) {
			return i, true
		}
	}
	return 0, false
}

// Who may play. meanWeight is how active people are, on average.
const meanWeight = 2 << 16

func anyMobile(_ *population, s *subscriber, _ uint32) bool { return !s.traits.has(fixedLine) }

func privateMobile(_ *population, s *subscriber, _ uint32) bool {
	return !s.traits.has(fixedLine) && s.traits.habit() != businessHabit
}

func activeMobile(_ *population, s *subscriber, w uint32) bool {
	return !s.traits.has(fixedLine) && s.traits.habit() != businessHabit && w >= meanWeight/2
}

func foreignBorn(_ *population, s *subscriber, w uint32) bool {
	return !s.traits.has(fixedLine) && s.traits.has(migrant) && w >= meanWeight/4
}

func businessLine(_ *population, s *subscriber, _ uint32) bool {
	return s.traits.has(fixedLine) && s.traits.habit() == businessHabit
}

func anyLine(*population, *subscriber, uint32) bool { return true }

// day is the local midnight n days after the start, ms since 1970.
func (k *casting) day(n int) int64 {
	y, m, d := k.config.Start.Date()
	return localMidnight(k.config, y, int(m), d+n)
}

func localMidnight(c *Config, y, m, d int) int64 {
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, c.Start.Location()).UnixMilli()
}

// begin draws the day on which something of some days starts: after 32/60 to
// 46/60 of the run, so that there is a life before it, or earlier if it would
// not be over before the end.
func (k *casting) begin(days int) int {
	all := k.config.Days
	first := min(all*32/60, max(1, all-days-1))
	last := max(first, min(all*46/60, all-days-1))
	return int(k.r.between(int64(first), int64(last)))
}

// weekday moves a day to the given weekday (0 = Sunday) before or after it, the
// one that is nearer and in the run.
func (k *casting) weekday(day, want int) int {
	at := int(k.config.Start.Weekday()) + day
	ahead := ((want-at)%7 + 7) % 7
	if ahead > 3 && day+ahead-7 >= 1 || day+ahead > k.config.Days-2 {
		ahead -= 7
	}
	return max(0, day+ahead)
}

// until is the end of something that takes some days from an instant.
func (k *casting) until(from int64, days int64) int64 { return min(from+days*msDay, k.run.to) }

// chance is true perMille times in a thousand.
func (k *casting) chance(perMille uint64) bool { return k.r.in1000(perMille) }

// hot draws some of the places that are called for their share in the revenue.
func (k *casting) hot(n int64) []*foreign {
	var out []*foreign
	for range n {
		f := &hotspots[k.r.skewed(uint64(len(hotspots)))]
		if f.country != k.config.Country {
			out = append(out, f)
		}
	}
	if len(out) == 0 {
		out = append(out, &hotspots[0])
	}
	return out
}

// far draws some ordinary countries.
func (k *casting) far(n int64) []*foreign {
	var out []*foreign
	for range n {
		out = append(out, &k.people.abroad[k.r.below(uint64(len(k.people.abroad)))])
	}
	return out
}

// phones makes n devices of their own.
func (k *casting) phones(n int64) []uint64 {
	out := make([]uint64, n)
	for i := range out {
		u := k.r.u64()
		out[i] = luhn(models[u%uint64(len(models))]*1_000_000 + u>>8%1_000_000)
	}
	return out
}

// spots draws n cells within reach of each other.
func (k *casting) spots(n, reach int64) []uint32 {
	all := k.people.sites * sectorsPerSite
	first := k.r.below(all)
	out := make([]uint32, n)
	for i := range out {
		out[i] = uint32((first + k.r.below(uint64(reach))) % all)
	}
	return out
}
