package jetstream

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// rows writes rows as JSON objects of one line:
//
//	{"subscriber":"4917...","window_end":"2026-03-02T00:00:00.000Z","home":true,"observed_days":30,"approx":false,"calls_out_7d":12, ...}
//
// Numbers are exact: they read back as the same integer or float64. null is no value.
// A subscriber that is not UTF-8 has U+FFFD for each run of bytes that are wrong.
type rows struct {
	fields []feature.Field
	keys   [][]byte // ,"name":
}

func newRows(s feature.Schema) *rows {
	r := &rows{fields: s.Fields}
	for _, f := range s.Fields {
		r.keys = append(r.keys, append(appendText([]byte{','}, []byte(f.Name)), ':'))
	}
	return r
}

func (r *rows) encode(p *part, f *feature.Frame, grown func(*part) error) error {
	if len(f.Columns) != len(r.fields) {
		return fmt.Errorf("a frame has %d feature columns, the schema %d", len(f.Columns), len(r.fields))
	}
	end := time.UnixMilli(int64(f.WindowEnd)).UTC().AppendFormat(nil, `","window_end":"2006-01-02T15:04:05.000Z"`)[1:]
	for i := range f.Rows {
		at := p.begin()
		p.data = r.appendRow(p.data, f, i, end)
		p.end(at, 1)
		if err := grown(p); err != nil {
			return err
		}
	}
	return nil
}

func (r *rows) appendRow(dst []byte, f *feature.Frame, i int, end []byte) []byte {
	dst = appendText(append(dst, `{"subscriber":`...), f.Subscriber(i))
	dst = append(dst, end...)
	dst = strconv.AppendBool(append(dst, `,"home":`...), f.Home[i])
	dst = strconv.AppendInt(append(dst, `,"observed_days":`...), f.ObservedDays[i], 10)
	dst = strconv.AppendBool(append(dst, `,"approx":`...), f.Approx[i])
	for k := range f.Columns {
		dst = append(dst, r.keys[k]...)
		dst = appendValue(dst, &f.Columns[k], r.fields[k].Type, i)
	}
	return append(dst, '}')
}

func appendValue(dst []byte, c *feature.Column, t feature.Type, i int) []byte {
	switch {
	case len(c.Valid) > 0 && c.Valid[i/8]>>(i%8)&1 == 0:
		return append(dst, "null"...)
	case t == feature.Float64:
		return appendFloat(dst, c.Floats[i])
	case t == feature.Bool:
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
	if asIs(s) {
		return append(append(append(dst, '"'), s...), '"')
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)                                       // it is not HTML, and people read it
	_ = e.Encode(string(bytes.ToValidUTF8(s, []byte("\uFFFD")))) // a string and a buffer cannot fail
	return append(dst, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// asIs reports whether s needs no escapes.
func asIs(s []byte) bool {
	for _, c := range s {
		if c < ' ' || c >= utf8.RuneSelf || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
