package jetstream

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// countOf is how many alerts each epoch has, from 1; batches have two.
var countOf = []int{0, 3, 0, 5, 2}

const epochs = 4

func crashAlerts(epoch uint64, half int) []alert.Alert {
	if epoch > epochs {
		return nil
	}
	n := countOf[epoch]
	return alertsOf(epoch, half*(n/2), n/2+half*(n-n/2))
}

// idsUntil are those of the epochs up to epoch.
func idsUntil(epoch uint64) (all []string) {
	for e := uint64(1); e <= epoch; e++ {
		all = append(all, ids(alertsOf(e, 0, countOf[e]))...)
	}
	return all
}

// manifest is the checkpoint of a job: what survives of it besides the files.
type manifest struct {
	epoch uint64
	files []disk.Staged
}

// life is one process of a job.
type life struct {
	disk      *disktest.Memory
	to        *model
	last      manifest // where it began, then the newest
	before    manifest // the one before last
	since     int      // the operation that came after last was written
	recovered int      // the first operation after Recover, and what it sends
	closing   int      // the first operation of Close
}

// begin is the first process; with a seed, of a server that loses batches, answers,
// or its patience.
func begin(seed uint64) *life {
	l := &life{disk: disktest.New(), to: &model{}}
	if seed > 0 {
		l.to.random = rand.New(rand.NewPCG(seed, 0))
	}
	return l
}

// run recovers and goes on to the end, and lets the sender do what it can after each
// call. Half of an epoch's alerts come before the epoch before is prepared, and the
// other half before that is committed.
func (l *life) run() error {
	l.to.allowed = func(id string) bool { return slices.Contains(idsUntil(l.last.epoch), id) }
	o := Options{Subject: "alerts", Job: "job", Batch: 2, Disk: l.disk}
	if err := o.complete(); err != nil {
		return err
	}
	s := newAlerts("out", l.to, o)
	defer s.Close()
	step := func(err error) error {
		synctest.Wait()
		return err
	}
	if err := step(s.Recover(ctx, l.last.epoch, l.last.files)); err != nil {
		return err
	}
	l.recovered = l.disk.Ops()
	e := l.last.epoch + 1
	if err := s.WriteAlerts(ctx, e, crashAlerts(e, 0)); err != nil {
		return err
	}
	for ; e <= epochs; e++ {
		if err := step(s.WriteAlerts(ctx, e, crashAlerts(e, 1))); err != nil {
			return err
		}
		if err := step(s.WriteAlerts(ctx, e+1, crashAlerts(e+1, 0))); err != nil {
			return err
		}
		files, err := s.Prepare(ctx, e)
		if step(err) != nil {
			return err
		}
		l.before, l.last, l.since = l.last, manifest{e, files}, l.disk.Ops()
		if err := step(s.Commit(ctx, e)); err != nil {
			return err
		}
	}
	l.drain(s)
	if err := s.stage.Err(); err != nil { // of the sender
		return err
	}
	l.closing = l.disk.Ops()
	return s.Close()
}

// drain waits until all is published, or the sender has failed.
func (l *life) drain(s *Alerts) {
	for range 1000 {
		synctest.Wait()
		if s.Pending().Segments == 0 || s.stage.Err() != nil {
			return
		}
		time.Sleep(longestPause) // of the bubble's clock
	}
}

// check looks at what is in the stream: nothing before its time, nothing twice, all in
// order and, if settled, all that was committed.
func (l *life) check(settled bool) error {
	if len(l.to.early) > 0 {
		return fmt.Errorf("%d alerts came before their epoch was in the manifest", len(l.to.early))
	}
	want, got := idsUntil(l.last.epoch), l.to.ids()
	if !slices.Equal(got, want[:min(len(got), len(want))]) {
		return fmt.Errorf("the stream has %d alerts, which are not the first of %d", len(got), len(want))
	}
	if !settled {
		return nil
	}
	if len(got) != len(want) {
		return fmt.Errorf("%d alerts of %d are in the stream", len(got), len(want))
	}
	if left := l.disk.Files("out"); !slices.Equal(left, []string{positionFile}) {
		return fmt.Errorf("%s are left", left)
	}
	return nil
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

// next is the process that goes on from m, on what this one left.
func (l *life) next(keep int, seed uint64, m manifest) *life {
	return &life{disk: l.disk.Crash(keep, seed), to: l.to.clone(seed), last: m, before: m}
}

// after returns the processes, not yet run, that may follow the crash at p.
func (l *life) after(t *testing.T, p disktest.Point) (lives []*life) {
	t.Helper()
	manifests := []manifest{l.last}
	if p.At == l.since && l.before.epoch != l.last.epoch {
		manifests = append(manifests, l.before)
	}
	for _, m := range manifests {
		if err := l.check(false); err != nil {
			t.Fatalf("%v, %s: %v", p, l.disk.Op(p.At), err)
		}
		lives = append(lives, l.next(p.Keep, p.Seed, m))
	}
	return lives
}

func (l *life) crash(t *testing.T, p disktest.Point) {
	t.Helper()
	l.disk.CrashAt(p.At, p.Takes)
	if err := l.run(); !errors.Is(err, disktest.ErrCrashed) && (l.closing == 0 || p.At < l.closing) {
		t.Fatalf("%v, %s: %v", p, l.disk.Op(p.At), err)
	}
}

// operations is how many a whole job has.
func operations(t *testing.T, seed uint64) (ops int) {
	synctest.Test(t, func(t *testing.T) {
		l := begin(seed)
		l.finish(t)
		ops = l.disk.Ops()
	})
	return ops
}

// A crash at every operation, with a server that acknowledges and with ones that do
// not always; then a new process finishes the job: everything that was committed is in
// the stream once and in order.
func TestCrash(t *testing.T) {
	for seed := range uint64(4) {
		ops, n := operations(t, seed), 0
		for p := range disktest.Points(0, ops, 1) {
			if p.Takes && p.Keep != 50 {
				continue // as the next one
			}
			synctest.Test(t, func(t *testing.T) {
				first := begin(seed)
				first.crash(t, p)
				for _, l := range first.after(t, p) {
					l.finish(t, "server ", seed, ", ", p, ", ", first.disk.Op(p.At), ": ")
					n++
				}
			})
		}
		t.Logf("server %d: %d operations, %d crashes", seed, ops, n)
	}
}

// A second crash at every operation of the recovery from the first, and at the next
// few.
func TestCrashTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds")
	}
	ops, n := operations(t, 0), 0
	begun, finished := map[string]bool{}, map[string]bool{} // from these states
	for p := range disktest.Points(0, ops, 1) {
		if p.Takes && p.Keep != 50 {
			continue // as the next one
		}
		synctest.Test(t, func(t *testing.T) {
			first := begin(0)
			first.crash(t, p)
			whole := first.next(p.Keep, p.Seed, first.last)
			if p.Keep < 100 && seen(begun, whole.state()) {
				return // what is durable is all that there is
			}
			whole.finish(t, p, ": ")
			seeds := 1
			if p.Keep == 50 {
				seeds = 0
			}
			for q := range disktest.Points(0, whole.recovered+4, seeds) {
				if q.Takes && q.Keep != 50 {
					continue // as the next one
				}
				second := first.next(p.Keep, p.Seed, first.last)
				second.crash(t, q)
				for _, l := range second.after(t, q) {
					if n++; !seen(finished, l.state()) {
						l.finish(t, p, ", again ", q, ", ", second.disk.Op(q.At), ": ")
					}
				}
			}
		})
	}
	t.Logf("%d operations, %d double crashes, %d states", ops, n, len(finished))
}

func seen(all map[string]bool, s string) bool {
	was := all[s]
	all[s] = true
	return was
}

// state tells apart all that the rest of a job depends on, but for the number of the
// outbox.
func (l *life) state() string {
	s := fmt.Sprint(l.last.epoch, len(l.to.ids()))
	for _, name := range l.disk.Files("/") {
		b, _ := l.disk.ReadFile(name)
		if strings.HasSuffix(name, positionFile) {
			p, _, err := loadPosition(l.disk, "out")
			if err != nil {
				s += err.Error()
			}
			p.Outbox = ""
			s += fmt.Sprint(p)
			continue
		}
		s += fmt.Sprintf(" %s:%d:%08x", name, len(b), disk.UpdateSum(0, b))
	}
	return s
}

// Every operation fails, once or from then on: the error says what to do, and a new
// process finishes the job.
func TestEveryFailure(t *testing.T) {
	for at := range operations(t, 0) {
		for _, f := range []disktest.Fault{
			{At: at, Err: syscall.ENOSPC}, {At: at, Err: syscall.EIO},
			{At: at, Err: syscall.ENOSPC, Writes: true, Lasts: true}, {At: at, Err: syscall.EIO, Writes: true}, {At: at, Err: syscall.EIO, Lasts: true},
		} {
			synctest.Test(t, func(t *testing.T) { everyFailure(t, at, f) })
		}
	}
}

func everyFailure(t *testing.T, at int, f disktest.Fault) {
	l := begin(0)
	l.disk.Fail(f)
	err := l.run()
	if err == nil {
		if l.closing == 0 || at < l.closing && !f.Writes {
			t.Fatalf("%+v, %s: no error", f, l.disk.Op(at))
		}
		return
	}
	remedy := map[error]string{syscall.ENOSPC: "make room", syscall.EIO: "the disk failed"}[f.Err]
	if (l.closing == 0 || at < l.closing) && (!errors.Is(err, f.Err) || !strings.Contains(err.Error(), remedy) || !strings.Contains(err.Error(), "out") || strings.Contains(err.Error(), "\n")) {
		t.Fatalf("%+v, %s: %v", f, l.disk.Op(at), err)
	}
	for _, keep := range []int{0, 50, 100} {
		after := l.next(keep, uint64(at), l.last)
		if err := l.check(false); err != nil {
			t.Fatalf("%+v, %s, keep %d: %v", f, l.disk.Op(at), keep, err)
		}
		after.finish(t, fmt.Sprintf("%+v, %s, keep %d: ", f, l.disk.Op(at), keep))
	}
}
