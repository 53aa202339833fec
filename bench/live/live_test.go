package main

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

func TestReport(t *testing.T) {
	p := &publisher{records: 1000, plants: 101, took: 2 * time.Second}
	a := &arrivals{sent: map[string]time.Time{}}
	for i := range 101 {
		a.took = append(a.took, time.Duration(100-i)*time.Second)
	}
	r := newReport(options{every: 2 * time.Second}, p, a)
	var out bytes.Buffer
	r.print(&out)
	for _, want := range []string{"1000 records in 2.0 s: 500 a second", "101 planted calls, 101 alerts, 0 missing, 0 odd", "p50 50s, p90 1m30s, p99 1m39s, longest 1m40s"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
	if r.missing() {
		t.Error("nothing is missing")
	}
}

func TestArrivals(t *testing.T) {
	a := &arrivals{sent: map[string]time.Time{}}
	a.plant("491", time.Now())
	a.plant("492", time.Now())
	for _, text := range []string{`{"subscriber":"491"}`, `{"subscriber":"491"}`, `{"subscriber":"493"}`, `{`} {
		a.arrive(&nats.Msg{Data: []byte(text)})
	}
	if a.left() != 1 || a.odd != 3 || len(a.took) != 1 {
		t.Errorf("%d left, %d odd, %d came", a.left(), a.odd, len(a.took))
	}
}

// Every so often a call is planted: by somebody new, to the hot number.
func TestPlanted(t *testing.T) {
	a := &arrivals{sent: map[string]time.Time{}}
	p := &publisher{o: options{subscribers: 10}, arrivals: a, rand: rand.New(rand.NewPCG(1, 2))}
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	var lines []byte
	for i := range 1000 {
		lines = p.append(lines, now.Add(time.Duration(i)*time.Millisecond))
	}
	hot := strings.Count(string(lines), "+"+hotNumber+",")
	if want := int(time.Second / planted); hot != want || p.plants != want || len(a.sent) != want {
		t.Errorf("%d calls to the hot number, %d planted, want %d", hot, p.plants, want)
	}
	columns := strings.Split(header, ",")
	for line := range strings.Lines(string(lines)) {
		f := strings.Split(strings.TrimSpace(line), ",")
		start, err := time.Parse(time.RFC3339, f[slices.Index(columns, "start_time")])
		talk, err2 := time.ParseDuration(f[slices.Index(columns, "duration_seconds")] + "s")
		if err != nil || err2 != nil || len(f) != len(columns) || start.Add(talk).Before(now) {
			t.Fatalf("%s: %v, %v", line, err, err2)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-rate", "1"}, {"more"}, {"-seconds", "0"}, {"-nonsense"}} {
		if code := live(t.Context(), args, &bytes.Buffer{}, &bytes.Buffer{}); code != 2 {
			t.Errorf("%v: exit code %d", args, code)
		}
	}
}
