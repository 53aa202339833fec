package profile

import (
	"bytes"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// span is a field that is a length of time.
type span struct {
	value
	name     string
	unit     spanUnit
	minus    *value // is taken off
	from, to *value // times between which it is; nil: it is told itself
	holding  bool   // of an attempt that was not answered it is the time it was held
}

type spanUnit int

const (
	unitS spanUnit = iota
	unitMS
	unit10MS
	unit100MS
	unitUS
	unitMin
	unitHMS   // h:mm:ss[.f] or mm:ss
	unitMMSST // digits: minutes, two of seconds, one of tenths
)

var spanUnits = []string{"s", "ms", "10ms", "0.1s", "us", "min", "hh:mm:ss", "mmmmmsst"}

// maxSpan is the longest ring or duration in ms.
const maxSpan = decode.MaxSeconds * 1000

// read is the length in ms; ok is false where the record does not tell it.
func (s *span) read(r *record) (ms uint32, ok bool, problem string) {
	text := r.of(s.eval(r))
	if len(text) == 0 {
		return 0, false, ""
	}
	v, problem := s.unit.read(text)
	if problem != "" {
		return 0, false, decode.Reason(s.name, text, problem)
	}
	if s.minus != nil {
		if text = r.of(s.minus.eval(r)); len(text) > 0 {
			less, problem := s.unit.read(text)
			if problem != "" {
				return 0, false, decode.Reason(s.name, text, problem)
			}
			v -= min(v, less)
		}
	}
	return uint32(v), true, ""
}

// read reads milliseconds in u.
func (u spanUnit) read(text []byte) (ms int64, problem string) {
	switch u {
	case unitS:
		ms, problem = decode.Decimal(text, 3)
	case unitMS:
		ms, problem = decode.Decimal(text, 0)
	case unit10MS:
		ms, problem = decode.Decimal(text, 1)
	case unit100MS:
		ms, problem = decode.Decimal(text, 2)
	case unitUS:
		ms, problem = decode.Decimal(text, 0)
		ms /= 1000
	case unitMin:
		ms, problem = decode.Decimal(text, 6)
		ms = ms / 1000 * 60
	case unitHMS:
		ms, problem = clockSpan(text)
	case unitMMSST:
		ms, problem = packedSpan(text)
	}
	switch {
	case problem != "":
		return 0, problem
	case ms < 0:
		return 0, "is negative"
	case ms > maxSpan:
		return 0, "is out of range"
	}
	return ms, ""
}

// clockSpan reads [[h:]m:]s[.f].
func clockSpan(text []byte) (int64, string) {
	whole, part := int64(0), 0
	for ; part < 2; part++ {
		i := bytes.IndexByte(text, ':')
		if i < 0 {
			break
		}
		v, problem := decode.Integer(text[:i])
		if problem != "" || v > maxSpan || part > 0 && v > 59 {
			return 0, "is not a time as hh:mm:ss"
		}
		whole, text = (whole+v)*60, text[i+1:]
	}
	ms, problem := decode.Decimal(text, 3)
	if problem != "" || ms < 0 || ms >= 60_000 && part > 0 {
		return 0, "is not a time as hh:mm:ss"
	}
	return whole*1000 + ms, ""
}

// packedSpan reads digits: the last is tenths of seconds, two before it seconds, the
// others minutes.
func packedSpan(text []byte) (int64, string) {
	v, problem := decode.Integer(text)
	if problem != "" {
		return 0, problem
	}
	tenths, minutes := v%1000, v/1000
	if tenths >= 600 || minutes > maxSpan {
		return 0, "is not minutes, seconds and tenths"
	}
	return minutes*60_000 + tenths*100, ""
}

// span reads a field that is a length of time.
func (r *reader) span(n ast.Node, name string) (s span) {
	s.name = name
	s.value = r.value(n, name, entry{
		"unit":  func(v ast.Node) { s.unit = spanUnit(r.choice(v, "unit", spanUnits...)) },
		"minus": func(v ast.Node) { x := r.value(v, "minus", nil); s.minus = &x },
		"between": func(v ast.Node) {
			r.mapping(v, "between", entry{
				"start": func(v ast.Node) { x := r.timeValue(v, "start", nil); s.from = &x },
				"end":   func(v ast.Node) { x := r.timeValue(v, "end", nil); s.to = &x },
			})
			if s.from == nil || s.to == nil {
				r.wrong(placeOf(v), "between has no start and end: write {start: source, end: source}")
				s.from, s.to = nil, nil
			}
		},
		"holding": func(v ast.Node) { s.holding = r.truth(v, "holding") },
	})
	if s.from == nil && s.none() && isMapping(n) {
		r.wrong(placeOf(n), "%s says nowhere where it comes from: write from: or between:", name)
	}
	return s
}
