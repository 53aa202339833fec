package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"github.com/cdrstream/cdrstream/engine/hygiene"
	sourcefile "github.com/cdrstream/cdrstream/engine/source/file"
)

// registerIn reads the rows of a register as JSON has them, by the names of the files.
func registerIn(t *testing.T, paths ...string) map[string]map[string]any {
	t.Helper()
	rows := map[string]map[string]any{}
	for _, path := range paths {
		f, err := file.OpenParquetFile(path, false)
		if err != nil {
			t.Fatal(err)
		}
		r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
		if err != nil {
			t.Fatal(err)
		}
		table, err := r.ReadTable(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for reader := array.NewTableReader(table, -1); reader.Next(); {
			addRecord(t, rows, reader.Record())
		}
		f.Close()
	}
	return rows
}

func addRecord(t *testing.T, rows map[string]map[string]any, r interface{ MarshalJSON() ([]byte, error) }) {
	t.Helper()
	text, err := r.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, row := range all {
		name := row["name"].(string)
		if rows[name] != nil {
			t.Errorf("%s is there twice", name)
		}
		rows[name] = row
	}
}

// wants compares some columns of a row.
func wants(t *testing.T, row map[string]any, want string) {
	t.Helper()
	var values map[string]any
	if err := json.Unmarshal([]byte(want), &values); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if got, there := row[name]; !there || fmt.Sprint(got) != fmt.Sprint(values[name]) {
			t.Errorf("%v: %s is %v, want %v", row["name"], name, got, values[name])
		}
	}
}

const registerHeader = "record_id,start_time,calling_number,called_number,duration_seconds,disposition,charge,direction\n"

// ofDay is a file with n calls of a minute on a day of January 2026, the first of which has
// lasted no time.
func ofDay(day, n int) string {
	text := registerHeader
	for i := range n {
		text += fmt.Sprintf("%d-%d,2026-01-%02dT12:%02d:00Z,+4915112345%02d,+493012345,%d,answered,0.25,both\n", day, i, day, i, i, min(60, 60*i))
	}
	return text
}

func writeFiles(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func contentOf(t *testing.T, path string) string {
	t.Helper()
	sum, err := sourcefile.Content(path)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%016x", sum)
}

// TestRegister: a replay lists its files, those that it did not read too, and what is odd
// about them is in the log and in the summary.
func TestRegister(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFiles(t, map[string]string{
		"in/msc1.csv": ofDay(5, 10) + "bad,2026-13-01T00:00:00Z,+491511,+4930,1,answered,0,both\n" + "none,2026-01-05T13:00:00Z,+491511234500,+4930123,6,answered,1,none\n",
		"in/msc2.csv": ofDay(6, 4), "in/msc3.csv": ofDay(8, 3), "in/two.csv": ofDay(6, 4), "in/void.csv": "", "in/head.csv": registerHeader,
	})
	code, said := outcome(t, "replay", "--out", "out", "in")
	if code != 0 {
		t.Fatal(said)
	}
	rows := registerIn(t, "out/files.parquet")
	if len(rows) != 6 {
		t.Errorf("%d rows", len(rows))
	}
	wants(t, rows["in/msc1.csv"], `{"status":"read","format":"csv","switch":"in/msc.csv","read":12,"accepted":10,"duplicate":0,"late":0,"rejected":1,"filtered":1,
		"first_event":"2026-01-05 12:00:00","last_event":"2026-01-05 13:00:06","voice":11,"data":0,"talk_ms":546000,"charge_micros":3500000,
		"sequence":null,"claimed_records":null,"claimed_talk_ms":null,"duplicate_of":null}`)
	wants(t, rows["in/two.csv"], `{"status":"duplicate","duplicate_of":"in/msc2.csv","read":0,"format":null,"first_event":null}`)
	wants(t, rows["in/void.csv"], `{"status":"empty","size":0,"hash":null,"format":null}`)
	wants(t, rows["in/head.csv"], `{"status":"read","read":0,"format":"csv","first_event":null,"accepted":0}`)
	for name, row := range rows {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if row["size"] != float64(info.Size()) || row["hash"] != contentOf(t, name) && info.Size() > 0 {
			t.Errorf("%s: size %v, hash %v", name, row["size"], row["hash"])
		}
	}
	if got := fmt.Sprint(rows["in/msc3.csv"]["warnings"]); !strings.Contains(got, "silence: begins at 2026-01-08T12:00:00Z") || !strings.Contains(got, "zero_second_answers: 1 of 3 records") {
		t.Errorf("the last file: %s", got)
	}
	for _, want := range []string{
		`level=WARN msg="begins at 2026-01-08T12:00:00Z, 47h56m0s after the files of its switch before it ended" file=in/msc3.csv code=silence`,
		`code=zero_second_answers`,
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the log lacks %s:\n%s", want, said)
		}
	}
	for _, number := range []string{"4915112345", "493012345"} {
		if strings.Contains(said, number) || strings.Contains(fmt.Sprint(rows), number) {
			t.Errorf("the number %s is told", number)
		}
	}
	summary, err := os.ReadFile("out/summary.json")
	if err != nil || !strings.Contains(string(summary), `"silence": 2`) || !strings.Contains(string(summary), `"zero_second_answers": 3`) {
		t.Errorf("%s, %v", summary, err)
	}
	if code, said = outcome(t, "replay", "--out", "quiet", "--quiet", "--config", "c.yaml", "in"); code == 0 {
		t.Errorf("without the file of the configuration: %s", said)
	}
	writeFiles(t, map[string]string{"c.yaml": "silence: 0s\n"})
	if code, said = outcome(t, "replay", "--out", "quiet", "--config", "c.yaml", "in"); code != 0 || strings.Contains(said, "code=silence") {
		t.Errorf("silence is not wanted: %s", said)
	}
}

// TestREADMECodes: the README tells of every code.
func TestREADMECodes(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range hygiene.Codes() {
		if !strings.Contains(string(text), "`"+string(c)+"`") {
			t.Errorf("README.md does not tell of %s", c)
		}
	}
}

// TestRegisterKeptOpen: each run of a job that is kept open lists the files that it read;
// the last one lists all.
func TestRegisterKeptOpen(t *testing.T) {
	t.Chdir(t.TempDir())
	writeFiles(t, map[string]string{"in/msc1.csv": ofDay(5, 10)})
	run := func(args ...string) []string {
		t.Helper()
		must(t, append([]string{"replay", "--quiet", "--max-late", "none", "--state", "state", "--out", "out"}, args...)...)
		parts, err := filepath.Glob("out/files/*.parquet")
		if err != nil {
			t.Fatal(err)
		}
		return parts
	}
	first := run("--keep-open", "in")
	if rows := registerIn(t, first...); len(rows) != 1 || there("out/files.parquet") {
		t.Errorf("%v", rows)
	}
	if again := run("--keep-open", "in"); !slices.Equal(again, first) {
		t.Errorf("%v, where nothing is new", again)
	}
	writeFiles(t, map[string]string{"in/msc2.csv": ofDay(6, 4)})
	second := run("--keep-open", "in")
	if rows := registerIn(t, second[len(first):]...); len(second) != 2 || len(rows) != 1 {
		t.Fatalf("%v: %v", second, rows)
	} else {
		wants(t, rows["in/msc2.csv"], `{"read":4,"accepted":null,"duplicate":null,"late":0}`)
	}
	writeFiles(t, map[string]string{"in/msc2.csv": ofDay(6, 6)}) // it has grown
	third := run("--keep-open", "in")
	if rows := registerIn(t, third[len(second):]...); len(rows) != 1 {
		t.Errorf("%v: %v", third, rows)
	} else {
		wants(t, rows["in/msc2.csv"], `{"status":"read","read":6}`)
	}
	writeFiles(t, map[string]string{"in/msc3.csv": ofDay(7, 3)})
	run("in")
	rows := registerIn(t, "out/files.parquet")
	if len(rows) != 3 {
		t.Fatalf("%v", rows)
	}
	wants(t, rows["in/msc1.csv"], fmt.Sprintf(`{"read":10,"accepted":10,"hash":%q}`, contentOf(t, "in/msc1.csv")))
	wants(t, rows["in/msc3.csv"], `{"read":3,"accepted":3,"duplicate":0}`)
}

// TestServeRegister: the files of a spool are listed as they are done with.
func TestServeRegister(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("in", 0o700); err != nil {
		t.Fatal(err)
	}
	l := serveLive(t, "--spool", "in", "--spool-quiet", "10ms", "--checkpoint-every", "50ms", "--out", "out")
	dropFile(t, "in", "a1.csv", recently(1), recently(2), "x,never,1,2,3,both")
	dropFile(t, "in", "a2.csv", recently(3))
	writeFiles(t, map[string]string{"in/a3.csv.tmp": registerHeader, "in/b.csv.tmp": "nonsense"})
	for _, name := range []string{"a3.csv", "b.csv"} {
		if err := os.Rename("in/"+name+".tmp", "in/"+name); err != nil {
			t.Fatal(err)
		}
	}
	parts := func() []string {
		all, _ := filepath.Glob("out/files/*.parquet")
		return all
	}
	l.until("all are in the register", func() bool {
		return len(registerIn(t, parts()...)) == 4
	})
	if n := l.value(`cdrstream_notes_total{note="zero_second_answers",source="in"}`); n != 0 {
		t.Errorf("%v answers of no time", n)
	}
	l.stop()
	rows := registerIn(t, parts()...)
	wants(t, rows["in/a1.csv"], `{"status":"read","format":"csv","read":3,"rejected":1,"late":0,"accepted":null,"voice":2,"talk_ms":10000}`)
	wants(t, rows["in/a2.csv"], `{"status":"read","read":1}`)
	wants(t, rows["in/a3.csv"], `{"status":"read","read":0,"format":"csv"}`)
	wants(t, rows["in/b.csv"], `{"status":"quarantined","read":0,"size":null}`)
	if h := rows["in/a1.csv"]["hash"]; len(fmt.Sprint(h)) != 16 {
		t.Errorf("the hash is %v", h)
	}
}
