package metrics

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/common/expfmt"
)

var update = flag.Bool("update", false, "rewrite golden files")

// observed has metrics of s, with an observation in every histogram.
func observed(s Snapshot) *Metrics {
	m := New(func() Snapshot { return s })
	m.ObserveCheckpoint(125 * time.Millisecond)
	m.ObservePublish(3 * time.Millisecond)
	m.ObserveLookup(700 * time.Microsecond)
	m.latency.Observe(1.5)
	return m
}

func TestLint(t *testing.T) {
	for name, s := range map[string]Snapshot{"full": full(), "empty": {}} {
		problems, err := testutil.GatherAndLint(observed(s).Registry())
		must(t, err)
		for _, p := range problems {
			t.Errorf("%s: %s: %s", name, p.Metric, p.Text)
		}
	}
}

// exposition is what a scrape of m sees of ours.
func exposition(t *testing.T, m *Metrics) string {
	t.Helper()
	families, err := m.Registry().Gather()
	must(t, err)
	var b strings.Builder
	e := expfmt.NewEncoder(&b, expfmt.NewFormat(expfmt.TypeTextPlain))
	for _, f := range families {
		if strings.HasPrefix(f.GetName(), namespace+"_") {
			must(t, e.Encode(f))
		}
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	got := strings.ReplaceAll(exposition(t, observed(full())), runtime.Version(), "GOVERSION")
	golden := filepath.Join("testdata", "metrics.prom")
	if *update {
		must(t, os.MkdirAll("testdata", 0o755))
		must(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	must(t, err)
	if got != string(want) {
		t.Errorf("the metrics differ from %s (-update if they should):\n%s", golden, got)
	}
}

// What is not known is left out, and is not a time in 1970 or a lag of -1.
func TestUnknown(t *testing.T) {
	s := Snapshot{Frontier: Unknown, Watermark: Unknown, Sources: []Source{{Name: "a", Lag: -1, Headroom: -1, Mark: Unknown}}}
	text := exposition(t, New(func() Snapshot { return s }))
	for _, absent := range []string{
		"frontier_timestamp", "watermark_timestamp", "source_lag", "source_headroom", "source_mark", "start_timestamp",
		"checkpoint_timestamp", "checkpoint_last", "outbox", "alerts_total",
	} {
		if strings.Contains(text, "\n"+namespace+"_"+absent) {
			t.Errorf("%s has a value:\n%s", absent, text)
		}
	}
	s.Frontier, s.Watermark = Endless, 1
	if text = exposition(t, New(func() Snapshot { return s })); strings.Contains(text, "\ncdrstream_frontier") || !strings.Contains(text, "\ncdrstream_watermark_timestamp_seconds 0.001\n") {
		t.Errorf("the end of all:\n%s", text)
	}
}

// Every read record is in an outcome or buffered.
func TestLedgerAddsUp(t *testing.T) {
	s := full()
	for i := range s.Sources {
		x := &s.Sources[i]
		sum := float64(x.Buffered)
		putOutcomes(x, func(v float64, _ ...string) { sum += v })
		if sum != float64(x.Read) {
			t.Errorf("%s: %v of %d", x.Name, sum, x.Read)
		}
	}
}

// A name of any bytes is no reason for a scrape to fail, and its labels are bounded.
func TestOddNames(t *testing.T) {
	s := Snapshot{Sources: []Source{{Name: "a\xff\n\"b", Kind: "spool"}}, Alerts: map[string]int64{"é": 1}}
	text := exposition(t, New(func() Snapshot { return s }))
	if !strings.Contains(text, `source="a�\n\"b"`) || !strings.Contains(text, `rule="é"`) {
		t.Errorf("%s", text)
	}
}

// Labels are few, and none can tell of a subscriber.
func TestLabels(t *testing.T) {
	allowed := map[string]bool{"version": true, "goversion": true, "source": true, "kind": true, "outcome": true, "note": true, "type": true, "code": true, "rule": true, "sink": true, "le": true}
	for _, m := range regexp.MustCompile(`[{,]([a-z_]+)="`).FindAllStringSubmatch(exposition(t, observed(full())), -1) {
		if !allowed[m[1]] {
			t.Errorf("a label %s", m[1])
		}
	}
}

// The registry is ours alone, has the process and the runtime, and the collector
// describes all that it collects.
func TestRegistry(t *testing.T) {
	text := ""
	families, err := New(full).Registry().Gather()
	must(t, err)
	for _, f := range families {
		text += f.GetName() + "\n"
	}
	for _, want := range []string{"process_resident_memory_bytes", "go_goroutines", "cdrstream_build_info"} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s", want)
		}
	}
	pedantic := prometheus.NewPedanticRegistry()
	must(t, pedantic.Register(newCollector(full)))
	_, err = pedantic.Gather()
	must(t, err)
	New(full) // another one has a registry of its own
}

func TestNativeHistograms(t *testing.T) {
	families, err := observed(full()).Registry().Gather()
	must(t, err)
	n := 0
	for _, f := range families {
		if h := f.GetMetric()[0].GetHistogram(); h != nil && strings.HasPrefix(f.GetName(), namespace) {
			if n++; len(h.GetPositiveSpan()) == 0 || len(h.GetBucket()) < 10 {
				t.Errorf("%s: %d spans, %d buckets", f.GetName(), len(h.GetPositiveSpan()), len(h.GetBucket()))
			}
		}
	}
	if n != 4 {
		t.Errorf("%d histograms", n)
	}
}
