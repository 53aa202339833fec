package metrics

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// exported is which series a Prometheus has of the metrics of a full snapshot, and
// which labels each may have besides those of its scrape.
func exported(t *testing.T) map[string][]string {
	t.Helper()
	families, err := observed(full()).Registry().Gather()
	must(t, err)
	all := map[string][]string{}
	for _, f := range families {
		var labels []string
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				labels = append(labels, l.GetName())
			}
		}
		all[f.GetName()] = labels // of a histogram: the native one
		if f.GetMetric()[0].GetHistogram() != nil {
			all[f.GetName()+"_bucket"] = append(slices.Clone(labels), "le")
			all[f.GetName()+"_sum"], all[f.GetName()+"_count"] = labels, labels
		}
	}
	return all
}

// used finds the selectors of metrics in PromQL: a name, and the labels it is matched
// by.
func used(promql string) (all []selector) {
	for _, m := range selectors.FindAllStringSubmatch(promql, -1) {
		s := selector{name: m[1]}
		for _, l := range matchers.FindAllStringSubmatch(m[2], -1) {
			s.labels = append(s.labels, l[1])
		}
		all = append(all, s)
	}
	return all
}

type selector struct {
	name   string
	labels []string
}

var (
	// Names of others' metrics that may be used: those of the process and the Go runtime.
	selectors = regexp.MustCompile(`\b((?:cdrstream|process|go|promhttp)_\w+)(\{[^}]*\})?`)
	matchers  = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)\s*"`)
)

// wrong lists what is wrong with the metrics that promql names.
func wrong(promql string, known map[string][]string) (all []string) {
	for _, s := range used(promql) {
		labels, is := known[s.name]
		if !is {
			all = append(all, fmt.Sprintf("there is no metric %s", s.name))
			continue
		}
		for _, l := range s.labels {
			if l != "job" && l != "instance" && !slices.Contains(labels, l) {
				all = append(all, fmt.Sprintf("%s has no label %s", s.name, l))
			}
		}
	}
	return all
}

func TestWrongNamesAreFound(t *testing.T) {
	known := exported(t)
	for promql, want := range map[string]string{
		"cdrstream_subscribers": "",
		`sum(rate(cdrstream_source_records_total{job="x", outcome=~"late|rejected"}[5m])) by (source)`: "",
		"rate(cdrstream_alert_latency_seconds_bucket[5m]) + cdrstream_alert_latency_seconds_sum":       "",
		"histogram_quantile(0.9, rate(cdrstream_alert_latency_seconds[5m]))":                           "",
		"process_resident_memory_bytes / go_goroutines":                                                "",
		"cdrstream_subscriber":                               "there is no metric cdrstream_subscriber",
		"rate(cdrstream_source_records[5m])":                 "there is no metric cdrstream_source_records",
		"cdrstream_subscribers_total":                        "there is no metric cdrstream_subscribers_total",
		"cdrstream_state_bytes_bucket":                       "there is no metric cdrstream_state_bytes_bucket",
		"1 + (cdrstream_subscribers - cdrstream_x_y)":        "there is no metric cdrstream_x_y",
		`cdrstream_alerts_total{source="a"}`:                 "cdrstream_alerts_total has no label source",
		`cdrstream_alerts_total{job="a", rules!~"x"} > 0`:    "cdrstream_alerts_total has no label rules",
		`cdrstream_lookup_duration_seconds_bucket{le="0.1"}`: "",
		"go_gorutines": "there is no metric go_gorutines",
	} {
		if got := strings.Join(wrong(promql, known), "; "); got != want {
			t.Errorf("%s: %q, want %q", promql, got, want)
		}
	}
}

// dashboard is what the tests read of dashboard.json.
type dashboard struct {
	UID           string
	Title         string
	SchemaVersion int
	Panels        []panel
	Annotations   struct {
		List []struct{ Name, Expr string }
	}
	Templating struct {
		List []struct{ Name, Type, Definition string }
	}
}

type panel struct {
	ID                       int
	Type, Title, Description string
	Datasource               *datasource
	GridPos                  struct{ X, Y, W, H int }
	Targets                  []struct {
		Datasource  *datasource
		Expr, RefID string
	}
}

type datasource struct{ Type, UID string }

func readDashboard(t *testing.T) (d dashboard) {
	t.Helper()
	text, err := os.ReadFile("dashboard.json")
	must(t, err)
	must(t, json.Unmarshal(text, &d))
	return d
}

// queries are all PromQL of the dashboard, by where it is.
func (d dashboard) queries() map[string]string {
	all := map[string]string{}
	for _, p := range d.Panels {
		for _, q := range p.Targets {
			all[p.Title+" "+q.RefID] = q.Expr
		}
	}
	for _, a := range d.Annotations.List {
		if a.Expr != "" {
			all["annotation "+a.Name] = a.Expr
		}
	}
	return all
}

func TestDashboardNames(t *testing.T) {
	known, d := exported(t), readDashboard(t)
	shown := map[string]bool{}
	for where, promql := range d.queries() {
		for _, w := range wrong(promql, known) {
			t.Errorf("%s: %s", where, w)
		}
		for _, s := range used(promql) {
			shown[s.name] = true
		}
	}
	for _, v := range d.Templating.List {
		for _, w := range wrong(v.Definition, known) {
			t.Errorf("variable %s: %s", v.Name, w)
		}
	}
	for name := range known { // a metric that nobody looks at is forgotten
		hidden := name == "cdrstream_build_info" || name == "cdrstream_source_info" || strings.HasSuffix(name, "_bucket") || strings.HasSuffix(name, "_sum") || strings.HasSuffix(name, "_count")
		if strings.HasPrefix(name, namespace) && !hidden && !shown[name] {
			t.Errorf("no panel shows %s", name)
		}
	}
}

// The dashboard works with any data source, and its panels neither overlap nor share an
// id.
func TestDashboardShape(t *testing.T) {
	d := readDashboard(t)
	if d.UID == "" || d.Title == "" || d.SchemaVersion < 39 {
		t.Errorf("uid %q, title %q, schema %d", d.UID, d.Title, d.SchemaVersion)
	}
	if v := d.Templating.List[0]; v.Name != "datasource" || v.Type != "datasource" {
		t.Errorf("the first variable is %+v", v)
	}
	ids, cells := map[int]string{}, map[[2]int]string{}
	for _, p := range d.Panels {
		if ids[p.ID] != "" {
			t.Errorf("%s and %s have the id %d", p.Title, ids[p.ID], p.ID)
		}
		ids[p.ID] = p.Title
		for x := range p.GridPos.W {
			for y := range p.GridPos.H {
				at := [2]int{p.GridPos.X + x, p.GridPos.Y + y}
				if cells[at] != "" || at[0] >= 24 {
					t.Errorf("%s lies over %s, or outside, at %v", p.Title, cells[at], at)
				}
				cells[at] = p.Title
			}
		}
		if p.Type == "row" {
			continue
		}
		if p.Description == "" || len(p.Targets) == 0 {
			t.Errorf("%s says or shows nothing", p.Title)
		}
		if p.Datasource == nil || p.Datasource.UID != "${datasource}" {
			t.Errorf("%s has its own data source", p.Title)
		}
		for _, q := range p.Targets {
			if q.Datasource == nil || q.Datasource.UID != "${datasource}" || !strings.Contains(q.Expr, `job=~"$job", instance=~"$instance"`) {
				t.Errorf("%s, %s: not of the chosen data source, job and instance", p.Title, q.RefID)
			}
		}
	}
}

func TestAlertNames(t *testing.T) {
	known := exported(t)
	text, err := os.ReadFile("alerts.yml")
	must(t, err)
	for _, w := range wrong(string(text), known) {
		t.Errorf("alerts.yml: %s", w)
	}
	if n := len(used(string(text))); n < 20 {
		t.Errorf("only %d metrics are named: is the file read as it is written?", n)
	}
	// And the series by which the rules are tested.
	text, err = os.ReadFile("testdata/alerts_test.yml")
	must(t, err)
	for _, w := range wrong(string(text), known) {
		t.Errorf("alerts_test.yml: %s", w)
	}
}
