package checkpoint

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// drawParts makes a history of epochs. A base comes when the store wants it, or
// by chance.
func drawParts(t *rapid.T) (parts []part) {
	short := rapid.SliceOfN(rapid.Byte(), 0, 40)
	data := rapid.OneOf(short, short, short, short, short, rapid.Map(rapid.IntRange(0, 3*bufferLen), func(n int) []byte { return bytes.Repeat([]byte{byte(n), 7}, n/2) }))
	epoch, oldest := uint64(0), int32(-3)
	for range rapid.IntRange(1, 5).Draw(t, "epochs") {
		epoch += rapid.Uint64Range(1, 3).Draw(t, "later")
		oldest += rapid.Int32Range(0, 2).Draw(t, "days pass")
		p := part{epoch: epoch, base: rapid.IntRange(0, 3).Draw(t, "base") == 0, oldest: oldest}
		p.writers = make([][]Block, rapid.IntRange(1, 3).Draw(t, "writers"))
		for range rapid.IntRange(0, 8).Draw(t, "blocks") {
			b := Block{Kind: Subscribers, Partition: rapid.Uint8().Draw(t, "partition"), Data: data.Draw(t, "data")}
			if rapid.Bool().Draw(t, "day") {
				b.Kind, b.Day = Day, oldest+rapid.Int32Range(-1, 4).Draw(t, "which")
			}
			w := int(b.Partition) % len(p.writers)
			p.writers[w] = append(p.writers[w], b)
		}
		if rapid.Bool().Draw(t, "order") {
			p.order = data.Draw(t, "order data")
		}
		parts = append(parts, p)
	}
	return parts
}

// model is what a store must give back, kept without files.
type model struct {
	chain [][]Block // subscribers by epoch, the base first
	days  [][]Block // by file
	order []byte
}

func (m *model) add(p part) {
	if p.base {
		m.chain = nil
	}
	m.days = slices.DeleteFunc(m.days, func(f []Block) bool {
		return !slices.ContainsFunc(f, func(b Block) bool { return b.Day >= p.oldest })
	})
	var subscribers []Block
	for _, w := range p.writers {
		var days []Block
		for _, b := range w {
			if b.Kind == Day {
				days = append(days, b)
			} else {
				subscribers = append(subscribers, b)
			}
		}
		if days != nil {
			m.days = append(m.days, days)
		}
	}
	m.chain = append(m.chain, subscribers)
	m.order = p.order
}

// blocks are those that want lets through: in order, but for days.
func (m *model) blocks(want func(Kind, uint8) bool) (blocks []Block) {
	for _, epoch := range slices.Backward(m.chain) {
		blocks = append(blocks, epoch...)
	}
	blocks = slices.Concat(blocks, slices.Concat(m.days...))
	return slices.DeleteFunc(blocks, func(b Block) bool { return !want(b.Kind, b.Partition) })
}

// sorted brings the days behind the subscribers, which keep their order, into one
// order.
func sorted(blocks []Block) []Block {
	slices.SortStableFunc(blocks, func(a, b Block) int {
		if a.Kind == Subscribers && b.Kind == Subscribers {
			return 0
		}
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Day, b.Day), cmp.Compare(a.Partition, b.Partition), bytes.Compare(a.Data, b.Data))
	})
	return blocks
}

// What was put comes back: the chain from the newest epoch to the base, the days
// that are not too old, the reorder buffer; whoever asks, for whatever partitions.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fs := disktest.New()
		var m model
		for _, p := range drawParts(t) {
			s := mustOpen(t, fs)
			p.base = p.base || s.WantBase()
			if err := p.write(s, sampleManifest(p.epoch)); err != nil {
				t.Fatal(err)
			}
			if err := s.Collect(); err != nil {
				t.Fatal(err)
			}
			m.add(p)
			if rapid.Bool().Draw(t, "reopen") {
				s.Close()
				s = mustOpen(t, fs)
			}
			m.compare(t, s)
			compareDir(t, s)
			s.Close()
		}
	})
}

func mustOpen(t *rapid.T, fs disk.FS) *Store {
	s, err := Open(fs, dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (m *model) compare(t *rapid.T, s *Store) {
	mask := rapid.SampledFrom([]uint8{0, 0, 1, 6}).Draw(t, "partitions")
	for part := range int(mask) + 1 {
		want := func(k Kind, p uint8) bool {
			return p&mask == uint8(part) && (mask == 0 || k == Subscribers || part == 0)
		}
		var got []Block
		err := s.Blocks(want, func(b Block) error {
			b.Data = slices.Clone(b.Data)
			got = append(got, b)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := text(sorted(got)), text(sorted(m.blocks(want))); got != want {
			t.Fatalf("got\n%.2000s\nwant\n%.2000s", got, want)
		}
	}
	order, err := s.Order()
	if err != nil || !bytes.Equal(order, m.order) || (order == nil) != (m.order == nil) {
		t.Fatalf("the reorder buffer has %d bytes, %v; want %d", len(order), err, len(m.order))
	}
}

// compareDir: the directory holds what MANIFEST names and nothing else, and it is
// whole.
func compareDir(t *rapid.T, s *Store) {
	want := []string{lockName, manifestName}
	for _, f := range s.Manifest().Files {
		want = append(want, f.Name)
	}
	got, err := s.fs.List(dir)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("the directory holds %q, %v; want %q", got, err, want)
	}
	r, err := Verify(context.Background(), s.fs, dir)
	if err != nil || len(r.Damaged) != 0 || r.Files != len(s.Manifest().Files) || r.Bytes != s.Manifest().Bytes() || r.Absent != 1 {
		t.Fatalf("Verify says %+v, %v", r, err)
	}
}

// Several goroutines read different partitions at once.
func TestBlocksAtOnce(t *testing.T) {
	fs := disktest.New()
	s := open(t, fs, dir)
	defer s.Close()
	blocks := make([][]Block, 4)
	for i := range 400 {
		blocks[i%4] = append(blocks[i%4], Block{Subscribers, uint8(i % 16), 0, bytes.Repeat([]byte{byte(i)}, i*37%5000)})
	}
	if err := (part{epoch: 1, base: true, writers: blocks}).write(s, sampleManifest(1)); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for p := range uint8(16) {
		wg.Go(func() {
			n := 0
			err := s.Blocks(func(_ Kind, q uint8) bool { return p == q }, func(b Block) error {
				n += 1 + len(bytes.TrimLeft(b.Data, string(b.Data[:min(1, len(b.Data))])))
				return nil
			})
			if err != nil || n != 25 {
				t.Errorf("partition %d: %d blocks, %v", p, n, err)
			}
		})
	}
	wg.Wait()
}

// The error of who reads ends the reading, as it is.
func TestBlocksStops(t *testing.T) {
	fs := writeSample(t)
	s := open(t, fs, dir)
	defer s.Close()
	n, stop := 0, errors.New("enough")
	err := s.Blocks(func(Kind, uint8) bool { return true }, func(Block) error {
		n++
		return stop
	})
	if n != 1 || err != stop {
		t.Errorf("%d blocks, %v", n, err)
	}
}

func TestWantBase(t *testing.T) {
	fs := disktest.New()
	s := open(t, fs, dir)
	defer s.Close()
	commit := func(epoch uint64, size int) {
		t.Helper()
		p := part{epoch: epoch, base: s.WantBase(), writers: [][]Block{{{Subscribers, 0, 0, make([]byte, size)}, {Day, 0, 0, make([]byte, 5000)}}}}
		if err := p.write(s, &Manifest{}); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range []struct {
		size int
		want bool // a base afterwards
	}{{1000, false}, {300, false}, {300, false}, {300, true}, {900, false}, {700, false}, {700, true}, {0, false}, {0, false}} {
		commit(uint64(i+1), c.size)
		if s.WantBase() != c.want {
			t.Errorf("after epoch %d: WantBase is %v", i+1, s.WantBase())
		}
	}
	base := s.Manifest().Base
	for epoch := base + 2; epoch < base+maxChain; epoch += 50 {
		p := part{epoch: epoch, writers: [][]Block{{}}} // nothing changed
		if err := p.write(s, &Manifest{}); err != nil || s.WantBase() {
			t.Fatalf("epoch %d: %v, WantBase is %v", epoch, err, s.WantBase())
		}
	}
	if err := (part{epoch: base + maxChain, writers: [][]Block{{}}}).write(s, &Manifest{}); err != nil || !s.WantBase() {
		t.Errorf("after %d epochs: %v, WantBase is %v", maxChain, err, s.WantBase())
	}
}

func TestNewDirectory(t *testing.T) {
	fs, dir := osDisk(t)
	if _, err := Read(fs, dir); !errors.Is(err, ErrNoState) {
		t.Errorf("nothing there: %v", err)
	}
	s := open(t, fs, dir)
	if s.Manifest() != nil || !s.WantBase() {
		t.Error("a new directory has an epoch")
	}
	if blocks, err := all(s); err != nil || len(blocks) > 0 {
		t.Errorf("a new directory has blocks: %v, %v", blocks, err)
	}
	if order, err := s.Order(); err != nil || order != nil {
		t.Errorf("a new directory has a reorder buffer: %q, %v", order, err)
	}
	if m, err := Read(fs, dir); err != nil || m.Epoch != 0 || m.State != StateNew {
		t.Errorf("Read says %+v, %v", m, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]os.FileMode{dir: 0o700 | os.ModeDir, filepath.Join(dir, manifestName): 0o600, filepath.Join(dir, lockName): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode() != want {
			t.Errorf("%s: mode %v, %v", path, st.Mode(), err)
		}
	}
}

func TestForeignFiles(t *testing.T) {
	for _, name := range []string{"notes.txt", "MANIFEST.bak", "state", "state-1-0", "state-00000001-1", "state-00000001-0001", "state-00000001", "order-00000001-000", "days-0000000x-000", "state-+0000001-000", "order-018446744073709551616"} {
		fs := disktest.New()
		if err := fs.Mkdir(dir); err != nil {
			t.Fatal(err)
		}
		replace(t, fs, name, nil)
		_, err := Open(fs, dir)
		if !errors.Is(err, ErrForeign) || !strings.HasPrefix(err.Error(), dir+" holds "+name) {
			t.Errorf("with %s: %v", name, err)
		}
		if got := files(t, fs); len(got) != 1 {
			t.Errorf("with %s: there are %d files now", name, len(got))
		}
		if _, err := fs.ReadFile(filepath.Join(dir, lockName)); err == nil {
			t.Errorf("with %s: it was locked", name)
		}
	}
}

func TestFileInItsPlace(t *testing.T) {
	fs, path := osDisk(t)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{path, path + "/state"} {
		if _, err := Open(fs, path); !errors.Is(err, ErrForeign) {
			t.Errorf("Open says %v", err)
		}
		if _, err := Read(fs, path); !errors.Is(err, ErrNoState) {
			t.Errorf("Read says %v", err)
		}
	}
}

// What an epoch left that was not committed goes away; what is damaged stays.
func TestLeftovers(t *testing.T) {
	fs := writeSample(t)
	want := files(t, fs)
	for _, name := range []string{"state-00000003-000", "days-00000003-011", "order-00000003", "order-00000001", "MANIFEST.tmp"} {
		replace(t, fs, name, []byte("half"))
	}
	open(t, fs, dir).Close()
	if got := files(t, fs); len(got) != len(want) {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
}

// The directory has one owner, in this process or another.
func TestLocked(t *testing.T) {
	if dir := os.Getenv("CHECKPOINT_TEST_OPEN"); dir != "" { // the second process
		_, err := Open(disk.New(0o600, 0o700), dir)
		fmt.Print(err)
		os.Exit(0)
	}
	fs, dir := osDisk(t)
	s := open(t, fs, dir)
	want := dir + ": " + ErrLocked.Error()
	if _, err := Open(fs, dir); !errors.Is(err, ErrLocked) || err.Error() != want {
		t.Errorf("a second Open: %v", err)
	}
	second := func() string {
		c := exec.Command(os.Args[0], "-test.run=^TestLocked$")
		c.Env = append(os.Environ(), "CHECKPOINT_TEST_OPEN="+dir)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return string(out)
	}
	if got := second(); got != want {
		t.Errorf("a second process: %s", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := second(); got != "<nil>" {
		t.Errorf("after Close: %s", got)
	}
	open(t, fs, dir).Close()
}

// A newer version is named, with the program that wrote it.
func TestNewerVersion(t *testing.T) {
	fs := writeSample(t)
	whole := files(t, fs)
	refused := func(name string) {
		t.Helper()
		want := &VersionError{File: filepath.Join(dir, name), Version: 2, Engine: "0.3.0"}
		var v *VersionError
		if err := readAll(fs); !errors.As(err, &v) || *v != *want {
			t.Errorf("reading says %v", err)
		}
		if _, err := Verify(context.Background(), fs, dir); !errors.As(err, &v) || *v != *want {
			t.Errorf("Verify says %v", err)
		}
		replace(t, fs, name, whole[name])
	}

	text := bytes.Replace(whole[manifestName], []byte(`"version": 1`), []byte(`"key": "of version 2", "version": 2`), 1)
	text = text[:len(text)-len(lastLine(nil))]
	replace(t, fs, manifestName, append(text, lastLine(text)...))
	refused(manifestName)

	name := identity{DaysFile, 1, 0}.name()
	replace(t, fs, name, forge(whole[name], func(b []byte) { b[8] = 2 }))
	refused(name)
}

// MANIFESTs that are whole but mean nothing.
func TestImpossibleManifest(t *testing.T) {
	fs := writeSample(t)
	whole := files(t, fs)[manifestName]
	whole = whole[:len(whole)-len(lastLine(nil))]
	for _, c := range [][2]string{
		{`"version": 1`, `"version": 0`},
		{`"version": 1`, `"version": "1"`},
		{`"version": 1`, `"key": 1, "version": 1`},
		{`"epoch": 2`, `"epoch": 1`},
		{`"base": 1`, `"base": 2`},
		{`"base": true`, `"base": false`},
		{`"kind": "days"`, `"kind": "state"`},
		{`state-00000001-000`, `../state-00000001-000`},
		{`state-00000001-001`, `state-00000001-000`},
		{`"size": 150`, `"size": -150`},
		{`"size": 150`, `"size": 9223372036854775807`},
		{`.staging/`, `../`},
		{`"/nowhere/out"`, `"out"`},
		{`{`, `[`},
		{"}\n", "}}\n"},
		{"}\n", "} x\n"},
	} {
		text := append([]byte(nil), whole...)
		if i := bytes.LastIndex(text, []byte(c[0])); i >= 0 {
			text = slices.Concat(text[:i], []byte(c[1]), text[i+len(c[0]):])
		}
		if bytes.Equal(text, whole) {
			t.Fatalf("%q is not there", c[0])
		}
		replace(t, fs, manifestName, append(text, lastLine(text)...))
		var d *DamageError
		if err := readAll(fs); !errors.As(err, &d) {
			t.Errorf("%s instead of %s: %v", c[1], c[0], err)
		}
	}
}

// A source whose name JSON cannot hold would come back as another one.
func TestNameThatIsNotUTF8(t *testing.T) {
	fs := disktest.New()
	s := open(t, fs, dir)
	defer s.Close()
	m := sampleManifest(1)
	m.Sources[0].Name = "switch\xff.csv"
	if err := (part{epoch: 1, base: true}).write(s, m); err == nil || !strings.Contains(err.Error(), `"switch\xff.csv" is not UTF-8: rename it`) {
		t.Errorf("got %v", err)
	}
}
