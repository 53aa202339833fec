package checkpoint

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/source"
)

// part is what a test writes as one epoch.
type part struct {
	epoch   uint64
	base    bool
	writers [][]Block
	order   []byte // nil = no order file
	oldest  int32
}

// write commits p. It returns the first error.
func (p part) write(s *Store, m *Manifest) error {
	e, err := s.Begin(p.epoch, p.base, len(p.writers))
	if err != nil {
		return err
	}
	for i, blocks := range p.writers {
		w := e.Writer(i)
		for _, b := range blocks {
			if err := w.Put(b); err != nil {
				return err
			}
		}
		if err := w.Close(); err != nil {
			return err
		}
	}
	if p.order != nil {
		if err := e.WriteOrder(p.order); err != nil {
			return err
		}
	}
	m.OldestDay = p.oldest
	return e.Commit(m)
}

// sample is a small state directory: a base, a delta, days, reorder buffers.
func sample() []part {
	return []part{{
		epoch: 1, base: true, oldest: 20451, order: []byte("records that wait"),
		writers: [][]Block{
			{{Subscribers, 0, 0, []byte("subscribers of partition 0")}, {Day, 0, 20451, []byte("a day of partition 0")}, {Subscribers, 2, 0, []byte("of 2")}},
			{{Subscribers, 255, 0, nil}, {Subscribers, 1, 0, []byte{0, 1, 254, 255}}},
		},
	}, {
		epoch: 2, oldest: 20451, order: []byte{},
		writers: [][]Block{
			{{Subscribers, 2, 0, []byte("2 has changed")}, {Day, 2, -1, []byte("before 1970")}, {Day, 0, 20452, []byte("the next day")}},
			{},
		},
	}}
}

// sampleManifest is what a job says of itself at an epoch.
func sampleManifest(epoch uint64) *Manifest {
	l := Ledger{Read: 1000 * int64(epoch), Accepted: 990 * int64(epoch), Late: 7 * int64(epoch), Buffered: 3 * int64(epoch)}
	return &Manifest{
		Engine: "0.3.0", State: StateRunning, Written: time.Date(2026, 1, 2, 3, 4, int(epoch), 0, time.UTC),
		Settings: []Setting{{"lateness", "1m0s"}, {"timezone", "Europe/Paris"}},
		Latest:   1_767_409_445_000,
		Sources: []SourceState{{
			Name: "switch7 <1>.csv", Done: epoch > 1, Ledger: l,
			Bookmark: source.Bookmark{Position: source.Position{Offset: 117_000 * int64(epoch), Line: 1000*int64(epoch) + 1}, Evidence: "c0ffee"},
		}},
		Ledger: l, Frontier: 1_767_322_000_000 + cdr.Millis(epoch), Clock: Clock{1_767_222_000_000, 1_767_322_000_000, 1_767_398_400_000, 20453},
		Rows: 120, Subscribers: 42, ElapsedSeconds: 10.5,
		Out:    "/nowhere/out",
		Staged: map[string][]disk.Staged{"parquet": {{Path: ".staging/features/date=2025-12-31/part-1.parquet", Size: 1234, Sum: 0xdeadbeef}}},
	}
}

// dir is where tests that use a disk in memory have their state directory.
const dir = "/var/lib/state"

// osDisk is the real file system, as the program uses it, and a place in it.
func osDisk(t testing.TB) (disk.FS, string) {
	return disk.New(0o600, 0o700), filepath.Join(t.TempDir(), "state")
}

// writeSample makes a disk with the sample in dir.
func writeSample(t testing.TB) *disktest.Memory {
	t.Helper()
	m := disktest.New()
	s := open(t, m, dir)
	defer s.Close()
	for _, p := range sample() {
		if err := p.write(s, sampleManifest(p.epoch)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Collect(); err != nil {
		t.Fatal(err)
	}
	return m
}

func open(t testing.TB, fs disk.FS, dir string) *Store {
	t.Helper()
	s, err := Open(fs, dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// all reads every block, in the order in which Blocks has them.
func all(s *Store) (blocks []Block, err error) {
	err = s.Blocks(func(Kind, uint8) bool { return true }, func(b Block) error {
		b.Data = append([]byte(nil), b.Data...)
		blocks = append(blocks, b)
		return nil
	})
	return blocks, err
}

// text shows blocks in an error message, and compares them.
func text(blocks []Block) (s string) {
	for _, b := range blocks {
		s += fmt.Sprintf("%d partition %d day %d %q\n", b.Kind, b.Partition, b.Day, b.Data)
	}
	return s
}

// files are the contents of the directory, LOCK excepted.
func files(t testing.TB, m *disktest.Memory) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, name := range m.Files(dir) {
		content, err := m.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if name != lockName {
			all[name] = content
		}
	}
	return all
}

// replace puts content in the place of a file.
func replace(t testing.TB, m *disktest.Memory, name string, content []byte) {
	t.Helper()
	if err := m.WriteFile(filepath.Join(dir, name), content); err != nil {
		t.Fatal(err)
	}
}
