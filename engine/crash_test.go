package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
	"github.com/cdrstream/cdrstream/sinks/jsonl"
	"github.com/cdrstream/cdrstream/sinks/parquet"
)

// durable is a job with checkpoints whose state and output are in a file system
// that may crash. Its inputs are real files.
type durable struct {
	job
	dir   string // of the inputs
	every int    // blocks between two barriers

	arrange func(*engine.Config) // what else the configuration needs; nil: nothing
	reads   func()               // called before each block is read; nil: nothing
}

const (
	stateDir = "/state"
	outDir   = "/out"
)

// newDurable writes the files of j.
func newDurable(t testing.TB, j job, every int) durable {
	t.Helper()
	d := durable{job: j, dir: t.TempDir(), every: every}
	for _, f := range j.files {
		if err := os.WriteFile(filepath.Join(d.dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// leave tells a process to stop after as many blocks as lie between so many barriers;
// 0: never.
type leave int

// process is one process of the job over the file system fs: it goes on where
// the one before was left.
func (d durable) process(fs disk.FS, stop leave) (*engine.Summary, error) {
	store, err := checkpoint.Open(fs, stateDir)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	c, _, err := d.config()
	if err != nil {
		return nil, err
	}
	files, err := parquet.NewFiles(outDir, parquet.Options{Disk: fs})
	if err != nil {
		return nil, err
	}
	c.Register = files
	if d.arrange != nil {
		d.arrange(&c)
	}
	if c.Features, err = parquet.New(outDir, c.Plan.Schema, parquet.Options{Disk: fs}); err != nil {
		return nil, err
	}
	if c.Rejects, err = jsonl.New(outDir, "rejects", jsonl.Options{Disk: fs}); err != nil {
		return nil, err
	}
	if c.Late, err = jsonl.New(outDir, "late", jsonl.Options{Disk: fs}); err != nil {
		return nil, err
	}
	asked, read, stopping := 0, 0, make(chan struct{})
	c.Stop = stopping
	c.Checkpoints = &engine.Checkpoints{Store: store, Engine: "test", Out: outDir, Due: func() bool {
		asked++
		return asked%d.every == 0
	}}
	d.reads = func() {
		if asked == 0 {
			return // it looks for the first record
		}
		if read++; read == int(stop)*d.every {
			close(stopping)
		}
	}
	d.inputs(&c, store.Manifest())
	e, err := engine.New(c)
	if err != nil {
		return nil, err
	}
	return e.Run(context.Background())
}

// inputs makes the inputs of c read the real files.
func (d durable) inputs(c *engine.Config, m *checkpoint.Manifest) {
	for i := range c.Inputs {
		in := &c.Inputs[i]
		open, path := in.Open, filepath.Join(d.dir, in.Name)
		in.Marked = true
		in.Done = m != nil && i < len(m.Sources) && m.Sources[i].Done
		in.Open = func(ctx context.Context) (source.Source, decode.Layout, error) {
			_, layout, err := open(ctx) // of the copy in memory
			if err != nil {
				return nil, nil, err
			}
			f, err := reopen(ctx, path, in.Decoder, c.BlockSize)
			switch {
			case err != nil:
				return nil, nil, err
			case d.reads != nil:
				return watched{f, d.reads}, layout, nil
			}
			return f, layout, nil
		}
	}
}

// watched tells of each block that is read.
type watched struct {
	*file.File
	reads func()
}

func (w watched) Read(ctx context.Context, buf []byte) (source.Block, error) {
	w.reads()
	return w.File.Read(ctx, buf)
}

func reopen(ctx context.Context, path string, d decode.Decoder, block int) (*file.File, error) {
	f, err := file.Open(path, file.Options{BlockSize: block})
	if err != nil {
		return nil, err
	}
	head, err := f.Head(ctx)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if c, ok := d.(clerk); ok {
		d = c.Decoder
	}
	if i := bytes.IndexByte(head, '\n'); i >= 0 && !strings.HasSuffix(fmt.Sprintf("%T", d), "json.Decoder") {
		f.Skip(i + 1)
	}
	return f, nil
}

// visible is what a reader of the output finds: features byte for byte, the lines
// that were set aside in any order.
func visible(t testing.TB, m *disktest.Memory) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, path := range m.Files(outDir) {
		if strings.HasPrefix(path, ".staging/") {
			continue
		}
		b, err := m.ReadFile(filepath.Join(outDir, path))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path, ".jsonl") {
			lines := strings.SplitAfter(string(b), "\n")
			slices.Sort(lines)
			b = []byte(strings.Join(lines, ""))
		}
		out[path] = string(b)
	}
	return out
}

// finished runs the job to its end and returns what it leaves.
func (d durable) finished(t testing.TB, m *disktest.Memory) (*engine.Summary, map[string]string) {
	t.Helper()
	s, err := d.process(m, 0)
	if err != nil {
		t.Fatal(err)
	}
	return s, visible(t, m)
}

// crashTraffic is small, and has everything: late and rejected records,
// duplicates, names, two sources.
func crashTraffic(seed uint64, records int) job {
	c := oracle.Default()
	c.Zone, c.Lateness, c.EmitEvery = time.UTC, 2*time.Minute, "1d"
	c.Windows = []string{"1h/5m", "1d", "2d", "3d"} // days leave them while the job runs
	files := oracle.Random(seed, oracle.ChaosOptions{
		Lateness: c.Lateness, Files: 2, Records: records, Days: 5, Duplicates: 0.1, Malformed: 0.05, Late: 0.02,
	})
	return job{
		Config: c, files: files, workers: 2, block: 1500,
		features: []string{"calls_1d", "contacts_3d", "talk_seconds_3d", "call_duration_max_2d", "interval_std_seconds_1h", "overlapping_calls_1d"},
	}
}

// TestCrash crashes a small job at every operation of its file system, with
// nothing, half and all surviving of what was not synced, the operation itself
// taking effect or not; then again while it recovers; and lets it finish. What it
// leaves is what an undisturbed run leaves.
func TestCrash(t *testing.T) {
	const seed = 3
	j := crashTraffic(seed, 250)
	claim(t, &j)
	d := newDurable(t, j, 6)
	d.arrange = clerks
	want, files := d.finished(t, disktest.New())
	if l := want.Ledger; l.Late == 0 || l.Rejected == 0 || l.Duplicate == 0 || want.FeatureRows == 0 || len(files) < 6 {
		t.Fatalf("%+v, %d rows, %d files: not the traffic to try this on", l, want.FeatureRows, len(files))
	}
	var points atomic.Int64
	t.Run("at", func(t *testing.T) {
		for i, keep := range []int{0, 50, 100} {
			for k, takes := range []bool{false, true} {
				t.Run(fmt.Sprintf("keep %d, takes effect %v", keep, takes), func(t *testing.T) {
					t.Parallel()
					r := rand.New(rand.NewPCG(seed, uint64(2*i+k)))
					for n := 0; ; n++ {
						more := d.crash(t, want, files, crashPoint{n: n, keep: keep, takes: takes, seed: r.Uint64(), again: r.IntN(70)})
						if more == 0 {
							return // it was through before that
						}
						points.Add(more)
					}
				})
			}
		}
	})
	t.Logf("%d crashes", points.Load())
	if points.Load() < 1500 {
		t.Errorf("only %d crashes", points.Load())
	}
}

// crashPoint is a crash at operation n, then one at operation again of the process
// that recovers.
type crashPoint struct {
	n, keep int
	takes   bool
	seed    uint64
	again   int
}

// crash crashes twice, finishes and compares. It returns how many crashes there
// were.
func (d durable) crash(t *testing.T, want *engine.Summary, files map[string]string, p crashPoint) (crashes int64) {
	t.Helper()
	m := disktest.New()
	m.CrashAt(p.n, p.takes)
	if _, err := d.process(m, 0); err == nil {
		return 0
	}
	when := fmt.Sprintf("%+v (%s)", p, m.Op(p.n))
	m = m.Crash(p.keep, p.seed)
	m.CrashAt(p.again, !p.takes)
	crashes = 1
	if _, err := d.process(m, 0); err != nil && !errors.Is(err, engine.ErrFinished) {
		crashes++
		when += ", then at " + m.Op(p.again)
		m = m.Crash(p.keep, p.seed+1)
	}
	m.CrashAt(-1, false)
	d.agrees(t, m, want, files, when)
	return crashes
}

// agrees finishes the job and compares with an undisturbed one.
func (d durable) agrees(t testing.TB, m *disktest.Memory, want *engine.Summary, files map[string]string, when string) {
	t.Helper()
	s, err := d.process(m, 0)
	switch {
	case errors.Is(err, engine.ErrFinished):
	case err != nil:
		t.Fatalf("%s: %v", when, err)
	case s.Ledger != want.Ledger || s.FeatureRows != want.FeatureRows || !sameSources(s.Sources, want.Sources) || !reflect.DeepEqual(s.Hygiene, want.Hygiene):
		t.Fatalf("%s: the summary is %+v, without a crash %+v", when, s, want)
	}
	got := visible(t, m)
	if maps.Equal(got, files) {
		return
	}
	for path, content := range files {
		if got[path] != content {
			t.Errorf("%s: %s has %d bytes, without a crash %d", when, path, len(got[path]), len(content))
		}
	}
	for path := range got {
		if _, ok := files[path]; !ok {
			t.Errorf("%s: %s is there, and is not without a crash", when, path)
		}
	}
	t.FailNow()
}

func sameSources(a, b []engine.SourceSummary) bool {
	return slices.EqualFunc(a, b, func(x, y engine.SourceSummary) bool { return x == y })
}

// TestDiskFails lets each operation fail once, for want of room and with an I/O
// error: the run ends with that error, and with room it goes on.
func TestDiskFails(t *testing.T) {
	d := newDurable(t, crashTraffic(3, 250), 6)
	want, files := d.finished(t, disktest.New())
	for _, fault := range []error{syscall.ENOSPC, syscall.EIO} {
		failed := 0
		for n := 0; ; n++ {
			m := disktest.New()
			m.Fail(disktest.Fault{At: n, Err: fault})
			_, err := d.process(m, 0)
			if m.Ops() <= n {
				break // it was through before that
			}
			if err == nil {
				d.agrees(t, m, want, files, fmt.Sprintf("after %s of %s", fault, m.Op(n)))
				continue
			}
			failed++
			if !errors.Is(err, fault) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%s of %s: the run ends with %v", fault, m.Op(n), err)
			}
			d.agrees(t, m.Crash(100, 0), want, files, fmt.Sprintf("after %s of %s", fault, m.Op(n)))
		}
		t.Logf("%s: %d operations failed", fault, failed)
	}
}

// TestStop stops a job at each barrier and goes on, with other numbers of
// workers: rows and what was set aside are those of a run that was never stopped,
// value by value.
func TestStop(t *testing.T) {
	for seed := uint64(1); seed <= 6; seed++ {
		j := crashTraffic(seed, 900)
		j.block, j.features = 700, nil
		d := newDurable(t, j, 2)
		want := d.run(t)
		r := rand.New(rand.NewPCG(seed, 11))
		m := disktest.New()
		stops := 0
		s, err := d.process(m, leave(4+r.IntN(8)))
		for errors.Is(err, engine.ErrStopped) {
			stops++
			d.workers = 1 + r.IntN(4)
			s, err = d.process(m, leave(4+r.IntN(8)))
		}
		if err != nil || stops < 2 {
			t.Fatalf("seed %d, after %d stops: %v", seed, stops, err)
		}
		if s.Ledger != want.summary.Ledger || s.FeatureRows != want.summary.FeatureRows {
			t.Errorf("seed %d: after %d stops the summary is %+v, without %+v", seed, stops, s, want.summary)
		}
		sameRows(t, rowsIn(t, m), want.rows)
		for kind, lines := range map[string][]string{"rejects": want.rejects.lines, "late": want.late.lines} {
			if got := visible(t, m)[kind+"/"+kind+".jsonl"]; strings.Count(got, "\n") != len(lines) {
				t.Errorf("seed %d: %d lines of %s, want %d", seed, strings.Count(got, "\n"), kind, len(lines))
			}
		}
	}
}

// TestUnopened: a file that no barrier found open is known all the same, and a job
// that would leave it out is refused.
func TestUnopened(t *testing.T) {
	j := crashTraffic(2, 600)
	j.files, j.block = cut(j.files[:1], 2), 700
	d := newDurable(t, j, 1)
	m := disktest.New()
	if _, err := d.process(m, 1); !errors.Is(err, engine.ErrStopped) {
		t.Fatal(err)
	}
	store, err := checkpoint.Open(m, stateDir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	sources := store.Manifest().Sources
	if len(sources) != 2 || sources[1].Bookmark.Position.Offset > 1000 || sources[1].Bookmark.Evidence == "" {
		t.Fatalf("the second file was opened, or is not known: %+v", sources)
	}
	c, _, err := d.config()
	if err != nil {
		t.Fatal(err)
	}
	d.inputs(&c, store.Manifest())
	c.Inputs[1].Done = true
	c.Checkpoints = &engine.Checkpoints{Store: store, Engine: "test", Out: outDir, Due: func() bool { return false }}
	e, err := engine.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "was not read to its end, and the job does not read it") {
		t.Fatalf("a job that leaves a file out: %v", err)
	}
}

// rowsIn reads the feature files of the output.
func rowsIn(t testing.TB, m *disktest.Memory) map[string]map[string]any {
	t.Helper()
	rows, copied := map[string]map[string]any{}, filepath.Join(t.TempDir(), "copy.parquet")
	for path, content := range visible(t, m) {
		if !strings.HasPrefix(path, "features/") {
			continue
		}
		if err := os.WriteFile(copied, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := addRows(t.Context(), rows, copied); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
	}
	return rows
}

func addRows(ctx context.Context, rows map[string]map[string]any, path string) error {
	f, err := parquet.OpenReader(path)
	if err != nil {
		return err
	}
	defer f.Close()
	names := f.Columns()
	columns := make([]int, len(names))
	for i := range columns {
		columns[i] = i
	}
	return f.Rows(ctx, columns, -1, func(cells []any) error {
		row := map[string]any{}
		for i, v := range cells {
			row[names[i]] = v
		}
		key := rowKey(row["subscriber"].(string), row["window_end"].(time.Time))
		if _, twice := rows[key]; twice {
			return fmt.Errorf("row %s comes twice", key)
		}
		delete(row, "subscriber")
		delete(row, "window_end")
		rows[key] = row
		return nil
	})
}
