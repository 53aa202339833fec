package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the tests start children: the test binary is the program then.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == childWord {
		os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// program builds cdrstream.
func program(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cdrstream")
	c := exec.Command("go", "build", "-o", path, "./cmd/cdrstream")
	c.Dir = "../.."
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// TestSame: DuckDB and cdrstream agree in every column, in a fortnight, and in a month,
// after which trends begin.
func TestSame(t *testing.T) {
	cdrstream := program(t)
	for _, args := range [][]string{
		{"-records", "60000", "-subscribers", "600", "-days", "14"},
		{"-records", "40000", "-subscribers", "300", "-days", "31"},
		{"-records", "3000", "-subscribers", "100", "-days", "1"},
	} {
		var out, errs bytes.Buffer
		args = append(args, "-check", "-cdrstream", cdrstream, "-dir", t.TempDir())
		if code := run(t.Context(), args, &out, &errs); code != 0 {
			t.Errorf("%v: exit %d: %s", args, code, &errs)
		}
	}
}

// TestTable: all systems are timed and stand in the table of the page.
func TestTable(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "page.md")
	if err := os.WriteFile(page, []byte("<!-- compare: begin -->\n<!-- compare: end -->\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	args := []string{"-records", "5000", "-subscribers", "100", "-days", "8", "-runs", "1", "-cdrstream", program(t), "-dir", dir, "-page", page}
	if code := run(t.Context(), args, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), strings.TrimSpace(out.String())) {
		t.Errorf("the page holds\n%s\nprinted was\n%s", text, &out)
	}
	for _, want := range []string{"DuckDB", "cdrstream with its rules", "line feeds", "decoder alone"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), " 0 MB") {
		t.Errorf("a peak is missing in\n%s", &out)
	}
}

// TestDifference: another answer is found, in a column and in which rows there are, and
// no time is printed.
func TestDifference(t *testing.T) {
	cdrstream := program(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "traffic.csv")
	if err := generate(path, 100, 8, 5000); err != nil {
		t.Fatal(err)
	}
	s, _ := setOf("14")
	b := &bout{options: &options{cdrstream: cdrstream, memory: "1GB"}, path: path, places: filepath.Join(dir, "places.csv"), dir: dir}
	var err error
	if b.survey, err = look(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := b.survey.writePlaces(b.places); err != nil {
		t.Fatal(err)
	}
	if _, err := replay(t.Context(), cdrstream, path, b.file("ours"), s.query.names(), "none"); err != nil {
		t.Fatal(err)
	}
	db, err := openDuckDB("1GB", b.file("spill"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	right := s.query.script(b.survey, path, b.file("theirs.parquet"))
	for name, c := range map[string]struct{ old, wrong, want string }{
		"count":   {"answered_7d)::BIGINT", "answered_7d + (sub % 50 = 0)::INTEGER)::BIGINT", "answered_calls_7d differs in"},
		"float":   {"charge_7d / 1e6", "charge_7d / 1e6 * (1 + 1e-8)", "charge_7d differs in"},
		"null":    {"differ_7d::DOUBLE / nullif(areas_known_7d, 0)", "differ_7d::DOUBLE / greatest(areas_known_7d, 1)", "different_area_ratio_7d differs in"},
		"missing": {"FROM w LEFT JOIN items_area USING (sub, day)", "FROM w LEFT JOIN items_area USING (sub, day) WHERE day <> 3", "rows are only in ours"},
		"none":    {"", "", ""},
	} {
		script := strings.Split(strings.ReplaceAll(strings.Join(right, "\x00"), c.old, c.wrong), "\x00")
		if c.old == "" {
			script = right
		} else if strings.Join(script, "") == strings.Join(right, "") {
			t.Errorf("%s: %q is not in the script", name, c.old)
		}
		if _, err := (&task{System: "duckdb", Path: path, Places: b.places, Script: script, Memory: "1GB", Spill: b.file("spill")}).start(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := same(t.Context(), db, &s.query, b.file("ours"), b.file("theirs.parquet"))
		if c.want == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCore: the columns are those of the product's core set, in its order, so nothing is
// left out.
func TestCore(t *testing.T) {
	cdrstream := program(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "traffic.csv")
	if err := generate(path, 50, 3, 500); err != nil {
		t.Fatal(err)
	}
	if _, err := replay(t.Context(), cdrstream, path, filepath.Join(dir, "out"), []string{"core"}, "none"); err != nil {
		t.Fatal(err)
	}
	db, err := openDuckDB("1GB", dir)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	text, err := rows(t.Context(), db, "SELECT column_name AS c FROM (DESCRIBE SELECT * EXCLUDE (subscriber, window_end, approx) FROM read_parquet("+
		quote(filepath.Join(dir, "out", "features", "*", "*.parquet"))+", hive_partitioning = false)) ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	s, _ := setOf("core")
	ours := map[string]bool{}
	for line := range strings.Lines(text) {
		ours[strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "c "))] = true
	}
	for _, o := range s.query.outputs() {
		if !ours[o.name] {
			t.Errorf("%s is not in the core set", o.name)
		}
		delete(ours, o.name)
	}
	for name := range ours {
		t.Errorf("the SQL leaves out %s", name)
	}
}

// TestRefuses: what the SQL could not read is refused.
func TestRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no records": "calling_number,start_time\n",
		"rejected":   "calling_number,start_time\n+33612345678,yesterday\n",
		"a name":     "calling_number,start_time\nalice,2026-01-05T00:00:00Z\n",
		"too long":   "calling_number,start_time\n+33612345678,2026-01-05T00:00:00Z\n+33612345678,2026-03-05T00:00:00Z\n",
		"a zero":     "calling_number,start_time\n0612345678,2026-01-05T00:00:00Z\n",
	} {
		path := filepath.Join(t.TempDir(), "x.csv")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := look(t.Context(), path); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestHeld: days held by windows, against the plain way.
func TestHeld(t *testing.T) {
	db, err := openDuckDB("1GB", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, days := range []int{1, 5, 14, 31} {
		for _, w := range []int{1, 2, 3, 7, 30} {
			for _, m := range []int64{1, 2, 5, 0b1001, 1 << (days - 1), 0b100010001, 1<<days - 1} {
				m &= 1<<days - 1
				if m == 0 {
					continue
				}
				want := int64(0)
				for d := range days {
					for back := range w {
						if d-back >= 0 && m>>(d-back)&1 != 0 {
							want |= 1 << d
						}
					}
				}
				var got int64
				if err := db.QueryRow("SELECT ("+held("m", w, days)+") & ? FROM (SELECT ?::BIGINT AS m)", int64(1)<<days-1, m).Scan(&got); err != nil || got != want {
					t.Fatalf("%d days, window %d, %b: %b, want %b (%v)", days, w, m, got, want, err)
				}
			}
		}
	}
}

func TestFloors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traffic.csv")
	if err := generate(path, 100, 3, 20_000); err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func() (int64, error){
		"scan":  func() (int64, error) { return scan(path) },
		"parse": func() (int64, error) { return parseOnly(t.Context(), path) },
	} {
		if n, err := f(); err != nil || n != 20_000 {
			t.Errorf("%s: %d records, %v", name, n, err)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{"-set", "13"}, {"x"}, {"-days", "99"}, {"-what"}, {childWord}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, &out, &errs); code != 2 || errs.Len() == 0 {
			t.Errorf("%v: exit %d, %q", args, code, &errs)
		}
	}
}
