package shard

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

// entered is a leg that was entered into a journal.
type entered struct {
	t    cdr.Millis
	kind int32
	q    window.Quantities // those that the kind reads, and One
}

// diary is a journal, and what was entered into it.
type diary struct {
	ref   journal
	legs  []entered
	panes bool // it has panes, and what comes is not entered
}

// enter notes legs that were entered. Those of no kind are not.
func (d *diary) enter(legs []entered) {
	for _, x := range legs {
		if x.kind != window.NoKind {
			d.legs = append(d.legs, x)
		}
	}
}

// kindsOf returns kinds of legs that read few and many quantities, and classes of them.
func kindsOf(t testing.TB, p *window.Program) (kinds, of []int32) {
	l := new(window.Legs)
	for _, f := range []window.Fact{
		window.Call | window.Out,
		window.Call | window.Out | window.Answered | window.Served | window.Whole | window.HasGap,
		window.Call | window.Answered | window.Served | window.Whole,
		window.Message | window.Out,
		1<<52 - 1&^window.Forwarded, // no leg has all facts, but nobody reads more
		0,                           // of no kind
	} {
		l.Facts[l.N] = f
		l.N++
	}
	var classes [window.MaxLegs]int32
	p.Classify(l, &classes)
	for _, c := range classes[:l.N] {
		if k := p.Kind(c); k != window.NoKind && !slices.Contains(kinds, k) {
			kinds, of = append(kinds, k), append(of, c)
		}
	}
	if len(kinds) < 3 {
		t.Fatalf("only %d kinds", len(kinds))
	}
	if p.Kind(classes[l.N-1]) != window.NoKind {
		t.Fatal("all legs are of some kind")
	}
	return append(kinds, window.NoKind), append(of, classes[l.N-1])
}

// fewReads leaves of some kinds those that read no more than most do.
func fewReads(p *window.Program, kinds, of []int32) (k, c []int32) {
	for i, kind := range kinds {
		if kind == window.NoKind || len(p.Reads(kind)) <= noted {
			k, c = append(k, kind), append(c, of[i])
		}
	}
	return k, c
}

// A journal holds the legs that a window can still see, whatever the gaps between
// them and whoever else is in its log, and tells when there are too many.
func TestJournalLegs(t *testing.T) {
	w := world{windows: []string{"1h/5m", "24h/1h", "1d"}}.compiled(t)
	full, dropped, refuse := 0, 0, 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 9))
		s := w.shard(t, 0, 1, nowhere)
		j := s.journals
		kinds, classes := kindsOf(t, s.program)
		g := &j.logs[3]
		j.learn()
		narrow, wholeDays, strange := seed%3 == 0, seed%7 > 2, int32(math.MaxInt32)
		if narrow { // all legs are like most
			kinds, classes = fewReads(s.program, kinds, classes)
			j.long = false
		}
		if seed%5 == 4 {
			strange, j.refuses = kinds[1], true
			j.forms[strange-noForm] = j.forms[0]
		}
		if seed%4 == 0 {
			g.head = -uint32(r.IntN(3)) * sheetWords // places come to their end and begin again
			g.tail = g.head
		}
		all := make([]diary, 1+r.IntN(5))
		at := cdr.Millis(r.Int64N(1<<42)) - 1<<40
		dense := seed%2 == 0
		for range 800 {
			at += gap(r, j.span, dense)
			if later := at + 60*second; at>>27 != later>>27 {
				at = later &^ (1<<27 - 1) // nobody's legs lie in two days
			}
			before := g.tail
			if r.IntN(4) == 0 {
				j.dropOf(3, at)
			}
			if r.IntN(4) == 0 {
				j.drop(at)
				j.mark(at)
			}
			if g.tail != before {
				dropped++
			}
			var come [window.MaxLegs]int32
			l, legs, end := &window.Legs{}, []entered{}, at
			first, visits := r.IntN(len(all)), 1+r.IntN(len(all))*r.IntN(2)
			for v := range visits {
				at := at
				for range 1 + r.IntN(3)*r.IntN(3)*r.IntN(10)*boolean(dense) {
					k := r.IntN(len(kinds))
					if kinds[k] == strange && r.IntN(20) > 0 {
						k = 0
					}
					x := legOf(r, j.program, kinds[k], at)
					for of := range x.q {
						x.q[of] >>= boolean(narrow && seed%2 == 0) * 32
					}
					x.q[window.One] = 1
					come[l.N], l.Release[l.N], l.Quantities[l.N] = classes[k], at, x.q
					l.Subject[l.N] = cdr.Number((first + v) % len(all))
					legs, end = append(legs, x), max(end, at)
					at += cdr.Millis(r.IntN(1000))
					l.N++
				}
			}
			start := at - cdr.Millis(r.IntN(25*hours))
			if wholeDays {
				start = at &^ (1<<27 - 1) // of 37 hours
			}
			at = end
			j.note(l, come[:], start)
			check := func(me *diary, at cdr.Millis) {
				me.legs = slices.DeleteFunc(me.legs, func(x entered) bool { return x.t < at-j.span })
				if got := legsOf(j, g, me.ref, at-j.span); !slices.Equal(got, me.legs) {
					t.Fatalf("seed %d at %d: the journal has\n%v, entered were\n%v", seed, at, got, me.legs)
				}
				if n := j.count(g, me.ref, at-j.span); n != len(me.legs) && me.ref.last >= at-j.span {
					t.Fatalf("seed %d: %d legs are counted of %d", seed, n, len(me.legs))
				}
				if wholeDays && me.ref.used < len(me.legs) {
					t.Fatalf("seed %d: the journal knows of %d legs, and has %d", seed, me.ref.used, len(me.legs))
				}
			}
			for done := 0; done < l.N; {
				to := done + 1
				for ; to < l.N && l.Subject[to] == l.Subject[done] && r.IntN(8) > 0; to++ {
				}
				me, from := &all[l.Subject[done]], done
				if done = to; me.panes {
					continue
				}
				ref, ok := j.enter(g, me.ref, &l.Release, from, to)
				me.ref = ref
				switch {
				case ok && me.ref.used > maxJournal:
					t.Fatalf("seed %d: a journal has %d legs", seed, me.ref.used)
				case ok:
					me.enter(legs[from:to])
				default:
					*me = diary{panes: true} // it gets panes
					full++
					refuse += boolean(slices.ContainsFunc(legs[from:to], func(x entered) bool { return x.kind == strange }))
				}
				if r.IntN(8) == 0 {
					check(me, l.Release[to-1])
				}
			}
			if slices.ContainsFunc(all[l.Subject[0]].legs, func(x entered) bool { return x.kind == strange }) {
				t.Fatalf("seed %d: a leg of no form was entered", seed)
			}
			for i := range all {
				if r.IntN(4) == 0 {
					check(&all[i], at)
				}
				all[i].panes = all[i].panes && r.IntN(4) > 0
			}
		}
	}
	if full == refuse || dropped == 0 || refuse == 0 {
		t.Errorf("%d journals were full, of them %d with refused legs, %d times legs were dropped", full, refuse, dropped)
	}
}

// gap draws the time between two legs: often none, sometimes longer than a window or
// than a journal can tell.
func gap(r *rand.Rand, span cdr.Millis, dense bool) cdr.Millis {
	if dense && r.IntN(40) > 0 {
		return cdr.Millis(r.Int64N(int64(span / 64)))
	}
	switch r.IntN(12) {
	case 0:
		return 0
	case 1:
		return span
	case 2:
		return span + 1
	case 3:
		return cdr.Millis(r.Int64N(int64(8 * longestSpan)))
	case 4, 5:
		return cdr.Millis(r.Int64N(int64(span)))
	}
	return cdr.Millis(r.Int64N(int64(span / 16)))
}

func legOf(r *rand.Rand, p *window.Program, kind int32, at cdr.Millis) entered {
	x := entered{t: at, kind: kind, q: window.Quantities{window.One: 1}}
	small := r.IntN(2) * 56
	if kind == window.NoKind {
		return x
	}
	for _, of := range p.Reads(kind) {
		x.q[of] = r.Uint64() >> max(small, r.IntN(64)*r.IntN(2)) // some take ten bytes
	}
	return x
}

// legsOf returns the legs of a journal, which are the same whatever their order.
func legsOf(j *journals, g *legLog, ref journal, from cdr.Millis) (out []entered) {
	add := func(at cdr.Millis, kind int32, q *window.Quantities) {
		x := entered{t: at, kind: kind, q: window.Quantities{window.One: 1}}
		for _, of := range j.program.Reads(kind) {
			x.q[of] = q[of]
		}
		out = append(out, x)
	}
	j.inOrder(g, ref, from, add)
	forth, all := slices.Clone(out), slices.Clone(out)
	out = out[:0]
	j.each(g, ref, from, add)
	order := func(a, b entered) int {
		return cmp.Or(cmp.Compare(a.t, b.t), cmp.Compare(a.kind, b.kind), slices.Compare(a.q[:], b.q[:]))
	}
	slices.SortFunc(forth, order)
	slices.SortFunc(out, order)
	if !slices.Equal(forth, out) {
		return nil
	}
	return all
}

// moody is calls of subscribers that are silent for days, now and then chatty enough
// for panes, then silent again.
func moody(seed uint64, start, length cdr.Millis) []*order.Run {
	r := rand.New(rand.NewPCG(seed, 7))
	var runs []*order.Run
	b := &cdr.Batch{}
	for at := start; at < start+length; {
		from := r.IntN(24)
		n, pace := 1, int64(900_000)
		if r.IntN(40) == 0 {
			n, pace = maxJournal*3/4+r.IntN(2*maxJournal), 30_000
		}
		for range n {
			at += cdr.Millis(r.Int64N(pace))
			x := call(r, at, number(from), number(1000+r.IntN(8)))
			b.Append(&x)
		}
		if r.IntN(60) == 0 {
			at += 30 * 3_600_000
		}
		runs = append(runs, runOf(b, start, at))
		b = &cdr.Batch{}
	}
	return runs
}

// Journals answer as panes do: of the same traffic, one shard keeps journals, another
// one none, and a third one is loaded midway from what the first one saved.
func TestJournalsLikePanes(t *testing.T) {
	w := world{windows: []string{"1h/5m", "24h/1h", "36h/6h", "1d", "3d"}, emit: "1h", all: true, retain: 5}.compiled(t)
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			runs := moody(seed, days1, 7*days1)
			got, emit := rowsOf(w)
			s := w.shard(t, 0, 1, emit)
			want, emit := rowsOf(w)
			panes := w.shard(t, 0, 1, emit)
			panes.journals = nil
			half := len(runs) / 2
			feed(t, s, runs[:half])
			feed(t, panes, runs)
			blocks := saveAll(t, s, true)
			late, emit := rowsOf(w)
			other := loaded(t, w, 1, s.Clock(), 1, emit, blocks)[0]
			feed(t, other, runs[half:])
			back := census1(s) // of those that had panes and have a journal again
			feed(t, s, runs[half:])
			if n, p := census1(s), back; n[0]+p[0] == 0 || n[1]+p[1] == 0 {
				t.Errorf("journals and panes: %v, then %v", p, n)
			}
			sameRows(t, got, want)
			for key := range late {
				if late[key] != want[key] {
					t.Fatalf("loaded, row %s is\n%s, want\n%s", key, late[key], want[key])
				}
			}
			if len(late) == 0 {
				t.Error("nothing came after the load")
			}
		})
	}
}

// census1 counts the subscribers with a journal, and with panes.
func census1(s *Shard) (n [2]int) {
	s.people.each(func(slot uint32, who *person) {
		switch r, ok := s.journalOf(slot); {
		case !ok:
			n[1]++
		case r.ref != noJournal:
			n[0]++
		}
	})
	return n
}

func sameRows(t *testing.T, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%d rows, want %d", len(got), len(want))
	}
	for key := range want {
		if got[key] != want[key] {
			t.Fatalf("row %s is\n%s, want\n%s", key, got[key], want[key])
		}
	}
}

// What is added up since the last look is what is added up anew, whoever is looked at, when,
// and whatever comes between.
func TestReckonings(t *testing.T) {
	w := world{windows: []string{"1h/5m", "24h/1h", "30d"}, features: []string{"*"}}.compiled(t)
	looks := 0
	for seed := range uint64(8) {
		r := rand.New(rand.NewPCG(seed, 19))
		s := w.shard(t, 0, 1, nowhere)
		if seed%2 == 0 {
			s.journals = nil
		}
		at, who := cdr.Millis(400*days1), 0
		for range 2000 {
			if r.IntN(8) == 0 {
				who = r.IntN(5)
			}
			at += cdr.Millis(r.Int64N([]int64{2_000, 60_000, 60_000, 600_000, 40_000_000}[min(r.IntN(60), 4)]))
			x := call(r, at, number(who), number(r.IntN(12)))
			y := x // somebody else does the same, a little longer
			y.Calling, y.TalkMS = number(20+who), x.TalkMS+1
			b := &cdr.Batch{}
			b.Append(&x)
			b.Append(&y)
			feed(t, s, []*order.Run{runOf(b, at, at-at%1000)})
			if err := s.fold(); err != nil {
				t.Fatal(err)
			}
			slot, ok := s.table.find(number([]int{who, 20 + who, r.IntN(12)}[r.IntN(3)]))
			if !ok {
				continue
			}
			t1 := secondEnd(at) + cdr.Millis(r.Int64N([]int64{1, 1, 3_600_000}[r.IntN(3)]))
			for _, e := range s.exact {
				panes := []int{e.panes, 3}[r.IntN(2)]
				got := slices.Clone(s.hours(e, panes, slot, t1))
				s.anew(e, panes)
				if want := s.hours(e, panes, slot, t1); !slices.Equal(got, want) {
					t.Fatalf("seed %d: slot %x, %d panes at %d: %v, want %v", seed, slot, panes, t1, got, want)
				}
				looks++
			}
		}
	}
	if looks < 10_000 {
		t.Errorf("%d looks", looks)
	}
}

// anew forgets what was added up of a window, so that it is added up anew.
func (s *Shard) anew(e *exact, panes int) {
	if s.journals != nil {
		r := s.journals.reckoning(e, panes)
		r.slot, r.start = math.MaxUint32, never
	}
	for i := range e.latest {
		if e.latest[i].panes == panes {
			e.latest[i].slot, e.latest[i].length = math.MaxUint32, -1
		}
	}
}

// BenchmarkEnter enters visits of some seven legs each, of 128,000 subscribers one after the
// other and every three hours anew, into logs that are larger than most caches: ns/leg.
func BenchmarkEnter(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 22))
	w := world{windows: []string{"1h/5m", "24h/1h", "1d"}}.compiled(b)
	j := w.shard(b, 0, 1, nowhere).journals
	kinds, classes := kindsOf(b, j.program)
	_, classes = fewReads(j.program, kinds, classes)
	l, of := &window.Legs{N: window.MaxLegs}, new([window.MaxLegs]int32)
	for i := range l.N {
		of[i] = classes[r.IntN(len(classes))]
	}
	var visits [1 << 14]struct{ from, to int }
	for i := range visits {
		n := min(1+int(6*r.ExpFloat64()), l.N)
		from := r.IntN(l.N - n + 1)
		visits[i].from, visits[i].to = from, from+n
	}
	legs, t := 0, cdr.Millis(400*days1)
	round := func(subscribers []journal) {
		t += 3 * hours
		for i := range l.N {
			l.Release[i] = t
		}
		j.note(l, of[:], t-t%days1)
		j.drop(t)
		j.mark(t)
		for i := range subscribers {
			v := visits[(i*7+int(t/hours))%len(visits)]
			x, ok := j.enter(&j.logs[i/1000], subscribers[i], &l.Release, v.from, v.to)
			if !ok {
				b.Fatal("a journal is full")
			}
			subscribers[i] = x
			legs += v.to - v.from
		}
	}
	subscribers := make([]journal, 1000*len(j.logs))
	for range 20 { // until logs are as long as they become
		round(subscribers)
	}
	legs = 0
	for b.Loop() {
		round(subscribers)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(legs), "ns/leg")
	b.ReportMetric(float64(legs)/float64(b.N*len(subscribers)), "legs/visit")
}
