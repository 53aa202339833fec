package disk_test

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// Advice never fails and never changes what the file is: not while it is written, nor
// when its name is gone or another file has it.
func TestWriteBackChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	f, err := disk.New(0o600, 0o700).Create(path)
	if err != nil {
		t.Fatal(err)
	}
	write := func(s string) {
		if _, err := f.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		disk.WriteBack(f)
	}
	write("first ")
	write("second ")
	if err := os.Rename(path, path+"2"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	write("third")
	if err := f.Sync(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	disk.WriteBack(f) // closed
	disk.WriteBack(nil)
	if got, err := os.ReadFile(path + "2"); err != nil || string(got) != "first second third" {
		t.Errorf("the file holds %q, %v", got, err)
	}
}

// The second descriptor is closed once the disk is done.
func TestWriteBackClosesWhatItOpened(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no /proc/self/fd")
	}
	f, err := disk.New(0o600, 0o700).Create(filepath.Join(t.TempDir(), "f"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	open := func() (n int) {
		fds, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		for _, fd := range fds {
			if to, err := os.Readlink("/proc/self/fd/" + fd.Name()); err == nil && to == f.(*os.File).Name() {
				n++
			}
		}
		return n
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // the collector closes what nobody has
	for range 100 {
		disk.WriteBack(f)
	}
	n := open()
	for ; n > 1; n = open() { // else the test runs into its time limit
		runtime.Gosched()
	}
	if n != 1 {
		t.Errorf("%d descriptors of the file are open", n)
	}
}
