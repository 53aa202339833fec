package feature

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// JSON writes rows as JSON objects of one line:
//
//	{"subscriber":"4917...","window_end":"2026-03-02T00:00:00.000Z","home":true,"observed_days":30,"approx":false,"calls_out_7d":12, ...}
//
// Numbers are exact: they read back as the same integer or float64. null is no value.
// A subscriber that is not UTF-8 has U+FFFD for each run of bytes that are wrong. It
// is immutable.
type JSON struct {
	fields []Field
	keys   [][]byte // ,"name":
}

// NewJSON returns a writer of rows of frames of a schema.
func NewJSON(s Schema) *JSON {
	j := &JSON{fields: s.Fields}
	for _, f := range s.Fields {
		j.keys = append(j.keys, append(appendText([]byte{','}, []byte(f.Name)), ':'))
	}
	return j
}

// AppendRow appends row i of f to dst, without a line end.
func (j *JSON) AppendRow(dst []byte, f *Frame, i int) []byte {
	dst = appendText(append(dst, `{"subscriber":`...), f.Subscriber(i))
	dst = time.UnixMilli(int64(f.WindowEnd)).UTC().AppendFormat(append(dst, `,"window_end":`...), `"2006-01-02T15:04:05.000Z"`)
	dst = strconv.AppendBool(append(dst, `,"home":`...), f.Home[i])
	dst = strconv.AppendInt(append(dst, `,"observed_days":`...), f.ObservedDays[i], 10)
	dst = strconv.AppendBool(append(dst, `,"approx":`...), f.Approx[i])
	for k := range f.Columns {
		dst = append(dst, j.keys[k]...)
		dst = appendValue(dst, &f.Columns[k], j.fields[k].Type, i)
	}
	return append(dst, '}')
}

func appendValue(dst []byte, c *Column, t Type, i int) []byte {
	switch {
	case len(c.Valid) > 0 && c.Valid[i/8]>>(i%8)&1 == 0:
		return append(dst, "null"...)
	case t == Float64:
		return appendFloat(dst, c.Floats[i])
	case t == Bool:
		return strconv.AppendBool(dst, c.Bools[i])
	}
	return strconv.AppendInt(dst, c.Ints[i], 10)
}

// appendFloat writes v so that it reads back as the same; what is too large or small
// to be read by people has an exponent.
func appendFloat(dst []byte, v float64) []byte {
	form := byte('f')
	if size := math.Abs(v); size != 0 && (size < 1e-6 || size >= 1e21) {
		form = 'e'
	}
	return strconv.AppendFloat(dst, v, form, -1, 64)
}

// appendText appends s as a JSON string.
func appendText(dst, s []byte) []byte {
	if plain(s) {
		return append(append(append(dst, '"'), s...), '"')
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)                                       // it is not HTML, and people read it
	_ = e.Encode(string(bytes.ToValidUTF8(s, []byte("\uFFFD")))) // a string and a buffer cannot fail
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// plain reports whether s needs no escapes.
func plain(s []byte) bool {
	for _, c := range s {
		if c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
