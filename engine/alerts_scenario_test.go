package engine_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
)

var update = flag.Bool("update", false, "write what the scenarios of testdata/alerts give as what they must give")

// TestAlertsScenarios plays the directories of testdata/alerts. Each tells a story:
//
//	rules.yaml    what it is about, and the rules
//	records.csv   what happened
//	job.txt       configuration: a key and its values on each line
//	alerts.jsonl  what must be said of it
func TestAlertsScenarios(t *testing.T) {
	dirs, err := filepath.Glob("testdata/alerts/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) { scenario(t, dir) })
	}
}

func scenario(t *testing.T, dir string) {
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if *update && os.IsNotExist(err) {
			return nil
		}
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	j := job{Config: oracle.Default(), features: []string{"tenure_days"}, workers: 2}
	j.files = []oracle.File{{Name: "records.csv", Data: read("records.csv")}}
	j.configure(t, string(read("job.txt")))
	c, _, out, err := j.listening(read("rules.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(c)
	if err != nil {
		t.Fatal(err)
	}
	s, err := e.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if l := s.Ledger; l.Rejected+l.Late+l.Filtered+l.Duplicate > 0 {
		t.Errorf("not every record counts: %+v", l)
	}
	got, want := readable(t, out.alerts()), read("alerts.jsonl")
	if *update {
		if err := os.WriteFile(filepath.Join(dir, "alerts.jsonl"), got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the alerts are\n%s\nwant\n%s", got, want)
	}
}

// configure reads job.txt.
func (j *job) configure(t *testing.T, text string) {
	t.Helper()
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 2 || f[0] == "#" {
			continue
		}
		values := f[1:]
		var err error
		switch f[0] {
		case "timezone":
			j.Zone, err = time.LoadLocation(values[0])
		case "windows":
			j.Windows = values
		case "emit_every":
			j.EmitEvery = values[0]
		case "home_numbers":
			j.HomeNumbers = values
		case "outsiders":
			j.Outsiders = values[0]
		case "retain_days":
			j.RetainDays, err = strconv.Atoi(values[0])
		case "lateness":
			j.Lateness, err = time.ParseDuration(values[0])
		default:
			t.Fatalf("job.txt: what is %s", f[0])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// line is an alert as a scenario has it: the case by the alert that opened it, and
// nothing that hangs on hashes.
type line struct {
	At         string         `json:"at"`
	Rule       string         `json:"rule"`
	Type       string         `json:"type"`
	State      string         `json:"state"`
	Severity   string         `json:"severity"`
	Subscriber string         `json:"subscriber,omitempty"`
	Home       bool           `json:"home,omitempty"`
	Case       string         `json:"case,omitempty"` // empty: it opened it
	Evidence   map[string]any `json:"evidence,omitempty"`
	AtRisk     float64        `json:"at_risk,omitempty"`
	Unit       string         `json:"unit,omitempty"`
	Records    []string       `json:"records,omitempty"`
	Summary    string         `json:"summary,omitempty"`
	Count      int64          `json:"count,omitempty"`
	Examples   []string       `json:"examples,omitempty"`
}

func readable(t *testing.T, alerts []alert.Alert) []byte {
	t.Helper()
	names := map[string]string{}
	for i := range alerts {
		a := &alerts[i]
		names[alert.CaseOf(a.Subscriber, a.ID)] = a.Rule + " " + instantOf(a).Format(time.DateTime)
	}
	var b bytes.Buffer
	for i := range alerts {
		a := &alerts[i]
		l := line{
			At: instantOf(a).Format(time.DateTime), Rule: a.Rule, Type: a.Type, State: a.State.String(), Severity: a.Severity.String(),
			Subscriber: a.Subscriber, Home: a.Home, Evidence: map[string]any{}, AtRisk: a.AtRisk, Records: a.RecordIDs,
			Summary: a.Summary, Count: a.Count, Examples: a.Examples,
		}
		if a.AtRisk > 0 {
			l.Unit = a.AtRiskUnit
		}
		if a.Case != alert.CaseOf(a.Subscriber, a.ID) {
			l.Case = names[a.Case]
		}
		for _, e := range a.Evidence {
			l.Evidence[e.Name] = map[alert.Kind]any{alert.Int: e.Value, alert.Float: e.Value, alert.Bool: e.Value != 0}[e.Kind]
		}
		text, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(text, '\n'))
	}
	return b.Bytes()
}
