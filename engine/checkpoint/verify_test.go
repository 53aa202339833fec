package checkpoint

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
)

// busy is a disk on which somebody else is at work: before is called before a file
// is opened.
type busy struct {
	disk.FS
	before func(name string)
}

func (b busy) Open(path string) (io.ReadSeekCloser, error) {
	b.before(filepath.Base(path))
	return b.FS.Open(path)
}

// Files go away while they are verified, since a running job has made a new base.
func TestVerifyBesideAJob(t *testing.T) {
	parts := history()
	m := disktest.New()
	if _, err := job(m, parts[:2]); err != nil {
		t.Fatal(err)
	}
	s := open(t, m, dir) // the lock is no hindrance
	next := 2
	fs := busy{m, func(name string) {
		if name == manifestName || next == len(parts) {
			return
		}
		if err := parts[next].write(s, sampleManifest(parts[next].epoch)); err != nil {
			t.Fatal(err)
		}
		if err := s.Collect(); err != nil {
			t.Fatal(err)
		}
		next++
	}}
	r, err := Verify(context.Background(), fs, dir)
	if err != nil || len(r.Damaged) > 0 || r.Manifest.Epoch != 4 || r.Files != len(r.Manifest.Files) || r.Bytes != r.Manifest.Bytes() {
		t.Errorf("Verify says %+v, %v", r, err)
	}
}

// Damage is found although MANIFEST is replaced all the time; if it is replaced
// for ever, Verify gives up.
func TestVerifyDamageBesideAJob(t *testing.T) {
	for _, times := range []int{1, 5, maxTries + 1} {
		m := writeSample(t)
		name := identity{StateFile, 1, 0}.name()
		content := files(t, m)[name]
		content[40] ^= 1
		replace(t, m, name, content)
		s := open(t, m, dir)
		epoch := uint64(2)
		fs := busy{m, func(opened string) {
			if opened != name || epoch == uint64(2+times) {
				return
			}
			epoch++
			if err := (part{epoch: epoch, oldest: 0}).write(s, sampleManifest(epoch)); err != nil {
				t.Fatal(err)
			}
		}}
		r, err := Verify(context.Background(), fs, dir)
		switch {
		case times > maxTries && (err == nil || !strings.Contains(err.Error(), "faster than they can be verified")):
			t.Errorf("MANIFEST replaced for ever: %+v, %v", r, err)
		case times <= maxTries && (err != nil || len(r.Damaged) != 1 || !names(r.Damaged[0], filepath.Join(dir, name), len(content))):
			t.Errorf("MANIFEST replaced %d times: %+v, %v", times, r, err)
		}
	}
}

func TestVerifyStaged(t *testing.T) {
	m := writeSample(t)
	s := open(t, m, dir)
	const out = "/data/out"
	manifest := sampleManifest(3)
	manifest.Out = out
	manifest.Staged = map[string][]disk.Staged{
		"parquet": {{Path: ".staging/a", Size: 3, Sum: disk.UpdateSum(0, []byte("abc"))}, {Path: ".staging/gone"}},
		"rejects": {{Path: "rejects.tmp", Size: 0, Sum: 0}},
	}
	if err := (part{epoch: 3}).write(s, manifest); err != nil {
		t.Fatal(err)
	}
	put := func(name, content string) {
		if err := m.Mkdir(filepath.Dir(filepath.Join(out, name))); err != nil {
			t.Fatal(err)
		}
		if err := m.WriteFile(filepath.Join(out, name), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	put(".staging/a", "abc")
	put("rejects.tmp", "")
	r, err := Verify(context.Background(), m, dir)
	if err != nil || len(r.Damaged) > 0 || r.Staged != 2 || r.Absent != 1 || r.Bytes != manifest.Bytes()+3 {
		t.Errorf("Verify says %+v, %v", r, err)
	}
	for _, content := range []string{"abd", "ab", "abcd", ""} {
		put(".staging/a", content)
		r, err := Verify(context.Background(), m, dir)
		if err != nil || len(r.Damaged) != 1 || r.Damaged[0].File != out+"/.staging/a" || r.Staged != 1 {
			t.Errorf("with %q: Verify says %+v, %v", content, r, err)
		}
	}
}

func TestVerifyStops(t *testing.T) {
	m := writeSample(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Verify(ctx, m, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := Verify(context.Background(), m, "/nowhere"); !errors.Is(err, ErrNoState) {
		t.Errorf("got %v", err)
	}
}
