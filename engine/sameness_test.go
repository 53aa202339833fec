package engine_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// variant is another way to run the same records.
type variant struct {
	name   string
	change func(*job)
	procs  int  // GOMAXPROCS, 0 as it is
	exact  bool // the same files: rejects stand at the same places, sources have the same ledgers
	loose  bool // rejected records have another text
}

// TestSameness: the answer is a function of the records read. One traffic, many
// ways to read it: every row, the ledger and what was set aside are the same to
// the last bit.
func TestSameness(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			base := traffic(t, seed)
			base.same(t, append(machinery(), writings(t, base, seed)...))
			plain := base
			plain.files = rewritten(base.files, false)
			plain.same(t, formats(t, plain, seed))
		})
	}
}

func traffic(t *testing.T, seed uint64) job {
	zone, err := time.LoadLocation([]string{"America/Havana", "Europe/Paris"}[seed%2])
	if err != nil {
		t.Fatal(err)
	}
	c := oracle.Default()
	c.Zone, c.Lateness, c.EmitEvery = zone, 2*time.Minute, []string{"6h", "1d"}[seed%2]
	c.EmitAll = seed%2 == 0
	c.HomeNumbers, c.HomePLMNs = []string{"1", "44"}, []string{"310260"}
	files := oracle.Random(seed, oracle.ChaosOptions{
		Zone: zone, Lateness: c.Lateness, Files: 3, Records: 900, Late: -1, Duplicates: 0.1, Malformed: 0.03,
		Start: []time.Time{time.Date(2024, 3, 2, 0, 0, 0, 0, time.UTC), time.Date(2024, 3, 24, 0, 0, 0, 0, time.UTC)}[seed%2],
	})
	return job{Config: c, files: files, rules: lowRules, workers: 2, block: 4096}
}

// machinery is what an operator may turn without changing the answer.
func machinery() []variant {
	var all []variant
	for _, block := range []int{100, 257, 1 << 20} {
		all = append(all, variant{name: fmt.Sprint("block ", block), change: func(j *job) { j.block = block }, exact: true})
	}
	for workers := 1; workers <= 8; workers++ {
		all = append(all, variant{name: fmt.Sprint("workers ", workers), change: func(j *job) { j.workers = workers }, exact: true})
	}
	for procs := 1; procs <= 2; procs++ {
		all = append(all, variant{name: fmt.Sprint("procs ", procs), procs: procs, change: func(j *job) { j.workers, j.block = 3, 700 }, exact: true})
	}
	return all
}

// writings is how the same lines may lie in files.
func writings(t *testing.T, base job, seed uint64) []variant {
	r := rand.New(rand.NewPCG(seed, 77))
	files := func(name string, exact bool, f []oracle.File, block int) variant {
		return variant{name: name, exact: exact, change: func(j *job) { j.files, j.block = f, block }}
	}
	reversed := slices.Clone(base.files)
	slices.Reverse(reversed)
	return []variant{
		files("gzip", true, gzipped(t, base.files), 4096),
		files("zstd", true, zstandard(t, base.files), 333),
		files("files in another order", false, reversed, 1000),
		files("dealt over 2 files each", false, dealt(base.files, 2, r), 4096),
		files("dealt over 7 files each", false, dealt(base.files, 7, r), 300),
		files("cut in 5", false, cut(base.files, 5), 4096),
		files("cut in 40", false, cut(base.files, 40), 200),
		files("shuffled", false, base.shuffled(t, base.files, r), 4096),
		files("shuffled, small blocks", false, base.shuffled(t, base.files, r), 150),
		files("shuffled, dealt, gzip", false, gzipped(t, dealt(base.shuffled(t, base.files, r), 3, r)), 512),
	}
}

// formats is how the same values may be written.
func formats(t *testing.T, plain job, seed uint64) []variant {
	r := rand.New(rand.NewPCG(seed, 78))
	files := func(name string, f []oracle.File, block int) variant {
		return variant{name: name, change: func(j *job) { j.files, j.block = f, block }, loose: true}
	}
	asJSON := rewritten(plain.files, true)
	return []variant{
		files("json", asJSON, 4096),
		files("json, small blocks", asJSON, 100),
		files("some json", append(asJSON[:1:1], plain.files[1:]...), 1000),
		files("joined", plain.joined(t, plain.files, r), 4096),
		files("joined json, dealt", dealt(plain.joined(t, asJSON, r), 4, r), 700),
	}
}

// same runs the job and all variants of it and compares.
func (j job) same(t *testing.T, variants []variant) {
	t.Helper()
	want := j.run(t)
	if l := want.summary.Ledger; l.Late > 0 || l.Duplicate == 0 || l.Rejected == 0 || l.Filtered == 0 || len(want.rows) < 100 {
		t.Fatalf("%d rows, %+v: not the traffic to try this on", len(want.rows), l)
	}
	speaks(t, want.alerts)
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			if v.procs > 0 {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(v.procs))
			}
			k := j
			v.change(&k)
			got := k.run(t)
			if got.summary.Ledger != want.summary.Ledger {
				t.Errorf("ledger:\n got %+v\nwant %+v", got.summary.Ledger, want.summary.Ledger)
			}
			sameRows(t, got.rows, want.rows)
			if v.loose { // other texts of record_id too
				sameAlerts(t, anonymous(got.alerts), anonymous(want.alerts))
			} else {
				sameAlerts(t, got.alerts, want.alerts)
			}
			v.sameAsides(t, got, want)
		})
	}
}

// speaks makes sure that there are alerts of every state and rule.
func speaks(t *testing.T, alerts []alert.Alert) {
	t.Helper()
	states, rules := map[alert.State]int{}, map[string]int{}
	for i := range alerts {
		states[alerts[i].State]++
		rules[alerts[i].Rule]++
	}
	t.Logf("%d alerts: %v %v", len(alerts), states, rules)
	if len(states) < 4 || len(rules) < 13 {
		t.Errorf("alerts of %d states and %d rules: not the traffic to try this on", len(states), len(rules))
	}
}

// anonymous is alerts without the IDs of their records.
func anonymous(alerts []alert.Alert) []alert.Alert {
	alerts = slices.Clone(alerts)
	for i := range alerts {
		alerts[i].RecordIDs = nil
	}
	return alerts
}

// sameAlerts compares everything but the time of the wall clock.
func sameAlerts(t *testing.T, got, want []alert.Alert) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("%d alerts, want %d; the first difference is number %d", len(got), len(want), i)
			if i < len(got) {
				t.Errorf(" got %s", alert.AppendJSON(nil, &got[i]))
			}
			if i < len(want) {
				t.Errorf("want %s", alert.AppendJSON(nil, &want[i]))
			}
			return
		}
	}
}

// sameRows compares with ==, floats too.
func sameRows(t *testing.T, got, want map[string]map[string]any) {
	t.Helper()
	shown := 0
	for _, key := range slices.Sorted(maps.Keys(want)) {
		row, ok := got[key]
		if !ok && shown < 10 {
			shown++
			t.Errorf("row %s is missing", key)
		}
		if !ok || maps.Equal(row, want[key]) {
			continue
		}
		for name, v := range want[key] {
			if row[name] != v && shown < 10 {
				shown++
				t.Errorf("%s %s: got %v, want %v", key, name, row[name], v)
			}
		}
	}
	for key := range got {
		if _, ok := want[key]; !ok && shown < 10 {
			shown++
			t.Errorf("row %s should not be", key)
		}
	}
}

func (v variant) sameAsides(t *testing.T, got, want outcome) {
	t.Helper()
	g, w := got.rejects.lines, want.rejects.lines
	if v.loose {
		return // the ledger has counted them
	}
	if !v.exact {
		g, w = got.rejects.texts, want.rejects.texts
	}
	g, w = slices.Clone(g), slices.Clone(w)
	slices.Sort(g)
	slices.Sort(w)
	if !slices.Equal(g, w) {
		t.Errorf("rejects:\n got %q\nwant %q", g, w)
	}
	if v.exact && !slices.Equal(got.summary.Sources, want.summary.Sources) {
		t.Errorf("sources:\n got %+v\nwant %+v", got.summary.Sources, want.summary.Sources)
	}
	if v.exact && (got.summary.Subscribers != want.summary.Subscribers || got.summary.FeatureRows != want.summary.FeatureRows) {
		t.Errorf("summary:\n got %+v\nwant %+v", got.summary, want.summary)
	}
}
