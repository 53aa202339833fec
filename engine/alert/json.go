package alert

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// AppendJSON appends a to dst as a JSON object without a line break. Its keys
// come in this order:
//
//	alert_id       32 hexadecimal digits
//	case
//	rule, type
//	severity       warning, critical
//	state          pending, firing, resolved, suppressed
//	subscriber     null in a storm
//	home           bool
//	event_time, detected_at, window_end   RFC 3339 in UTC, with milliseconds
//	evidence       object: feature name to number, bool or null, as the rule names them
//	at_risk, at_risk_unit                 number and text, or both null
//	record_ids     array of text
//	ruleset, rule_version
//	labels         object: name to text, ascending
//	summary
//	count, examples                       of a storm only: number, array of text
//
// Integers are written as such. Text that is not UTF-8 has U+FFFD for what is wrong.
func AppendJSON(dst []byte, a *Alert) []byte {
	dst = appendText(append(dst, `{"alert_id":`...), a.ID.String())
	dst = appendField(dst, "case", a.Case)
	dst = appendField(dst, "rule", a.Rule)
	dst = appendField(dst, "type", a.Type)
	dst = appendField(dst, "severity", a.Severity.String())
	dst = appendField(dst, "state", a.State.String())
	dst = appendOptional(dst, "subscriber", a.Subscriber)
	dst = strconv.AppendBool(append(dst, `,"home":`...), a.Home)
	dst = appendTime(dst, "event_time", a.EventTime)
	dst = appendTime(dst, "detected_at", a.DetectedAt)
	dst = appendTime(dst, "window_end", a.WindowEnd)
	dst = appendEvidence(append(dst, `,"evidence":`...), a.Evidence)
	dst = appendAtRisk(dst, a)
	dst = appendTexts(dst, "record_ids", a.RecordIDs)
	dst = appendField(dst, "ruleset", a.Ruleset)
	dst = appendField(dst, "rule_version", a.Version)
	dst = appendLabels(append(dst, `,"labels":`...), a.Labels)
	dst = appendField(dst, "summary", a.Summary)
	if a.Storm() {
		dst = strconv.AppendInt(append(dst, `,"count":`...), a.Count, 10)
		dst = appendTexts(dst, "examples", a.Examples)
	}
	return append(dst, '}')
}

func appendKey(dst []byte, key string) []byte {
	return append(append(append(dst, `,"`...), key...), `":`...)
}

func appendField(dst []byte, key, value string) []byte { return appendText(appendKey(dst, key), value) }

// appendOptional writes null for an empty value.
func appendOptional(dst []byte, key, value string) []byte {
	if value == "" {
		return append(appendKey(dst, key), "null"...)
	}
	return appendField(dst, key, value)
}

func appendTime(dst []byte, key string, t cdr.Millis) []byte {
	dst = append(appendKey(dst, key), '"')
	dst = time.UnixMilli(int64(t)).UTC().AppendFormat(dst, "2006-01-02T15:04:05.000Z")
	return append(dst, '"')
}

func appendTexts(dst []byte, key string, values []string) []byte {
	dst = append(appendKey(dst, key), '[')
	for i, v := range values {
		dst = appendText(appendComma(dst, i), v)
	}
	return append(dst, ']')
}

func appendEvidence(dst []byte, evidence []Evidence) []byte {
	dst = append(dst, '{')
	for i, e := range evidence {
		dst = append(appendText(appendComma(dst, i), e.Name), ':')
		if e.Kind == Bool {
			dst = strconv.AppendBool(dst, e.Value != 0)
		} else {
			dst = appendNumber(dst, e.Kind != Null, e.Value)
		}
	}
	return append(dst, '}')
}

func appendAtRisk(dst []byte, a *Alert) []byte {
	dst = appendNumber(appendKey(dst, "at_risk"), a.AtRiskUnit != "", a.AtRisk)
	return appendOptional(dst, "at_risk_unit", a.AtRiskUnit)
}

func appendLabels(dst []byte, labels []Label) []byte {
	dst = append(dst, '{')
	for i, l := range labels {
		dst = append(appendText(appendComma(dst, i), l.Name), ':')
		dst = appendText(dst, l.Value)
	}
	return append(dst, '}')
}

func appendComma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

// appendNumber writes v so that it reads back as the same, or null. What is too
// large or small to be read by people has an exponent, integers of 64 bits never.
func appendNumber(dst []byte, known bool, v float64) []byte {
	size := math.Abs(v)
	switch {
	case !known, math.IsNaN(v), math.IsInf(v, 0):
		return append(dst, "null"...)
	case v == math.Trunc(v) && size < 1<<63:
		return strconv.AppendInt(dst, int64(v), 10)
	case size < 1e-6 || size >= 1e21:
		return strconv.AppendFloat(dst, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(dst, v, 'f', -1, 64)
}

// appendText appends s as a JSON string.
func appendText(dst []byte, s string) []byte {
	if asIs(s) {
		return append(append(append(dst, '"'), s...), '"')
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // it is not HTML, and people read it
	_ = e.Encode(s)        // a string and a buffer cannot fail
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// asIs reports whether s needs no escapes.
func asIs(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
