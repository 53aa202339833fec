package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// planted is a row of the truth file.
type planted struct {
	subscriber, scenario, kind string
	from, to                   time.Time
}

// readTruth reads a truth file, by the names of its columns.
func readTruth(r io.Reader) ([]planted, error) {
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("the truth file: %w", err)
	}
	if len(rows) < 2 {
		return nil, fmt.Errorf("the truth file has no rows")
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i + 1
	}
	for _, name := range []string{"subscriber", "scenario", "from", "to", "kind"} {
		if at[name] == 0 {
			return nil, fmt.Errorf("the truth file has no column %s", name)
		}
	}
	var out []planted
	for n, row := range rows[1:] {
		cell := func(name string) string { return row[at[name]-1] }
		t := planted{subscriber: cell("subscriber"), scenario: cell("scenario"), kind: cell("kind")}
		if t.from, err = time.Parse(time.RFC3339, cell("from")); err == nil {
			t.to, err = time.Parse(time.RFC3339, cell("to"))
		}
		if err != nil {
			return nil, fmt.Errorf("the truth file, line %d: %w", n+2, err)
		}
		out = append(out, t)
	}
	return out, nil
}

// firing is an alert that fires, as far as it matters here.
type firing struct {
	Rule       string
	Type       string
	Severity   string
	State      string
	Subscriber string
	EventTime  time.Time `json:"event_time"`
}

// readAlerts gives each alert that fires to use.
func readAlerts(r io.Reader, use func(*firing)) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), 16<<20)
	for n := 1; lines.Scan(); n++ {
		var w firing
		if err := json.Unmarshal(lines.Bytes(), &w); err != nil {
			return fmt.Errorf("the alerts, line %d: %w", n, err)
		}
		if w.State == "firing" {
			use(&w)
		}
	}
	return lines.Err()
}
