package webhook

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// countOf is how many alerts each epoch has, from 1; batches have two.
var countOf = []int{0, 3, 0, 5, 1}

const epochs = 4

// poison is the alert whose batch the receiver refuses.
var poison = ids(alertsOf(3, 2, 3))[0]

func crashAlerts(epoch uint64, half int) []alert.Alert {
	if epoch > epochs {
		return nil
	}
	n := countOf[epoch]
	return alertsOf(epoch, half*(n/2), n/2+half*(n-n/2))
}

// idsUntil are those of the epochs up to epoch that are taken; dead those that are
// not.
func idsUntil(epoch uint64) (sent, dead []string) {
	for e := uint64(1); e <= epoch; e++ {
		for some := range slices.Chunk(ids(alertsOf(e, 0, countOf[e])), 2) {
			if slices.Contains(some, poison) {
				dead = append(dead, some...)
			} else {
				sent = append(sent, some...)
			}
		}
	}
	return sent, dead
}

// manifest is the checkpoint of a job: what survives of it besides the files.
type manifest struct {
	epoch uint64
	files []disk.Staged
}

// life is one process of a job. The receiver is on another machine, and outlives it.
type life struct {
	disk      *disktest.Memory
	to        *strict
	last      manifest // where it began, then the newest
	before    manifest // the one before last
	since     int      // the operation that came after last was written
	committed uint64   // may be sent, says the sink
	recovered int      // the first operation after Recover, and what it sends
	closing   int      // the first operation of Close
}

// strict refuses the batch with poison, and tells of alerts that come too early.
type strict struct {
	receiver
	life  *life
	early []string
}

func (r *strict) RoundTrip(q *http.Request) (*http.Response, error) {
	b, _ := q.GetBody()
	body := make([]byte, q.ContentLength)
	n, _ := b.Read(body)
	got := idsOf(body[:n])
	sent, dead := idsUntil(r.life.last.epoch)
	for _, id := range got {
		if !slices.Contains(sent, id) && !slices.Contains(dead, id) {
			r.early = append(r.early, id)
		}
	}
	if slices.Contains(got, poison) {
		return &http.Response{StatusCode: http.StatusUnprocessableEntity, Body: http.NoBody}, nil
	}
	return r.receiver.RoundTrip(q)
}

func begin() *life { return &life{disk: disktest.New(), to: &strict{}} }

// run recovers and goes on to the end, and lets the sender do what it can after each
// call. Half of an epoch's alerts come before the epoch before is prepared, and the
// other half before that is committed.
func (l *life) run() error {
	l.to.life = l
	s, err := New("out", Options{URL: secretURL, Transport: l.to, Disk: l.disk, Batch: 2})
	if err != nil {
		return err
	}
	defer s.Close()
	step := func(err error) error {
		synctest.Wait()
		return err
	}
	if err := step(s.Recover(ctx, l.last.epoch, l.last.files)); err != nil {
		return err
	}
	l.committed, l.recovered = l.last.epoch, l.disk.Ops()
	if err := l.check(true); err != nil && s.stage.Err() == nil {
		return fmt.Errorf("after Recover: %w", err)
	}
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
		l.committed = e
	}
	if err := s.stage.Err(); err != nil { // of the sender
		return err
	}
	l.closing = l.disk.Ops()
	return s.Close()
}

// check looks at what was received: nothing before its time and, if settled, all
// that was committed, in order; then nothing is left but dead letters.
func (l *life) check(settled bool) error {
	if len(l.to.early) > 0 {
		return fmt.Errorf("%d alerts came before their epoch was in the manifest", len(l.to.early))
	}
	sent, dead := idsUntil(l.last.epoch)
	got := l.to.accepted()
	if !settled {
		if !slices.Equal(got, sent[:min(len(got), len(sent))]) {
			return fmt.Errorf("received %d, which are not the first of %d", len(got), len(sent))
		}
		return nil
	}
	if !slices.Equal(got, sent) {
		return fmt.Errorf("%d alerts of %d are received", len(got), len(sent))
	}
	for _, name := range l.disk.Files("out") {
		b, _ := l.disk.ReadFile("out/" + name)
		if !strings.HasPrefix(name, "dead/") {
			return fmt.Errorf("%s is left", name)
		}
		if want := crashDead(); string(b) != want {
			return fmt.Errorf("%s holds %q", name, b)
		}
		dead = dead[2:]
	}
	if len(dead) > 0 {
		return errors.New("dead letters are missing")
	}
	return nil
}

func crashDead() string {
	var b []byte
	for _, a := range alertsOf(3, 2, 4) {
		b = append(alert.AppendJSON(b, &a), '\n')
	}
	return string(b)
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

// next is the process that goes on from m, on what this one left. Its receiver knows
// what was received until then.
func (l *life) next(keep int, seed uint64, m manifest) *life {
	to := &strict{}
	to.requests = slices.Clone(l.to.requests)
	return &life{disk: l.disk.Crash(keep, seed), to: to, last: m, before: m, committed: min(l.committed, m.epoch)}
}

// after returns the processes, not yet run, that may follow the crash at p.
func (l *life) after(t *testing.T, p disktest.Point) (lives []*life) {
	t.Helper()
	manifests := []manifest{l.last}
	if p.At == l.since && l.before.epoch != l.last.epoch {
		manifests = append(manifests, l.before)
	}
	for _, m := range manifests {
		n := l.next(p.Keep, p.Seed, m)
		if err := l.check(false); err != nil {
			t.Fatalf("%v, %s: %v", p, l.disk.Op(p.At), err)
		}
		lives = append(lives, n)
	}
	return lives
}

func (l *life) crash(t *testing.T, p disktest.Point) {
	t.Helper()
	l.disk.CrashAt(p.At, p.Takes)
	if err := l.run(); !errors.Is(err, disktest.ErrCrashed) && p.At < l.closing {
		t.Fatalf("%v, %s: %v", p, l.disk.Op(p.At), err)
	}
}

// operations is how many a whole job has.
func operations(t *testing.T) (ops int) {
	synctest.Test(t, func(t *testing.T) {
		l := begin()
		l.finish(t)
		ops = l.disk.Ops()
	})
	return ops
}

// A crash at every operation; then a new process finishes the job: every alert that
// was committed is received or a dead letter.
func TestCrash(t *testing.T) {
	ops, n := operations(t), 0
	for p := range disktest.Points(0, ops, 3) {
		synctest.Test(t, func(t *testing.T) {
			first := begin()
			first.crash(t, p)
			for _, l := range first.after(t, p) {
				l.finish(t, p, ", ", first.disk.Op(p.At), ": ")
				n++
			}
		})
	}
	t.Logf("%d operations, %d crashes", ops, n)
}

// A second crash at every operation of the recovery from the first, and at the next
// few.
func TestCrashTwice(t *testing.T) {
	ops, n := operations(t), 0
	begun, finished := map[string]bool{}, map[string]bool{} // from these states
	for p := range disktest.Points(0, ops, 1) {
		synctest.Test(t, func(t *testing.T) {
			first := begin()
			first.crash(t, p)
			whole := first.next(p.Keep, p.Seed, first.last)
			if p.Keep < 100 && seen(begun, whole.state()) {
				return // what is durable is all that there is
			}
			whole.finish(t, p, ": ")
			for q := range disktest.Points(0, whole.recovered+4, 1) {
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

// state tells apart all that the rest of a job depends on.
func (l *life) state() string {
	s := fmt.Sprint(l.last.epoch, l.committed, len(l.to.accepted()))
	for _, name := range l.disk.Files("/") {
		b, _ := l.disk.ReadFile(name)
		s += fmt.Sprintf(" %s:%d:%08x", name, len(b), disk.UpdateSum(0, b))
	}
	return s
}

// A crash at every operation while the outbox is full: every alert that was committed
// is received or a dead letter in the end, or both.
func TestCrashCrowded(t *testing.T) {
	crowded := func(d *disktest.Memory) (committed []string, err error) {
		to := &receiver{hang: true}
		s, err := New("out", Options{URL: secretURL, Transport: to, Disk: d, MaxOutbox: 1})
		must(t, err)
		defer s.Close()
		for e := uint64(1); e <= 3; e++ {
			if err := s.WriteAlerts(ctx, e, alertsOf(e, 0, 2)); err != nil {
				return committed, err
			}
			if _, err := s.Prepare(ctx, e); err != nil {
				return committed, err
			}
			if err := s.Commit(ctx, e); err != nil {
				return committed, err
			}
			committed = append(committed, ids(alertsOf(e, 0, 2))...)
			synctest.Wait()
		}
		return committed, s.Close()
	}
	ops := 0
	synctest.Test(t, func(t *testing.T) {
		d := disktest.New()
		_, err := crowded(d)
		must(t, err)
		ops = d.Ops()
	})
	for p := range disktest.Points(0, ops, 3) {
		synctest.Test(t, func(t *testing.T) {
			d := disktest.New()
			d.CrashAt(p.At, p.Takes)
			committed, _ := crowded(d)
			left, to := d.Crash(p.Keep, p.Seed), &receiver{}
			s, err := New("out", Options{URL: secretURL, Transport: to, Disk: left, MaxOutbox: 1})
			must(t, err)
			must(t, s.WriteAlerts(ctx, 9, nil))
			must(t, s.Close())
			got := to.accepted()
			for _, name := range left.Crash(0, 0).Files("out/dead") {
				b, _ := left.ReadFile("out/dead/" + name)
				for line := range bytes.Lines(b) {
					got = append(got, idsOf([]byte(`{"alerts":[`+string(line)+`]}`))...)
				}
			}
			for _, id := range committed {
				if !slices.Contains(got, id) {
					t.Fatalf("%v, %s: an alert is lost", p, d.Op(p.At))
				}
			}
		})
	}
	t.Logf("%d operations", ops)
}

// Every operation fails, once or from then on: the error says what to do, and a new
// process finishes the job.
func TestEveryFailure(t *testing.T) {
	for at := range operations(t) {
		for _, f := range []disktest.Fault{
			{At: at, Err: syscall.ENOSPC}, {At: at, Err: syscall.EIO},
			{At: at, Err: syscall.ENOSPC, Writes: true, Lasts: true}, {At: at, Err: syscall.EIO, Writes: true}, {At: at, Err: syscall.EIO, Lasts: true},
		} {
			synctest.Test(t, func(t *testing.T) { everyFailure(t, at, f) })
		}
	}
}

func everyFailure(t *testing.T, at int, f disktest.Fault) {
	l := begin()
	l.disk.Fail(f)
	err := l.run()
	if err == nil {
		if l.closing == 0 || at < l.closing && !f.Writes {
			t.Fatalf("%+v, %s: no error", f, l.disk.Op(at))
		}
		return
	}
	remedy := map[error]string{syscall.ENOSPC: "make room", syscall.EIO: "the disk failed"}[f.Err]
	if at < l.closing && (!errors.Is(err, f.Err) || !strings.Contains(err.Error(), remedy) || !strings.Contains(err.Error(), "out") || strings.Contains(err.Error(), "\n")) {
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
