package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
)

// Alerts that the receiver did not take before the end of a job are posted by the
// same command again, which reads nothing, if its output is where it was.
func TestRestIsPosted(t *testing.T) {
	t.Chdir(t.TempDir())
	var fails atomic.Bool
	var taken atomic.Int64
	fails.Store(true)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if fails.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		taken.Add(1)
	}))
	defer server.Close()
	for name, text := range map[string]string{
		"hook.yaml":  "webhook: {url: " + server.URL + "}\n",
		"rules.yaml": "groups:\n- name: g\n  rules:\n  - {id: a, on: activity, expr: calls_out_1h >= 1}\n",
		"calls.csv":  "start_time,calling_number,called_number\n2026-01-05T10:00:00Z,33612345678,33612345679\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := func() string {
		return expect(t, 0, "--config", "hook.yaml", "--rules", "rules.yaml", "--state", "state", "calls.csv")
	}
	for range 2 {
		if text := again(); !strings.Contains(text, "1 alerts are not acknowledged: they wait in out/.webhook/outbox") {
			t.Errorf("what is left is not told: %s", text)
		}
	}
	if err := os.Rename("out", "away"); err != nil {
		t.Fatal(err)
	}
	fails.Store(false)
	if again(); taken.Load() != 0 {
		t.Error("alerts of a directory that is away were posted")
	}
	if err := os.Rename("away", "out"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if again(); taken.Load() != 1 {
			t.Errorf("posted %d times", taken.Load())
		}
	}
	for _, name := range []string{"out/.webhook", "out/.staging"} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s was left", name)
		}
	}
}
