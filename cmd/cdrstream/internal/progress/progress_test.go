package progress

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLine(t *testing.T) {
	at := time.Date(2026, 3, 1, 14, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		s       Snapshot
		elapsed time.Duration
		want    string
	}{
		{Snapshot{}, 0, "0 B  0 records/s"},
		{Snapshot{Bytes: 2048, Records: 9999}, time.Second, "2.0 KiB  9999 records/s"},
		{Snapshot{Bytes: 1 << 30, Total: 4 << 30, Records: 30_000_000, EventTime: at}, 20 * time.Second,
			"1.00 GiB of 4.00 GiB  1.50M records/s  2026-03-01 14:30  1m0s left"},
		{Snapshot{Bytes: 3 << 20, Total: 1 << 20, Records: 50_000}, 2 * time.Second, "3.0 MiB of 1.0 MiB  25k records/s  0s left"},
	} {
		if got := c.s.line(c.elapsed); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestLogLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		var records int64
		stop := Log(slog.New(slog.NewTextHandler(&out, nil)), func() Snapshot {
			records += 1000
			return Snapshot{Bytes: records / 10, Total: 400, Records: records}
		})
		time.Sleep(25 * time.Second) // of the test's own clock
		stop()
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != 2 {
			t.Fatalf("%d lines in 25 s:\n%s", len(lines), &out)
		}
		for _, want := range []string{"records=2000", "records_per_second=100", "done=50%", "left=20s"} {
			if !strings.Contains(lines[1], want) {
				t.Errorf("no %s in %s", want, lines[1])
			}
		}
	})
}

// guarded is a buffer that the bar's goroutine and the test may both use.
type guarded struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (g *guarded) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.b.Write(p)
}

func (g *guarded) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.b.String()
}

func TestBarAndMessages(t *testing.T) {
	var w guarded
	o := NewOutput(&w)
	seen := make(chan struct{})
	var once sync.Once
	looks := 0
	stop := o.Bar(func() Snapshot {
		if looks++; looks == 3 {
			once.Do(func() { close(seen) })
		}
		return Snapshot{Bytes: 1 << 19, Total: 1 << 20, Records: 5}
	})
	if _, err := o.Write([]byte("a message\n")); err != nil {
		t.Fatal(err)
	}
	<-seen
	stop()
	if _, err := o.Write([]byte("another\n")); err != nil {
		t.Fatal(err)
	}
	got := w.String()
	for _, want := range []string{"a message\n", "512.0 KiB of 1.0 MiB", "another\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}
