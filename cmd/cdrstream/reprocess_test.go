package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/bench/samples"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/rejects"
)

func put(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// spoil replaces old by wrong in about every nth line of text.
func spoil(text, old, wrong string, n int) string {
	lines := strings.SplitAfter(text, "\n")
	r := rand.New(rand.NewPCG(1, 1))
	for i, line := range lines {
		if r.IntN(n) == 0 {
			lines[i] = strings.Replace(line, old, wrong, 1)
		}
	}
	return strings.Join(lines, "")
}

// sameAnswer compares the rows and alerts of two runs.
func sameAnswer(t *testing.T, want, got string) {
	t.Helper()
	a, b := outputOf(t, want), outputOf(t, got)
	for _, kind := range []string{featuresDir, "alerts"} {
		if a.sums[kind] != b.sums[kind] {
			t.Errorf("%s of %s and %s differ: %+v, %+v", kind, want, got, a.ledger, b.ledger)
		}
	}
	if a.rows == 0 {
		t.Error("no rows")
	}
}

// Rejects that were corrected by hand, read again: with them, the spoilt file gives
// what the good one gives. Twice does not count twice.
func TestReprocessCorrected(t *testing.T) {
	t.Chdir(t.TempDir())
	must(t, "generate", "--subscribers", "300", "--days", "9", "--records", "10000", "--seed", "3", "--duplicates", "0.01", "--out", "good.csv")
	good := content(t, "good.csv")
	must(t, "replay", "--quiet", "--out", "want", "good.csv")
	put(t, "bad.csv", []byte(spoil(good, ",voice,", ",voize,", 20)))
	must(t, "replay", "--quiet", "--out", "out", "bad.csv")

	must(t, "reprocess", "--quiet", "--out", "again.jsonl", "out")
	if content(t, "again.jsonl") != "" {
		t.Error("something was read as it was")
	}
	first := content(t, "again.jsonl.rejects.jsonl")
	if n := strings.Count(first, "\n"); n != strings.Count(content(t, "out/rejects/rejects.jsonl"), "\n") || n < 50 {
		t.Errorf("%d rejects are kept", n)
	}
	put(t, "again.jsonl.rejects.jsonl", []byte(strings.ReplaceAll(first, ",voize,", ",voice,")))
	put(t, "half.jsonl", []byte(first[:strings.Index(first[len(first)/2:], "\n")+len(first)/2+1]))
	must(t, "reprocess", "--quiet", "--out", "again.jsonl", "half.jsonl", "out", "half.jsonl")
	if there("again.jsonl.rejects.jsonl") {
		t.Error("what was corrected is kept as a reject")
	}
	lines := content(t, "again.jsonl")
	must(t, "reprocess", "--quiet", "--out", "again.jsonl", "out/rejects", "half.jsonl")
	if content(t, "again.jsonl") != lines {
		t.Error("what was written was written again")
	}
	must(t, "replay", "--quiet", "--out", "got", "bad.csv", "again.jsonl")
	sameAnswer(t, "want", "got")
	put(t, "copy.jsonl", []byte(lines+"\n"))
	must(t, "replay", "--quiet", "--out", "twice", "bad.csv", "again.jsonl", "copy.jsonl")
	sameAnswer(t, "want", "twice")
	for _, name := range []string{"again.jsonl", "again.jsonl.register"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if left, err := filepath.Glob("again*"); err != nil || len(left) != 2 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// A configuration that was wrong: the numbers have the country they are meant to have,
// and keep it when they are read under the same rules again.
func TestReprocessConfigured(t *testing.T) {
	t.Chdir(t.TempDir())
	var b strings.Builder
	b.WriteString("start_time,calling_number,called_number,duration_seconds,imei\n")
	for i := range 200 {
		fmt.Fprintf(&b, "2026-03-0%d 10:%02d:00,0301234%03d,%s,%d,35824005111%d\n", 1+i%9, i%60, i%7, []string{"110", "0049151123", "alice@example.com", "+448081570000"}[i%4], i, 1000+i)
	}
	put(t, "a.csv", []byte(b.String()))
	put(t, "right.yaml", []byte("sources:\n  - match: '*'\n    country: DE\n    timezone: Europe/Berlin\nclock: record\n"))
	put(t, "wrong.yaml", []byte("max_future: 1s\n"))
	must(t, "replay", "--quiet", "--lateness", "30d", "--config", "right.yaml", "--out", "want", "a.csv")
	put(t, "empty.csv", []byte("start_time,calling_number,called_number,duration_seconds,imei\n2026-03-01 09:00:00,,,1,\n"))
	// all of a.csv rejected, as the rejects of a run that could not read it
	var lines []byte
	at := int64(strings.Index(b.String(), "\n") + 1)
	for i, line := range strings.SplitAfter(b.String()[at:], "\n") {
		if line != "" {
			e := rejects.Entry{Source: "a.csv", Line: int64(i + 2), Offset: at, Reason: "?", Raw: []byte(strings.TrimSuffix(line, "\n"))}
			lines = e.Append(lines)
		}
		at += int64(len(line))
	}
	put(t, "rejects.jsonl", lines)
	must(t, "reprocess", "--quiet", "--config", "right.yaml", "--out", "again.jsonl", "rejects.jsonl")
	must(t, "replay", "--quiet", "--lateness", "30d", "--config", "right.yaml", "--out", "got", "again.jsonl")
	sameAnswer(t, "want", "got")
}

// A file that was read as another format, and whose rows belong together: as they are.
func TestReprocessFormat(t *testing.T) {
	t.Chdir(t.TempDir())
	put(t, "Master.csv", samples.Of("asterisk").File(3000))
	must(t, "replay", "--quiet", "--lateness", "1h", "--out", "want", "Master.csv")
	must(t, "replay", "--quiet", "--format", "json", "--out", "out", "Master.csv")
	must(t, "reprocess", "--quiet", "--format", "asterisk", "--as-is", "--out", "again.csv", "out")
	must(t, "reprocess", "--quiet", "--as-is", "--out", "again.csv", "out")
	if content(t, "again.csv") != content(t, "Master.csv") {
		t.Error("not as they were")
	}
	must(t, "replay", "--quiet", "--lateness", "1h", "--out", "got", "again.csv")
	sameAnswer(t, "want", "got")
	must(t, "reprocess", "--quiet", "--format", "asterisk", "--out", "lines.jsonl", "out")
	if n := strings.Count(content(t, "lines.jsonl.rejects.jsonl"), "use --as-is"); n != 3000 {
		t.Errorf("%d of 3000 records are said to belong to others", n)
	}
}

// Binary records: corrected byte by byte, without what stands around them in the file.
func TestReprocessBinary(t *testing.T) {
	t.Chdir(t.TempDir())
	f := samples.Of("baf")
	good, bad := f.File(2000), f.File(0)
	for i := range 2000 {
		r := f.Append(nil, i)
		if i%10 == 0 {
			r[22] = 0xDD // the date
		}
		bad = append(bad, r...)
	}
	put(t, "good.baf", good)
	put(t, "bad.baf", bad)
	must(t, "replay", "--quiet", "--lateness", "1h", "--out", "want", "good.baf")
	must(t, "replay", "--quiet", "--lateness", "1h", "--out", "out", "bad.baf")
	var corrected []byte
	for _, line := range strings.Split(strings.TrimSpace(content(t, "out/rejects/rejects.jsonl")), "\n") {
		e, err := rejects.Parse([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		i := int(e.Line - 1)
		e.Raw = f.Append(nil, i)[4:]
		corrected = e.Append(corrected)
	}
	if n := bytes.Count(corrected, []byte("\n")); n != 200 {
		t.Errorf("%d rejects", n)
	}
	put(t, "corrected.jsonl", corrected)
	must(t, "reprocess", "--quiet", "--out", "again.jsonl", "corrected.jsonl") // the source tells the format
	must(t, "replay", "--quiet", "--lateness", "1h", "--out", "got", "bad.baf", "again.jsonl")
	sameAnswer(t, "want", "got")
}

// Killed at any moment, the same command in the end leaves every record once.
func TestReprocessKilled(t *testing.T) {
	t.Chdir(t.TempDir())
	f := samples.Of("csv")
	const n = 30_000
	var lines []byte
	at := int64(len(f.Head))
	for i := range n {
		raw := f.Append(nil, i)
		e := rejects.Entry{Source: "gone.csv", Line: int64(i + 2), Offset: at, Reason: "?", Raw: raw[:len(raw)-1]}
		lines = e.Append(lines)
		at += int64(len(raw))
	}
	put(t, "rejects.jsonl", lines)
	put(t, "head.csv", []byte(f.Head))
	args := []string{"reprocess", "--quiet", "--head", "head.csv", "--out", "again.jsonl", "rejects.jsonl"}
	calm := time.Now()
	must(t, append(slices.Clone(args), "--dry-run")...)
	span := time.Since(calm)
	r := rand.New(rand.NewPCG(1, 9))
	killed := 0
	for range 8 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.Int64N(int64(span*3/2))))
		if exec.CommandContext(ctx, "cdrstream", args...).Run() != nil {
			killed++
		}
		cancel()
	}
	must(t, args...)
	got := strings.SplitAfter(content(t, "again.jsonl"), "\n")
	if len(got) != n+1 {
		t.Fatalf("%d lines of %d", len(got)-1, n)
	}
	slices.Sort(got)
	if len(slices.Compact(got)) != n+1 {
		t.Error("a record is there twice")
	}
	t.Logf("%d of 8 runs were killed", killed)
}
