package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// outcome runs cdrstream, which is to end by itself, and returns its exit code and what
// it said.
func outcome(t *testing.T, args ...string) (code int, said string) {
	t.Helper()
	var errs bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, "cdrstream", args...)
	c.Stderr = &errs
	_ = c.Run()
	return c.ProcessState.ExitCode(), errs.String()
}

// dropFile puts records into a spool.
func dropFile(t *testing.T, dir, name string, records ...string) {
	t.Helper()
	text := "record_id,start_time,calling_number,called_number,duration_seconds,direction\n" + strings.Join(records, "\n") + "\n"
	hidden := filepath.Join(dir, name+".tmp")
	if err := os.WriteFile(hidden, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(hidden, filepath.Join(dir, name)); err != nil {
		t.Fatal(err)
	}
}

func recently(i int) string {
	return fmt.Sprintf("%d,%s,+4915112345%02d,+493012345,5,both", i, time.Now().UTC().Add(time.Duration(i)*time.Second-time.Hour).Format(time.RFC3339), i%3)
}

// TestServeCountry: numbers are looked up as they stand in the output, or as a switch
// writes them, also where national numbers are completed.
func TestServeCountry(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("in", 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("c.yaml", []byte("country: DE\nspool:\n  idle_timeout: 50ms\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var all []string
	for i := range 30 {
		all = append(all, recently(i))
	}
	l := serveLive(t, "--spool", "in", "--spool-quiet", "10ms", "--config", "c.yaml")
	dropFile(t, "in", "a.csv", all...)
	l.until("it is known", func() bool { return l.value("cdrstream_source_records_read_total{source=\"in\"}") == 30 })
	for _, number := range []string{"491511234501", "+491511234501", "01511234501", "00491511234501"} {
		l.until("somebody knows "+number, func() bool {
			code, _ := l.get("/v1/subscribers/" + number)
			return code != http.StatusServiceUnavailable
		})
		code, body := l.get("/v1/subscribers/" + number)
		var v struct{ Subscriber string }
		if err := json.Unmarshal([]byte(body), &v); code != http.StatusOK || err != nil || v.Subscriber != "491511234501" {
			t.Errorf("%s: %d %.100s", number, code, body)
		}
	}
	l.stop()
}

// TestServeStoppedAtOnce: a signal that comes before serve has taken up its state ends it
// well.
func TestServeStoppedAtOnce(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("in", 0o700); err != nil {
		t.Fatal(err)
	}
	l := serveLive(t, "--spool", "in", "--spool-quiet", "10ms")
	dropFile(t, "in", "a.csv", recently(1))
	l.until("it is read", func() bool { return l.value("cdrstream_source_records_read_total{source=\"in\"}") == 1 })
	l.stop()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 20 {
		root := newRootCommand(streams{nil, io.Discard, io.Discard})
		root.SetArgs(l.args)
		if err := root.ExecuteContext(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestServeTwice: what another serve uses is refused as bad usage, and stays as it is.
func TestServeTwice(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, dir := range []string{"in", "in2"} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	l := serveLive(t, "--spool", "in", "--spool-quiet", "10ms", "--state", "s", "--out", "o", "--alerts-to", "alerts.x", "--checkpoint-every", "50ms")
	at := strings.TrimPrefix(l.http, "http://")
	dropFile(t, "in", "a.csv", recently(1))
	l.until("it is in the register", func() bool {
		at := tree(t, "o")
		return strings.Contains(at, "o/files/0") && !strings.Contains(at, "o/.staging/files/0")
	})
	for name, args := range map[string][]string{
		"state": {"--spool", "in2", "--state", "s", "--out", "o2", "--listen", "127.0.0.1:0"},
		"out":   {"--spool", "in2", "--state", "s2", "--out", "o", "--listen", "127.0.0.1:0"},
		"spool": {"--spool", "in", "--state", "s3", "--out", "o3", "--listen", "127.0.0.1:0"},
		"http":  {"--spool", "in2", "--state", "s4", "--out", "o4", "--listen", at},
	} {
		before := tree(t, "o")
		if code, said := outcome(t, append([]string{"serve"}, args...)...); code != exitUsage {
			t.Errorf("%s: exit code %d: %s", name, code, said)
		} else {
			t.Logf("%s: %s", name, said)
		}
		if after := tree(t, "o"); name == "out" && after != before {
			t.Errorf("%s:\nbefore %s\n after %s", name, before, after)
		}
	}
	l.stop()
	for _, dir := range []string{"o2", "o3", "o4"} {
		if there(dir) {
			t.Errorf("%s was left: %s", dir, tree(t, dir))
		}
	}
}

func tree(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}
