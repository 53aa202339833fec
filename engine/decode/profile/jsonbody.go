package profile

import (
	"bytes"
	"encoding/base64"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// Encodings of a whole object, which FreeSWITCH's mod_json_cdr knows for the bodies
// that it posts (parameter encode).
const (
	bodyPercent = 1 + iota
	bodyBase64
)

// bodyName is what a posted body that is percent-encoded may begin with.
const bodyName = "cdr="

// jsonEncoded tells how an object is encoded: by what the first bytes of one become,
// a brace and a quote or a line break. 0 is not at all, or not an object.
func jsonEncoded(b []byte) int {
	rest := bytes.TrimPrefix(b, []byte(bodyName))
	switch {
	case len(rest) < 3:
		return 0
	case string(rest[:3]) == "%7B" || string(rest[:3]) == "%7b":
		return bodyPercent
	case string(rest[:3]) == "eyJ" || string(rest[:3]) == "ewo":
		return bodyBase64
	}
	return 0
}

// decodeBody decodes a whole encoded object behind the texts made so far.
func (r *record) decodeBody(encoding int) (body []byte, problem string) {
	from := r.begin()
	raw := bytes.TrimPrefix(bytes.TrimRight(r.raw, " \t\r\n"), []byte(bodyName))
	if encoding == bodyPercent {
		r.buf = append(r.buf, raw...)
		r.percent(from)
		return r.texts()[from:], ""
	}
	var err error
	raw = bytes.TrimRight(raw, "=")
	if r.buf, err = base64.RawStdEncoding.AppendDecode(r.buf, raw); err != nil {
		return nil, "the object is not in base64 to its end: " + err.Error()
	}
	return r.texts()[from:], ""
}

// percent decodes %XX in the text made since from, in place. What is no such sequence
// stays.
func (r *record) percent(from int) {
	b := r.texts()[from:]
	i := bytes.IndexByte(b, '%')
	if i < 0 {
		return
	}
	end := i
	for i < len(b) {
		c, size := b[i], 1
		if c == '%' && i+2 < len(b) {
			if high, low := decode.HexDigit(b[i+1]), decode.HexDigit(b[i+2]); high >= 0 && low >= 0 {
				c, size = byte(high<<4|low), 3
			}
		}
		b[end] = c
		end, i = end+1, i+size
	}
	r.buf = r.buf[:len(r.buf)-(len(b)-end)]
}
