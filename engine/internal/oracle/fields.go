package oracle

import (
	"fmt"
)

// fields reads typed values out of texts and remembers the first one that
// breaks its type.
type fields struct {
	t     texts
	wrong string
}

// bad notes what cannot be believed.
func (f *fields) bad(what string) {
	if f.wrong == "" {
		f.wrong = what
	}
}

// enum reads one of words; empty and missing are def.
func (f *fields) enum(name, def string, words ...string) string {
	v := lower(f.t[name])
	if v == "" {
		return def
	}
	if !contains(words, v) {
		f.bad(name)
	}
	return v
}

// decimal reads a number >= 0 in 10^-places parts, 0 when empty.
func (f *fields) decimal(name string, places int) int64 {
	if f.t[name] == "" {
		return 0
	}
	v, ok := decimal(f.t[name], places)
	if !ok {
		f.bad(name)
	}
	return v
}

// seconds reads a time span in ms, def when empty.
func (f *fields) seconds(name string, def int64) int64 {
	if f.t[name] == "" {
		return def
	}
	v := f.decimal(name, 3)
	if v > maxSeconds*1000 {
		f.bad(name)
	}
	return v
}

// integer reads a whole number >= 0, def when empty.
func (f *fields) integer(name string, def int64) int64 {
	if f.t[name] == "" {
		return def
	}
	if !digitsText.MatchString(f.t[name]) {
		f.bad(name)
		return def
	}
	return f.decimal(name, 0)
}

// boolean reads true, false, 1 or 0; empty is false.
func (f *fields) boolean(name string) bool {
	switch lower(f.t[name]) {
	case "true", "1":
		return true
	case "", "false", "0":
		return false
	}
	f.bad(name)
	return false
}

// plmn reads a mobile country and network code.
func (f *fields) plmn(name string) string {
	if f.t[name] != "" && !plmnText.MatchString(f.t[name]) {
		f.bad(name)
	}
	return f.t[name]
}

// outcome reads the disposition. Only where the column is missing altogether
// does the duration decide.
func (f *fields) outcome(talk int64) string {
	if _, there := f.t["disposition"]; there {
		return f.enum("disposition", "", "answered", "no_answer", "busy", "failed")
	}
	if talk > 0 {
		return "answered"
	}
	return "no_answer"
}

// identity is what makes two records the same one: record_id, direction and
// partial_sequence, else the raw text.
func identity(rec *record, recordID string) string {
	if recordID == "" {
		return "raw\x00" + rec.raw
	}
	return fmt.Sprintf("id\x00%s\x00%s\x00%d", recordID, rec.direction, rec.sequence)
}
