package parquet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// job is a sink's work over some epochs, and what comes out of it when nothing
// disturbs it.
type job struct {
	epochs uint64
	open   func(d disk.FS) (worker, error)
	want   map[string][]byte // content by final name
	of     map[string]uint64 // epoch by final name
}

// worker is a sink that has rows to write, half of an epoch's at a time.
type worker interface {
	write(epoch uint64, half int) error
	Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error)
	Commit(ctx context.Context, epoch uint64) error
	Recover(ctx context.Context, epoch uint64, files []disk.Staged) error
	Close() error
}

// manifest is the checkpoint of a job: what survives of it besides the files.
type manifest struct {
	epoch uint64
	files []disk.Staged
}

// life is one process that does the job.
type life struct {
	job       *job
	disk      *disktest.Memory
	last      manifest // where it began, then the newest
	before    manifest // the one before last
	since     int      // the operation that came after last was written
	committed uint64   // is published, says the sink
	recovered int      // the first operation after Recover
	closing   int      // and of Close
}

var crashShapes = []shape{counts, ratios}

// jobs are those that the crash tests run, over so many epochs; the last but one
// of three or more has no rows.
func jobs(t *testing.T, epochs int) map[string]*job {
	return map[string]*job{"features": featureJob(t, epochs), "alerts": alertJob(t, min(epochs, 4))}
}

func silent(e, epochs int) bool { return e > 1 && e == epochs-1 }

// featureJob has one shard write the first half of an epoch and one the second.
func featureJob(t *testing.T, epochs int) *job {
	frames := make([][]*feature.Frame, epochs+2)
	for e := 1; e <= epochs; e++ {
		if silent(e, epochs) {
			continue
		}
		for shard := range 2 {
			first := of(uint64(e), next(frameOf(newRand(uint64(e)), crashShapes, 0, 3), boundary+cdr.Millis(e)*day, shard, false))
			last := of(uint64(e), next(frameOf(newRand(uint64(e)), crashShapes, 3, 2), first.WindowEnd, shard, true))
			first.Date, last.Date = fmt.Sprintf("2026-03-%02d", 1+e/2), fmt.Sprintf("2026-03-%02d", 1+e/2)
			frames[e] = append(frames[e], first, last)
		}
	}
	j := &job{epochs: uint64(epochs), of: map[string]uint64{}}
	j.open = func(d disk.FS) (worker, error) {
		sink, err := New("out", schemaOf(crashShapes), Options{Disk: d})
		return &featureWorker{sink, frames}, err
	}
	j.undisturbed(t)
	for e := range frames {
		for i := 0; i < len(frames[e]); i += 2 {
			staged, _ := rowFiles().Staged(frames[e][i])
			_, final, _ := rowFiles().Place(stagingPath + "/" + staged)
			j.of[final] = uint64(e)
			table, _ := parseTable(t, j.want[final])
			checkTable(t, table, schemaOf(crashShapes), frames[e][i:i+2])
		}
	}
	j.check(t)
	return j
}

type featureWorker struct {
	*Sink
	frames [][]*feature.Frame
}

func (w *featureWorker) write(epoch uint64, half int) error {
	for _, f := range w.frames[epoch] {
		if f.Shard != half {
			continue
		}
		if err := w.Write(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// undisturbed fills want.
func (j *job) undisturbed(t *testing.T) {
	j.want = map[string][]byte{}
	d := disktest.New()
	w, err := j.open(d)
	must(t, err)
	for e := uint64(1); e <= j.epochs; e++ {
		must(t, errors.Join(w.write(e, 0), w.write(e, 1)))
		_, err := w.Prepare(ctx, e)
		must(t, err)
		must(t, w.Commit(ctx, e))
	}
	must(t, w.Close())
	for _, name := range d.Files("out") {
		j.want[name], _ = d.ReadFile("out/" + name)
	}
}

func (j *job) check(t *testing.T) {
	if len(j.of) != len(j.want) || len(j.want) < 2 {
		t.Fatalf("%d files, of which %d are known", len(j.want), len(j.of))
	}
}

// run recovers and goes on to the end. Half of an epoch's rows come before the
// epoch before is prepared, and the other half before that is committed.
func (l *life) run() error {
	sink, err := l.job.open(l.disk)
	if err != nil {
		return err
	}
	defer sink.Close()
	if err := sink.Recover(ctx, l.last.epoch, l.last.files); err != nil {
		return err
	}
	l.committed, l.recovered = l.last.epoch, l.disk.Ops()
	if err := l.check(true); err != nil {
		return fmt.Errorf("after Recover: %w", err)
	}
	e := l.last.epoch + 1
	if e <= l.job.epochs {
		if err := sink.write(e, 0); err != nil {
			return err
		}
		if err := sink.write(e, 1); err != nil {
			return err
		}
	}
	for ; e <= l.job.epochs; e++ {
		if err := sink.write(e+1, 0); err != nil {
			return err
		}
		files, err := sink.Prepare(ctx, e)
		if err != nil {
			return err
		}
		l.before, l.last, l.since = l.last, manifest{e, files}, l.disk.Ops()
		if err := sink.write(e+1, 1); err != nil {
			return err
		}
		if err := sink.Commit(ctx, e); err != nil {
			return err
		}
		l.committed = e
	}
	l.closing = l.disk.Ops()
	return sink.Close()
}

// check looks at what is visible: whole files of epochs that are in the
// manifest, all of those that were committed, and, if settled, nothing else
// anywhere.
func (l *life) check(settled bool) error {
	found := map[string]bool{}
	for _, name := range l.disk.Files("out") {
		staged := strings.HasPrefix(name, ".staging/")
		want, known := l.job.want[name]
		got, err := l.disk.ReadFile(path.Join("out", name))
		switch {
		case staged && settled:
			return fmt.Errorf("%s is left", name)
		case staged:
			continue
		case !known || l.job.of[name] > l.last.epoch:
			return fmt.Errorf("epoch %d: %s is there", l.last.epoch, name)
		case err != nil || !bytes.Equal(got, want):
			return fmt.Errorf("%s has other content (%d bytes, not %d)", name, len(got), len(want))
		}
		found[name] = true
	}
	for name, e := range l.job.of {
		if e <= l.committed && !found[name] {
			return fmt.Errorf("%s of epoch %d is gone", name, e)
		}
	}
	return nil
}

// next is the process that goes on from m, on what the last one left.
func (l *life) next(left *disktest.Memory, m manifest) *life {
	return &life{job: l.job, disk: left, last: m, before: m, committed: min(l.committed, m.epoch)}
}

// manifests are those from which a process may go on when operation at crashed.
func (l *life) manifests(at int) []manifest {
	if at == l.since && l.before.epoch != l.last.epoch {
		return []manifest{l.last, l.before}
	}
	return []manifest{l.last}
}

// crash dies at p.
func (l *life) crash(t *testing.T, p disktest.Point) {
	t.Helper()
	l.disk.CrashAt(p.At, p.Takes)
	if err := l.run(); !errors.Is(err, disktest.ErrCrashed) && p.At < l.closing {
		t.Fatalf("%v, %s: %v", p, l.disk.Op(p.At), err)
	}
}

// after returns the processes, not yet run, that may follow the crash.
func (l *life) after(t *testing.T, p disktest.Point) (lives []*life) {
	t.Helper()
	for _, m := range l.manifests(p.At) {
		n := l.next(l.disk.Crash(p.Keep, p.Seed), m)
		if err := n.check(false); err != nil {
			t.Fatalf("%v, %s: %v", p, l.disk.Op(p.At), err)
		}
		lives = append(lives, n)
	}
	return lives
}

// state tells apart all that the rest of a job depends on.
func (l *life) state() string {
	s := fmt.Sprint(l.last.epoch, l.committed)
	for _, name := range l.disk.Files("/") {
		b, _ := l.disk.ReadFile(name)
		s += fmt.Sprintf(" %s:%d:%08x", name, len(b), disk.UpdateSum(0, b))
	}
	return s
}

// finish runs a process to the end of the job.
func (l *life) finish(t *testing.T, why ...any) {
	t.Helper()
	err := l.run()
	if err == nil {
		err = l.check(true)
	}
	if err != nil {
		t.Fatal(append(why, "then: ", err)...)
	}
}

// A crash at every operation; then a new process finishes the job.
func TestCrash(t *testing.T) {
	for name, j := range jobs(t, 5) {
		t.Run(name, j.crash)
	}
}

func (j *job) crash(t *testing.T) {
	whole := life{job: j, disk: disktest.New()}
	must(t, whole.run())
	n := 0
	for p := range disktest.Points(0, whole.disk.Ops(), 3) {
		first := &life{job: j, disk: disktest.New()}
		first.crash(t, p)
		for _, l := range first.after(t, p) {
			l.finish(t, p, ", ", first.disk.Op(p.At), ": ")
			n++
		}
	}
	t.Logf("%d operations, %d crashes", whole.disk.Ops(), n)
}

func seen(all map[string]bool, s string) bool {
	was := all[s]
	all[s] = true
	return was
}

// A second crash at every operation of the recovery from the first, and at the
// one after.
func TestCrashTwice(t *testing.T) {
	for name, j := range jobs(t, 2) {
		t.Run(name, j.crashTwice)
	}
}

func (j *job) crashTwice(t *testing.T) {
	whole := life{job: j, disk: disktest.New()}
	must(t, whole.run())
	n := 0
	once, twice := map[string]bool{}, map[string]bool{}
	for p := range disktest.Points(0, whole.disk.Ops(), 2) {
		first := &life{job: j, disk: disktest.New()}
		first.crash(t, p)
		for i, l := range first.after(t, p) {
			if p.Keep < 100 && seen(once, l.state()) {
				continue // what is durable is all that there is
			}
			l.finish(t, p, ": ")
			for q := range disktest.Points(0, l.recovered+1, 1) {
				second := first.after(t, p)[i]
				second.crash(t, q)
				for _, l := range second.after(t, q) {
					if n++; !seen(twice, l.state()) {
						l.finish(t, p, ", again ", q, ", ", second.disk.Op(q.At), ": ")
					}
				}
			}
		}
	}
	t.Logf("%d operations, %d double crashes, %d states", whole.disk.Ops(), n, len(twice))
}

// Every operation fails, once or from then on: the error says what to do, what
// was committed is there, and a new process finishes the job.
func TestEveryFailure(t *testing.T) {
	for name, j := range jobs(t, 3) {
		t.Run(name, j.everyFailure)
	}
}

func (j *job) everyFailure(t *testing.T) {
	whole := life{job: j, disk: disktest.New()}
	must(t, whole.run())
	for at := range whole.disk.Ops() {
		for _, f := range []disktest.Fault{
			{At: at, Err: syscall.ENOSPC}, {At: at, Err: syscall.EIO},
			{At: at, Err: syscall.ENOSPC, Writes: true, Lasts: true}, {At: at, Err: syscall.EIO, Writes: true}, {At: at, Err: syscall.EIO, Lasts: true},
		} {
			l := &life{job: j, disk: disktest.New()}
			l.disk.Fail(f)
			err := l.run()
			if err == nil {
				if l.closing == 0 || at < l.closing && !f.Writes {
					t.Fatalf("%+v, %s: no error", f, l.disk.Op(at))
				}
				continue
			}
			remedy := map[error]string{syscall.ENOSPC: "make room", syscall.EIO: "the disk failed"}[f.Err]
			if at < l.closing && (!errors.Is(err, f.Err) || !strings.Contains(err.Error(), remedy) || !strings.Contains(err.Error(), "out") || strings.Contains(err.Error(), "\n")) {
				t.Fatalf("%+v, %s: %v", f, l.disk.Op(at), err)
			}
			for _, keep := range []int{0, 50, 100} {
				after := l.next(l.disk.Crash(keep, uint64(at)), l.last)
				if err := after.check(false); err != nil {
					t.Fatalf("%+v, %s, keep %d: %v", f, l.disk.Op(at), keep, err)
				}
				after.finish(t, fmt.Sprintf("%+v, %s, keep %d: ", f, l.disk.Op(at), keep))
			}
		}
	}
}

// The first error stays, whatever is called.
func TestErrorSticks(t *testing.T) {
	m := disktest.New()
	sink, err := New("out", schemaOf(allShapes()), Options{Disk: m})
	must(t, err)
	must(t, sink.Write(ctx, small(1, boundary, 0, 5)))
	m.Fail(disktest.Fault{At: m.Ops(), Err: syscall.EIO, Writes: true})
	_, first := sink.Prepare(ctx, 1)
	_, again := sink.Prepare(ctx, 2)
	all := []error{first, again, sink.Write(ctx, small(1, boundary, 1, 5)), sink.Commit(ctx, 1), sink.Recover(ctx, 0, nil)}
	if slices.ContainsFunc(all, func(e error) bool { return e != first || e == nil }) {
		t.Errorf("%v", all)
	}
	if err := sink.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Close: %v", err)
	}
	if left := m.Files("out"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
