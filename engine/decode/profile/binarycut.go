package profile

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// binaryCutter cuts binary records.
type binaryCutter struct {
	frames *binaryFraming
	skip   int
	kind   binaryField // its cell is -1 if no source is the type
	types  []binaryType
	places [][]binaryField // of each type, then of other records
}

func (c *binaryCutter) open(head []byte) (cutter, int, error) { return c, min(c.skip, len(head)), nil }
func (c *binaryCutter) framing() decode.Framing               { return c.frames }

func (c *binaryCutter) cut(r *record) (problem string) {
	r.bare()
	kind := 0
	if len(c.types) > 0 {
		if kind, problem = c.typeOf(r); problem != "" {
			return problem
		}
	}
	for i := range c.places[kind] {
		f := &c.places[kind][i]
		if f.at+f.length > len(r.raw) {
			continue
		}
		from := r.begin()
		if problem = f.append(r); problem != "" {
			return problem
		}
		r.made(f.cell, from)
	}
	return ""
}

// append appends the text of f, which the record is long enough for.
func (f *binaryField) append(r *record) (problem string) {
	b, ok := r.raw[f.at:][:f.length], false
	if r.buf, ok = f.read(r.buf, b); !ok {
		return fmt.Sprintf("the bytes at %d: %x are not %s", f.at, b, f.as)
	}
	return ""
}

// typeOf is the index of the record's type, len(c.types) if it is not one of them.
func (c *binaryCutter) typeOf(r *record) (kind int, problem string) {
	if c.kind.at+c.kind.length > len(r.raw) {
		return len(c.types), ""
	}
	from := r.begin()
	if problem = c.kind.append(r); problem != "" {
		return 0, problem
	}
	text := r.texts()[from:]
	for kind < len(c.types) && string(text) != c.types[kind].text {
		kind++
	}
	if kind < len(c.types) {
		r.buf = append(r.buf[:r.mark+from], c.types[kind].name...)
	}
	if c.kind.cell >= 0 {
		r.made(c.kind.cell, from)
	}
	return kind, ""
}
