package shard

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// world is a job without its records: what all of its shards share.
type world struct {
	windows   []string
	features  []string // globs; none: all
	zone      *time.Location
	emit      string // "" is 1d
	all       bool   // EmitAll
	retain    int    // days
	contacts  int    // 0 is 65536
	outsiders Outsiders
	homeKnown bool
	rules     string                     // a rule file; none: no rules
	alert     func(alerts []alert.Alert) // nil: nobody wants them

	families func() []feature.Family
	plan     *feature.Plan
	set      *rules.Set
	spare    *Shard // see fresh1
}

// compiled fills in what is left out of w and compiles its plan.
func (w world) compiled(t testing.TB) *world {
	t.Helper()
	if w.zone == nil {
		w.zone = time.UTC
	}
	if w.emit == "" {
		w.emit = "1d"
	}
	if w.contacts == 0 {
		w.contacts = 65536
	}
	if w.retain == 0 {
		w.retain = 100
	}
	if w.features == nil {
		w.features = []string{"*"}
	}
	numbers, err := numbering.New(numbering.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.families = func() []feature.Family {
		return aggregators.All(aggregators.Options{
			Rhythm:  rhythm.Options{Zone: w.zone, Weekdays: []time.Weekday{1, 2, 3, 4, 5}},
			Numbers: numbers, HighValueMicros: 5_000_000,
		})
	}
	var windows []window.Spec
	for _, text := range w.windows {
		spec, err := window.ParseSpec(text)
		if err != nil {
			t.Fatal(err)
		}
		windows = append(windows, spec)
	}
	var named feature.Named
	if w.rules != "" {
		o := rules.Options{Fields: feature.Fields(w.families(), windows)}
		if w.set, _, err = rules.Parse("rules.yaml", []byte(w.rules), o); err != nil {
			t.Fatal(err)
		}
		named = feature.Named{Columns: w.set.Columns, Gated: w.set.Gated()}
	}
	if w.plan, err = feature.CompileRules(w.families(), windows, w.features, named); err != nil {
		t.Fatal(err)
	}
	return &w
}

// ruleFile is a file of rules, each given as "on: expression".
func ruleFile(all ...string) string {
	text := "groups:\n- name: test\n  rules:\n"
	for i, r := range all {
		on, expr, _ := strings.Cut(r, ": ")
		text += fmt.Sprintf("  - {id: r%02d, type: test, on: %s, expr: %q, resolve_after: 1h}\n", i, on, expr)
	}
	return text
}

// shard returns the shard with this number, of so many, of the job.
func (w *world) shard(t testing.TB, number, of int, emit func(*feature.Frame) error) *Shard {
	t.Helper()
	boundaries, err := ParseBoundaries(w.emit, w.zone)
	if err != nil {
		t.Fatal(err)
	}
	var grids []*window.Grid
	for _, g := range w.plan.Grids {
		grids = append(grids, window.NewGrid(g.Spec, w.zone))
	}
	return New(Config{
		Number: number, Of: of, Plan: w.plan, Families: w.families(), Days: window.NewCalendar(w.zone), Grids: grids,
		Boundaries: boundaries, EmitAll: w.all, Retain: cdr.Millis(w.retain) * 24 * 3_600_000, MaxContacts: w.contacts,
		Outsiders: w.outsiders, HomeKnown: w.homeKnown, Emit: emit,
		Rules: w.set, Tally: func(t *Tally) func() (*Tally, error) { return func() (*Tally, error) { return t, nil } },
		Alert: func(_ int, alerts []alert.Alert, _ cdr.Millis) error {
			if w.alert != nil {
				w.alert(alerts)
			}
			return nil
		},
	})
}

func nowhere(*feature.Frame) error { return nil }

// number is the i-th subscriber.
func number(i int) cdr.Number { return cdr.Digits(fmt.Appendf(nil, "336%08d", i)) }

// call is a call from one number to another.
func call(r *rand.Rand, at cdr.Millis, from, to cdr.Number) cdr.Record {
	talk := uint32(r.IntN(200_000))
	return cdr.Record{
		Calling: from, Called: to,
		CallingPlace: cdr.NewPlace(70, 7001, cdr.ClassMobile, 0), CalledPlace: cdr.NewPlace(70, cdr.Area(7000+r.IntN(4)), cdr.ClassGeographic, 0),
		Start: at - cdr.Millis(talk), Release: at, RingMS: uint32(r.IntN(20_000)), TalkMS: talk,
		Flags:    (cdr.Originating | cdr.Terminating | cdr.AttemptsReported).With(cdr.Voice, cdr.Answered, cdr.RAT4G),
		Identity: r.Uint64(), Cell: cdr.Mix(uint64(from) + uint64(r.IntN(8))), IMEI: cdr.Mix(uint64(from)), IMSI: uint64(from)*7 + 1,
		Charge: r.Int64N(1_000_000), Offset: cdr.NoOffset,
	}
}

// runOf is a run of all records of b, behind which nothing is earlier than
// frontier.
func runOf(b *cdr.Batch, first, frontier cdr.Millis) *order.Run {
	run := &order.Run{Batches: []*cdr.Batch{b}, First: first, Last: frontier, Frontier: frontier}
	for i := range b.Len() {
		run.Refs = append(run.Refs, order.NewRef(0, i, &b.Rows[i]))
	}
	return run
}

// crowd is calls between n subscribers, spread over d days, in runs.
func crowd(seed uint64, n, calls int, start, length cdr.Millis) []*order.Run {
	r := rand.New(rand.NewPCG(seed, 5))
	const perRun = 4000
	var runs []*order.Run
	b := &cdr.Batch{}
	for i := range calls {
		at := start + cdr.Millis(int64(length)*int64(i)/int64(calls))
		from := r.IntN(n)
		x := call(r, at, number(from), number((from+1+r.IntN(25))%n))
		b.Append(&x)
		if b.Len() == perRun || i == calls-1 {
			runs = append(runs, runOf(b, start, at))
			b = &cdr.Batch{}
		}
	}
	return runs
}

func feed(t testing.TB, s *Shard, runs []*order.Run) {
	t.Helper()
	for _, run := range runs {
		if err := s.Process(run); err != nil {
			t.Fatal(err)
		}
	}
}

// morning is half past nine of a day in a zone.
func morning(t testing.TB, zone, day string) (*time.Location, cdr.Millis) {
	t.Helper()
	where, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", day+" 09:30", where)
	if err != nil {
		t.Fatal(err)
	}
	return where, cdr.Millis(at.UnixMilli())
}
