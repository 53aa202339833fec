package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsserver"
	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

// startNATS runs a NATS server with the stream CDR until the end of the script,
// and names it in the environment: nats [start|bare].
func startNATS(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: nats start|bare")
	}
	s, err := natsserver.Start(natsserver.Options{StoreDir: ts.MkAbs("nats"), Port: natsserver.RandomPort})
	ts.Check(err)
	ts.Defer(s.Shutdown)
	ts.Setenv("CDRSTREAM_NATS_URL", s.ClientURL())
	if args[0] == "bare" {
		return
	}
	conn, err := nats.Connect("", nats.InProcessServer(s.InProcess()))
	ts.Check(err)
	defer conn.Close()
	js, err := jetstream.New(conn)
	ts.Check(err)
	_, _, err = natsserver.EnsureStream(context.Background(), js, natsserver.StreamOptions{Name: defaultStream, Subjects: []string{"cdr.>"}})
	ts.Check(err)
}

func TestRate(t *testing.T) {
	for text, want := range map[string]float64{
		"50000/s": 50_000, "50k/s": 50_000, "1.5M": 1_500_000, "0.5": 0.5, "20K": 20_000,
		"": 0, "fast": 0, "-5": 0, "0": 0, "NaN": 0, "Inf": 0, "5/m": 0, "1e300": 0, "/s": 0,
	} {
		var r rate
		err := r.Set(text)
		if (err == nil) != (want != 0) || float64(r) != want {
			t.Errorf("%q: %g, %v; want %g", text, float64(r), err, want)
		}
	}
}

// publishBed is a server with the stream CDR and a file of 8,000 records.
func publishBed(t *testing.T) (s *natstest.Server, js jetstream.JetStream, path, records string) {
	t.Helper()
	s = natstest.Run(t, nil)
	js = s.JetStream()
	if _, _, err := natsserver.EnsureStream(t.Context(), js, natsserver.StreamOptions{Name: defaultStream, Subjects: []string{"cdr.>"}}); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "a.csv")
	for i := range 8000 {
		records += fmt.Sprintf("2026-01-05T10:%02d:%02dZ,49151%07d,voice\n", i/60%60, i%60, i)
	}
	if err := os.WriteFile(path, []byte("start_time,calling_number,service\n"+records), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, js, path, records
}

// The command is killed at random moments, with blocks and with single records;
// the same command goes on, and every record is stored once.
func TestPublishKilled(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	s, js, path, records := publishBed(t)
	kills := 0
	for done := false; !done; {
		args := []string{"publish", "-q", "--nats-url", s.URL(), "--rate", "20k/s"}
		after := 1 + r.IntN(8)
		if r.IntN(2) == 0 {
			args, after = append(args, "--per-message"), 1+r.IntN(3000)
		}
		code, stderr := interruptPublish(t, s, after, syscall.SIGKILL, append(args, path))
		if code > 0 || stderr != "" {
			t.Fatalf("exit code %d: %s", code, stderr)
		}
		if done = code == 0; !done {
			kills++
		}
	}
	t.Logf("%d kills", kills)
	if got := storedText(t, js); got != records {
		t.Errorf("%d bytes are stored, want %d", len(got), len(records))
	}
}

// A signal stops the command at the end of a batch; the same command goes on.
func TestPublishStopped(t *testing.T) {
	s, js, path, records := publishBed(t)
	args := []string{"publish", "--nats-url", s.URL(), "--rate", "20k/s", path}
	code, stderr := interruptPublish(t, s, 3, syscall.SIGINT, args)
	if want := " records are stored, the same command goes on\n"; code != exitSignal || !strings.Contains(stderr, "cdrstream: stopped by a signal: ") || !strings.HasSuffix(stderr, want) {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if code, stderr := interruptPublish(t, s, 1<<30, syscall.SIGINT, args); code != 0 || !strings.Contains(stderr, "a.csv goes on behind byte") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if got := storedText(t, js); got != records {
		t.Errorf("%d bytes are stored, want %d", len(got), len(records))
	}
}

// interruptPublish runs the command and sends it a signal when so many messages have
// come. The exit code is negative if the signal ended it.
func interruptPublish(t *testing.T, s *natstest.Server, after int, sig syscall.Signal, args []string) (code int, stderr string) {
	t.Helper()
	c := exec.Command("cdrstream", args...)
	var text bytes.Buffer
	c.Stderr = &text
	conn, n := s.Connect(), 0
	defer conn.Close()
	started := make(chan struct{})
	_, err := conn.Subscribe("cdr.>", func(*nats.Msg) {
		if n++; n == after {
			<-started
			_ = c.Process.Signal(sig)
		}
	})
	if err == nil {
		err = conn.Flush()
	}
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	close(started)
	_ = c.Wait() // the exit code tells
	return c.ProcessState.ExitCode(), text.String()
}

// storedText is the data of all messages.
func storedText(t *testing.T, js jetstream.JetStream) string {
	t.Helper()
	stream, err := js.Stream(t.Context(), defaultStream)
	if err != nil {
		t.Fatal(err)
	}
	c, err := stream.OrderedConsumer(t.Context(), jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	it, err := c.Messages()
	if err != nil {
		t.Fatal(err)
	}
	defer it.Stop()
	var all strings.Builder
	for range stream.CachedInfo().State.Msgs {
		m, err := it.Next()
		if err != nil {
			t.Fatal(err)
		}
		all.Write(m.Data())
	}
	return all.String()
}
