package engine_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// TestAlertsSameness: alerts are a function of the records read. One traffic, many
// ways to read it: every alert is the same, to the last bit of its evidence.
func TestAlertsSameness(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			base := traffic(t, seed)
			base.features = []string{"calls_1d"}
			base.files = append(base.files, oracle.Bursts(seed, oracle.ChaosOptions{Zone: base.Zone, Lateness: base.Lateness, Records: 400, Start: starts[seed%2]}))
			base.Rules = newRuleMaker(seed, base.Windows).rules(20)
			variants := machinery()
			if seed == 2 {
				variants = writings(t, base, seed)
			}
			base.sameAlerts(t, variants)
			plain := base
			plain.files = rewritten(base.files, false)
			plain.sameAlerts(t, append(formats(t, plain, seed), twice(plain.files)))
		})
	}
}

// starts are those of traffic.
var starts = []time.Time{time.Date(2024, 3, 2, 0, 0, 0, 0, time.UTC), time.Date(2024, 3, 24, 0, 0, 0, 0, time.UTC)}

// twice gives every file again under another name: all of it is duplicates.
func twice(files []oracle.File) variant {
	all := files
	for _, f := range files {
		f.Name += " again"
		all = append(all, f)
	}
	return variant{name: "twice", change: func(j *job) { j.files = all }}
}

// sameAlerts runs the job and all variants of it and compares the alerts.
func (j job) sameAlerts(t *testing.T, variants []variant) {
	t.Helper()
	want, _ := j.alarm(t)
	if len(want) < 300 {
		t.Fatalf("%d alerts: not the traffic to try this on", len(want))
	}
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			if v.procs > 0 {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(v.procs))
			}
			k := j
			v.change(&k)
			got, _ := k.alarm(t)
			identical(t, got, want)
		})
	}
}

// identical compares alerts bit by bit, but for the wall clock.
func identical(t testing.TB, got, want []alert.Alert) {
	t.Helper()
	byID := map[alert.ID]alert.Alert{}
	for _, a := range got {
		if _, again := byID[a.ID]; again {
			t.Errorf("%s comes twice", nameOf(&a))
		}
		byID[a.ID] = a
	}
	shown := 0
	complain := func(format string, args ...any) {
		if shown++; shown <= 3 {
			t.Errorf(format, args...)
		}
	}
	for _, w := range want {
		g, ok := byID[w.ID]
		delete(byID, w.ID)
		g.DetectedAt = w.DetectedAt
		switch {
		case !ok:
			complain("%s is missing", nameOf(&w))
		case !reflect.DeepEqual(g, w):
			complain("%s:\n got %+v\nwant %+v", nameOf(&w), g, w)
		}
	}
	for _, g := range byID {
		complain("%s should not be", nameOf(&g))
	}
	if shown > 3 {
		t.Errorf("and %d more", shown-3)
	}
	for i := range got {
		if i > 0 && alert.Compare(&got[i-1], &got[i]) >= 0 {
			t.Errorf("%s stands before %s", nameOf(&got[i-1]), nameOf(&got[i]))
		}
	}
}

// TestAlertsOrderWithinLateness: where the records of a source arrive in another
// order, each within the lateness, the alerts are those of the oracle.
func TestAlertsOrderWithinLateness(t *testing.T) {
	for seed := range uint64(3) {
		j := alarming(t, seed+500, 20, oracle.ChaosOptions{Late: -1}, nil)
		r := rand.New(rand.NewPCG(seed, 5))
		want, _ := j.alarm(t)
		j.files = dealt(j.shuffled(t, j.files, r), 3, r)
		got, _ := j.alarm(t)
		identical(t, got, want)
		j.compareAlerts(t)
	}
}
