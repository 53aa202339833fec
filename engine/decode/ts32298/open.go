package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Detect implements [decode.Decoder].
func (Decoder) Detect([]byte) decode.Match { return decode.Match{Why: "no record of TS 32.298"} }

// Open implements [decode.Decoder].
func (Decoder) Open(_ []byte, s *decode.Source) (decode.Layout, int, error) {
	return &layout{rules: decode.NewRules(s), framing: &ber.Stream{Record: beginsRecord}}, 0, nil
}

// beginsRecord reports whether b begins with the tag and recordType of a known kind.
func beginsRecord(b []byte) bool {
	h, p := ber.ReadHeader(b)
	n := h.Tag.Number()
	if p != ber.None || !h.Constructed || h.Tag.Class() != 2 || n >= maxChoice {
		return false
	}
	w := ber.Walk(b[h.Size:])
	if !w.Next() || w.Tag != ber.Context(0) || w.Constructed {
		return false
	}
	v, ok := ber.Uint(w.Content)
	for _, i := range kinds.first[n] {
		if ok && kinds.kinds[i].recordType == v {
			return true
		}
	}
	return false
}
