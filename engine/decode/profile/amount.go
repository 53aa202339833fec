package profile

import (
	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// amount is a field that is a number.
type amount struct {
	value
	scale    int   // decimals that are kept
	times    int64 // what it is multiplied with
	by       int64 // and then divided by
	name     string
	mostUnit int64
}

func (r *reader) bytes(n ast.Node, name string) (a amount) {
	a = amount{times: 1, by: 1, name: name, mostUnit: decode.MaxBytes}
	a.value = r.value(n, name, entry{"unit": func(v ast.Node) {
		a.times = 1 << (10 * r.choice(v, "unit", "bytes", "KiB", "MiB"))
	}})
	return a
}

func (r *reader) charge(n ast.Node) (a amount) {
	a = amount{scale: 6, times: 1, by: 1, name: "charge", mostUnit: decode.MaxCharge}
	a.value = r.value(n, "charge", entry{"decimals": func(v ast.Node) {
		for range r.number(v, "decimals", 0, 6) {
			a.by *= 10
		}
	}})
	return a
}

// read is the amount, 0 where there is none.
func (a *amount) read(r *record) (v int64, problem string) {
	text := r.of(a.eval(r))
	if len(text) == 0 {
		return 0, ""
	}
	if a.scale == 0 {
		v, problem = decode.Integer(text)
	} else {
		v, problem = decode.Decimal(text, a.scale)
	}
	switch {
	case problem != "":
	case v < 0:
		problem = "is negative"
	case v/a.by > a.mostUnit/a.times:
		problem = "is out of range"
	}
	if problem != "" {
		return 0, decode.Reason(a.name, text, problem)
	}
	return v * a.times / a.by, ""
}
