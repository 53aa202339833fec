package spool

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/source"
)

const id = "00112233445566778899aabbccddeeff"

var good = []string{
	`{"directory":"` + id + `"}`,
	`{"directory":"` + id + `","current":{"name":"a/2.csv","size":120,"modified":1764112854000000000,"bookmark":{"position":{"offset":60,"line":2,"records":0},"evidence":"kind=plain"}}}`,
	`{"directory":"` + id + `","current":{"name":"base64:/2E=","size":0,"modified":-5,"bookmark":{"position":{"offset":0,"line":0,"records":0},"evidence":""}},` +
		`"read":[{"name":"a","size":0,"modified":0,"bookmark":{"position":{"offset":0,"line":0,"records":0},"evidence":""},"empty":true},` +
		`{"name":"b","size":1,"modified":1,"bookmark":{"position":{"offset":0,"line":0,"records":0},"evidence":""},"reason":"of no known format"}]}`,
}

func TestEvidence(t *testing.T) {
	for _, text := range good {
		if e, err := parseEvidence(text); err != nil || e.String() != text {
			t.Errorf("%s: %v, %v", text, e, err)
		}
	}
	entry := func(name string) string {
		return `{"name":"` + name + `","size":0,"modified":0,"bookmark":{"position":{"offset":0,"line":0,"records":0},"evidence":""}}`
	}
	for _, name := range []string{"", ".", "..", "../a", "a/../b", "/etc/passwd", "a/", "a//b", ".archive/a", "a/.b", "a.tmp", `a\u0000b`, "base64:Lg==", "base64:Li4vYQ==", "base64:YQ==", "base64:!"} {
		if e, err := parseEvidence(`{"directory":"` + id + `","current":` + entry(name) + `}`); err == nil {
			t.Errorf("the name %q is taken: %v", name, e)
		}
	}
	for _, bad := range []string{
		"", "{}", "null", "[]", `{"directory":""}`, `{"directory":"` + strings.ToUpper(id) + `"}`, `{"directory":"` + id + `"} `, ` ` + good[0], good[0] + good[0],
		`{"directory":"` + id + `","more":1}`, `{"directory":"` + id + `","read":[]}`, `{"directory":"` + id + `","read":[null]}`,
		`{"directory":"` + id + `","read":[` + entry("a") + `,` + entry("a") + `]}`,
		`{"directory":"` + id + `","current":` + entry("a") + `,"read":[` + entry("a") + `]}`,
		strings.Replace(good[1], "120", "-1", 1), strings.Replace(good[1], "60", "-1", 1), strings.Replace(good[1], "120", "1.5", 1), strings.Replace(good[1], "120", "99999999999999999999", 1),
	} {
		if e, err := parseEvidence(bad); err == nil {
			t.Errorf("%s is taken: %v", bad, e)
		}
	}
}

// Names are bytes: whatever can be found in a directory comes back out of a bookmark.
func TestNames(t *testing.T) {
	inRig(t, nil, func(t *testing.T, r *rig) {
		r.write("x\ny", []byte("nonsense"))
		names := []string{"Z\xfcrich.csv", "base64:YQ==", "a b\n.csv", "<&>.csv", "\u2028.csv"}
		for _, n := range names {
			r.put(n, records("x", 9)...)
		}
		r.settle()
		for r.block() {
			b := r.bookmark()
			must(t, r.restart(b))
			must(t, r.s.Ack(t.Context(), b))
			r.settle()
		}
		r.ack()
		if len(r.got) != len(names)*9 || len(r.s.read) > 0 || r.log.with("x?y") != 1 {
			t.Errorf("%d records", len(r.got))
		}
		for _, line := range r.log.lines {
			if strings.ContainsAny(line, "\n\r") {
				t.Errorf("%q is not one line", line)
			}
		}
		for _, n := range names {
			if found, _ := filepath.Glob(filepath.Join(r.dir, ".archive/*", n)); len(found) != 1 {
				t.Errorf("%q is not in the archive", n)
			}
		}
	})
}

// Whatever the evidence: no panic, nothing outside the directory is touched, and what
// is taken is written again as it was.
func FuzzResume(f *testing.F) {
	for _, text := range good {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := parseEvidence(text)
		if err != nil {
			return // Resume and Ack do no more with it
		}
		if e.String() != text {
			t.Fatalf("%q became %q", text, e)
		}
		home := t.TempDir()
		outside := filepath.Join(home, "outside.csv")
		must(t, os.WriteFile(outside, nil, 0o600))
		dir := filepath.Join(home, "spool")
		must(t, os.Mkdir(dir, 0o700))
		must(t, os.WriteFile(filepath.Join(dir, "a.csv"), []byte(header+"1\n"), 0o600))
		must(t, os.WriteFile(filepath.Join(dir, markerName), []byte(id), 0o600))
		s, err := New(Options{Dir: dir, Open: open, FS: quick{disk.New(0o600, 0o700)}})
		must(t, err)
		defer s.Close()
		b := source.Bookmark{Evidence: text}
		if s.Resume(t.Context(), b) == nil {
			again, err := s.Bookmark()
			if err == nil && again.Evidence == "" {
				t.Fatal("no evidence")
			}
			s.Read(t.Context(), nil)
		}
		s.Ack(t.Context(), b)
		if _, err := os.Lstat(outside); err != nil {
			t.Fatal(err)
		}
	})
}
