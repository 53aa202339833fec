package shard

import (
	"fmt"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Outsiders says what happens to subscribers that are no customers.
type Outsiders uint8

// The policies.
const (
	Keep  Outsiders = iota // state and rows
	Rules                  // state, no rows
	Drop                   // no state
)

// Config is what all shards of a job share, and what is one shard's own.
type Config struct {
	Number, Of  int // this shard, of how many
	Plan        *feature.Plan
	Families    []feature.Family // this shard's own instances
	Days        *window.Calendar // this shard's own
	Grids       []*window.Grid   // this shard's own, one for each of Plan.Grids
	Boundaries  *Boundaries      // this shard's own
	EmitAll     bool             // rows for everyone in state, not only the active
	Retain      cdr.Millis       // how long a subscriber is kept after its last leg
	MaxContacts int
	Outsiders   Outsiders
	HomeKnown   bool // home numbers or networks are configured
	// Emit takes a frame of rows; see feature.Frame for who owns it.
	Emit func(*feature.Frame) error
	// Breathe, where not nil, is called every millisecond or so of work, at moments in
	// which Look may be called.
	Breathe func()

	Rules *rules.Set // nil: none. The plan is compiled for them
	// Alert takes alerts of a shard, which it may keep, the slice excepted: all with
	// an event time up to upTo have come then.
	Alert func(shard int, alerts []alert.Alert, upTo cdr.Millis) error
	// Tally takes a shard's tally of a boundary, and returns what waits for the sum of
	// those of all shards. Where there are boundary rules every shard calls both for every
	// boundary, in turn; the sum is not to be changed.
	Tally func(t *Tally) (sum func() (*Tally, error))
}

// Shard is the state of some subscribers. It serves one goroutine.
type Shard struct {
	Config
	mine     uint64 // the partitions, a bit each
	table    table
	people   people
	names    map[cdr.Number]string // text of the subscribers that are names
	items    *items
	days     *days            // nil unless the plan has windows of days
	exact    []*exact         // the other grids
	journals *journals        // of those who have few legs in their windows; nil: nobody has
	over     bySlot[overlaps] // where the plan counts overlapping calls
	calls    calls            // of the batch, likewise

	overlapping bool // the plan counts them
	gaps        bool // it looks at the time between calls
	identified  bool // some leg of the batch has an IMSI

	program *window.Program
	marking []feature.Family // those of whom some measure wants to be told
	queues  queues
	known   []order.Ref // scratch: see withoutOutsiders
	sorter  sorter
	legs    *window.Legs // the batch
	classes [window.MaxLegs]int32
	stamps  [window.MaxLegs]uint32
	sights  *window.Sights // what the legs of the batch have seen, and the keys of that
	keys    keys
	visits  []visit             // the subscribers of the batch
	due     []*visit            // ... whom rules have to look at
	seen    [sightings]sighting // scratch: some of sights
	eye     eye                 // on the items of the one that is being visited

	first        cdr.Millis // first event of the job; never before it is known
	frontier     cdr.Millis // of the last run
	today        window.Day // the open day
	dayStart     cdr.Millis
	dayEnd       cdr.Millis
	silentBefore cdr.Millis // whoever had its last leg before is silent, see quiet.go
	cut          cdr.Millis // a leg at or after it closes a day or a period
	boundary     cdr.Millis // the next one
	before       cdr.Millis // the one before
	hoursFrom    cdr.Millis // whoever had its last leg before has nothing in windows of hours
	touched      bool       // a leg was folded since the last boundary

	folding  int        // queues before it are folded, while a fold goes on
	within   bool       // it is at that one
	foldedTo cdr.Millis // everything before it is folded in all queues

	emitter emitter
	looker  *gauge     // of Look; nil before the first one
	panes   []int64    // see lastPanes
	panesAt cdr.Millis // of which instant
	judge   *judge     // nil without rules

	epoch uint32 // the current one, from 1
	rows  int64  // written

	saver    saver
	shapeSum uint32                // see shape; 0 = not known yet
	former   *former               // how rows were saved before; nil: as now
	needed   *[partitions][]uint64 // while loading: a bit for each local that a closed day has
}

// New returns an empty shard.
func New(c Config) *Shard {
	a := new(arena)
	s := &Shard{
		Config: c, mine: shareOf(c.Number, c.Of), people: people{arena: a}, names: map[cdr.Number]string{}, first: never, hoursFrom: never, panesAt: never, foldedTo: never, epoch: 1,
		items: newItems(a, newStamps(c.Plan, c.Days), c.MaxContacts),
		legs:  new(window.Legs), sights: new(window.Sights), visits: make([]visit, 0, window.MaxLegs),
	}
	s.table.people, s.keys = &s.people, newKeys(s.legs)
	s.queues.limit = s.firstLimit()
	layouts := make([]window.Layout, len(c.Plan.Grids))
	for g := range c.Plan.Grids {
		grid := &c.Plan.Grids[g]
		layouts[g] = grid.Layout
		if grid.Spec.Days {
			s.days = newDays(a, g, grid, c.Plan.Windows, c.Plan.Recent, len(c.Plan.Grids) > 1)
		} else {
			s.exact = append(s.exact, newExact(a, g, grid, c.Plan.Windows, c.Grids[g]))
		}
	}
	dayGrid := -1
	if s.days != nil {
		dayGrid = s.days.grid
	}
	s.program = window.NewProgram(layouts, dayGrid, c.Plan.Distinct)
	if dayGrid >= 0 && len(s.exact) > 0 {
		s.journals = newJournals(a, s.exact, s.program)
	}
	s.legs.Wanted = s.program.Looks()
	for _, f := range c.Families {
		if s.program.LooksAt(f.Tells()) {
			s.marking = append(s.marking, f)
		}
	}
	s.gaps = s.program.LooksAt(window.HasGap)
	s.overlapping = s.program.LooksAt(window.Overlaps)
	s.items.rings = newRings(s, &c.Plan.View, &c.Plan.Rules)
	s.emitter.filler = s.Plan.NewFiller()
	s.emitter.gauge = newGauge(s, &s.Plan.View, s.emitter.filler.Tile)
	if c.Rules != nil && len(c.Rules.Rules) > 0 {
		s.judge = newJudge(s, c.Rules)
	}
	s.former = newFormer(s)
	return s
}

// Owns reports whether the subscriber n belongs to this shard. The top six bits
// of its hash are its partition; partitions are dealt round.
func (s *Shard) Owns(n cdr.Number) bool { return s.ownsHash(n.Hash()) }

func (s *Shard) ownsHash(h uint64) bool { return s.mine>>ownerOf(h)&1 != 0 }

// OwnsPartition reports whether the subscribers of partition p belong to this
// shard.
func (s *Shard) OwnsPartition(p uint8) bool { return s.mine>>p&1 != 0 }

// shareOf returns the partitions of shard number of so many, a bit each.
func shareOf(number, of int) (mine uint64) {
	for p := number; p < partitions; p += of {
		mine |= 1 << p
	}
	return mine
}

// Process folds a run of records in order and everything that the frontier has
// passed: panes, days, boundaries. It tells when it is done with the run: its legs may
// wait, and the records with them.
func (s *Shard) Process(run *order.Run) error {
	if err := s.process(run); err != nil {
		return err
	}
	return s.saver.err
}

func (s *Shard) process(run *order.Run) error {
	if s.first == never && run.First != order.Never {
		s.begin(run.First)
	}
	s.queues.hold(run)
	if err := s.deal(run); err != nil {
		return err
	}
	s.queues.current = nil
	s.frontier = run.Frontier
	switch {
	case s.first == never:
		s.queues.release()
		return nil
	case run.Frontier == order.End:
		if err := s.foldBefore(s.cut); err != nil {
			return err
		}
		if err := s.finish(run.Last); err != nil {
			return err
		}
		return s.handOver(order.End)
	case run.Frontier >= min(s.boundary, s.dayEnd):
		return s.pass(run.Frontier)
	case s.queues.n == 0 || len(s.queues.runs) > maxRuns:
		return s.fold()
	}
	return nil
}

// pass does all that is due before a leg at t is folded.
func (s *Shard) pass(t cdr.Millis) error {
	if err := s.foldBefore(s.cut); err != nil {
		return err
	}
	if err := s.advance(t); err != nil {
		return err
	}
	return s.handOver(t)
}

// begin sets the clocks to the first event of the job.
func (s *Shard) begin(t cdr.Millis) {
	s.first = t
	s.open(s.Days.Day(t))
	s.boundary = s.Boundaries.After(t)
	s.before = t
	s.setCut(t)
	s.items.floor = s.items.stamps.of(t, s.today)
}

func (s *Shard) open(d window.Day) {
	s.today, s.dayStart, s.dayEnd = d, s.Days.Start(d), s.Days.Start(d+1)
	if s.silentBefore = never; s.judge != nil {
		s.judge.ripen(d)
		s.silentBefore = s.judge.silentBefore(d)
	}
	s.rebase()
}

// setCut finds where the day or the period that holds t ends.
func (s *Shard) setCut(t cdr.Millis) {
	s.cut = min(s.dayEnd, s.boundary)
	s.items.stale = s.staleAt(t)
}

// staleAt is the stamp before which no window looks, now or later.
func (s *Shard) staleAt(t cdr.Millis) uint32 {
	oldest := t
	for _, w := range s.Plan.Windows {
		oldest = min(oldest, s.windowStart(w, t+1))
	}
	return s.items.stamps.of(oldest, s.Days.Day(oldest))
}

// windowStart is where window w begins at the instant t.
func (s *Shard) windowStart(w window.Spec, t cdr.Millis) cdr.Millis {
	if w.Days {
		return s.Days.Start(s.Days.Day(t-1) - window.Day(w.Panes-1))
	}
	pane := (t - 1) / w.Length
	if (t-1)%w.Length < 0 {
		pane--
	}
	return (pane - cdr.Millis(w.Panes-1)) * w.Length
}

// makesHome reports whether a leg shows that its subscriber is a customer.
func (s *Shard) makesHome(f window.Fact, fl cdr.Flags, at cdr.Place) bool {
	served := f&window.Served != 0
	if !s.HomeKnown {
		return served
	}
	return at.On(cdr.ListHome) || served && fl.Has(cdr.ServedHome)
}

func (s *Shard) add(n cdr.Number, t cdr.Millis) uint32 {
	slot := s.people.add(n, s.Days.Day(t), s.epoch)
	s.table.insert(n, slot)
	if s.overlapping {
		*s.over.need(slot) = overlaps{never, never}
	}
	return slot
}

// Subscribers counts the subscribers in state.
func (s *Shard) Subscribers() int { return s.table.n }

// Stats is what a shard holds.
type Stats struct {
	Subscribers int
	Bytes       int // of state: what is in use, and what was and waits for reuse
}

// Stats counts what the shard holds.
func (s *Shard) Stats() Stats {
	n := s.journals.bytes() + s.table.bytes() + int(unsafe.Sizeof(person{}))*s.people.slots() + s.items.bytes() + 16*s.over.made() + s.people.arena.bytes()
	if s.judge != nil {
		n += s.judge.dossiers.bytes()
	}
	if s.days != nil {
		n += s.days.bytes()
	}
	for _, e := range s.exact {
		n += e.bytes()
	}
	return Stats{Subscribers: s.table.n, Bytes: n}
}

// text appends the text of subscriber n to dst.
func (s *Shard) text(dst []byte, n cdr.Number) ([]byte, error) {
	if !n.IsName() {
		return n.AppendText(dst), nil
	}
	t, ok := s.names[n]
	if !ok {
		return dst, fmt.Errorf("shard %d: the text of subscriber %s is lost", s.Number, n)
	}
	return append(dst, t...), nil
}
