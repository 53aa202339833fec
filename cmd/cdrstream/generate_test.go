package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"github.com/cdrstream/cdrstream/bench/traffic"
)

// generated runs generate and returns its exit code and what it wrote.
func generated(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(append([]string{"generate"}, args...), streams{strings.NewReader(""), &o, &e})
	return code, o.String(), e.String()
}

func TestGenerateToStandardOutput(t *testing.T) {
	args := []string{"--subscribers", "200", "--days", "1", "--records", "500"}
	code, out, errs := generated(t, args...)
	if code != 0 || !strings.HasPrefix(errs, "500 records: ") || strings.Count(errs, "\n") != 1 {
		t.Fatalf("exit code %d, %q", code, errs)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(rows) != 501 || len(rows[0]) != len(traffic.Columns()) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if _, again, _ := generated(t, args...); again != out {
		t.Error("the same flags give other bytes")
	}
	if _, other, _ := generated(t, append(args, "--seed", "2")...); other == out {
		t.Error("another seed gives the same bytes")
	}
}

func TestGenerateFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "spool", "cdr.jsonl")
	args := []string{"--subscribers", "100", "--days", "2", "--records", "300", "--split", "day", "-o", path, "--partials", "--disorder", "2s"}
	if code, out, errs := generated(t, args...); code != 0 || out != "" {
		t.Fatalf("exit code %d, %q", code, errs)
	}
	lines := 0
	for _, day := range []string{"05", "06"} {
		text, err := os.ReadFile(filepath.Join(dir, "spool", "cdr-2026-01-"+day+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(text, []byte("{")) {
			t.Errorf("not JSON lines: %.40s", text)
		}
		lines += bytes.Count(text, []byte("\n"))
	}
	if lines != 300 {
		t.Errorf("%d lines, want 300", lines)
	}
	code, _, errs := generated(t, args...)
	if code != exitUsage || !strings.Contains(errs, "--force") {
		t.Errorf("exit code %d, %q", code, errs)
	}
	if code, _, errs = generated(t, append(args, "--force")...); code != 0 {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

// Every mistake is one line that names the flag, and nothing is written.
func TestGenerateMistakes(t *testing.T) {
	for _, args := range []string{
		"--subscribers 0", "--subscribers 1", "--days 0", "--days -1", "--records -5", "--start yesterday",
		"--timezone Mars/Olympus", "--country ZZ", "--columns record_id", "--columns nonsense", "--legs three",
		"--disorder -1s", "--duplicates 2", "--malformed -1", "--partials=1s", "--split week", "--split day",
		"--output-format xml", "--out missing/", "--scenarios nonsense", "--scenarios all", "--scenarios irsf=-1",
		"--scenario-share 0", "--scenario-share 1 --scenarios irsf", "--truth t.csv", "--truth - --scenarios irsf", "--outage --days 2",
	} {
		code, out, errs := generated(t, strings.Fields(args)...)
		flag, _, _ := strings.Cut(strings.Fields(args)[0], "=")
		if code != exitUsage || out != "" || !strings.Contains(errs, flag) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: exit code %d, %q", args, code, errs)
		}
	}
	if code, _, errs := generated(t, "--partials", "30m"); code != exitUsage || !strings.Contains(errs, "--partials=30m") {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

// The numbers of every plan are what libphonenumber calls valid, but for short
// codes, which are not E.164.
func TestGeneratedNumbersAreValid(t *testing.T) {
	for _, country := range traffic.Countries() {
		scenarios, err := traffic.ParseScenarios("irsf=20,pbx=20,wangiri=20,forwarding,subscription,tv_voting,alarm_line,call_shop")
		if err != nil {
			t.Fatal(err)
		}
		g, err := traffic.New(traffic.Config{Subscribers: 2000, Days: 10, Records: 20_000, Country: country, Scenarios: scenarios})
		if err != nil {
			t.Fatal(err)
		}
		numbers := map[string]bool{}
		var r traffic.Record
		for g.Next(&r) {
			numbers[r.Calling.String()], numbers[r.Called.String()] = true, true
		}
		bad := map[string]int{}
		kinds := map[phonenumbers.PhoneNumberType]int{}
		checked := 0
		for n := range numbers {
			if !strings.HasPrefix(n, "+") {
				continue
			}
			p, err := phonenumbers.Parse(n, "")
			if checked++; err != nil || !phonenumbers.IsValidNumber(p) {
				bad[n[:6]]++
				continue
			}
			kinds[phonenumbers.GetNumberType(p)]++
		}
		sum := 0
		for _, n := range bad {
			sum += n
		}
		if sum*200 > checked {
			t.Errorf("%s: %d of %d numbers are not valid: %v", country, sum, checked, bad)
		}
		for _, kind := range []phonenumbers.PhoneNumberType{phonenumbers.TOLL_FREE, phonenumbers.PREMIUM_RATE} {
			if kinds[kind] == 0 {
				t.Errorf("%s: no number of type %d", country, kind)
			}
		}
	}
}

func TestGenerateTruth(t *testing.T) {
	dir := t.TempDir()
	truth, out := filepath.Join(dir, "truth.csv"), filepath.Join(dir, "cdr.csv")
	args := []string{"--subscribers", "400", "--days", "10", "--records", "5000", "--scenarios", "irsf=3,courier=2", "--truth", truth, "-o", out, "--outage"}
	code, _, errs := generated(t, args...)
	if code != 0 || !strings.Contains(errs, "planted on 5 subscribers") || !strings.Contains(errs, "lost in the outage") {
		t.Fatalf("exit code %d, %q", code, errs)
	}
	text, err := os.ReadFile(truth)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 6 || strings.Join(rows[0], ",") != "subscriber,scenario,from,to,first_record_id,kind" {
		t.Fatalf("%d rows, %v: %v", len(rows), err, rows)
	}
	records, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if !bytes.Contains(records, []byte("\n"+row[4]+",")) || !bytes.Contains(records, []byte("+"+row[0]+",")) {
			t.Errorf("no record of %v", row)
		}
	}
	if code, _, errs := generated(t, append(args, "-o", filepath.Join(dir, "other.csv"))...); code != exitUsage || !strings.Contains(errs, "--truth") {
		t.Errorf("a truth file that exists: exit code %d, %q", code, errs)
	}
}
