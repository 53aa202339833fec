package engine_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/decode/cucm"
	"github.com/cdrstream/cdrstream/engine/decode/json"
	"github.com/cdrstream/cdrstream/engine/decode/sip"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
	"github.com/cdrstream/cdrstream/engine/window"
)

// job is one run of the engine over files in memory, described as the oracle
// describes it.
type job struct {
	oracle.Config
	files    []oracle.File
	features []string // nil: all
	ignore   string   // the beginning of columns that are not compared
	rules    string   // a rule file; empty: none
	workers  int
	block    int
}

// outcome is what a run left behind.
type outcome struct {
	rows    map[string]map[string]any // by subscriber and window end
	summary *engine.Summary
	rejects *aside
	late    *aside
	alerts  []alert.Alert // without the time of the wall clock
}

func rowKey(subscriber string, end time.Time) string {
	return end.UTC().Format("2006-01-02T15:04:05.000") + " " + subscriber
}

// run replays the job.
func (j job) run(t testing.TB) outcome {
	t.Helper()
	out, err := j.try(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out.balanced(t)
	return out
}

// balanced checks that every record is accounted for, in each source and in
// all, and that what was set aside is there.
func (o outcome) balanced(t testing.TB) {
	t.Helper()
	var sum engine.Ledger
	for _, s := range o.summary.Sources {
		if !s.Balanced() || s.Buffered != 0 {
			t.Errorf("the ledger of %s does not balance: %+v", s.Name, s.Ledger)
		}
		sum.Read, sum.Accepted, sum.Duplicate = sum.Read+s.Read, sum.Accepted+s.Accepted, sum.Duplicate+s.Duplicate
		sum.Late, sum.Rejected, sum.Filtered = sum.Late+s.Late, sum.Rejected+s.Rejected, sum.Filtered+s.Filtered
	}
	if l := o.summary.Ledger; !l.Balanced() || l != sum {
		t.Errorf("the ledger is %+v, its sources add up to %+v", l, sum)
	}
	if l := o.summary.Ledger; int64(len(o.rejects.lines)) != l.Rejected || int64(len(o.late.lines)) != l.Late {
		t.Errorf("%d rejects and %d late records were written; the ledger is %+v", len(o.rejects.lines), len(o.late.lines), l)
	}
	if int64(len(o.rows)) != o.summary.FeatureRows {
		t.Errorf("%d rows were written, the summary says %d", len(o.rows), o.summary.FeatureRows)
	}
}

func (j job) try(ctx context.Context) (outcome, error) {
	c, rows, err := j.config()
	if err != nil {
		return outcome{}, err
	}
	e, err := engine.New(c)
	if err != nil {
		return outcome{}, err
	}
	s, err := e.Run(ctx)
	out := outcome{rows: rows.rows, summary: s, rejects: c.Rejects.(*aside), late: c.Late.(*aside)}
	if len(c.Alerts) > 0 {
		out.alerts = c.Alerts[0].AlertSink.(*alertSink).alerts
	}
	return out, err
}

func (j job) config() (engine.Config, *rowSink, error) {
	zone := j.Zone
	if zone == nil {
		zone = time.UTC
	}
	plan, err := j.numbers()
	if err != nil {
		return engine.Config{}, nil, err
	}
	families := func() []feature.Family { return j.families(plan, zone) }
	var windows []window.Spec
	for _, w := range or(j.Windows, []string{"1h/5m", "24h/1h", "1d", "7d", "30d"}) {
		spec, err := window.ParseSpec(w)
		if err != nil {
			return engine.Config{}, nil, err
		}
		windows = append(windows, spec)
	}
	set, err := j.ruleSet(families(), windows)
	if err != nil {
		return engine.Config{}, nil, err
	}
	features, err := feature.CompileRules(families(), windows, or(j.features, []string{"*"}), feature.Named{Columns: set.Columns, Gated: set.Gated()})
	if err != nil {
		return engine.Config{}, nil, err
	}
	info, err := j.source(plan, zone)
	if err != nil {
		return engine.Config{}, nil, err
	}
	sink := &rowSink{schema: features.Schema, rows: map[string]map[string]any{}}
	c := engine.Config{
		Families: families, Plan: features, Zone: zone,
		Lateness: j.Lateness, EmitEvery: "1d", EmitAll: j.EmitAll,
		Retain: 100 * 24 * time.Hour, MaxContacts: 65536, MaxBuffer: 1 << 20,
		Outsiders: map[string]shard.Outsiders{"rules": shard.Rules, "drop": shard.Drop}[j.Outsiders],
		HomeKnown: len(j.HomeNumbers)+len(j.HomePLMNs) > 0,
		Workers:   max(1, j.workers), BlockSize: 4096,
		Features: sink, Rejects: &aside{}, Late: &aside{},
	}
	if j.rules != "" {
		c.Rules, c.Alerts = set, []engine.AlertOutput{{Name: "alerts", AlertSink: &alertSink{}}}
	}
	if j.EmitEvery != "" {
		c.EmitEvery = j.EmitEvery
	}
	if j.RetainDays > 0 {
		c.Retain = time.Duration(j.RetainDays) * 24 * time.Hour
	}
	if j.MaxContacts > 0 {
		c.MaxContacts = j.MaxContacts
	}
	if j.block > 0 {
		c.BlockSize = j.block
	}
	for _, f := range j.files {
		c.Inputs = append(c.Inputs, memory(f, info, c.BlockSize))
	}
	return c, sink, nil
}

func (j job) numbers() (*numbering.Plan, error) {
	return numbering.New(numbering.Options{
		HighRisk: j.HighRisk, Home: j.HomeNumbers,
		Hotlist: j.Hotlist, Care: j.Care, Voicemail: j.Voicemail, Service: j.Service,
	})
}

// ruleSet reads the rules of the job; without any it is an empty set.
func (j job) ruleSet(families []feature.Family, windows []window.Spec) (*rules.Set, error) {
	if j.rules == "" {
		return &rules.Set{}, nil
	}
	set, _, err := rules.Parse("rules.yaml", []byte(j.rules), rules.Options{Fields: feature.Fields(families, windows)})
	return set, err
}

// alertSink keeps alerts. It checks that they are in order.
type alertSink struct {
	unstaged
	alerts []alert.Alert
}

func (s *alertSink) WriteAlerts(_ context.Context, _ uint64, alerts []alert.Alert) error {
	for i := range alerts {
		a := alerts[i]
		a.DetectedAt = 0
		if n := len(s.alerts); n > 0 && alert.Compare(&s.alerts[n-1], &a) >= 0 {
			return fmt.Errorf("alert %s of %s comes after that of %s", a.Rule, a.Subscriber, s.alerts[n-1].Subscriber)
		}
		s.alerts = append(s.alerts, a)
	}
	return nil
}

func or[T any](v, otherwise []T) []T {
	if v == nil {
		return otherwise
	}
	return v
}

func (j job) families(plan *numbering.Plan, zone *time.Location) []feature.Family {
	holidays := map[window.Day]bool{}
	for _, h := range j.Holidays {
		t, err := time.Parse(time.DateOnly, h)
		if err != nil {
			panic(err)
		}
		holidays[window.Day(t.Unix()/86400)] = true
	}
	high := j.HighValueMicros
	if high == 0 {
		high = 5_000_000
	}
	return aggregators.All(aggregators.Options{
		Rhythm: rhythm.Options{
			Zone: zone, Holidays: holidays, ByRecords: j.ClockRecord,
			Weekdays: or(j.Weekdays, []time.Weekday{1, 2, 3, 4, 5}),
		},
		Numbers: plan, HighValueMicros: high,
	})
}

func (j job) source(plan *numbering.Plan, zone *time.Location) (*decode.Source, error) {
	prefix, digits := "00", 6
	if j.InternationalPrefix != "" {
		prefix = j.InternationalPrefix
	}
	if j.ShortCodeDigits != 0 {
		digits = j.ShortCodeDigits
	}
	n, err := plan.Normalizer(numbering.Source{
		Country: j.Country, InternationalPrefix: prefix, ShortCodeDigits: digits, NullNumbers: j.NullNumbers,
	})
	s := &decode.Source{
		Zone: zone, Numbers: n, Attempts: j.Attempts, EventStart: j.EventStart,
		Originating: j.Legs == nil || slices.Contains(j.Legs, "originating"),
		Terminating: j.Legs == nil || slices.Contains(j.Legs, "terminating"),
		HomePLMNs:   j.HomePLMNs,
		Lateness:    cdr.Millis(j.Lateness.Milliseconds()),
		KeepIDs:     j.rules != "",
		Latest:      decode.NewLimit(cdr.Millis(time.Now().Add(24 * time.Hour).UnixMilli())),
	}
	for _, c := range or(j.DropCauses, []int{27, 38, 41, 42, 44, 47, 102, 111}) {
		s.DropCauses = append(s.DropCauses, uint16(c))
	}
	return s, err
}

// memory is an input over a file in memory.
func memory(f oracle.File, info *decode.Source, block int) engine.Input {
	var d decode.Decoder = csv.Decoder{}
	switch {
	case f.JSON:
		d = json.Decoder{}
	case strings.HasSuffix(f.Name, ".acc"):
		d = sip.Kamailio
	case strings.HasSuffix(f.Name, ".cucm"):
		d = cucm.Decoder{}
	}
	return engine.Input{
		Name: f.Name, Decoder: d,
		Open: func(ctx context.Context) (source.Source, decode.Layout, error) {
			src := file.New(f.Name, bytes.NewReader(f.Data), file.Options{BlockSize: block})
			head, err := src.Head(ctx)
			if err != nil {
				return nil, nil, err
			}
			layout, skip, err := d.Open(head, info)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", f.Name, err)
			}
			src.Skip(skip)
			return src, layout, nil
		},
	}
}

// rowSink keeps rows as maps. It checks that each frame is sorted.
type rowSink struct {
	unstaged
	schema feature.Schema
	mu     sync.Mutex
	rows   map[string]map[string]any
}

func (s *rowSink) Write(_ context.Context, f *feature.Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	end := time.UnixMilli(int64(f.WindowEnd))
	for i := range f.Rows {
		if i > 0 && bytes.Compare(f.Subscriber(i-1), f.Subscriber(i)) >= 0 {
			return fmt.Errorf("rows %d and %d are not in order: %q, %q", i-1, i, f.Subscriber(i-1), f.Subscriber(i))
		}
		row := map[string]any{"home": f.Home[i], "observed_days": f.ObservedDays[i], "approx": f.Approx[i]}
		for c, field := range s.schema.Fields {
			row[field.Name] = cell(field.Type, &f.Columns[c], i)
		}
		key := rowKey(string(f.Subscriber(i)), end)
		if _, twice := s.rows[key]; twice {
			return fmt.Errorf("row %s comes twice", key)
		}
		s.rows[key] = row
	}
	return nil
}

// row is what came of a key so far.
func (s *rowSink) row(key string) (row map[string]any, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	row, ok = s.rows[key]
	return row, ok
}

func cell(t feature.Type, c *feature.Column, i int) any {
	switch {
	case len(c.Valid) > 0 && c.Valid[i>>3]>>(i&7)&1 == 0:
		return nil
	case t == feature.Int64:
		return c.Ints[i]
	case t == feature.Float64:
		return c.Floats[i]
	}
	return c.Bools[i]
}

// unstaged is a publisher that has nothing to do.
type unstaged struct{}

func (unstaged) Prepare(context.Context, uint64) ([]disk.Staged, error) { return nil, nil }
func (unstaged) Commit(context.Context, uint64) error                   { return nil }
func (unstaged) Recover(context.Context, uint64, []disk.Staged) error   { return nil }

// aside keeps what was set aside.
type aside struct {
	unstaged
	lines []string // where, why, what
	texts []string // why and what
}

func (a *aside) Append(at cdr.Origin, reason string, raw []byte) error {
	text := fmt.Sprintf("%s: %.200q", reason, raw)
	a.lines = append(a.lines, fmt.Sprintf("%s:%d:%d: %s", at.Source, at.Line, at.Offset, text))
	a.texts = append(a.texts, text)
	return nil
}

func (*aside) Cut(uint64) error { return nil }
