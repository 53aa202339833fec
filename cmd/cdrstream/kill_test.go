package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	pqfile "github.com/apache/arrow/go/v15/parquet/file"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/sinks/parquet"
)

// TestKill kills replays at random moments, starts each again until it is done,
// and compares what is there in the end with what an undisturbed run leaves.
// `make kill` does it at length: CDRSTREAM_KILLS moments, CDRSTREAM_KILL_RECORDS
// records, CDRSTREAM_KILL_SEED.
func TestKill(t *testing.T) {
	kills, records, seed := fromEnv(t, "CDRSTREAM_KILLS", 10), fromEnv(t, "CDRSTREAM_KILL_RECORDS", 60_000), fromEnv(t, "CDRSTREAM_KILL_SEED", 1)
	t.Logf("%d kills, %d records, seed %d", kills, records, seed)
	t.Chdir(t.TempDir())
	traffic := func(seed int, args ...string) {
		subscribers, half := strconv.Itoa(max(200, records/100)), strconv.Itoa(records/2)
		must(t, append([]string{"generate", "--subscribers", subscribers, "--days", "9", "--records", half, "--disorder", "3m", "--seed", strconv.Itoa(seed)}, args...)...)
	}
	traffic(seed, "--duplicates", "0.01", "--malformed", "0.002", "--split", "day", "--out", "cdr/part.csv.gz")
	traffic(seed+1, "--out", "cdr/other.csv")
	calm := time.Now()
	must(t, "replay", "--quiet", "--max-late", "none", "--out", "calm", "cdr")
	span := time.Since(calm)
	want := outputOf(t, "calm")

	r := rand.New(rand.NewPCG(uint64(seed), 5))
	killed, jobs := 0, 0
	for killed < kills {
		jobs++
		for killed < kills && !killedReplay(t, r, span) {
			killed++
		}
		must(t, "replay", "--quiet", "--max-late", "none", "--state", "state", "--out", "out", "cdr")
		if diff := want.differs(outputOf(t, "out")); diff != "" {
			t.Fatalf("seed %d, after %d kills in %d jobs: %s", seed, killed, jobs, diff)
		}
		if _, err := os.Stat("out/.staging"); err == nil {
			t.Errorf("seed %d: .staging is left", seed)
		}
		if err := os.RemoveAll("out"); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll("state"); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d kills in %d jobs; an undisturbed one takes %s", killed, jobs, span.Round(time.Millisecond))
}

func fromEnv(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// killedReplay starts the replay and kills it some time later. It reports true
// when that was too late.
func killedReplay(t *testing.T, r *rand.Rand, span time.Duration) (through bool) {
	t.Helper()
	c := exec.Command("cdrstream", "replay", "--quiet", "--max-late", "none", "--state", "state", "--checkpoint-every", "50ms", "--out", "out", "cdr")
	var text bytes.Buffer
	c.Stderr = &text
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(r.Float64()*0.4*float64(span)), func() { _ = c.Process.Kill() })
	err := c.Wait()
	timer.Stop()
	if err != nil && c.ProcessState.Exited() {
		t.Fatalf("replay: %v: %s", err, text.String())
	}
	return err == nil
}

func must(t *testing.T, args ...string) {
	t.Helper()
	if b, err := exec.Command("cdrstream", args...).CombinedOutput(); err != nil {
		t.Fatalf("cdrstream %s: %v: %s", strings.Join(args, " "), err, b)
	}
}

// leavings is what a replay left: rows and lines as sets.
type leavings struct {
	ledger engine.Ledger
	rows   int
	alerts int
	sums   map[string][sha256.Size]byte
}

func outputOf(t *testing.T, dir string) leavings {
	t.Helper()
	var s struct {
		Ledger engine.Ledger  `json:"ledger"`
		Rows   int            `json:"feature_rows"`
		Alerts map[string]int `json:"alerts"`

		Hygiene json.RawMessage `json:"hygiene"`
	}
	b, err := os.ReadFile(filepath.Join(dir, summaryFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	held, err := contents(dir)
	if err != nil || len(held.foreign) > 0 {
		t.Fatalf("%v, foreign files %v", err, held.foreign)
	}
	o := leavings{ledger: s.Ledger, sums: map[string][sha256.Size]byte{}}
	register, err := os.ReadFile(filepath.Join(dir, "files.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	o.sums["files"], o.sums["hygiene"] = sha256.Sum256(register), sha256.Sum256(s.Hygiene)
	rows := rowsOf(t, dir, held.files)
	o.rows, o.sums[featuresDir] = len(rows), sum(rows)
	if o.rows != s.Rows || !s.Ledger.Balanced() || s.Ledger.Buffered != 0 {
		t.Fatalf("%s: %d rows, the summary says %+v", dir, o.rows, s)
	}
	alerts := alertsOf(t, dir, s.Alerts)
	o.alerts, o.sums["alerts"] = len(alerts), sum(alerts)
	for kind, n := range map[string]int64{rejectsDir: s.Ledger.Rejected, lateDir: s.Ledger.Late} {
		b, err := os.ReadFile(filepath.Join(dir, kind, kind+".jsonl"))
		lines := strings.SplitAfter(string(b), "\n")
		if int64(len(lines)-1) != n {
			t.Fatalf("%s: %d lines of %s, the ledger is %+v (%v)", dir, len(lines)-1, kind, s.Ledger, err)
		}
		o.sums[kind] = sum(lines)
	}
	return o
}

// wall is the time at which an alert was made.
var wall = regexp.MustCompile(`"detected_at":"[^"]*",`)

// alertsOf returns the alerts without the time at which they were made. They are in
// order, as many fire as the summary says, and the Parquet files hold as many.
func alertsOf(t *testing.T, dir string, fired map[string]int) (lines []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "alerts.jsonl"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	last := ""
	for _, line := range strings.Split(strings.TrimSuffix(string(b), "\n"), "\n") {
		if line == "" {
			continue
		}
		var a struct {
			Rule, State, Type string
			Subscriber        string
			Time              string `json:"event_time"`
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatalf("%s: %v: %s", dir, err, line)
		}
		if key := strings.Join([]string{a.Time, a.Rule, a.Subscriber}, "\x00"); key > last {
			last = key
		} else {
			t.Fatalf("%s: an alert comes twice, or too late: %s", dir, line)
		}
		if a.State == "firing" && a.Type != "storm" {
			fired[a.Rule]--
		}
		lines = append(lines, wall.ReplaceAllString(line, ""))
	}
	for rule, left := range fired {
		if left != 0 {
			t.Fatalf("%s: the summary says %d alerts of %s more than there are", dir, left, rule)
		}
	}
	if n := alertRows(t, dir); n != int64(len(lines)) {
		t.Fatalf("%s: %d alerts in Parquet, %d in lines", dir, n, len(lines))
	}
	return lines
}

// alertRows counts the alerts in Parquet files.
func alertRows(t *testing.T, dir string) (n int64) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "alerts", "*.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		f, err := pqfile.OpenParquetFile(name, false)
		if err != nil {
			t.Fatal(err)
		}
		n += f.NumRows()
		f.Close()
	}
	return n
}

// rowsOf reads every row of every feature file as text.
func rowsOf(t *testing.T, dir string, files []string) (rows []string) {
	t.Helper()
	for _, name := range files {
		if !strings.HasPrefix(name, featuresDir) {
			continue
		}
		r, err := parquet.OpenReader(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		columns := make([]int, len(r.Columns()))
		for i := range columns {
			columns[i] = i
		}
		err = r.Rows(context.Background(), columns, -1, func(row []any) error {
			rows = append(rows, filepath.Dir(name)+fmt.Sprint(row))
			return nil
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r.Close()
	}
	return rows
}

func sum(lines []string) [sha256.Size]byte {
	slices.Sort(lines)
	return sha256.Sum256([]byte(strings.Join(lines, "\n")))
}

// differs says how o and p differ, "" if they do not.
func (o leavings) differs(p leavings) string {
	if o.ledger != p.ledger || o.rows != p.rows || o.alerts != p.alerts {
		return fmt.Sprintf("the ledger is %+v with %d rows and %d alerts, undisturbed %+v with %d and %d", p.ledger, p.rows, p.alerts, o.ledger, o.rows, o.alerts)
	}
	for kind := range o.sums {
		if o.sums[kind] != p.sums[kind] {
			return kind + " differ"
		}
	}
	return ""
}
