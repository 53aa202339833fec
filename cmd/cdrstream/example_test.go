package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// The example of the README is what its commands give.
func TestREADMEExample(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "<!-- example:begin -->\n")
	text, _, ok := strings.Cut(rest, "<!-- example:end -->")
	if !ok {
		t.Fatal("README.md has no example")
	}
	t.Chdir(t.TempDir())
	if err := os.Mkdir("demo", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^ {4}cdrstream (.*)$`).FindAllStringSubmatch(text, -1) {
		var stdout, stderr strings.Builder
		if code := run(strings.Fields(m[1]), streams{strings.NewReader(""), &stdout, &stderr}); code != 0 {
			t.Fatalf("%s: exit code %d: %s", m[1], code, stderr.String())
		}
	}
	checkSummary(t, text)
	checkRows(t, text)
}

// checkSummary compares what the README shows of summary.json, key by key.
func checkSummary(t *testing.T, text string) {
	_, rest, _ := strings.Cut(text, "```json\n")
	shown, _, _ := strings.Cut(rest, "```")
	b, err := os.ReadFile("demo/out/summary.json")
	if err != nil {
		t.Fatal(err)
	}
	var want, have map[string]any
	if err := json.Unmarshal([]byte(shown), &want); err != nil {
		t.Fatalf("the summary of the example: %v", err)
	}
	if err := json.Unmarshal(b, &have); err != nil {
		t.Fatal(err)
	}
	for key, w := range want {
		if fmt.Sprint(w) != fmt.Sprint(have[key]) {
			t.Errorf("%s: README.md says %v, the run %v", key, w, have[key])
		}
	}
}

// checkRows compares the table with the rows of the date in the query.
func checkRows(t *testing.T, text string) {
	date := regexp.MustCompile(`date = '([0-9-]+)'`).FindStringSubmatch(text)
	table := regexp.MustCompile(`(?m)^\| (.*) \|$`).FindAllStringSubmatch(text, -1)
	if date == nil || len(table) != 4 {
		t.Fatalf("a query of a date and a table of three rows, not %v and %v", date, table)
	}
	var busiest []map[string]any
	for _, row := range bySubscriber(t, "demo/out/features/date="+date[1]) {
		busiest = append(busiest, row)
	}
	sort.Slice(busiest, func(i, k int) bool {
		return busiest[i]["calls_7d"].(int64) > busiest[k]["calls_7d"].(int64)
	})
	columns := strings.Split(table[0][1], " | ")
	for i, shown := range table[1:] {
		var have []string
		for _, c := range columns {
			have = append(have, fmt.Sprint(busiest[i][c]))
		}
		if got := strings.Join(have, " | "); got != shown[1] {
			t.Errorf("row %d: README.md says %s, the run %s", i, shown[1], got)
		}
	}
}

// Columns that the README names elsewhere exist.
func TestREADMEColumns(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, f := range catalogue() {
		known[f.Name] = true
	}
	for _, name := range regexp.MustCompile(`\b[a-z_]+_(1h|24h|1d|7d|30d)\b`).FindAllString(string(b), -1) {
		base := name[:strings.LastIndexByte(name, '_')]
		if !known[base] && name != decode.LongCall.String() {
			t.Errorf("README.md names the column %s: there is no feature %s", name, base)
		}
	}
}
