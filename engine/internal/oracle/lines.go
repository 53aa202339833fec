package oracle

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// texts is one record as written: the text of each column that is there. A
// column that is missing altogether is not in it, an empty one is "".
type texts map[string]string

// line is one physical record of a file: its raw text, and its columns or why
// it has none.
type line struct {
	number int // from 1
	raw    string
	cells  texts
	wrong  string
}

// lines cuts a file into records.
func lines(f File, maxRecord int) ([]line, error) {
	var header []string
	var out []line
	data := bytes.TrimPrefix(f.Data, []byte("\xef\xbb\xbf"))
	for i, raw := range strings.Split(string(data), "\n") {
		raw = strings.TrimSuffix(raw, "\r")
		if raw == "" {
			continue
		}
		if !f.JSON && header == nil {
			h, err := cells(raw)
			if err != nil {
				return nil, fmt.Errorf("read header of %s: %w", f.Name, err)
			}
			header = h
			continue
		}
		l := line{number: i + 1, raw: raw}
		switch {
		case len(raw) > maxRecord:
			l.wrong = "too long"
		case f.JSON:
			l.cells, l.wrong = object(raw)
		default:
			l.cells, l.wrong = row(raw, header)
		}
		out = append(out, l)
	}
	return out, nil
}

// cells splits one CSV line.
func cells(raw string) ([]string, error) { return csv.NewReader(strings.NewReader(raw)).Read() }

// row names the cells of one CSV line.
func row(raw string, header []string) (texts, string) {
	values, err := cells(raw)
	if err != nil {
		return nil, "malformed line"
	}
	if len(values) != len(header) {
		return nil, "field count"
	}
	t := texts{}
	for i, name := range header {
		t[name] = values[i]
	}
	return t, ""
}

// object reads one JSON line. A null is an empty value; a key that is not there
// is a column that is not there.
func object(raw string) (texts, string) {
	d := json.NewDecoder(strings.NewReader(raw))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil || m == nil {
		return nil, "malformed JSON"
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, "malformed JSON"
	}
	t := texts{}
	for name, v := range m {
		if !contains(columns, name) {
			continue
		}
		switch v := v.(type) {
		case nil:
			t[name] = ""
		case string:
			t[name] = v
		case json.Number:
			t[name] = v.String()
		case bool:
			if name != "forwarded" {
				return nil, name
			}
			t[name] = fmt.Sprint(v)
		default:
			return nil, name
		}
	}
	return t, ""
}

// columns are the names of a canonical record.
var columns = []string{"record_id", "service", "direction", "calling_number", "called_number", "start_time",
	"ring_seconds", "duration_seconds", "disposition", "cause", "cell_id", "imei", "imsi", "visited_plmn", "rat",
	"uplink_bytes", "downlink_bytes", "charge", "trunk_in", "trunk_out", "forwarded", "partial_sequence"}
