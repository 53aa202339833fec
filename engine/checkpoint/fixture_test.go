package checkpoint

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/v1 anew: only while version 1 was never released")

// fixture is a state directory of version 1 of the format. Versions to come get
// directories of their own and must still read this one.
const fixture = "testdata/v1"

// copyFixture returns a copy that may be locked and changed.
func copyFixture(t testing.TB) string {
	dir := filepath.Join(t.TempDir(), "state")
	if err := os.CopyFS(dir, os.DirFS(fixture)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The fixture reads as what the sample is.
func TestFixture(t *testing.T) {
	if *update {
		rewriteFixture(t)
	}
	d, _ := osDisk(t)
	s := open(t, d, copyFixture(t))
	defer s.Close()

	want := sampleManifest(2)
	want.Version, want.Epoch, want.Base, want.OldestDay = 1, 2, 1, 20451
	want.Files = s.Manifest().Files // TestSameBytes compares them
	if got := s.Manifest(); !reflect.DeepEqual(got, want) {
		t.Errorf("MANIFEST says\n%+v\nwant\n%+v", got, want)
	}
	got, err := all(s)
	if err != nil {
		t.Fatal(err)
	}
	if want := text([]Block{
		{Subscribers, 2, 0, []byte("2 has changed")},
		{Subscribers, 0, 0, []byte("subscribers of partition 0")},
		{Subscribers, 2, 0, []byte("of 2")},
		{Subscribers, 255, 0, nil},
		{Subscribers, 1, 0, []byte{0, 1, 254, 255}},
		{Day, 0, 20451, []byte("a day of partition 0")},
		{Day, 2, -1, []byte("before 1970")},
		{Day, 0, 20452, []byte("the next day")},
	}); text(got) != want {
		t.Errorf("got\n%swant\n%s", text(got), want)
	}
	order, err := s.Order()
	if err != nil || order == nil || len(order) != 0 {
		t.Errorf("the reorder buffer is %q, %v; want it empty but there", order, err)
	}
}

// The same content makes the same bytes, those of the fixture.
func TestSameBytes(t *testing.T) {
	want, err := fs.Glob(os.DirFS(fixture), "*")
	if err != nil {
		t.Fatal(err)
	}
	got := files(t, writeSample(t))
	if len(got) != len(want) {
		t.Errorf("%d files, the fixture has %d", len(got), len(want))
	}
	for _, name := range want {
		content, err := os.ReadFile(filepath.Join(fixture, name))
		if err != nil || !bytes.Equal(got[name], content) {
			t.Errorf("%s differs from the fixture: %v\n%q\n%q", name, err, got[name], content)
		}
	}
}

func rewriteFixture(t *testing.T) {
	if err := os.RemoveAll(fixture); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(fixture, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, content := range files(t, writeSample(t)) {
		if err := os.WriteFile(filepath.Join(fixture, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
