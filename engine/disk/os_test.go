package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestModes(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	dir := t.TempDir()
	d := New(0o640, 0o750)
	f, err := d.Create(filepath.Join(dir, "x/y/a"))
	must(t, err)
	must(t, f.Close())
	f, err = d.Extend(filepath.Join(dir, "x/b"))
	must(t, err)
	must(t, f.Close())
	l, err := d.Lock(filepath.Join(dir, "x/lock"))
	must(t, err)
	must(t, l.Close())
	for name, want := range map[string]fs.FileMode{"x": 0o750, "x/y": 0o750, "x/y/a": 0o640, "x/b": 0o640, "x/lock": 0o640} {
		st, err := os.Stat(filepath.Join(dir, name))
		must(t, err)
		if st.Mode().Perm() != want {
			t.Errorf("%s is %v", name, st.Mode())
		}
	}
}

// The holder of the lock removes its file before it lets go: whoever waits must
// not end up with a lock on a file that nobody else finds.
func TestLockRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	d := New(0o600, 0o700).(*system)
	holder, err := d.Lock(path)
	must(t, err)
	if _, err := d.Lock(path); !errors.Is(err, ErrLocked) {
		t.Fatalf("locked twice: %v", err)
	}
	must(t, d.Remove(path))
	fresh, err := d.Lock(path)
	must(t, err)
	must(t, holder.Close())
	if _, err := d.Lock(path); !errors.Is(err, ErrLocked) {
		t.Errorf("the second lock went with the first: %v", err)
	}
	must(t, fresh.Close())
}

// Goroutines take turns, each removing the file while it holds the lock.
func TestLockExcludes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	d := New(0o600, 0o700)
	var inside, rounds int // kept by the lock alone; run with -race
	var turn sync.Mutex    // for the race detector: flock orders memory, but it cannot know
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for done := 0; done < 50; {
				l, err := d.Lock(path)
				if errors.Is(err, ErrLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				enter := func(by int) int { turn.Lock(); defer turn.Unlock(); inside += by; return inside }
				if n := enter(1); n != 1 {
					t.Errorf("%d holders", n)
				}
				rounds++
				done++
				enter(-1)
				if err := errors.Join(d.Remove(path), l.Close()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if rounds != 200 {
		t.Errorf("%d rounds", rounds)
	}
}

// Goroutines make files in directories that all of them need.
func TestConcurrent(t *testing.T) {
	dir := t.TempDir()
	d := New(0o600, 0o700)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for k := range 20 {
				f, err := d.Create(filepath.Join(dir, fmt.Sprintf("%d/x/%d", k, i)))
				if err != nil {
					t.Error(err)
					return
				}
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestSum(t *testing.T) {
	// RFC 3720, B.4: 32 bytes of zeros, and 32 ascending ones.
	zeros, ascending := make([]byte, 32), make([]byte, 32)
	for i := range ascending {
		ascending[i] = byte(i)
	}
	if a, b := UpdateSum(0, zeros), UpdateSum(0, ascending); a != 0x8a9136aa || b != 0x46dd794e {
		t.Errorf("%08x, %08x", a, b)
	}
	path := filepath.Join(t.TempDir(), "a")
	d := New(0o600, 0o700)
	f, err := d.Create(path)
	must(t, err)
	w := SumWriter{W: f}
	for _, part := range [][]byte{zeros[:7], zeros[7:], ascending} {
		_, err := w.Write(part)
		must(t, err)
	}
	must(t, f.Close())
	size, sum, err := SumFile(d, path)
	must(t, err)
	if size != 64 || size != w.Size || sum != w.Sum || sum != UpdateSum(UpdateSum(0, zeros), ascending) {
		t.Errorf("%d bytes, %08x; written %d, %08x", size, sum, w.Size, w.Sum)
	}
	if _, _, err := SumFile(d, path+"x"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
