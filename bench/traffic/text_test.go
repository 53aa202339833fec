package traffic

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestCSV(t *testing.T) {
	c := rough()
	c.Malformed = 0
	for _, columns := range [][]string{Columns(), LeanColumns(), {"called_number", "start_time"}} {
		w := writer(t, c, columns)
		text := Header(columns)
		records := all(t, c)
		for i := range records {
			text = w.AppendCSV(text, &records[i])
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll() // checks the field counts
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(records)+1 || strings.Join(rows[0], ",") != strings.Join(columns, ",") {
			t.Errorf("%d rows, header %v", len(rows), rows[0])
		}
	}
}

func TestJSON(t *testing.T) {
	c := rough()
	c.Malformed = 0
	columns := Columns()
	w := writer(t, c, columns)
	var line, row []byte
	for _, r := range all(t, c) {
		line, row = w.AppendJSON(line[:0], &r), w.AppendCSV(row[:0], &r)
		var got map[string]any
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&got); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		fields := strings.Split(strings.TrimSuffix(string(row), "\n"), ",")
		for i, name := range columns {
			text := ""
			switch v := got[name].(type) {
			case string:
				text = v
			case json.Number:
				text = v.String()
			case bool:
				text = "true"
			}
			if text != fields[i] {
				t.Fatalf("%s: JSON %q, CSV %q", name, text, fields[i])
			}
		}
	}
}

// Every kind of damage must be visible in the line itself.
func TestDamage(t *testing.T) {
	c := small().Defaults()
	c.Days = 1
	records := all(t, c)[:400]
	for _, columns := range [][]string{Columns(), LeanColumns(), {"start_time", "calling_number"}} {
		w := writer(t, c, columns)
		for i := range records {
			sound := string(w.AppendCSV(nil, &records[i]))
			for d := Truncated; d < afterDamages; d++ {
				r := records[i]
				r.Malformed, r.scar = d, uint32(i*7919)
				line := string(w.AppendCSV([]byte("before"), &r))[len("before"):]
				if line == sound || strings.Count(line, "\n") != 1 || len(line) < 2 || line[len(line)-1] != '\n' {
					t.Fatalf("damage %d: %q", d, line)
				}
				if !visible(line, len(columns), columns) {
					t.Fatalf("damage %d is not visible in %q", d, line)
				}
				text := w.AppendJSON([]byte("before"), &r)[len("before"):]
				if d <= OpenQuote && d != NoParty && json.Valid(text) || bytes.Count(text, []byte("\n")) != 1 {
					t.Fatalf("damage %d: %q", d, text)
				}
				if bytes.Equal(text, w.AppendJSON(nil, &records[i])) {
					t.Fatalf("damage %d does nothing to %q", d, text)
				}
			}
		}
	}
}

// visible reports whether a line cannot be a record: its count of fields, an
// open quote, no party, or one of the values that are not allowed.
func visible(line string, fields int, columns []string) bool {
	row := strings.Split(strings.TrimSuffix(line, "\n"), ",")
	if len(row) != fields || !utf8.ValidString(line) || strings.Count(line, `"`)%2 == 1 {
		return true
	}
	parties := ""
	for i, name := range columns {
		if strings.HasSuffix(name, "_number") || name == "imsi" {
			parties += row[i]
		}
		for _, hurt := range wounds {
			if hurt.csv != "" && row[i] == hurt.csv && columnNames[hurt.column] == name {
				return true
			}
		}
	}
	return parties == ""
}

func TestTimes(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	for _, zone := range []*time.Location{time.UTC, paris, kolkata} {
		w := writer(t, Config{Start: time.Date(2026, 3, 28, 0, 0, 0, 0, zone)}, []string{"start_time"})
		at := time.Date(2026, 3, 27, 22, 59, 59, 7e6, time.UTC)
		for range 500 { // over a change of the clock, back and forth
			at = at.Add(7 * time.Minute)
			for _, x := range []time.Time{at, at.Add(-3 * time.Hour)} {
				got, want := string(w.appendTime(nil, x.UnixMilli())), x.In(zone).Format("2006-01-02T15:04:05.000Z07:00")
				if got != want {
					t.Fatalf("%s, want %s", got, want)
				}
			}
		}
	}
}

func TestDecimals(t *testing.T) {
	for _, test := range []struct {
		v, unit int64
		want    string
	}{
		{-1, 1000, ""}, {0, 1000, "0"}, {1, 1000, "0.001"}, {1500, 1000, "1.5"}, {10, 1000, "0.01"},
		{12_000, 1000, "12"}, {1_060_000, 1_000_000, "1.06"},
	} {
		if got := string(appendDecimal(nil, test.v, test.unit)); got != test.want {
			t.Errorf("%d/%d: %q, want %q", test.v, test.unit, got, test.want)
		}
	}
}

func TestParseColumns(t *testing.T) {
	for _, list := range []string{"nonsense", "start_time", "calling_number", "start_time,calling_number,start_time", "start_time,,calling_number"} {
		if _, err := ParseColumns(list); err == nil {
			t.Errorf("%q is accepted", list)
		}
	}
	got, err := ParseColumns(" start_time, called_number ")
	if err != nil || strings.Join(got, ",") != "start_time,called_number" {
		t.Errorf("%v, %v", got, err)
	}
}
