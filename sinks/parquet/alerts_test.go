package parquet

import (
	"encoding/hex"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
)

// alertsOf makes n alerts of an epoch from number first on, all kinds of them.
func alertsOf(epoch uint64, first, n int) (alerts []alert.Alert) {
	for i := first; i < first+n; i++ {
		at := cdr.Millis(1_772_406_000_000 + int64(epoch)*2000 + int64(i))
		a := alert.Alert{
			ID: alert.NewID("fanout", "v1", fmt.Sprint(i), at), Rule: "fanout", Type: "robocall",
			Severity: alert.Severity(i % 2), State: alert.State(i % 4), Subscriber: fmt.Sprintf("4917%06d", i), Home: i%3 == 0,
			EventTime: at, WindowEnd: at, DetectedAt: at + 77,
			Evidence: []alert.Evidence{{Name: "calls_out_24h", Kind: alert.Int, Value: float64(i)}, {Name: "approx", Kind: alert.Bool, Value: 1},
				{Name: "out_ratio_24h", Kind: alert.Null}, {Name: "n", Kind: alert.Float, Value: math.Inf(1)}},
			AtRisk: float64(i) / 4, AtRiskUnit: "seconds", Ruleset: "f00", Version: "ba7", Summary: "called many ü",
		}
		a.Case = alert.CaseOf(a.Subscriber, a.ID)
		for k := range i % 4 {
			a.RecordIDs = append(a.RecordIDs, fmt.Sprintf("r%d-%d", i, k))
		}
		if i%2 == 0 {
			a.Labels = []alert.Label{{Name: "desk", Value: "2"}, {Name: "team", Value: "fraud"}}
		}
		switch i % 7 {
		case 3:
			a.Subscriber, a.Type, a.Count, a.Examples, a.AtRiskUnit, a.Evidence = "", alert.StormType, 1234, []string{"1", "2"}, "", nil
		case 4:
			a.Subscriber, a.Summary = "sip:\xff\xfex", ""
		}
		alerts = append(alerts, a)
	}
	return alerts
}

func newAlerts(t testing.TB, dir string, o Options) *Alerts {
	t.Helper()
	s, err := NewAlerts(dir, o)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

func alertFileOf(epoch uint64) string { return "alerts/" + alertName(epoch) }

// rowOf is an alert as its row should read.
func rowOf(a *alert.Alert) []string {
	text := func(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
	opt := func(there bool, s string) string {
		if there {
			return s
		}
		return array.NullValueStr
	}
	stamp := func(t cdr.Millis) string {
		return arrow.Timestamp(t).ToTime(arrow.Millisecond).Format("2006-01-02 15:04:05.999Z")
	}
	list := func(l []string) string {
		return strings.ReplaceAll(fmt.Sprintf("%q", append([]string{}, l...)), " ", ",")
	}
	var evidence, labels []string
	for _, e := range a.Evidence {
		v := fmt.Sprint(e.Value)
		if e.Kind == alert.Null || math.IsInf(e.Value, 0) {
			v = "null"
		}
		evidence = append(evidence, e.Name+"="+v)
	}
	for _, l := range a.Labels {
		labels = append(labels, l.Name+"="+l.Value)
	}
	storm := a.Type == "storm"
	return []string{
		hex.EncodeToString(a.ID[:]), a.Case, a.Rule, a.Type, a.Severity.String(), a.State.String(), opt(a.Subscriber != "", text(a.Subscriber)), fmt.Sprint(a.Home),
		stamp(a.EventTime), stamp(a.DetectedAt), stamp(a.WindowEnd), strings.Join(evidence, " "), opt(a.AtRiskUnit != "", fmt.Sprint(a.AtRisk)), opt(a.AtRiskUnit != "", a.AtRiskUnit),
		list(a.RecordIDs), a.Ruleset, a.Version, strings.Join(labels, " "), text(a.Summary), opt(storm, fmt.Sprint(a.Count)), opt(storm, list(a.Examples)),
	}
}

// cellOf is row i of a column, likewise.
func cellOf(c arrow.Array, i int) string {
	m, ok := c.(*array.Map)
	if !ok {
		return c.ValueStr(i)
	}
	var all []string
	from, to := m.ValueOffsets(i)
	for k := int(from); k < int(to); k++ {
		v := "null"
		if m.Items().IsValid(k) {
			v = m.Items().ValueStr(k)
		}
		all = append(all, m.Keys().ValueStr(k)+"="+v)
	}
	return strings.Join(all, " ")
}

func checkAlerts(t testing.TB, b []byte, want []alert.Alert) {
	t.Helper()
	table, _ := parseTable(t, b)
	reader := array.NewTableReader(table, 0)
	defer reader.Release()
	n := 0
	for reader.Next() {
		r := reader.Record()
		for i := range int(r.NumRows()) {
			row := rowOf(&want[n])
			for c := range int(r.NumCols()) {
				if got := cellOf(r.Column(c), i); got != row[c] {
					t.Errorf("row %d, %s: %s, not %s", n, r.ColumnName(c), got, row[c])
				}
			}
			n++
		}
	}
	if n != len(want) {
		t.Errorf("%d rows, not %d", n, len(want))
	}
}

func TestAlerts(t *testing.T) {
	dir := t.TempDir()
	s := newAlerts(t, dir, Options{RowGroupRows: 10, Metadata: map[string]string{"ruleset": "f00"}})
	want := alertsOf(1, 0, 35)
	must(t, s.WriteAlerts(ctx, 1, nil))
	must(t, s.WriteAlerts(ctx, 1, want[:3]))
	must(t, s.WriteAlerts(ctx, 1, want[3:]))
	must(t, s.WriteAlerts(ctx, 2, nil)) // no alerts, no file
	must(t, s.WriteAlerts(ctx, 3, alertsOf(3, 0, 1)))
	for i, n := range []int{1, 1, 2} {
		epoch := i + 1
		staged, err := s.Prepare(ctx, uint64(epoch))
		must(t, err)
		must(t, s.Commit(ctx, uint64(epoch)))
		must(t, s.Commit(ctx, uint64(epoch)))
		final := files(t, filepath.Join(dir, "alerts"))
		if len(final) != n || epoch == 2 && len(staged) > 0 {
			t.Errorf("epoch %d: %v, %v", epoch, final, staged)
		}
	}
	must(t, s.Close())
	if got := files(t, dir); !slices.Equal(got, []string{alertFileOf(1), alertFileOf(3)}) {
		t.Errorf("%v", got)
	}
	b, err := os.ReadFile(filepath.Join(dir, alertFileOf(1)))
	must(t, err)
	checkAlerts(t, b, want)
	_, pf := parseTable(t, b)
	if got := pf.MetaData().KeyValueMetadata().FindValue("ruleset"); pf.NumRowGroups() != 4 || got == nil || *got != "f00" {
		t.Errorf("%d row groups, ruleset %v", pf.NumRowGroups(), got)
	}
	st, err := os.Stat(filepath.Join(dir, alertFileOf(1)))
	must(t, err)
	if st.Mode().Perm()&^0o640 != 0 {
		t.Errorf("its mode is %v", st.Mode())
	}
}

// Files of a few alerts are not compressed, see fewRows.
func TestAlertsCompressed(t *testing.T) {
	for n, want := range map[int]string{fewRows - 1: "UNCOMPRESSED", fewRows: "SNAPPY", 10_000: "SNAPPY"} {
		dir := t.TempDir()
		s := newAlerts(t, dir, Options{})
		alerts := alertsOf(1, 0, n)
		must(t, s.WriteAlerts(ctx, 1, alerts))
		_, err := s.Prepare(ctx, 1)
		must(t, err)
		must(t, s.Commit(ctx, 1))
		b, err := os.ReadFile(filepath.Join(dir, alertFileOf(1)))
		must(t, err)
		checkAlerts(t, b, alerts)
		_, pf := parseTable(t, b)
		for i := range alertColumns {
			c, err := pf.MetaData().RowGroup(0).ColumnChunk(i)
			must(t, err)
			if got := c.Compression().String(); got != want {
				t.Errorf("%d rows, %s: %s", n, alertColumns[i].field.Name, got)
			}
		}
	}
}

func TestAlertColumns(t *testing.T) {
	want := "alert_id:utf8 case:utf8 rule:utf8 type:utf8 severity:utf8 state:utf8 subscriber:utf8? home:bool " +
		"event_time:timestamp[ms, tz=UTC] detected_at:timestamp[ms, tz=UTC] window_end:timestamp[ms, tz=UTC] " +
		"evidence:map<utf8, float64, items_nullable> at_risk:float64? at_risk_unit:utf8? record_ids:list<item: utf8> " +
		"ruleset:utf8 rule_version:utf8 labels:map<utf8, utf8, items_nullable> summary:utf8 count:int64? examples:list<item: utf8>?"
	var got []string
	for _, f := range alertColumns.schema().Fields() {
		s := f.Name + ":" + f.Type.String()
		if f.Nullable {
			s += "?"
		}
		got = append(got, s)
	}
	if s := strings.Join(got, " "); s != want {
		t.Errorf("%s, not\n%s", s, want)
	}
}

// Row groups go to the disk as they are full: the staged file grows while an epoch
// goes on.
func TestAlertsFlush(t *testing.T) {
	dir := t.TempDir()
	s := newAlerts(t, dir, Options{RowGroupRows: 100})
	for i := range 20 {
		alerts := alertsOf(1, i*100, 100)
		for k := range alerts {
			alerts[k].Summary = fmt.Sprintf("%x", rand.New(rand.NewPCG(uint64(i), uint64(k))).Perm(500))
		}
		must(t, s.WriteAlerts(ctx, 1, alerts))
		if s.file.n != 0 {
			t.Fatalf("%d rows are kept", s.file.n)
		}
	}
	if size, err := s.opt.Disk.Size(filepath.Join(dir, ".staging/alerts", alertName(1))); err != nil || size < 1<<20 {
		t.Errorf("%d bytes are staged, %v", size, err)
	}
}

func TestBadAlerts(t *testing.T) {
	for name, epochs := range map[string][]uint64{"no epoch": {0}, "back": {3, 2}, "prepared": {1}, "recovered": {5}} {
		dir := t.TempDir()
		s := newAlerts(t, dir, Options{})
		if name == "recovered" {
			must(t, s.Recover(ctx, 5, nil))
		}
		if name == "prepared" {
			_, err := s.Prepare(ctx, 1)
			must(t, err)
		}
		var err error
		for _, e := range epochs {
			must(t, err)
			err = s.WriteAlerts(ctx, e, alertsOf(e, 0, 2))
		}
		if err == nil || strings.Contains(err.Error(), "4917") {
			t.Errorf("%s: %v", name, err)
		}
		if _, again := s.Prepare(ctx, 9); again != err {
			t.Errorf("%s: Prepare returns %v", name, again)
		}
		_ = s.Close() // tells the same again
		if got := files(t, dir); len(got) > 0 {
			t.Errorf("%s: left %v", name, got)
		}
	}
}

// Names that no sink has given, from a checkpoint of something else.
func TestPlaceAlerts(t *testing.T) {
	for _, name := range []string{".staging/alerts/7.parquet", ".staging/features/00000007.parquet", ".staging/alerts/../00000007.parquet", ".staging/alerts/00000007.jsonl", ".staging/alerts/99999999999999999999.parquet"} {
		if _, _, err := placeAlerts(name); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	e, final, err := placeAlerts(".staging/alerts/" + alertName(math.MaxUint64))
	if e != math.MaxUint64 || final != "alerts/18446744073709551615.parquet" || err != nil {
		t.Error(e, final, err)
	}
}

// An epoch is written while the one before is prepared and committed; run with -race.
func TestAlertsConcurrent(t *testing.T) {
	dir := t.TempDir()
	s := newAlerts(t, dir, Options{})
	written := make(chan uint64, 1)
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(written)
		for e := uint64(1); e <= 50; e++ {
			for i := range 3 {
				if err := s.WriteAlerts(ctx, e, alertsOf(e, i*4, 4)); err != nil {
					t.Error(err)
					return
				}
			}
			written <- e
		}
	})
	for e := range written {
		if _, err := s.Prepare(ctx, e); err != nil {
			t.Fatal(err)
		}
		must(t, s.Commit(ctx, e))
	}
	wg.Wait()
	must(t, s.Close())
	if got := files(t, dir); len(got) != 50 {
		t.Fatalf("%d files", len(got))
	}
	b, err := os.ReadFile(filepath.Join(dir, alertFileOf(50)))
	must(t, err)
	checkAlerts(t, b, alertsOf(50, 0, 12))
}

// Alerts and features share an output directory.
func TestAlertsBesideFeatures(t *testing.T) {
	dir := t.TempDir()
	s, f := newAlerts(t, dir, Options{}), newSink(t, dir, schemaOf(allShapes()))
	must(t, s.WriteAlerts(ctx, 1, alertsOf(1, 0, 2)))
	must(t, f.Write(ctx, small(1, boundary, 0, 5)))
	staged, err := s.Prepare(ctx, 1)
	must(t, err)
	prepare(t, f, 1)
	must(t, f.Close())
	must(t, s.Close())
	again := newAlerts(t, dir, Options{})
	must(t, again.Recover(ctx, 1, staged))
	if got := files(t, dir); !slices.Equal(got, []string{staged0, alertFileOf(1)}) {
		t.Errorf("%v", got)
	}
}

// alertJob is the job of the crash tests.
func alertJob(t *testing.T, epochs int) *job {
	j := &job{epochs: uint64(epochs), of: map[string]uint64{}}
	all := crashAlerts(epochs)
	j.open = func(d disk.FS) (worker, error) {
		s, err := NewAlerts("out", Options{Disk: d, RowGroupRows: 4})
		return &alertWorker{s, all}, err
	}
	j.undisturbed(t)
	for e := 1; e <= epochs; e++ {
		if !silent(e, epochs) {
			j.of[alertFileOf(uint64(e))] = uint64(e)
			checkAlerts(t, j.want[alertFileOf(uint64(e))], append(slices.Clone(all[e][0]), all[e][1]...))
		}
	}
	j.check(t)
	return j
}

type alertWorker struct {
	*Alerts
	all [][2][]alert.Alert
}

func (w *alertWorker) write(epoch uint64, half int) error {
	return w.WriteAlerts(ctx, epoch, w.all[epoch][half])
}

// crashAlerts are the alerts by epoch and half; those of the second epoch do not
// fit into a buffer.
func crashAlerts(epochs int) [][2][]alert.Alert {
	all := make([][2][]alert.Alert, epochs+2)
	for e := 1; e <= epochs; e++ {
		for half := range 2 {
			if silent(e, epochs) {
				continue
			}
			all[e][half] = alertsOf(uint64(e), half*3, 3)
			if e == 2 {
				all[e][half][1].Summary = strings.Repeat("x", 100_000)
			}
		}
	}
	return all
}
