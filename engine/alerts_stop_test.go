package engine_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

// listen makes the processes of d evaluate its rules, and returns where their
// alerts go: memory that survives them.
func (d *durable) listen() *alarms {
	out := &alarms{}
	d.rules = string(ruleFile(d.Rules))
	d.arrange = func(c *engine.Config) { c.Alerts[0].AlertSink = out }
	return out
}

// crashAlarms is crashTraffic that rings.
func crashAlarms(seed uint64, records, n int) job {
	j := crashTraffic(seed, records)
	j.files = append(j.files, oracle.Bursts(seed, oracle.ChaosOptions{Lateness: j.Lateness, Records: records / 2, Days: 5}))
	j.Rules = newRuleMaker(seed, j.Windows).rules(n)
	return j
}

// sparseAlarms is traffic of people who are silent for longer than any window:
// nothing of them changes for days but where their alerts stand.
func sparseAlarms(seed uint64, records, n int) job {
	c := oracle.Default()
	c.EmitEvery, c.Windows = "6h", []string{"1h/5m", "1d"}
	c.Rules = newRuleMaker(seed, c.Windows).rules(n)
	for i, days := range []int{2, 3, 4, 6} {
		c.Rules = append(c.Rules, oracle.Rule{
			ID: fmt.Sprint("silent", days), Type: "churn", On: "boundary", Expr: fmt.Sprintf("days_since_activity >= %d", days),
			Warn: fmt.Sprintf("days_since_activity >= %d", days-1), Severity: "critical", For: []string{"", "1d", "", "12h"}[i],
			Cooldown: "0s", ResolveAfter: []string{"1s", "1d"}[i%2],
		})
	}
	o := oracle.ChaosOptions{Lateness: c.Lateness, Records: records, Days: 25, Subscribers: 60}
	return job{Config: c, files: oracle.Random(seed, o), features: []string{"calls_1d"}}
}

// TestAlertsStop stops a job at barriers and goes on, with other numbers of
// workers: its alerts are those of a run that was never stopped.
func TestAlertsStop(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			j := crashAlarms(seed, 600, 20)
			j.block = 700
			if seed%2 == 1 {
				j = sparseAlarms(seed, 500, 12)
				j.block = 250
			}
			want, o := j.alarm(t)
			d := newDurable(t, j, 2+int(seed%3))
			out := d.listen()
			r := rand.New(rand.NewPCG(seed, 12))
			m := disktest.New()
			stops, err := 0, engine.ErrStopped
			var s *engine.Summary
			for ; errors.Is(err, engine.ErrStopped); stops++ {
				d.workers = 1 + r.IntN(4)
				s, err = d.process(m, leave(2+r.IntN(8)))
			}
			if err != nil || stops < 5 {
				t.Fatalf("after %d stops: %v, %+v", stops, err, s)
			}
			identical(t, out.alerts(), want)
			counted(t, s, want)
			if s.Ledger != o.summary.Ledger {
				t.Errorf("after %d stops the ledger is %+v, without %+v", stops, s.Ledger, o.summary.Ledger)
			}
			t.Logf("%d alerts, %d stops", len(want), stops)
		})
	}
}

// TestAlertsCrash crashes a job at operations of its file system, again while it
// recovers, and lets it finish: no alert is lost and none comes twice.
func TestAlertsCrash(t *testing.T) {
	var points atomic.Int64
	t.Run("at", func(t *testing.T) {
		for seed := range uint64(4) {
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
				t.Parallel()
				j := crashAlarms(seed, 250, 12)
				want, _ := j.alarm(t)
				d := newDurable(t, j, 4)
				r := rand.New(rand.NewPCG(seed, 13))
				for n := r.IntN(9); ; n += 8 + r.IntN(20) {
					out := d.listen()
					m := disktest.New()
					m.CrashAt(n, r.IntN(2) == 0)
					if _, err := d.process(m, 0); err == nil {
						return // it was through before that
					}
					points.Add(1)
					when := fmt.Sprintf("seed %d, crash at %d (%s)", seed, n, m.Op(n))
					m = m.Crash([]int{0, 50, 100}[r.IntN(3)], r.Uint64())
					m.CrashAt(r.IntN(60), r.IntN(2) == 0)
					d.workers = 1 + r.IntN(4)
					if _, err := d.process(m, 0); err != nil && !errors.Is(err, engine.ErrFinished) {
						points.Add(1)
						m = m.Crash(50, r.Uint64())
					}
					m.CrashAt(-1, false)
					if _, err := d.process(m, 0); err != nil && !errors.Is(err, engine.ErrFinished) {
						t.Fatalf("%s: %v", when, err)
					}
					identical(t, out.alerts(), want)
					if t.Failed() {
						t.Fatal(when)
					}
				}
			})
		}
	})
	t.Logf("%d crashes", points.Load())
	if points.Load() < 60 {
		t.Errorf("only %d crashes", points.Load())
	}
}

// TestAlertsDayByDay gives a job its files one process after the other, each of
// which leaves the open period to the next: the alerts are those of one process that
// is given all.
func TestAlertsDayByDay(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			j := alarming(t, seed+700, 20, oracle.ChaosOptions{Late: -1, Days: 8}, nil)
			r := rand.New(rand.NewPCG(seed, 14))
			j.files = cut(j.joined(t, rewritten(j.files, false), r), 4)
			want, o := j.alarm(t)
			d := newDurable(t, j, 3)
			out := d.listen()
			listen, m := d.arrange, disktest.New()
			var s *engine.Summary
			for n := 1; n <= len(j.files); n++ {
				d.arrange = func(c *engine.Config) {
					listen(c)
					c.Inputs, c.KeepOpen = c.Inputs[:n], n < len(j.files)
				}
				d.workers = 1 + r.IntN(4)
				var err error
				if s, err = d.process(m, 0); err != nil {
					t.Fatalf("file %d: %v", n, err)
				}
			}
			identical(t, out.alerts(), want)
			counted(t, s, want)
			if s.Ledger != o.summary.Ledger {
				t.Errorf("the ledger is %+v, in one process %+v", s.Ledger, o.summary.Ledger)
			}
		})
	}
}
