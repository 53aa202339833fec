package jsonl

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
)

// alertsOf are the alerts from..to-1 of an epoch.
func alertsOf(epoch uint64, from, to int) (alerts []alert.Alert) {
	for i := from; i < to; i++ {
		at := cdr.Millis(1_772_406_000_000 + int64(epoch)*2000 + int64(i))
		a := alert.Alert{
			ID: alert.NewID("fanout", "v1", fmt.Sprint(i), at), Rule: "fanout", Type: "robocall", State: alert.Firing,
			Subscriber: fmt.Sprintf("4917%06d", i), EventTime: at, WindowEnd: at, DetectedAt: at + 77,
			Evidence: []alert.Evidence{{Name: "calls_out_24h", Kind: alert.Int, Value: float64(i)}},
		}
		if epoch < uint64(len(recordsOf)) {
			a.Summary = string(raw(epoch, i))
		}
		alerts = append(alerts, a)
	}
	return alerts
}

func newAlerts(t testing.TB, dir string) *Alerts {
	t.Helper()
	w, err := NewAlerts(dir, Options{})
	must(t, err)
	t.Cleanup(func() { w.Close() })
	return w
}

// commit ends an epoch and publishes it; it returns how many files that took.
func commit(t testing.TB, w *Alerts, epoch uint64) int {
	t.Helper()
	list, err := w.Prepare(ctx, epoch)
	must(t, err)
	must(t, w.Commit(ctx, epoch))
	return len(list)
}

// Epochs come as they please: several calls, none, several epochs at once.
func TestAlerts(t *testing.T) {
	dir := t.TempDir()
	w := newAlerts(t, dir)
	var want []alert.Alert
	write := func(epoch uint64, from, to int) {
		t.Helper()
		a := alertsOf(epoch, from, to)
		want = append(want, a...)
		must(t, w.WriteAlerts(ctx, epoch, a))
	}
	write(1, 0, 2)
	write(1, 2, 3)
	write(2, 0, 1)
	n := commit(t, w, 1)
	write(2, 1, 2)
	b, err := os.ReadFile(filepath.Join(dir, "alerts.jsonl"))
	must(t, err)
	if n != 1 || strings.Count(string(b), "\n") != 3 {
		t.Errorf("%d files, %d bytes after epoch 1", n, len(b))
	}
	write(3, 0, 1)
	write(5, 0, 1)
	write(6, 0, 1)
	got := []int{commit(t, w, 2), commit(t, w, 5), commit(t, w, 6), commit(t, w, 7)}
	if !slices.Equal(got, []int{1, 2, 1, 0}) {
		t.Errorf("files: %v", got)
	}
	write(8, 0, 5000)
	commit(t, w, 8)
	must(t, w.Close())
	b, err = os.ReadFile(filepath.Join(dir, "alerts.jsonl"))
	must(t, err)
	lines := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d lines, not %d", len(lines), len(want))
	}
	for i, line := range lines {
		if line != string(alert.AppendJSON(nil, &want[i])) || !json.Valid([]byte(line)) {
			t.Fatalf("line %d: %s", i, line)
		}
	}
	if left := files(t, dir); !slices.Equal(left, []string{"alerts.jsonl"}) {
		t.Errorf("%v", left)
	}
	st, err := os.Stat(filepath.Join(dir, "alerts.jsonl"))
	must(t, err)
	if st.Mode().Perm()&^0o640 != 0 {
		t.Errorf("its mode is %v", st.Mode())
	}
}

func TestBadAlerts(t *testing.T) {
	for name, epochs := range map[string][]uint64{"no epoch": {0}, "back": {3, 2}, "prepared": {1}, "recovered": {5}} {
		w := newAlerts(t, t.TempDir())
		if name == "recovered" {
			must(t, w.Recover(ctx, 5, nil))
		}
		if name == "prepared" {
			commit(t, w, 1)
		}
		var err error
		for _, e := range epochs {
			must(t, err)
			err = w.WriteAlerts(ctx, e, alertsOf(e, 0, 2))
		}
		if err == nil || strings.Contains(err.Error(), "4917") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		if _, again := w.Prepare(ctx, 9); again != err {
			t.Errorf("%s: Prepare returns %v", name, again)
		}
	}
}

// An epoch is written while the one before is prepared and committed; run with -race.
func TestAlertsConcurrent(t *testing.T) {
	dir := t.TempDir()
	w := newAlerts(t, dir)
	written := make(chan uint64, 1)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(written)
		for e := uint64(1); e <= 50; e++ {
			for i := range 3 {
				if err := w.WriteAlerts(ctx, e, alertsOf(100+e, i*4, i*4+4)); err != nil {
					t.Error(err)
					return
				}
			}
			written <- e
		}
	})
	for e := range written {
		commit(t, w, e)
	}
	wg.Wait()
	var want []byte
	for e := uint64(1); e <= 50; e++ {
		for _, a := range alertsOf(100+e, 0, 12) {
			want = append(alert.AppendJSON(want, &a), '\n')
		}
	}
	if b, err := os.ReadFile(filepath.Join(dir, "alerts.jsonl")); err != nil || string(b) != string(want) {
		t.Errorf("%d bytes, not %d, %v", len(b), len(want), err)
	}
}

// A later process that goes on from an earlier checkpoint cuts off what came after.
func TestAlertsCutBack(t *testing.T) {
	dir := t.TempDir()
	w := newAlerts(t, dir)
	must(t, w.WriteAlerts(ctx, 1, alertsOf(1, 0, 2)))
	list, err := w.Prepare(ctx, 1)
	must(t, err)
	must(t, w.Commit(ctx, 1))
	must(t, w.Close())
	name := filepath.Join(dir, "alerts.jsonl")
	want, err := os.ReadFile(name)
	must(t, err)
	must(t, os.WriteFile(name, append(slices.Clone(want), `{"half`...), 0o600))
	w = newAlerts(t, dir)
	must(t, w.Recover(ctx, 1, list))
	if got, err := os.ReadFile(name); err != nil || string(got) != string(want) {
		t.Errorf("%d bytes, not %d, %v", len(got), len(want), err)
	}
}
