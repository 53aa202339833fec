package engine_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// alarms is the alerts of a job, which may be of several processes.
type alarms struct {
	mu    sync.Mutex
	given []given
	epoch uint64 // of the alerts given last
}

type given struct {
	epoch uint64
	alert alert.Alert
}

// WriteAlerts keeps the alerts. It takes nothing that is out of order.
func (s *alarms) WriteAlerts(_ context.Context, epoch uint64, alerts []alert.Alert) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if epoch < s.epoch {
		return fmt.Errorf("alerts of epoch %d after those of %d", epoch, s.epoch)
	}
	s.epoch = epoch
	for i := range alerts {
		a := &alerts[i]
		if n := len(s.given); n > 0 && alert.Compare(&s.given[n-1].alert, a) >= 0 {
			return fmt.Errorf("alerts out of order: %s, then %s", nameOf(&s.given[n-1].alert), nameOf(a))
		}
		s.given = append(s.given, given{epoch, *a})
	}
	return nil
}

// Prepare has nothing to do: what a process that is lost gave last is dropped by
// Recover.
func (s *alarms) Prepare(context.Context, uint64) ([]disk.Staged, error) { return nil, nil }

// Commit has nothing to do either.
func (s *alarms) Commit(context.Context, uint64) error { return nil }

// Recover drops what was given after the epoch.
func (s *alarms) Recover(_ context.Context, epoch uint64, _ []disk.Staged) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.given = slices.DeleteFunc(s.given, func(g given) bool { return g.epoch > epoch })
	s.epoch = epoch
	return nil
}

func (s *alarms) alerts() (all []alert.Alert) {
	for _, g := range s.given {
		all = append(all, g.alert)
	}
	return all
}

// nameOf is oracle.Alert.Name.
func nameOf(a *alert.Alert) string {
	return fmt.Sprintf("%s/%s@%s", a.Subscriber, a.Rule, instantOf(a).Format("2006-01-02T15:04:05.000"))
}

func instantOf(a *alert.Alert) time.Time { return time.UnixMilli(int64(a.EventTime)).UTC() }

// listening is the configuration of the job with the rules of text, and where its
// alerts go.
func (j job) listening(text []byte) (engine.Config, *rowSink, *alarms, error) {
	j.rules = string(text)
	c, rows, err := j.config()
	if err != nil {
		return c, nil, nil, fmt.Errorf("%w\n%s", err, text)
	}
	out := &alarms{}
	c.Alerts[0].AlertSink = out
	return c, rows, out, nil
}

// alarm runs the job with its rules.
func (j job) alarm(t testing.TB) ([]alert.Alert, outcome) {
	t.Helper()
	c, rows, out, err := j.listening(ruleFile(j.Rules))
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
	o := outcome{rows: rows.rows, summary: s, rejects: c.Rejects.(*aside), late: c.Late.(*aside)}
	o.balanced(t)
	got := out.alerts()
	counted(t, s, got)
	identified(t, got, c.Rules)
	return got, o
}

// counted checks the counts of the summary.
func counted(t testing.TB, s *engine.Summary, alerts []alert.Alert) {
	t.Helper()
	want := map[string]int64{}
	for _, a := range alerts {
		if a.State == alert.Firing && !a.Storm() {
			want[a.Rule]++
		}
	}
	got := maps.Clone(s.Alerts)
	maps.DeleteFunc(got, func(_ string, n int64) bool { return n == 0 })
	if !maps.Equal(got, want) {
		t.Errorf("the summary counts alerts as %v, they are %v", got, want)
	}
}

// identified checks what hangs on hashes, and what is the same for all.
func identified(t testing.TB, alerts []alert.Alert, set *rules.Set) {
	t.Helper()
	versions := map[string]string{}
	for _, r := range set.Rules {
		versions[r.ID] = r.Version
	}
	seen := map[alert.ID]bool{}
	for i := range alerts {
		a := &alerts[i]
		switch {
		case a.ID != alert.NewID(a.Rule, versions[a.Rule], a.Subscriber, a.WindowEnd):
			t.Errorf("%s has the id %s", nameOf(a), a.ID)
		case seen[a.ID]:
			t.Errorf("%s comes twice", nameOf(a))
		case a.Version != versions[a.Rule] || a.Ruleset != set.Hash || a.Version == "" || a.Ruleset == "":
			t.Errorf("%s is of rule set %q, rule %q", nameOf(a), a.Ruleset, a.Version)
		case a.WindowEnd != a.EventTime:
			t.Errorf("%s: its windows end at %d", nameOf(a), a.WindowEnd)
		case a.DetectedAt <= 0:
			t.Errorf("%s was detected at %d", nameOf(a), a.DetectedAt)
		}
		seen[a.ID] = true
	}
}

// compareAlerts runs the job and the oracle and reports where their alerts differ.
func (j job) compareAlerts(t testing.TB) (census map[string]int) {
	t.Helper()
	want := j.wanted(t)
	j.compareWith(t, want)
	return kinds(want)
}

// wanted is what the oracle says.
func (j job) wanted(t testing.TB) []*oracle.Alert {
	t.Helper()
	c := j.Config
	c.NoRows = true
	want, err := oracle.Run(c, j.files)
	if err != nil {
		t.Fatal(err)
	}
	return want.Alerts
}

func (j job) compareWith(t testing.TB, want []*oracle.Alert) {
	t.Helper()
	got, _ := j.alarm(t)
	differ := differences(got, want)
	shown := map[string]int{} // by what differs: no more than two of each
	for _, d := range differ {
		_, what, _ := strings.Cut(d, ": ")
		what, _, _ = strings.Cut(what, " is ")
		if shown[what]++; shown[what] <= 2 && len(shown) < 8 {
			t.Error(d)
		}
	}
	if len(differ) > 0 {
		t.Errorf("%d differences: %v", len(differ), shown)
	}
}

// kinds counts alerts by what they show.
func kinds(alerts []*oracle.Alert) map[string]int {
	n := map[string]int{}
	for _, a := range alerts {
		n[a.State]++
		switch {
		case a.Type == alert.StormType:
			n["storm"]++
		case a.State == "firing" && a.Case != a.Name():
			n["firing in a case"]++
		case a.State == "resolved" && len(a.Records) == 0:
			n["resolved in silence"]++
		case len(a.Records) > 20:
			n["many records"]++
		}
	}
	return n
}

// differences tells where alerts are not those of the oracle, in the order of time.
func differences(got []alert.Alert, want []*oracle.Alert) (out []string) {
	names := map[string]string{} // of ids
	byName := map[string]*alert.Alert{}
	for i := range got {
		a := &got[i]
		names[alert.CaseOf(a.Subscriber, a.ID)] = nameOf(a)
		byName[nameOf(a)] = a
	}
	type line struct {
		at   time.Time
		text string
	}
	var lines []line
	note := func(at time.Time, format string, args ...any) {
		lines = append(lines, line{at, fmt.Sprintf(format, args...)})
	}
	for _, w := range want {
		g := byName[w.Name()]
		delete(byName, w.Name())
		if g == nil {
			note(w.At, "%s: missing is %s %s, evidence %v", w.Name(), w.Severity, w.State, w.Evidence)
			continue
		}
		for _, d := range unlike(g, w, names) {
			note(w.At, "%s, %s: %s", w.Name(), w.State, d)
		}
	}
	for name, g := range byName {
		note(instantOf(g), "%s: superfluous is %s %s, evidence %v", name, g.Severity, g.State, g.Evidence)
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	for _, l := range lines {
		out = append(out, l.text)
	}
	return out
}

// unlike tells in what two alerts of one name differ.
func unlike(g *alert.Alert, w *oracle.Alert, names map[string]string) (out []string) {
	note := func(what string, got, want any) {
		if got != want {
			out = append(out, fmt.Sprintf("%s is %v, want %v", what, got, want))
		}
	}
	note("state", g.State.String(), w.State)
	note("severity", g.Severity.String(), w.Severity)
	note("type", g.Type, w.Type)
	note("case", names[g.Case], w.Case)
	note("labels", labels(g.Labels), fmt.Sprint(w.Labels))
	if w.Type == alert.StormType {
		note("count", g.Count, int64(w.Count))
		note("examples", strings.Join(g.Examples, " "), strings.Join(w.Examples, " "))
		return out
	}
	note("home", g.Home, w.Home)
	note("unit at risk", g.AtRiskUnit, w.AtRiskUnit)
	if !equal(g.AtRisk, w.AtRisk) {
		note("at risk", g.AtRisk, w.AtRisk)
	}
	if !sameEvidence(g.Evidence, w.Evidence) {
		note("evidence", fmt.Sprint(g.Evidence), fmt.Sprint(w.Evidence))
	}
	if d := unlikeRecords(g.RecordIDs, w.Records); d != "" {
		out = append(out, d)
	}
	return out
}

func labels(all []alert.Label) string {
	m := map[string]string{}
	for _, l := range all {
		m[l.Name] = l.Value
	}
	if !slices.IsSortedFunc(all, func(a, b alert.Label) int { return strings.Compare(a.Name, b.Name) }) {
		return fmt.Sprint(all)
	}
	return fmt.Sprint(m)
}

func sameEvidence(got []alert.Evidence, want []oracle.Evidence) bool {
	return slices.EqualFunc(got, want, func(g alert.Evidence, w oracle.Evidence) bool {
		var v any
		switch g.Kind {
		case alert.Int:
			v = int64(g.Value)
		case alert.Float:
			v = g.Value
		case alert.Bool:
			v = g.Value != 0
		}
		return g.Name == w.Name && equal(v, w.Value)
	})
}

// unlikeRecords compares record ids. All must be there, up to 20, the earliest
// first; among those of one instant the order is the engine's.
func unlikeRecords(got []string, want []oracle.Sample) string {
	n := min(len(want), alert.MaxRecordIDs)
	times := map[string][]int64{}
	for _, s := range want {
		times[s.ID] = append(times[s.ID], s.At)
	}
	bad := len(got) != n
	for i, id := range got {
		if i >= n || len(times[id]) == 0 || times[id][0] != want[i].At {
			bad = true
			break
		}
		times[id] = times[id][1:]
	}
	if bad {
		return fmt.Sprintf("records are %v, want %v", got, want)
	}
	return ""
}
