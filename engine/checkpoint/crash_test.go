package checkpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// history is a job of four epochs: a base, a delta, a base that makes the chain
// garbage and drops a day, and a delta.
func history() []part {
	long := bytes.Repeat([]byte("long"), 30)
	return append(sample(), part{
		epoch: 3, base: true, oldest: 20452, order: []byte("waits"),
		writers: [][]Block{{{Subscribers, 0, 0, []byte("0 anew")}, {Subscribers, 2, 0, long}, {Day, 1, 20453, long}}, {{Subscribers, 1, 0, []byte("1 anew")}}},
	}, part{
		epoch: 4, oldest: 20452, order: []byte("still waits"),
		writers: [][]Block{{{Day, 0, 20454, nil}}, {{Subscribers, 1, 0, []byte("1 once more")}}},
	})
}

// job writes what is missing of a history. It tells the last epoch that it knows
// to be committed.
func job(fs disk.FS, parts []part) (committed uint64, err error) {
	s, err := Open(fs, dir)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	s.buffer = 100 // so that there is a write now and then, and blocks that are longer
	if m := s.Manifest(); m != nil {
		committed = m.Epoch
	}
	for _, p := range parts {
		if p.epoch <= committed {
			continue
		}
		if err := p.write(s, sampleManifest(p.epoch)); err != nil {
			return committed, err
		}
		committed = p.epoch
		if err := s.Collect(); err != nil {
			return committed, err
		}
	}
	return committed, nil
}

// snapshots are what a directory must hold after each epoch of a history, 0 too.
func snapshots(parts []part) []model {
	m := model{}
	all := []model{m}
	for _, p := range parts {
		m = model{chain: slices.Clone(m.chain), days: slices.Clone(m.days)}
		m.add(p)
		all = append(all, m)
	}
	return all
}

// intact says what is wrong with a directory that must hold one of two epochs, ""
// if nothing.
func intact(fs *disktest.Memory, want []model, oldest, newest uint64) string {
	s, err := Open(fs, dir)
	if err != nil {
		return err.Error()
	}
	defer s.Close()
	epoch := uint64(0)
	if m := s.Manifest(); m != nil {
		epoch = m.Epoch
		expect := sampleManifest(epoch)
		expect.Version, expect.Base, expect.OldestDay, expect.Files = Version, m.Base, m.OldestDay, m.Files
		if expect.Epoch = epoch; !reflect.DeepEqual(m, expect) {
			return fmt.Sprintf("MANIFEST of epoch %d says %+v", epoch, m)
		}
	}
	if epoch < oldest || epoch > newest {
		return fmt.Sprintf("it holds epoch %d, not %d or %d", epoch, oldest, newest)
	}
	return want[epoch].differs(s, fs)
}

// differs says how the store differs from m.
func (m *model) differs(s *Store, fs *disktest.Memory) string {
	got, err := all(s)
	every := func(Kind, uint8) bool { return true }
	if err != nil || text(sorted(got)) != text(sorted(m.blocks(every))) {
		return fmt.Sprintf("blocks of epoch %d: %v\n%.1000s", s.manifest.Epoch, err, text(got))
	}
	if order, err := s.Order(); err != nil || !bytes.Equal(order, m.order) {
		return fmt.Sprintf("reorder buffer of epoch %d: %q, %v", s.manifest.Epoch, order, err)
	}
	if r, err := Verify(context.Background(), fs, dir); err != nil || len(r.Damaged) > 0 || r.Files != len(fs.Files(dir))-2 {
		return fmt.Sprintf("Verify of %q: %+v, %v", fs.Files(dir), r, err)
	}
	return ""
}

// undisturbed counts the operations of a history.
func undisturbed(t *testing.T, parts []part) int {
	m := disktest.New()
	if committed, err := job(m, parts); err != nil || committed != 4 {
		t.Fatal(committed, err)
	}
	return m.Ops()
}

// A crash at any operation leaves the epoch before or the new one, in full, and
// the new one if Commit had returned. Another crash at some operation of the
// recovery changes nothing about that, and the job then ends as if nothing had
// happened.
func TestCrashAnywhere(t *testing.T) {
	parts := history()
	want, ops := snapshots(parts), undisturbed(t, parts)
	random := rand.New(rand.NewPCG(1, 2))
	points := 0
	for at := range ops {
		for _, takes := range []bool{false, true} {
			m := disktest.New()
			m.CrashAt(at, takes)
			committed, err := job(m, parts)
			if !errors.Is(err, disktest.ErrCrashed) {
				t.Fatalf("crash at operation %d (%s): the job says %v", at, m.Op(at), err)
			}
			for _, keep := range []int{0, 50, 50, 100} {
				seed := random.Uint64()
				fail := func(when, what string) {
					t.Helper()
					if what != "" {
						t.Fatalf("crash at operation %d (%s), takes effect %v, keep %d, seed %d, %s: %s", at, m.Op(at), takes, keep, seed, when, what)
					}
				}
				fail("afterwards", intact(m.Crash(keep, seed), want, committed, committed+1))

				again := m.Crash(keep, seed)
				second := random.IntN(25)
				again.CrashAt(second, takes)
				known, _ := job(again, parts)
				when := fmt.Sprintf("again at operation %d (%s)", second, again.Op(second))
				known = max(known, committed)
				fail(when, intact(again.Crash(keep, seed), want, known, min(4, max(known, committed+1)+1)))

				last := again.Crash(keep, seed)
				if done, err := job(last, parts); done != 4 || err != nil {
					fail(when, fmt.Sprintf("the job ends at epoch %d, %v", done, err))
				}
				fail("in the end", intact(last, want, 4, 4))
				points += 2
			}
		}
	}
	t.Logf("%d crashes", points)
}

// A disk that fails at any operation stops the job with an error that says what
// to do, and leaves an epoch in full. When the disk works again the job goes on.
func TestFaultAnywhere(t *testing.T) {
	parts := history()
	want, ops := snapshots(parts), undisturbed(t, parts)
	for at := range ops {
		for _, f := range []disktest.Fault{
			{At: at, Err: syscall.ENOSPC}, {At: at, Err: syscall.EIO},
			{At: at, Err: syscall.ENOSPC, Writes: true, Lasts: true}, {At: at, Err: syscall.EIO, Lasts: true},
		} {
			m := disktest.New()
			m.Fail(f)
			committed, err := job(m, parts)
			if err == nil && f.Writes && committed == 4 {
				continue // there was no write any more
			}
			if what := clear(err, f.Err); what != "" {
				t.Fatalf("%v at operation %d (%s): %s: %v", f.Err, at, m.Op(at), what, err)
			}
			for _, keep := range []int{0, 100} {
				fail := func(what string) {
					t.Helper()
					if what != "" {
						t.Fatalf("%v at operation %d (%s), lasts %v, keep %d: %s", f.Err, at, m.Op(at), f.Lasts, keep, what)
					}
				}
				fail(intact(m.Crash(keep, uint64(at)), want, committed, committed+1))
				after := m.Crash(keep, uint64(at))
				if done, err := job(after, parts); done != 4 || err != nil {
					fail(fmt.Sprintf("the job ends at epoch %d, %v", done, err))
				}
				fail(intact(after, want, 4, 4))
			}
		}
	}
}

// clear says what is missing in the message of an error that cause made.
func clear(err, cause error) string {
	var d *DamageError
	switch {
	case !errors.Is(err, cause):
		return "it does not wrap the cause"
	case errors.As(err, &d):
		return "it is taken for damage"
	case !strings.Contains(err.Error(), " /var"): // dir, or one above it
		return "it names no file"
	case !strings.HasSuffix(err.Error(), disk.Remedy(cause)):
		return "it does not say what to do"
	}
	return ""
}

// The process dies at any operation, the machine lives on and dies under the next
// process: what that one found when it opened the directory must not be gone.
func TestKillThenCrash(t *testing.T) {
	parts := history()
	want, ops := snapshots(parts), undisturbed(t, parts)
	for at := range ops {
		for later := at % 3; later < 30; later += 3 {
			m := disktest.New()
			m.Fail(disktest.Fault{At: at, Err: syscall.EINTR, Lasts: true})
			committed, _ := job(m, parts)
			m.Fail(disktest.Fault{})
			m.CrashAt(m.Ops()+later, true)
			known, _ := job(m, parts)
			known = max(known, committed)
			for _, keep := range []int{0, 50} {
				if what := intact(m.Crash(keep, uint64(later)), want, known, min(4, known+2)); what != "" {
					t.Fatalf("killed at operation %d (%s), crash %d later (%s), keep %d: %s", at, m.Op(at), later, m.Op(m.Ops()-1), keep, what)
				}
			}
		}
	}
}

// Who goes on after an error does no harm: nothing is committed, nothing removed.
func TestErrorsStick(t *testing.T) {
	parts := history()
	want := snapshots(parts)
	for at := range undisturbed(t, parts) {
		m := disktest.New()
		if _, err := job(m, parts[:2]); err != nil {
			t.Fatal(err)
		}
		s := open(t, m, dir)
		before := m.Ops()
		m.Fail(disktest.Fault{At: before + at, Err: syscall.EIO})
		stubborn(s, parts[2])
		if m.Ops() <= before+at {
			return // the fault was beyond the end
		}
		committed := s.Manifest().Epoch
		if what := intact(m.Crash(100, 0), want, committed, 3); what != "" {
			t.Fatalf("EIO at operation %d (%s): %s", at, m.Op(before+at), what)
		}
	}
}

// stubborn writes p and does not look at errors.
func stubborn(s *Store, p part) {
	e, err := s.Begin(p.epoch, p.base, len(p.writers))
	if err != nil {
		return
	}
	for i, blocks := range p.writers {
		for _, b := range blocks {
			_ = e.Writer(i).Put(b)
		}
		_ = e.Writer(i).Close()
	}
	_ = e.WriteOrder(p.order)
	m := sampleManifest(p.epoch)
	m.OldestDay = p.oldest
	_ = e.Commit(m)
	_ = s.Collect()
}

// A writer that was forgotten is no epoch.
func TestCommitWithOpenWriter(t *testing.T) {
	m := writeSample(t)
	s := open(t, m, dir)
	e, err := s.Begin(3, true, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Writer(0).Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Commit(sampleManifest(3)); err == nil || !strings.Contains(err.Error(), "writer 1 is not closed") {
		t.Errorf("Commit says %v", err)
	}
	if s.Collect() == nil {
		t.Error("Collect goes on after a Commit that failed")
	}
	if _, err := s.Begin(4, true, 1); err == nil {
		t.Error("Begin goes on after a Commit that failed")
	}
}
