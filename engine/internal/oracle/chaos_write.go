package oracle

import (
	"encoding/json"
	"fmt"
	"strings"
)

// style is how one file writes its records.
type style struct {
	json    bool
	header  []string
	newline string
}

// style makes the style of file i: JSON lines every third time, no disposition
// column every fourth.
func (c *chaos) style(i int) style {
	s := style{json: i%3 == 2, newline: pick(c, "\n", "\n", "\r\n")}
	for _, name := range columns {
		if name == "disposition" && i%4 == 3 && (!s.json || c.o.Odd) {
			continue
		}
		s.header = append(s.header, name)
	}
	s.header = append(s.header, "note", "switch_id")
	c.Shuffle(len(s.header), func(a, b int) { s.header[a], s.header[b] = s.header[b], s.header[a] })
	return s
}

// write writes one record.
func (s style) write(c *chaos, r texts) string {
	if s.json {
		return s.object(c, r)
	}
	var out []string
	for _, name := range s.header {
		v := r[name]
		if strings.ContainsAny(v, `,"`) || v != "" && c.chance(30) {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		out = append(out, v)
	}
	return strings.Join(out, ",")
}

// object writes one record as JSON: numbers as numbers or text, empty values
// mostly left out. The disposition is always there when the file has one.
func (s style) object(c *chaos, r texts) string {
	var out []string
	for _, name := range s.header {
		v := r[name]
		if v == "" && name != "disposition" && !c.chance(5) {
			continue
		}
		text, _ := json.Marshal(v)
		value := string(text)
		if (strings.HasSuffix(name, "_seconds") || strings.HasSuffix(name, "_bytes") || name == "charge" || name == "cause" || name == "partial_sequence") && v != "" && !c.chance(4) {
			value = v
		}
		if name == "forwarded" && (v == "true" || v == "false") {
			value = v
		}
		out = append(out, fmt.Sprintf("%q:%s", name, value))
	}
	return "{" + strings.Join(out, ",") + "}"
}

// files joins entries, which are in order, to files.
func (c *chaos) files(entries []entry) []File {
	all := make([]File, c.o.Files)
	for i, s := range c.styles {
		all[i] = File{Name: fmt.Sprintf("chaos-%d.csv", i), JSON: s.json}
		if s.json {
			all[i].Name = fmt.Sprintf("chaos-%d.jsonl", i)
		} else {
			all[i].Data = append(all[i].Data, strings.Join(s.header, ",")+s.newline...)
		}
	}
	for _, e := range entries {
		f := &all[e.file]
		f.Data = append(f.Data, e.text...)
		f.Data = append(f.Data, c.styles[e.file].newline...)
		if c.chance(200) {
			f.Data = append(f.Data, c.styles[e.file].newline...) // a blank line
		}
	}
	if last := &all[c.o.Files-1]; c.chance(2) { // no newline at the end
		last.Data = []byte(strings.TrimRight(string(last.Data), "\r\n"))
	}
	return all
}

// wrong makes a line that is rejected.
func (c *chaos) wrong(file int) string {
	s := c.styles[file]
	r := texts{"record_id": "w", "calling_number": "+12125550123", "called_number": "+14155550123", "start_time": c.time(c.last), "disposition": "answered", "duration_seconds": "5"}
	damage := pick(c,
		texts{"start_time": ""}, texts{"start_time": "yesterday"}, texts{"start_time": "2024-02-30 10:00:00"},
		texts{"start_time": "2024-13-01T00:00:00Z"}, texts{"start_time": "2024-03-21 25:00:00"}, texts{"start_time": "2024-03-21 10:60:00"},
		texts{"ring_seconds": "-1"}, texts{"duration_seconds": "4294968"}, texts{"duration_seconds": "five"}, texts{"duration_seconds": "1.2.3"},
		texts{"service": "fax"}, texts{"direction": "sideways"}, texts{"rat": "6g"}, texts{"disposition": "maybe"},
		texts{"uplink_bytes": "12.5"}, texts{"downlink_bytes": "-4"}, texts{"cause": "normal"}, texts{"charge": "free"},
		texts{"forwarded": "perhaps"}, texts{"partial_sequence": "first"},
		texts{"calling_number": "", "called_number": "anonymous"})
	for name, v := range damage {
		if !contains(s.header, name) {
			name, v = "start_time", ""
		}
		r[name] = v
	}
	text := s.write(c, r)
	switch {
	case s.json && c.chance(4):
		return pick(c, text[:len(text)/2], "[1,2]", "{}", text+"x", `{"start_time":{}}`)
	case !s.json && c.chance(4):
		return pick(c, text+",", text+`,"open`, "x", strings.Repeat(",", 3))
	}
	return text
}
