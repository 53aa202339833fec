//go:build !race

// The race detector allocates on its own account.

package engine_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// counting is a sink that only counts.
type counting struct {
	unstaged
	rows int
}

func (c *counting) Write(_ context.Context, f *feature.Frame) error { c.rows += f.Rows; return nil }

// busyDays is two days of n records between the same subscribers, in the order
// in which a switch writes them: nearly that of release.
func busyDays(n int, json bool) oracle.File {
	var b strings.Builder
	if !json {
		b.WriteString("record_id,start_time,calling_number,called_number,ring_seconds,duration_seconds,disposition,cell_id,imei,charge\n")
	}
	for i := range n {
		at := noon.Add(time.Duration(i) * (48 * time.Hour / time.Duration(n))).Format(time.RFC3339)
		from, to, talk := i*7919%60, i*31%60, i%5
		if json {
			fmt.Fprintf(&b, `{"record_id":"r%d","start_time":"%s","calling_number":"+4915112%05d","called_number":"+4930123%04d","duration_seconds":%d}`+"\n", i, at, from, to, talk)
			continue
		}
		fmt.Fprintf(&b, "r%d,%s,+4915112%05d,+4930123%04d,3.5,%d,answered,26201-17-%d,35%012d,0.2%d\n", i, at, from, to, talk, from%20, from, talk)
	}
	return oracle.File{Name: "busy", Data: []byte(b.String()), JSON: json}
}

// mallocs is how many objects a run over n records allocates.
func mallocs(t *testing.T, n int, json bool, windows []string) uint64 {
	t.Helper()
	j := small(busyDays(n, json))
	j.Windows, j.Lateness, j.workers, j.block = windows, 5*time.Second, 2, 64<<10
	c, _, err := j.config()
	if err != nil {
		t.Fatal(err)
	}
	sink := &counting{}
	c.Features, c.Workers = sink, 1
	e, err := engine.New(c)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := e.Run(t.Context())
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if s.Ledger.Accepted != int64(n) || sink.rows < 300 {
		t.Fatalf("%+v, %d rows", s.Ledger, sink.rows)
	}
	return after.Mallocs - before.Mallocs
}

// TestAllocations: a record costs no object, from its bytes to the windows. Of
// two runs over the same subscribers, days and panes the one over twice as many
// records allocates no more than what its chunks cost.
func TestAllocations(t *testing.T) {
	const n = 250_000 // more than wait to be folded
	for _, test := range []struct {
		name    string
		json    bool
		windows []string
	}{
		{"csv, days", false, []string{"1d", "7d", "30d"}},
		{"csv, hours", false, []string{"1h/5m", "24h/1h", "7d"}},
		{"json", true, []string{"1d", "7d"}},
	} {
		once, twice := mallocs(t, n, test.json, test.windows), mallocs(t, 2*n, test.json, test.windows)
		per := (float64(twice) - float64(once)) / n
		t.Logf("%s: %d objects, %d over twice as many records: %.4f a record", test.name, once, twice, per)
		if per >= 0.02 {
			t.Errorf("%s: %.4f objects a record", test.name, per)
		}
	}
}
