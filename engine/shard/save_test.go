package shard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/window"
)

// mixed is calls and messages between few subscribers: some of very many peers,
// some that are names, some known by their IMSI only, some seen once.
func mixed(seed uint64, calls int, start, length cdr.Millis) []*order.Run {
	r := rand.New(rand.NewPCG(seed, 6))
	var runs []*order.Run
	b := &cdr.Batch{}
	for i := range calls {
		at := start + cdr.Millis(int64(length)*int64(i)/int64(calls))
		x := call(r, at, number(r.IntN(60)), number(r.IntN(60)))
		switch r.IntN(8) {
		case 0:
			x.Calling = number(r.IntN(3)) // a big set in the end
			x.Called = number(1000 + r.IntN(400))
		case 1:
			x.CallingName = fmt.Appendf(nil, "name-%d", r.IntN(30))
			x.Calling = cdr.Name(x.CallingName)
		case 2:
			x.Called = cdr.IMSI(fmt.Appendf(nil, "3102600000%05d", r.IntN(20)))
		case 3:
			x.Calling = number(5000 + r.IntN(1<<20))
			x.Flags = (cdr.Originating | cdr.Terminating).With(cdr.SMS, cdr.Answered, cdr.RAT4G)
		}
		b.Append(&x)
		if r.IntN(40) == 0 || i == calls-1 {
			runs = append(runs, runOf(b, start, at))
			b = &cdr.Batch{}
		}
	}
	return runs
}

// records are the saved subscribers, by slot, and the days, as they were put.
type records struct {
	subscribers map[uint32]string
	days        map[string]string
	largest     int
}

func gather(t *testing.T) (*records, func(Block) error) {
	g := &records{subscribers: map[uint32]string{}, days: map[string]string{}}
	return g, func(b Block) error {
		g.largest = max(g.largest, len(b.Data))
		body := b.Data[4:]
		if b.Kind == Day {
			name := fmt.Sprint(b.Day, " ", b.Partition)
			if _, twice := g.days[name]; twice {
				t.Errorf("day %s is put twice", name)
			}
			g.days[name] = string(body)
			return nil
		}
		for len(body) > 0 {
			n := 4 + binary.LittleEndian.Uint32(body)
			slot := binary.LittleEndian.Uint32(body[4:])
			if slot&63 != uint32(b.Partition) {
				t.Errorf("slot %x is in a block of partition %d", slot, b.Partition)
			}
			if _, twice := g.subscribers[slot]; twice {
				t.Errorf("slot %x is saved twice", slot)
			}
			g.subscribers[slot] = string(body[:n])
			body = body[n:]
		}
		return nil
	}
}

// busyRules hold now and then for many: what is remembered of them changes with legs
// and at boundaries, of the silent too.
var busyRules = ruleFile(
	"activity: calls_out_1h >= 2", "activity: contacts_24h >= 6 or calls_in_1h >= 3", "activity: talk_seconds_24h > 900",
	"boundary: days_since_activity >= 1", "boundary: calls_3d >= 12 and calls_1d <= 4", "boundary: calls_out_24h >= 3",
)

// TestSnapshot: what is saved while the shard goes on is what would have been
// saved at once: the same subscribers, byte by byte, and the same days.
func TestSnapshot(t *testing.T) {
	for _, test := range []struct {
		name string
		world
	}{
		{"days", world{windows: []string{"1d", "7d", "30d"}, contacts: 200}},
		{"hours", world{windows: []string{"1h/5m", "24h/1h"}, contacts: 200, retain: 2}},
		{"both", world{windows: []string{"24h/1h", "3d"}, emit: "6h", retain: 3}},
		{"drop", world{windows: []string{"1d", "2d"}, outsiders: Drop, retain: 2}},
		{"rules", world{windows: []string{"1h/5m", "24h/1h", "1d", "3d"}, emit: "6h", retain: 3, rules: busyRules}},
	} {
		for seed := range uint64(6) {
			t.Run(fmt.Sprint(test.name, " ", seed), func(t *testing.T) {
				t.Parallel()
				snapshot(t, test.compiled(t), seed)
			})
		}
	}
}

func snapshot(t *testing.T, w *world, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 8))
	calm, busy := w.shard(t, 0, 1, nowhere), w.shard(t, 0, 1, nowhere)
	runs := mixed(seed, 12_000, days1, 6*days1)
	midway, due := 0, 0
	for at := 0; at < len(runs); {
		n := min(1+r.IntN(120), len(runs)-at)
		feed(t, calm, runs[at:at+n])
		for _, run := range runs[at : at+n] {
			feed(t, busy, []*order.Run{run})
			midway += len(run.Refs) * boolean(busy.Saving())
			some(t, busy, r.IntN(4))
		}
		at += n
		some(t, busy, 1<<30)
		full := r.IntN(3) == 0
		want, put := gather(t)
		if err := calm.Save(full, put); err != nil {
			t.Fatal(err)
		}
		some(t, calm, 1<<30)
		got, put := gather(t)
		if err := busy.Save(full, put); err != nil {
			t.Fatal(err)
		}
		if full && len(want.subscribers) != calm.Stats().Subscribers {
			t.Fatalf("%d of %d subscribers are in a full save", len(want.subscribers), calm.Stats().Subscribers)
		}
		due += len(want.subscribers)
		// The save of busy goes on with the next runs; look at it when it is over.
		defer func() {
			if !maps.Equal(got.subscribers, want.subscribers) || !maps.Equal(got.days, want.days) {
				t.Errorf("seed %d, after %d runs, full %v: %d subscribers and %d days are saved, at once it were %d and %d; %d subscribers differ", seed, at, full,
					len(got.subscribers), len(got.days), len(want.subscribers), len(want.days), different(got.subscribers, want.subscribers))
			}
		}()
	}
	some(t, busy, 1<<30)
	if midway < 200 || due < 1000 {
		t.Errorf("only %d records were folded midway, %d subscribers saved", midway, due)
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func different(a, b map[uint32]string) int {
	n := 0
	for slot, rec := range a {
		if b[slot] != rec {
			n++
		}
	}
	return n
}

// some saves n subscribers more; 1<<30: all that are left.
func some(t testing.TB, s *Shard, n int) {
	t.Helper()
	if err := s.SaveSome(n); err != nil {
		t.Fatal(err)
	}
	if n == 1<<30 && s.Saving() {
		t.Fatal("it still saves")
	}
}

// saveAll returns everything that a save puts.
func saveAll(t testing.TB, s *Shard, full bool) []Block {
	t.Helper()
	var out []Block
	if err := s.Save(full, func(b Block) error {
		b.Data = bytes.Clone(b.Data)
		out = append(out, b)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	some(t, s, 1<<30)
	return out
}

// savedTwice feeds runs to s, and returns what is saved in the end, and what was in the middle.
func savedTwice(t testing.TB, s *Shard, runs []*order.Run) (delta, base []Block) {
	t.Helper()
	feed(t, s, runs[:len(runs)/2])
	base = saveAll(t, s, true)
	feed(t, s, runs[len(runs)/2:])
	return saveAll(t, s, false), base
}

// daysSeen returns the blocks of days that windows of s still see.
func daysSeen(s *Shard, blocks ...[]Block) (days []Block) {
	for _, b := range slices.Concat(blocks...) {
		if b.Kind == Day && b.Day >= s.OldestDay() {
			days = append(days, b)
		}
	}
	return days
}

// loaded returns shards that hold what was saved, newest blocks first.
func loaded(t testing.TB, w *world, of int, c Clock, epoch uint64, emit func(*feature.Frame) error, blocks ...[]Block) []*Shard {
	t.Helper()
	var out []*Shard
	for i := range of {
		s := w.shard(t, i, of, emit)
		s.Restore(c, epoch)
		for _, of := range blocks {
			for _, b := range of {
				if int(b.Partition)%s.Of != i {
					continue
				}
				if err := s.Load(b); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := s.Loaded(); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// rowsOf collects rows as text, by subscriber and time.
func rowsOf(w *world) (map[string]string, func(*feature.Frame) error) {
	rows := map[string]string{}
	return rows, func(f *feature.Frame) error {
		for i := range f.Rows {
			var b bytes.Buffer
			fmt.Fprint(&b, f.Home[i], f.ObservedDays[i], f.Approx[i])
			for c := range f.Columns {
				col := &f.Columns[c]
				if len(col.Valid) > 0 && col.Valid[i>>3]>>(i&7)&1 == 0 {
					b.WriteString(" null")
					continue
				}
				switch w.plan.Schema.Fields[c].Type {
				case feature.Int64:
					fmt.Fprint(&b, " ", col.Ints[i])
				case feature.Float64:
					fmt.Fprint(&b, " ", col.Floats[i])
				default:
					fmt.Fprint(&b, " ", col.Bools[i])
				}
			}
			rows[fmt.Sprint(f.WindowEnd, " ", string(f.Subscriber(i)))] = b.String()
		}
		return nil
	}
}

// What was saved by one shard goes on in three, and what these save in two; a save
// of what was loaded is what was loaded. Big sets and returning subscribers
// included; engine's TestBarriers does the same with stranger traffic.
func TestRoundTrip(t *testing.T) {
	for _, test := range []struct {
		name string
		world
	}{
		{"days", world{windows: []string{"1d", "7d", "30d"}, contacts: 150}},
		{"seconds", world{windows: []string{"1h/5m", "24h/1h", "2d"}, contacts: 150, retain: 2}},
		{"hours only", world{windows: []string{"12h/1h"}, features: []string{"calls*", "contacts*", "talk*"}, retain: 1, emit: "6h", all: true}},
		{"silent", world{windows: []string{"1d", "3d"}, features: []string{"core"}, retain: 40, all: true}},
		{"rules", world{windows: []string{"1h/5m", "24h/1h", "1d", "3d"}, emit: "6h", retain: 4, rules: busyRules}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := test.compiled(t)
			runs := mixed(3, 16_000, days1, 9*days1)
			want, emit := rowsOf(w)
			still := w.shard(t, 0, 1, emit)
			feed(t, still, runs)

			got, emit := rowsOf(w)
			i, j := len(runs)/3, 2*len(runs)/3
			one := w.shard(t, 0, 1, emit)
			delta, base := savedTwice(t, one, runs[:i])
			three := loaded(t, w, 3, one.Clock(), 2, emit, delta, base)
			same(t, three, one)
			var saved []Block
			for _, s := range three {
				feed(t, s, runs[i:j])
				saved = append(saved, saveAll(t, s, true)...)
			}
			two := loaded(t, w, 2, three[0].Clock(), 3, emit, saved, daysSeen(three[0], delta, base))
			for _, s := range two {
				feed(t, s, runs[j:])
			}
			if len(want) < 200 || !maps.Equal(got, want) {
				t.Errorf("%d rows, want %d", len(got), len(want))
			}
			bigs := 0
			still.people.each(func(_ uint32, who *person) { bigs += boolean(who.marks&big != 0) })
			if test.contacts > 0 && bigs == 0 {
				t.Error("nobody has a big set")
			}
		})
	}
}

// earlier returns the job as it was when no measure was brief.
func (w *world) earlier(t *testing.T) *world {
	t.Helper()
	was := *w
	was.spare, was.plan = nil, nil
	c := was.compiled(t)
	for g := range c.plan.Grids {
		grid := &c.plan.Grids[g]
		if !grid.Spec.Days {
			continue
		}
		now := grid.Layout
		grid.Layout = now.WithoutBrief()
		if now.Lasting.Len() == now.Words {
			t.Error("nothing is brief")
		}
		for _, v := range []*feature.View{&c.plan.View, &c.plan.Rules} {
			for i := range v.Grids[g] {
				x := &v.Grids[g][i]
				columns := make([]int, len(x.Columns))
				for to, m := range grid.Layout.Measures {
					from, _ := now.Index(m.Name)
					columns[to] = x.Columns[from]
				}
				x.Columns = columns
			}
		}
	}
	return c
}

// State of the former shape goes on as state of the present one does: in rows, alerts and what
// is saved.
func TestFormerShape(t *testing.T) {
	zone, _ := morning(t, "Europe/Paris", "2024-01-01")
	for seed := range uint64(6) {
		w := world{
			windows: []string{"1h/5m", "24h/1h", "1d", "3d", "7d"}, features: []string{"core", "interval_std_seconds_1d", "call_duration_max_3d"}, zone: zone,
			emit: []string{"1d", "6h"}[seed%2], retain: 9, rules: busyRules,
		}.compiled(t)
		old := w.earlier(t)
		runs := mixed(seed, 16_000, days1, 12*days1)
		still, want := goesOn(t, w, w, runs)
		again, got := goesOn(t, old, w, runs)
		if len(want.rows) < 200 || !maps.Equal(got.rows, want.rows) || want.alerts < 100 || got.alerts != want.alerts {
			t.Errorf("seed %d: %d rows and %d alerts, want %d and %d", seed, len(got.rows), got.alerts, len(want.rows), want.alerts)
		}
		saved := saveAll(t, still, true)
		saveAll(t, again, true)
		same(t, []*Shard{again}, still)
		earlier := loaded(t, old, 1, still.Clock(), 1, nowhere)[0]
		if err := earlier.Load(saved[0]); err == nil || !strings.Contains(err.Error(), "another shape") {
			t.Errorf("an earlier version loads what a later one saved: %v", err)
		}
	}
}

// outcome is what comes of a job.
type outcome struct {
	rows   map[string]string
	alerts int
}

// goesOn runs a third of a job in one world, and the rest, from what was saved, in another one,
// where it is saved and goes on once more.
func goesOn(t *testing.T, before, w *world, runs []*order.Run) (*Shard, *outcome) {
	t.Helper()
	rows, emit := rowsOf(w)
	o := &outcome{rows: rows}
	count := func(a []alert.Alert) { o.alerts += len(a) }
	before.alert, w.alert = count, count
	i, j := len(runs)/3, 2*len(runs)/3
	one := before.shard(t, 0, 1, emit)
	delta, base := savedTwice(t, one, runs[:i])
	two := loaded(t, w, 2, one.Clock(), 2, emit, delta, base)
	var saved []Block
	for _, s := range two {
		if was := s.former.shape == one.shape(); was == (before == w) || s.shape() == s.former.shape {
			t.Fatal("these are not the former and the present shape")
		}
		feed(t, s, runs[i:j])
		saved = append(saved, saveAll(t, s, true)...)
	}
	last := loaded(t, w, 1, two[0].Clock(), 3, emit, saved, daysSeen(two[0], delta, base))[0]
	feed(t, last, runs[j:])
	return last, o
}

// same checks that shards hold, together, what whole holds: they save the same.
func same(t *testing.T, shards []*Shard, whole *Shard) {
	t.Helper()
	got, put := gather(t)
	for _, s := range shards {
		c := *s // the save is forgotten
		if err := c.Save(true, put); err != nil {
			t.Fatal(err)
		}
		some(t, &c, 1<<30)
	}
	want, put := gather(t)
	c := *whole
	if err := c.Save(true, put); err != nil {
		t.Fatal(err)
	}
	some(t, &c, 1<<30)
	if !maps.Equal(got.subscribers, want.subscribers) {
		t.Errorf("%d subscribers were loaded, %d saved; %d differ", len(got.subscribers), len(want.subscribers), different(got.subscribers, want.subscribers))
	}
	n := 0
	for _, s := range shards {
		n += s.Stats().Subscribers
		s.people.each(func(slot uint32, who *person) { alike(t, s, whole, slot, who) })
	}
	if n != whole.Stats().Subscribers {
		t.Errorf("%d subscribers, want %d", n, whole.Stats().Subscribers)
	}
}

// alike compares a subscriber with what is at its slot in whole.
func alike(t *testing.T, s, whole *Shard, slot uint32, who *person) {
	t.Helper()
	was := whole.people.at(slot)
	a, b := *who, *was
	for _, p := range []*person{&a, &b} { // these may differ
		p.row, p.items, p.epoch, p.fours = min(p.row, 1), min(p.items, 1), 0, 0
		p.calm, p.loud, p.outlasts, p.quiet = 0, 0, 0, 0
		p.marks &^= spent | woken | silent | fresh
	}
	if a != b {
		t.Errorf("slot %x is %+v, was %+v", slot, a, b)
	}
	if s.overlapping && *s.over.at(slot) != *whole.over.at(slot) {
		t.Errorf("slot %x overlaps %v, was %v", slot, *s.over.at(slot), *whole.over.at(slot))
	}
	if !maps.Equal(contents(s.items, who), contents(whole.items, was)) {
		t.Errorf("the items of slot %x differ", slot)
	}
}

// After a load the slots that nobody has are dealt again before new ones.
func TestFreeSlots(t *testing.T) {
	p := people{arena: new(arena)}
	const partition = 9
	taken := map[uint32]bool{}
	for _, local := range []uint32{3, 300, 2000, 2001} {
		slot := slotOf(partition, local)
		p.makePage(slot)
		*p.at(slot) = person{marks: 1}
		p.parts[partition].next = local + 1
		taken[local] = true
	}
	p.findFree(partition)
	if n := len(p.parts[partition].holes); n != 5 {
		t.Fatalf("%d pages are not there, want 5", n)
	}
	key := partitionNumbers(partition, 1)[0]
	for range 2002 - 4 {
		local := localOf(p.add(key, 0, 1))
		if taken[local] || local > 2001 {
			t.Fatalf("local %d is dealt twice, or is new", local)
		}
		taken[local] = true
	}
	if local := localOf(p.add(key, 0, 1)); local != 2002 {
		t.Errorf("local %d, want 2002", local)
	}
}

// A delta holds those that have changed, an empty one nothing, and rows belong to
// the epoch in which they are written.
func TestEpochs(t *testing.T) {
	w := world{windows: []string{"1d", "3d"}, features: []string{"core"}}.compiled(t)
	var epochs []uint64
	s := w.shard(t, 0, 1, func(f *feature.Frame) error { epochs = append(epochs, f.Epoch); return nil })
	if b := saveAll(t, s, true); len(b) > 0 || s.Clock().First != never {
		t.Fatalf("%d blocks of nothing, %+v", len(b), s.Clock())
	}
	r := rand.New(rand.NewPCG(1, 1))
	at := cdr.Millis(10 * days1)
	talk := func(from, to int) {
		at += 1000
		b := &cdr.Batch{}
		x := call(r, at, number(from), number(to))
		b.Append(&x)
		feed(t, s, []*order.Run{runOf(b, 10*days1+1000, at)})
	}
	keys := func(full bool) (keys []int, days int) {
		g, put := gather(t)
		if err := s.Save(full, put); err != nil {
			t.Fatal(err)
		}
		some(t, s, 1<<30)
		for _, rec := range g.subscribers {
			n := cdr.Number(binary.LittleEndian.Uint64([]byte(rec)[8:]))
			keys = append(keys, int(n.Value()%1000))
		}
		slices.Sort(keys)
		return keys, len(g.days)
	}
	expect := func(full bool, want []int, wantDays int) {
		t.Helper()
		if got, days := keys(full); !slices.Equal(got, want) || days != wantDays {
			t.Errorf("saved %v and %d days, want %v and %d", got, days, want, wantDays)
		}
	}
	talk(1, 2)
	talk(3, 4)
	expect(false, []int{1, 2, 3, 4}, 0) // epoch 2 ends
	expect(false, nil, 0)
	talk(1, 5)
	expect(false, []int{1, 5}, 0)
	at += days1 // all five were active on the day that closes now: their sums change
	talk(6, 7)
	expect(false, []int{1, 2, 3, 4, 5, 6, 7}, 5)
	expect(true, []int{1, 2, 3, 4, 5, 6, 7}, 0)
	at += days1
	talk(8, 1)
	expect(false, []int{1, 6, 7, 8}, 2)
	at += days1 // the first day leaves
	talk(8, 9)
	expect(false, []int{1, 2, 3, 4, 5, 8, 9}, 2)
	if want := []uint64{5, 7, 8}; !slices.Equal(epochs, want) {
		t.Errorf("rows were written in epochs %v, want %v", epochs, want)
	}
	if got := s.Rows(); got != 5+2+2 {
		t.Errorf("%d rows, want 9", got)
	}
	if got, want := s.OldestDay(), s.today-2; got != want {
		t.Errorf("the oldest day is %d, want %d", got, want)
	}
}

// Blocks are of a size that can be held and written: none much longer than 64 KiB
// but for one subscriber, and few of them.
func TestBlockSize(t *testing.T) {
	w := world{windows: []string{"1d", "7d", "30d"}, features: []string{"core"}}.compiled(t)
	s := w.shard(t, 0, 1, nowhere)
	feed(t, s, crowd(1, 20_000, 100_000, days1, days1))
	blocks := saveAll(t, s, true)
	total := 0
	for _, b := range blocks {
		total += len(b.Data)
		if len(b.Data) > blockBytes+4096 || cap(b.Data) > blockRoom {
			t.Errorf("a block of %d bytes in %d", len(b.Data), cap(b.Data))
		}
	}
	if most := total/blockBytes + partitions; len(blocks) > most {
		t.Errorf("%d bytes in %d blocks", total, len(blocks))
	}
}

// An error of put is returned by whoever meets it and by all after it; nothing is
// put after it.
func TestPutFails(t *testing.T) {
	w := world{windows: []string{"1d", "3d"}, features: []string{"core"}}.compiled(t)
	full := errors.New("the disk is full")
	runs := crowd(1, 5000, 60_000, days1, 3*days1)
	for left := range 4 {
		s := w.shard(t, 0, 1, nowhere)
		feed(t, s, runs[:len(runs)/2])
		puts := 0
		put := func(Block) error {
			if puts++; puts > left {
				return full
			}
			return nil
		}
		if err := s.Save(true, put); err != nil {
			t.Fatal(err)
		}
		var failed error
		for _, run := range runs[len(runs)/2:] { // a day ends
			if failed = s.Process(run); failed != nil {
				break
			}
		}
		if !errors.Is(failed, full) || !errors.Is(s.SaveSome(1), full) || !errors.Is(s.Process(runs[len(runs)-1]), full) || puts != left+1 {
			t.Errorf("after %d blocks: %v; put was called %d times", left, failed, puts)
		}
	}
}

// Every damage is an error that says where.
func TestLoadDamaged(t *testing.T) {
	w := world{windows: []string{"24h/1h", "3d"}, contacts: 150}.compiled(t)
	s := w.shard(t, 0, 1, nowhere)
	feed(t, s, mixed(4, 8000, days1, 3*days1))
	blocks := saveAll(t, s, true)
	fresh := func(of int) *Shard {
		n := w.shard(t, 0, of, nowhere)
		n.Restore(s.Clock(), 1)
		return n
	}
	expect := func(s *Shard, b Block, words string) {
		t.Helper()
		err := s.Load(b)
		if err == nil || !strings.Contains(err.Error(), words) || !strings.Contains(err.Error(), fmt.Sprint("partition ", b.Partition)) ||
			!strings.Contains(err.Error(), b.Kind.String()) {
			t.Errorf("%v, want %q", err, words)
		}
	}
	kinds := map[Kind]int{}
	for _, b := range blocks {
		if kinds[b.Kind]++; kinds[b.Kind] > 6 {
			continue
		}
		for cut := range len(b.Data) {
			damaged := b
			damaged.Data = b.Data[:cut]
			if err := fresh1(w, s).Load(damaged); err == nil && !whole(b, cut) {
				t.Fatalf("%s block of %d bytes, cut at %d, is loaded", b.Kind, len(b.Data), cut)
			}
			if cut == 500 {
				break
			}
		}
		damaged := b
		damaged.Data = bytes.Clone(b.Data)
		damaged.Data[2] ^= 1
		expect(fresh(1), damaged, "another shape")
		damaged = b
		damaged.Partition ^= 1
		if b.Kind == Subscribers {
			expect(fresh(1), damaged, "not one of the partition")
		}
		damaged.Partition = b.Partition | 1
		expect(fresh(2), damaged, "not one of this shard")
		damaged.Partition = 200
		expect(fresh(1), damaged, "not one of this shard")
		damaged = b
		damaged.Kind = 5
		expect(fresh(1), damaged, "no such kind")
		expect(w.shard(t, 0, 1, nowhere), b, "before the first event")
		if b.Kind == Day {
			damaged = b
			damaged.Day = s.today
			expect(fresh(1), damaged, "not over")
		}
	}
	if kinds[Subscribers] == 0 || kinds[Day] == 0 {
		t.Fatal("there is nothing to damage")
	}
	alone := fresh(1)
	for _, b := range blocks {
		if b.Kind == Day && b.Day >= alone.OldestDay() {
			if err := alone.Load(b); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := alone.Loaded(); err == nil || !strings.Contains(err.Error(), "were not loaded") {
		t.Errorf("days without subscribers: %v", err)
	}
}

// fresh1 is a shard to load into; making one takes a while, and a failed load
// leaves nothing that matters here, so it is made once for each job.
func fresh1(w *world, s *Shard) *Shard {
	if w.spare == nil {
		w.spare = New(s.Config)
		w.spare.Restore(s.Clock(), 1)
	}
	return w.spare
}

// whole reports whether the first n bytes of b are a block too.
func whole(b Block, n int) bool {
	if b.Kind == Day {
		return true // rows end where they end: the check sum of its file tells
	}
	at := 4
	for at < n {
		at += 4 + int(binary.LittleEndian.Uint32(b.Data[at:]))
	}
	return at == n
}

// Once warm, folding allocates nothing, and saving only its blocks.
func TestSaveAllocations(t *testing.T) {
	w := world{windows: []string{"1d", "7d"}, features: []string{"core"}}.compiled(t)
	s := w.shard(t, 0, 1, nowhere)
	runs := crowd(1, 3000, 30_000, 10*days1, hours)
	again := func() {
		for _, run := range runs {
			for i := range run.Batches[0].Rows {
				run.Batches[0].Rows[i].Release += 10 * hours / 60
			}
			run.Frontier += 10 * hours / 60
		}
		feed(t, s, runs)
		s.fold()
	}
	for range 3 {
		again()
	}
	if n := testing.AllocsPerRun(5, again); n != 0 {
		t.Errorf("folding %d runs allocates %v objects", len(runs), n)
	}
	blocks := 0
	put := func(Block) error { blocks++; return nil }
	n := testing.AllocsPerRun(5, func() {
		if err := s.Save(true, put); err != nil {
			t.Fatal(err)
		}
		some(t, s, 500)
		again()
		some(t, s, 1<<30)
	})
	if per := 2*float64(blocks)/6 + 4; n > per || blocks < 6*partitions {
		t.Errorf("a save of 3,000 subscribers allocates %v objects, for %d blocks in 6 saves", n, blocks)
	}
}

// FuzzLoad: any bytes, no panic, no more memory than some pages for each record.
// What could be loaded can be worked with.
func FuzzLoad(f *testing.F) {
	w := world{windows: []string{"24h/1h", "1d", "3d"}, contacts: 150, zone: time.UTC}.compiled(f)
	s := w.shard(f, 0, 1, nowhere)
	feed(f, s, mixed(4, 4000, days1, 3*days1))
	clock := s.Clock()
	r := rand.New(rand.NewPCG(9, 9))
	for _, b := range saveAll(f, s, true) {
		if len(b.Data) < 6000 && r.IntN(4) == 0 || len(b.Data) > 15_000 {
			f.Add(uint8(b.Kind), b.Partition, int32(b.Day), b.Data[4:])
		}
	}
	more := mixed(5, 300, cdr.Millis(clock.Today+1)*days1, 5*days1)
	f.Fuzz(func(t *testing.T, kind, partition uint8, day int32, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		s := w.shard(t, 0, 1, nowhere)
		s.Restore(clock, 3)
		err := s.Load(Block{Kind: Kind(kind), Partition: partition, Day: window.Day(day), Data: append(s.appendShape(nil), data...)})
		if n := s.Stats().Bytes + 8*len(s.people.pages) + 8*len(s.over.pages); n > 40<<20+len(data)*1000 {
			t.Errorf("%d bytes of state from %d", n, len(data))
		}
		if err != nil || s.Loaded() != nil {
			return
		}
		feed(t, s, more)
	})
}
