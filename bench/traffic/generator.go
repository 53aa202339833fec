package traffic

// Generator makes the records of a Config, one after the other. It is not safe
// for use by several goroutines.
type Generator struct {
	config Config
	people *population
	clock  clock
	rand   *random
	noise  noise

	stage    *stage // nil when nothing is planted
	outage   span
	calendar calendar
	budget   budget
	weights  [len(habits)]uint64

	minute, to int64               // the minute to draw next; the end
	shares     [len(habits)]uint64 // of the habits in the current minute
	sum        uint64              // of shares
	quota      int64               // of the current minute
	made       int64               // in the current minute
	last       int64               // seizure of the last attempt
	lastID     uint64
	attempt    attempt
	counts     Counts
}

// Counts is what [Generator.Next] has returned so far.
type Counts struct {
	Records    int64 // all of them
	Duplicates int64 // second copies
	Malformed  int64 // damaged ones
	Calls      int64 // voice
	Messages   int64 // SMS and MMS
	Sessions   int64 // data
	Planted    int64 // of the actors' scenarios, among the others
	Lost       int64 // in the outage; the only ones that Next has not returned
}

// New makes the population of c. An unusable c is a *[ConfigError].
func New(c Config) (*Generator, error) {
	c = c.Defaults()
	if err := c.check(); err != nil {
		return nil, err
	}
	people, err := newPopulation(&c)
	if err != nil {
		return nil, err
	}
	g := &Generator{config: c, people: people, rand: newRandom(c.Seed, 2), noise: newNoise(&c)}
	g.clock.zone = c.Start.Location()
	g.minute, g.to = c.span()
	g.last = g.minute
	g.budget = g.newBudget()
	g.outage = c.outage()
	if g.stage, err = newStage(&g.config, people); err != nil {
		return nil, err
	}
	return g, nil
}

// Config returns the configuration with its defaults.
func (g *Generator) Config() Config { return g.config }

// Counts returns how many records there were so far.
func (g *Generator) Counts() Counts { return g.counts }

// Next fills r with the next record in the order in which the switch writes
// them; false at the end.
func (g *Generator) Next(r *Record) bool {
	for g.next(r) {
		if !g.outage.has(r.Written) {
			g.counts.add(r)
			return true
		}
		g.counts.Lost++
	}
	return false
}

func (g *Generator) next(r *Record) bool {
	// No attempt to come is written before the last one was seized.
	for g.calendar.empty() || g.calendar.next() > g.last {
		if !g.another() {
			if g.calendar.empty() {
				return false
			}
			break
		}
	}
	g.calendar.take(r)
	return true
}

func (c *Counts) add(r *Record) {
	c.Records++
	if r.planted {
		c.Planted++
	}
	switch {
	case r.Duplicate:
		c.Duplicates++
	case r.Malformed != Sound:
		c.Malformed++
	}
	switch r.Service {
	case Voice:
		c.Calls++
	case Data:
		c.Sessions++
	default:
		c.Messages++
	}
}

// another makes one more attempt; false when all are made. Attempts of a minute
// are spread evenly over it, each somewhere in its part, so that they come in
// order.
func (g *Generator) another() bool {
	for g.made >= g.quota {
		if g.minute >= g.to {
			g.last = g.to
			g.perform(g.to - 1)
			return false
		}
		g.last = g.minute
		g.sum = g.minuteWeights(g.minute, &g.shares)
		g.quota, g.made = g.budget.quota(g.rand, g.sum), 0
		g.minute += msMinute
	}
	part := g.rand.below(msMinute)
	g.last = g.minute - msMinute + (g.made*msMinute+int64(part))/g.quota
	g.perform(g.last)
	g.made += g.carryOut(g.last)
	return true
}

// How often an attempt is drawn anew when its party is busy, when it is not
// over at the end or has too many records: first as usual, then with busy
// parties too, at last a plain one.
const (
	usualDraws = 24
	anyDraws   = 12
)

// carryOut makes an attempt at an instant and returns what it cost.
func (g *Generator) carryOut(at int64) int64 {
	for n := 0; ; n++ {
		plain := n >= usualDraws+anyDraws
		t := g.draw(at, g.habit(), n >= usualDraws, plain)
		if t == nil {
			continue
		}
		if g.fits(t) {
			g.commit(t)
			return g.budget.price(t)
		}
	}
}

// habit draws the habit of the next attempt.
func (g *Generator) habit() int {
	for {
		x := g.rand.below(g.sum)
		for h, w := range g.shares {
			if x < w {
				return h
			}
			x -= w
		}
	}
}

// fits reports whether t is over before the end and within the budget.
func (g *Generator) fits(t *attempt) bool {
	for i := range t.records {
		if t.records[i].Release() >= g.to {
			return false
		}
	}
	g.noise.touch(t, g.to)
	return g.budget.price(t) <= g.budget.left
}

// commit makes t happen.
func (g *Generator) commit(t *attempt) {
	for i := range t.records {
		r := &t.records[i]
		g.calendar.put(r)
		g.lastID = max(g.lastID, r.ID)
	}
	for _, c := range t.copies {
		r := t.records[c.record]
		r.Duplicate = true
		r.Written = min(g.to-1, r.Written+c.delay)
		g.calendar.put(&r)
	}
	g.budget.left -= g.budget.price(t)
	g.observe(t)
	if t.a.home {
		s := &g.people.subs[t.a.index]
		s.occupy(t.at, t)
		switch {
		case t.callBack && !t.insist:
			s.next = 0
		case t.insist && t.b.home:
			s.next = t.b.index + 1
		}
	}
	if t.b.home {
		s := &g.people.subs[t.b.index]
		if t.disposition == Answered {
			s.occupy(t.at, t)
		}
		if t.remember && t.a.home {
			s.next = t.a.index + 1
		}
	}
}

// occupy keeps s busy for as long as the call takes. Messages and data do not.
func (s *subscriber) occupy(at int64, t *attempt) {
	if t.records[0].Service == Voice {
		s.busyTo = max(s.busyTo, at+t.ring+t.talk)
	}
}
