package bench

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/bench/traffic"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// world is what every benchmark needs besides records: a number plan, families,
// a plan for some columns, a source.
type world struct {
	families func() []feature.Family
	plan     *feature.Plan
	source   *decode.Source
	rules    *rules.Set // nil: none
}

func newWorld(b testing.TB, columns []string) *world {
	b.Helper()
	return makeWorld(b, columns, []string{"1d", "7d", "30d"}, false)
}

// newRuledWorld is newWorld with the built-in rules.
func newRuledWorld(b testing.TB, columns []string) *world {
	b.Helper()
	return makeWorld(b, columns, []string{"1h/5m", "24h/1h", "1d", "7d", "30d"}, true)
}

func makeWorld(b testing.TB, columns, over []string, ruled bool) *world {
	b.Helper()
	numbers, err := numbering.New(numbering.Options{})
	if err != nil {
		b.Fatal(err)
	}
	normalizer, err := numbers.Normalizer(numbering.Source{})
	if err != nil {
		b.Fatal(err)
	}
	w := &world{
		families: func() []feature.Family {
			return aggregators.All(aggregators.Options{
				Rhythm:  rhythm.Options{Zone: time.UTC, Weekdays: []time.Weekday{1, 2, 3, 4, 5}},
				Numbers: numbers, HighValueMicros: 5_000_000,
			})
		},
		source: &decode.Source{Zone: time.UTC, Numbers: normalizer, Attempts: true, Originating: true, Terminating: true, Lateness: 60_000},
	}
	var windows []window.Spec
	for _, text := range over {
		spec, err := window.ParseSpec(text)
		if err != nil {
			b.Fatal(err)
		}
		windows = append(windows, spec)
	}
	var named feature.Named
	if ruled {
		if w.rules, _, err = rules.ParseBuiltin(rules.Options{Fields: feature.Fields(w.families(), windows)}); err != nil {
			b.Fatal(err)
		}
		named = feature.Named{Columns: w.rules.Columns, Gated: w.rules.Gated()}
		w.source.KeepIDs = true
	}
	if w.plan, err = feature.CompileRules(w.families(), windows, columns, named); err != nil {
		b.Fatal(err)
	}
	return w
}

// denseRecords is the size of the dense file, CDRSTREAM_BENCH_RECORDS or ten
// million; its 100,000 subscribers and 14 days stay the same.
func denseRecords(b testing.TB) int64 {
	text := os.Getenv("CDRSTREAM_BENCH_RECORDS")
	if text == "" {
		return 10_000_000
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		b.Fatalf("CDRSTREAM_BENCH_RECORDS=%q: write a number of records", text)
	}
	return n
}

// dense, sparse and crowd are made once and removed by TestMain.
var dense, sparse, crowd madeFile

func TestMain(m *testing.M) {
	code := m.Run()
	for _, f := range []*madeFile{&dense, &sparse, &crowd} {
		if f.dir != "" {
			_ = os.RemoveAll(f.dir)
		}
	}
	os.Exit(code)
}

// denseFile returns the path of the dense file, CDRSTREAM_BENCH_FILE if that is
// set.
func denseFile(b testing.TB) string {
	if path := os.Getenv("CDRSTREAM_BENCH_FILE"); path != "" {
		return path
	}
	return dense.path(b, denseConfig(denseRecords(b)))
}

// sparseFile returns the path of the sparse file, CDRSTREAM_BENCH_SPARSE_FILE if that is
// set: as many records as the dense one has, of ten times as many subscribers.
func sparseFile(b testing.TB) string {
	if path := os.Getenv("CDRSTREAM_BENCH_SPARSE_FILE"); path != "" {
		return path
	}
	c := denseConfig(denseRecords(b))
	c.Subscribers = 1_000_000
	return sparse.path(b, c.Defaults())
}

// crowdFile returns the path of a file of a million subscribers over two days.
func crowdFile(b testing.TB) string {
	c := denseConfig(5_000_000)
	c.Subscribers, c.Days = 1_000_000, 2
	return crowd.path(b, c.Defaults())
}

// madeFile is a file of traffic that is made when it is first needed.
type madeFile struct {
	once sync.Once
	dir  string
	err  error
}

func (f *madeFile) path(b testing.TB, c traffic.Config) string {
	f.once.Do(func() {
		if f.dir, f.err = os.MkdirTemp("", "cdrstream-bench"); f.err == nil {
			f.err = writeTraffic(filepath.Join(f.dir, "traffic.csv"), c)
		}
	})
	if f.err != nil {
		b.Fatal(f.err)
	}
	return filepath.Join(f.dir, "traffic.csv")
}

func denseConfig(records int64) traffic.Config {
	return traffic.Config{
		Subscribers: 100_000, Days: 14, Records: records, Seed: 1,
		Start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC),
	}.Defaults()
}

func writeTraffic(path string, c traffic.Config) error {
	g, err := traffic.New(c)
	if err != nil {
		return err
	}
	w, err := traffic.NewWriter(c, traffic.LeanColumns())
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	line := traffic.Header(traffic.LeanColumns())
	var r traffic.Record
	for {
		if _, err := out.Write(line); err != nil {
			return err
		}
		if !g.Next(&r) {
			break
		}
		line = w.AppendCSV(line[:0], &r)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Close()
}
