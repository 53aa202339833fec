package checkpoint

import (
	"context"
	"encoding/binary"
	"errors"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// readAll opens the directory and reads everything there is in it.
func readAll(fs disk.FS) error {
	s, err := Open(fs, dir)
	if err != nil {
		return err
	}
	defer s.Close()
	return readStore(s)
}

func readStore(s *Store) error {
	if _, err := all(s); err != nil {
		return err
	}
	_, err := s.Order()
	return err
}

// names reports whether err is damage to the file, at a place in it.
func names(err error, path string, size int) bool {
	var d *DamageError
	return errors.As(err, &d) && d.File == path && d.Offset >= 0 && d.Offset <= int64(size) &&
		strings.HasPrefix(err.Error(), path+": damaged at byte ") && strings.HasSuffix(err.Error(), ": restore the directory from a copy, or start over without it")
}

// damage runs a check of every way to damage every file of a small directory:
// change is given its content and returns what to put in its place.
func damage(t *testing.T, ways func(content []byte) int, change func(way int, content []byte) []byte) {
	fs := writeSample(t)
	for name, content := range files(t, fs) {
		path := filepath.Join(dir, name)
		for way := range ways(content) {
			replace(t, fs, name, change(way, slices.Clone(content)))
			if err := readAll(fs); !names(err, path, len(content)) {
				t.Fatalf("%s, way %d: reading says %v", name, way, err)
			}
			r, err := Verify(context.Background(), fs, dir)
			if err != nil || len(r.Damaged) != 1 || !names(r.Damaged[0], path, len(content)) {
				t.Fatalf("%s, way %d: Verify says %v, %v", name, way, r.Damaged, err)
			}
		}
		replace(t, fs, name, content)
	}
	if err := readAll(fs); err != nil {
		t.Fatalf("all is as it was, and yet %v", err)
	}
}

func TestEveryFlippedBit(t *testing.T) {
	damage(t,
		func(content []byte) int { return len(content) },
		func(way int, content []byte) []byte {
			content[way] ^= 1 << (way * 5 % 8)
			return content
		})
}

func TestEveryTruncation(t *testing.T) {
	damage(t,
		func(content []byte) int { return len(content) },
		func(way int, content []byte) []byte { return content[:way] })
}

func TestBytesTooMany(t *testing.T) {
	damage(t,
		func([]byte) int { return 2 },
		func(way int, content []byte) []byte { return append(content, "\n{"[way]) })
}

// A file shrinks after Open has seen its size: its blocks tell.
func TestTruncatedWhileOpen(t *testing.T) {
	fs := writeSample(t)
	s := open(t, fs, dir)
	defer s.Close()
	for name, content := range files(t, fs) {
		if name == manifestName {
			continue
		}
		path := filepath.Join(dir, name)
		for n := range content {
			replace(t, fs, name, content[:n])
			if err := readStore(s); !names(err, path, len(content)) {
				t.Fatalf("%s cut to %d bytes: %v", name, n, err)
			}
		}
		replace(t, fs, name, content)
	}
}

// Without a file a directory is refused, and left as it is.
func TestMissingFile(t *testing.T) {
	fs := writeSample(t)
	whole := files(t, fs)
	replace(t, fs, "state-00000003-000", []byte("left over"))
	for name, content := range whole {
		path := filepath.Join(dir, name)
		before := len(files(t, fs))
		if err := fs.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := readAll(fs); !names(err, path, 0) {
			t.Errorf("without %s: %v", name, err)
		}
		if r, err := Verify(context.Background(), fs, dir); err != nil || len(r.Damaged) != 1 || !names(r.Damaged[0], path, 0) {
			t.Errorf("without %s: Verify says %v, %v", name, r.Damaged, err)
		}
		if got := len(files(t, fs)); got != before-1 {
			t.Fatalf("without %s: %d files are left of %d", name, got, before-1)
		}
		replace(t, fs, name, content)
	}
}

// Several files are damaged, and all are named.
func TestVerifyNamesAll(t *testing.T) {
	fs := writeSample(t)
	var want, got []string
	for name, content := range files(t, fs) {
		if name == manifestName {
			continue
		}
		content[len(content)/2] ^= 4
		replace(t, fs, name, content)
		want = append(want, filepath.Join(dir, name))
	}
	r, err := Verify(context.Background(), fs, dir)
	for _, d := range r.Damaged {
		got = append(got, d.File)
	}
	slices.Sort(want)
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) || r.Files != 0 {
		t.Errorf("Verify names %q of %q (%d whole), %v", got, want, r.Files, err)
	}
}

// A block in the place of another, each whole in itself, is seen: by its header if
// it comes from another file or place, else by the checksum of the file.
func TestMisplacedBlock(t *testing.T) {
	fs := disktest.New()
	s := open(t, fs, dir)
	defer s.Close()
	blocks := [][]Block{{{Subscribers, 7, 0, []byte("one")}, {Subscribers, 7, 0, []byte("two")}}}
	if err := (part{epoch: 1, base: true, writers: blocks}).write(s, sampleManifest(1)); err != nil {
		t.Fatal(err)
	}
	if err := (part{epoch: 2, writers: blocks}).write(s, sampleManifest(2)); err != nil {
		t.Fatal(err)
	}
	names1, names2 := identity{StateFile, 1, 0}.name(), identity{StateFile, 2, 0}.name()
	older, newer := files(t, fs)[names1], files(t, fs)[names2]
	const block = headerLen + 3

	for what, content := range map[string][]byte{
		"the blocks change places":    slices.Concat(newer[:headLen], newer[headLen+block:headLen+2*block], newer[headLen:headLen+block], newer[headLen+2*block:]),
		"a block comes twice":         slices.Concat(newer[:headLen+block], newer[headLen:headLen+block], newer[headLen+2*block:]),
		"a block is that of epoch 1":  slices.Concat(newer[:headLen], older[headLen:headLen+block], newer[headLen+block:]),
		"the file is that of epoch 1": older,
	} {
		replace(t, fs, names2, content)
		if err := readStore(s); !names(err, filepath.Join(dir, names2), len(content)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Another file of the same name, of the same length, whole in itself.
	other := forge(newer, func(b []byte) { copy(b[headLen+headerLen:], "ONE") })
	replace(t, fs, names2, other)
	if err := readStore(s); !names(err, filepath.Join(dir, names2), len(other)) || !strings.Contains(err.Error(), "not the file that MANIFEST names") {
		t.Errorf("another file, whole in itself: %v", err)
	}
	if r, err := Verify(context.Background(), fs, dir); err != nil || len(r.Damaged) != 1 {
		t.Errorf("Verify says %v, %v of a file that is another", r.Damaged, err)
	}
}

// forge changes a data file and makes its checksums right again, as far as its
// blocks can be followed.
func forge(content []byte, change func([]byte)) []byte {
	b := slices.Clone(content)
	change(b)
	if len(b) < headLen {
		return b
	}
	seed := disk.UpdateSum(0, b[:headLen-4])
	binary.LittleEndian.PutUint32(b[headLen-4:], seed)
	for rest := b[headLen:]; len(rest) >= headerLen; {
		n := int(binary.LittleEndian.Uint32(rest))
		if data := rest[headerLen:]; n <= len(data) {
			binary.LittleEndian.PutUint32(rest[16:], disk.UpdateSum(0, data[:n]))
		}
		binary.LittleEndian.PutUint32(rest[20:], disk.UpdateSum(seed, rest[:20]))
		rest = rest[min(headerLen+n, len(rest)):]
	}
	return b
}

// A header with the right checksum but an impossible length allocates nothing.
func TestImpossibleLength(t *testing.T) {
	fs := writeSample(t)
	s := open(t, fs, dir)
	defer s.Close()
	name := identity{StateFile, 2, 0}.name()
	path, content := filepath.Join(dir, name), files(t, fs)[name]
	for _, length := range []uint32{64, 1 << 20, MaxBlock, MaxBlock + 1, 1<<31 - 1, 1<<32 - 1} {
		replace(t, fs, name, forge(content, func(b []byte) { binary.LittleEndian.PutUint32(b[headLen:], length) }))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		err := readStore(s)
		runtime.ReadMemStats(&after)
		if !names(err, path, len(content)) || !strings.Contains(err.Error(), "beyond the end") {
			t.Errorf("length %d: %v", length, err)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
			t.Errorf("length %d: %d bytes were allocated", length, n)
		}
	}
}

// Every checksum is right, and yet the file cannot be.
func TestForged(t *testing.T) {
	fs := writeSample(t)
	s := open(t, fs, dir)
	defer s.Close()
	name := identity{StateFile, 2, 0}.name()
	content := files(t, fs)[name]
	n := len(content)
	for _, c := range []struct {
		at   int // of the byte that is another
		want string
	}{
		{0, "does not begin like"},
		{12, "belongs to another file"},
		{16, "belongs to another file"},
		{24, "belongs to another file"},
		{25, "belongs to another file"},
		{headLen + 4, "has no place in a state file"},
		{headLen + 6, "is malformed"},
		{headLen + 7, "is malformed"},
		{headLen + 12, "stands where block 0 should"},
		{n - 40, "beyond the end"},
		{n - 1, "counts other blocks"},
		{n - 16, "counts other blocks"},
	} {
		replace(t, fs, name, forge(content, func(b []byte) { b[c.at] ^= 2 }))
		if err := readStore(s); !names(err, filepath.Join(dir, name), n) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("byte %d: %v, want %q", c.at, err, c.want)
		}
	}
}
