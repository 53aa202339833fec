package output

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

var start = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

func write(t *testing.T, o Options, stdout io.Writer, hours int) {
	t.Helper()
	out, err := New(o, start, start.Add(time.Duration(hours)*time.Hour), stdout)
	if err != nil {
		t.Fatal(err)
	}
	for h := range hours {
		if err := out.Write(start.Add(time.Duration(h)*time.Hour).UnixMilli(), []byte{'a' + byte(h%26), '\n'}); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestSplit(t *testing.T) {
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		split Split
		zone  *time.Location
		hours int
		want  []string
	}{
		{"c.csv", Whole, time.UTC, 30, []string{"c.csv"}},
		{"c.csv.gz", Daily, time.UTC, 30, []string{"c-2026-01-05.csv.gz", "c-2026-01-06.csv.gz"}},
		{"c.jsonl", Hourly, time.UTC, 2, []string{"c-2026-01-05T00.jsonl", "c-2026-01-05T01.jsonl"}},
		{"c", Hourly, kolkata, 2, []string{"c-2026-01-05T05+0530", "c-2026-01-05T06+0530"}},
	} {
		dir := filepath.Join(t.TempDir(), "new")
		write(t, Options{Path: filepath.Join(dir, test.name), Split: test.split, Zone: test.zone}, nil, test.hours)
		if got := files(t, dir); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestCompression(t *testing.T) {
	for _, name := range []string{"c.csv", "c.csv.gz", "c.csv.zst"} {
		path := filepath.Join(t.TempDir(), name)
		write(t, Options{Path: path, Zone: time.UTC, Header: []byte("head\n")}, nil, 2)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var r io.Reader = bytes.NewReader(data)
		switch filepath.Ext(name) {
		case ".gz":
			if r, err = gzip.NewReader(r); err != nil {
				t.Fatal(err)
			}
		case ".zst":
			z, err := zstd.NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			defer z.Close()
			r = z
		}
		if text, err := io.ReadAll(r); err != nil || string(text) != "head\na\nb\n" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

func TestStandardOutput(t *testing.T) {
	var b bytes.Buffer
	write(t, Options{Path: "-", Zone: time.UTC}, &b, 2)
	if b.String() != "a\nb\n" {
		t.Errorf("%q", b.String())
	}
}

func TestDevice(t *testing.T) {
	write(t, Options{Path: os.DevNull, Zone: time.UTC}, nil, 1)
	if _, err := os.Stat(os.DevNull + ".partial"); !errors.Is(err, os.ErrNotExist) {
		t.Error("a staged file beside a device")
	}
}

func TestOverwrite(t *testing.T) {
	dir := t.TempDir()
	o := Options{Path: filepath.Join(dir, "c.csv"), Split: Daily, Zone: time.UTC}
	taken := filepath.Join(dir, "c-2026-01-06.csv")
	if err := os.WriteFile(taken, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := New(o, start, start.Add(30*time.Hour), nil); err == nil {
		t.Error("an existing part is not refused")
	}
	if _, err := New(o, start, start.Add(24*time.Hour), nil); err != nil {
		t.Errorf("a file outside the time is refused: %v", err)
	}
	o.Force = true
	write(t, o, nil, 30)
	if text, _ := os.ReadFile(taken); string(text) == "mine" {
		t.Error("Force does not overwrite")
	}
}

func TestAbandon(t *testing.T) {
	dir := t.TempDir()
	out, err := New(Options{Path: filepath.Join(dir, "c.csv"), Split: Daily, Zone: time.UTC}, start, start.Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range []time.Duration{0, 24} {
		if err := out.Write(start.Add(day*time.Hour).UnixMilli(), []byte("x\n")); err != nil {
			t.Fatal(err)
		}
	}
	out.Abandon()
	if got := files(t, dir); !slices.Equal(got, []string{"c-2026-01-05.csv"}) {
		t.Errorf("left: %v", got)
	}
}

func TestFullDisk(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		return // a system without the device
	}
	out, err := New(Options{Path: "/dev/full", Zone: time.UTC}, start, start.Add(time.Hour), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(out.Write(start.UnixMilli(), []byte("x\n")), out.Close()); err == nil {
		t.Error("a full disk is no error")
	}
}
