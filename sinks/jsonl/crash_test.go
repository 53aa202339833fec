package jsonl

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

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// recordsOf is how many records each epoch has, from 1. Those of the fourth epoch
// do not fit into the buffer of a writer.
var recordsOf = []int{0, 3, 0, 2, 14, 1, 4}

// raw is record i of an epoch.
func raw(epoch uint64, i int) []byte {
	b := fmt.Appendf(nil, "record %d of %d", i, epoch)
	if recordsOf[epoch] > 10 {
		b = append(b, bytes.Repeat([]byte("."), 5000)...)
	}
	return b
}

const final = "out/late/late.jsonl"

// kind is a file that grows, and who writes to it.
type kind struct {
	final, staging string
	lines          []string // what the file holds after each epoch
	open           func(d disk.FS) (worker, error)
}

// worker has lines to write, half of an epoch's at a time.
type worker interface {
	write(epoch uint64, half int) error
	end(epoch uint64) error
	Prepare(ctx context.Context, epoch uint64) ([]disk.Staged, error)
	Commit(ctx context.Context, epoch uint64) error
	Recover(ctx context.Context, epoch uint64, list []disk.Staged) error
	Close() error
}

// kinds are those that the crash tests run over.
func kinds() map[string]*kind {
	return map[string]*kind{
		"late": {
			final: final, staging: ".staging/late/",
			lines: linesOf(func(b []byte, e uint64, i int) []byte {
				return appendLine(b, cdr.Origin{Source: "a.csv", Line: int64(i), Offset: int64(e)}, "late", raw(e, i))
			}),
			open: func(d disk.FS) (worker, error) {
				w, err := New("out", "late", Options{Disk: d})
				return lateWorker{w}, err
			},
		},
		"alerts": {
			final: "out/alerts.jsonl", staging: ".staging/alerts.jsonl/",
			lines: linesOf(func(b []byte, e uint64, i int) []byte {
				return append(alert.AppendJSON(b, &alertsOf(e, i, i+1)[0]), '\n')
			}),
			open: func(d disk.FS) (worker, error) {
				w, err := NewAlerts("out", Options{Disk: d})
				return alertWorker{w}, err
			},
		},
	}
}

func linesOf(appendRecord func(b []byte, epoch uint64, i int) []byte) []string {
	var b []byte
	until := []string{""}
	for e := 1; e < len(recordsOf); e++ {
		for i := range recordsOf[e] {
			b = appendRecord(b, uint64(e), i)
		}
		until = append(until, string(b))
	}
	return until
}

// half is which records of an epoch that half is.
func half(epoch uint64, half int) (from, to int) {
	if epoch >= uint64(len(recordsOf)) {
		return 0, 0
	}
	n := recordsOf[epoch]
	return half * (n / 2), n/2 + half*(n-n/2)
}

type lateWorker struct{ *Writer }

func (w lateWorker) write(epoch uint64, h int) error {
	from, to := half(epoch, h)
	for i := from; i < to; i++ {
		if err := w.Append(cdr.Origin{Source: "a.csv", Line: int64(i), Offset: int64(epoch)}, "late", raw(epoch, i)); err != nil {
			return err
		}
	}
	return nil
}

func (w lateWorker) end(epoch uint64) error { return w.Cut(epoch) }

type alertWorker struct{ *Alerts }

func (w alertWorker) write(epoch uint64, h int) error {
	from, to := half(epoch, h)
	return w.WriteAlerts(ctx, epoch, alertsOf(epoch, from, to))
}

func (w alertWorker) end(uint64) error { return nil }

// manifest is the checkpoint of a job: what survives of it besides the files.
type manifest struct {
	epoch uint64
	files []disk.Staged
}

// life is one process of a job that sets records aside.
type life struct {
	*kind
	epochs    uint64 // of the job
	disk      *disktest.Memory
	last      manifest // where it began, then the newest
	before    manifest // the one before last
	since     int      // the operation that came after last was written
	committed uint64   // is published, says the writer
	closing   int      // the first operation of Close
}

func (k *kind) begin(epochs uint64) *life {
	return &life{kind: k, epochs: epochs, disk: disktest.New()}
}

// run recovers and goes on to the end. Half of an epoch's records come before the
// epoch before is prepared, and the other half before that is committed.
func (l *life) run() error {
	w, err := l.open(l.disk)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := w.Recover(ctx, l.last.epoch, l.last.files); err != nil {
		return err
	}
	l.committed = l.last.epoch
	if err := l.check(true); err != nil {
		return fmt.Errorf("after Recover: %w", err)
	}
	records := func(e uint64, half int) error {
		if e > l.epochs {
			return nil
		}
		return w.write(e, half)
	}
	e := l.last.epoch + 1
	if err := records(e, 0); err != nil {
		return err
	}
	for ; e <= l.epochs; e++ {
		if err := records(e, 1); err != nil {
			return err
		}
		if err := w.end(e); err != nil {
			return err
		}
		if err := records(e+1, 0); err != nil {
			return err
		}
		files, err := w.Prepare(ctx, e)
		if err != nil {
			return err
		}
		l.before, l.last, l.since = l.last, manifest{e, files}, l.disk.Ops()
		if err := w.Commit(ctx, e); err != nil {
			return err
		}
		l.committed = e
	}
	l.closing = l.disk.Ops()
	return w.Close()
}

// check looks at what is visible: what was committed, and of the epoch that was
// being committed a part. If settled, all of that, and no other file.
func (l *life) check(settled bool) error {
	b, _ := l.disk.ReadFile(l.final)
	got, whole, least := string(b), l.lines[l.last.epoch], l.lines[l.committed]
	switch {
	case settled && got != whole:
		return fmt.Errorf("%d bytes of %d are there", len(got), len(whole))
	case !strings.HasPrefix(got, least):
		return fmt.Errorf("%d bytes that were committed are not there", len(least))
	}
	for _, name := range l.disk.Files("out") {
		if path.Join("out", name) != l.final && (settled || !strings.HasPrefix(name, l.staging)) {
			return fmt.Errorf("%s is there", name)
		}
	}
	return nil
}

// after returns the processes, not yet run, that may follow the crash of l at p.
func (l *life) after(t *testing.T, p disktest.Point) (lives []*life) {
	t.Helper()
	manifests := []manifest{l.last}
	if p.At == l.since && l.before.epoch != l.last.epoch {
		manifests = append(manifests, l.before)
	}
	for _, m := range manifests {
		n := l.next(p.Keep, p.Seed, m)
		if err := n.check(false); err != nil {
			t.Fatalf("%v, %s: %v", p, l.disk.Op(p.At), err)
		}
		lives = append(lives, n)
	}
	return lives
}

func (l *life) next(keep int, seed uint64, m manifest) *life {
	return &life{kind: l.kind, epochs: l.epochs, disk: l.disk.Crash(keep, seed), last: m, before: m, committed: min(l.committed, m.epoch)}
}

// crash dies at p.
func (l *life) crash(t *testing.T, p disktest.Point) {
	t.Helper()
	l.disk.CrashAt(p.At, p.Takes)
	if err := l.run(); !errors.Is(err, disktest.ErrCrashed) && p.At < l.closing {
		t.Fatalf("%v, %s: %v", p, l.disk.Op(p.At), err)
	}
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

func (k *kind) operations(t *testing.T, epochs uint64) int {
	l := k.begin(epochs)
	must(t, l.run())
	return l.disk.Ops()
}

// A crash at every operation; then a new process finishes the job.
func TestCrash(t *testing.T) {
	for name, k := range kinds() {
		t.Run(name, k.crash)
	}
}

func (k *kind) crash(t *testing.T) {
	ops, n := k.operations(t, 6), 0
	for p := range disktest.Points(0, ops, 3) {
		first := k.begin(6)
		first.crash(t, p)
		for _, l := range first.after(t, p) {
			l.finish(t, p, ", ", first.disk.Op(p.At), ": ")
			n++
		}
	}
	t.Logf("%d operations, %d crashes", ops, n)
}

// A second crash at every operation of the process that follows.
func TestCrashTwice(t *testing.T) {
	for name, k := range kinds() {
		t.Run(name, k.crashTwice)
	}
}

func (k *kind) crashTwice(t *testing.T) {
	ops, n := k.operations(t, 3), 0
	begun, finished := map[string]bool{}, map[string]bool{} // from these states
	for p := range disktest.Points(0, ops, 1) {
		first := k.begin(3)
		first.crash(t, p)
		for i, l := range first.after(t, p) {
			if s := l.state(); p.Keep < 100 && begun[s] {
				continue // what is durable is all that there is
			} else {
				begun[s] = true
			}
			l.finish(t, p, ": ")
			for q := range disktest.Points(0, l.disk.Ops(), 1) {
				second := first.after(t, p)[i]
				second.crash(t, q)
				for _, l := range second.after(t, q) {
					n++
					if s := l.state(); !finished[s] {
						finished[s] = true
						l.finish(t, p, ", again ", q, ", ", second.disk.Op(q.At), ": ")
					}
				}
			}
		}
	}
	t.Logf("%d operations, %d double crashes, %d states", ops, n, len(finished))
}

// Several epochs are prepared, and then committed at once.
func TestCrashManyEpochs(t *testing.T) {
	prepared := func(m *disktest.Memory) (*Writer, []disk.Staged) {
		w, err := New("out", "late", Options{Disk: m})
		must(t, err)
		var list []disk.Staged
		for e := range 3 {
			_, err := put(w, e, 2)
			must(t, err)
			list = prepare(t, w, uint64(e+1))
		}
		return w, list
	}
	m := disktest.New()
	w, _ := prepared(m)
	from := m.Ops()
	must(t, w.Commit(ctx, 3))
	want, _ := m.ReadFile(final)
	for p := range disktest.Points(from, m.Ops()+1, 5) {
		m := disktest.New()
		w, list := prepared(m)
		m.CrashAt(p.At, p.Takes)
		_ = w.Commit(ctx, 3)
		left := m.Crash(p.Keep, p.Seed)
		for range 2 { // the first recovery dies before it removes anything
			w, err := New("out", "late", Options{Disk: left})
			must(t, err)
			must(t, w.Recover(ctx, 3, list))
			if got, _ := left.ReadFile(final); string(got) != string(want) {
				t.Fatalf("%v, %s: %q", p, m.Op(p.At), got)
			}
			left = left.Crash(50, p.Seed)
		}
	}
}

// Every operation fails, once or from then on: the error says what to do, what
// was committed is there, and a new process finishes the job.
func TestEveryFailure(t *testing.T) {
	for name, k := range kinds() {
		t.Run(name, k.everyFailure)
	}
}

func (k *kind) everyFailure(t *testing.T) {
	for at := range k.operations(t, 5) {
		for _, f := range []disktest.Fault{
			{At: at, Err: syscall.ENOSPC}, {At: at, Err: syscall.EIO},
			{At: at, Err: syscall.ENOSPC, Writes: true, Lasts: true}, {At: at, Err: syscall.EIO, Writes: true}, {At: at, Err: syscall.EIO, Lasts: true},
		} {
			l := k.begin(5)
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
				after := l.next(keep, uint64(at), l.last)
				if err := after.check(false); err != nil {
					t.Fatalf("%+v, %s, keep %d: %v", f, l.disk.Op(at), keep, err)
				}
				// What the new process says is durable must be, whatever the
				// disk had given up before.
				must(t, after.run())
				if got, _ := after.disk.Crash(0, 0).ReadFile(k.final); string(got) != k.lines[5] {
					t.Fatalf("%+v, %s, keep %d: %d bytes are durable in the end", f, l.disk.Op(at), keep, len(got))
				}
			}
		}
	}
}

// The first error stays, whatever is called.
func TestErrorSticks(t *testing.T) {
	m := disktest.New()
	w, err := New("out", "late", Options{Disk: m})
	must(t, err)
	_, err = put(w, 1, 1)
	must(t, err)
	must(t, w.Cut(1))
	m.Fail(disktest.Fault{At: m.Ops(), Err: syscall.EIO, Writes: true})
	_, first := w.Prepare(ctx, 1)
	_, again := w.Prepare(ctx, 2)
	all := []error{first, again, w.Append(cdr.Origin{Source: "a", Line: 1, Offset: 0}, "r", nil), w.Cut(2), w.Commit(ctx, 1), w.Recover(ctx, 0, nil)}
	if slices.ContainsFunc(all, func(e error) bool { return e != first || e == nil }) {
		t.Errorf("%v", all)
	}
	if err := w.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("Close: %v", err)
	}
	if left := m.Files("out"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
