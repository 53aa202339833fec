package ts32298

import (
	"bytes"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// chfCell sets the cell of a location of 5G: in ASN.1, or as the JSON of TS 29.571.
func (r *record) chfCell(structured, octets []byte) {
	from := len(r.text)
	switch r.text = appendStructured(r.text, structured); {
	case len(r.text) > from:
	case isJSON(octets):
		r.text = appendJSONLocation(r.text, octets)
	default:
		r.text = appendLocation(r.text, octets)
	}
	r.set(decode.CellID, from)
}

// appendStructured appends the cell of a UserLocationInformationStructured: the first of
// its locations that names one.
func appendStructured(dst, b []byte) []byte {
	from := len(dst)
	for w := ber.Walk(b); w.Next() && len(dst) == from; {
		switch w.Tag {
		case ber.Context(0), ber.Context(1): // E-UTRA, NR: tracking area and cell
			area, cell := ber.Find(w.Content, ber.Context(0)), ber.Find(w.Content, ber.Context(1))
			dst = appendHexCell(dst, ber.Find(cell, ber.Context(0)), ber.Find(area, ber.Context(1)), ber.Find(cell, ber.Context(1)))
		case ber.Context(3): // UTRA: cell, service area
			dst = appendOldCell(dst, ber.Find(w.Content, ber.Context(0)), ber.Find(w.Content, ber.Context(1)))
		case ber.Context(4): // GERA
			dst = appendOldCell(dst, ber.Find(w.Content, ber.Context(1)), ber.Find(w.Content, ber.Context(2)))
		}
	}
	return dst
}

// appendOldCell appends a CellGlobalId, or else a ServiceAreaId: network, area and cell,
// in hexadecimal digits.
func appendOldCell(dst, cgi, sai []byte) []byte {
	if cgi == nil {
		cgi = sai
	}
	lac, ok := hexadecimal(ber.Find(cgi, ber.Context(1)))
	if !ok || lac > 0xFFFF {
		return dst
	}
	return appendHexCell(dst, ber.Find(cgi, ber.Context(0)), []byte{byte(lac >> 8), byte(lac)}, ber.Find(cgi, ber.Context(2)))
}

// appendHexCell appends a cell whose number is in hexadecimal digits.
func appendHexCell(dst, plmn, area, digits []byte) []byte {
	cell, ok := hexadecimal(digits)
	if !ok || len(area) > 8 {
		return dst
	}
	return appendCell(dst, plmn, area, cell)
}

// appendJSONLocation appends the cell of a UserLocation of TS 29.571, of which the first
// network, area and cell are taken:
//
//	{"nrLocation":{"tai":{"plmnId":{"mcc":"208","mnc":"93"},"tac":"000001"},
//	 "ncgi":{"plmnId":{"mcc":"208","mnc":"93"},"nrCellId":"000000010"}}}
func appendJSONLocation(dst, b []byte) []byte {
	mcc, mnc := member(b, `"mcc"`), member(b, `"mnc"`)
	cell, ok := hexadecimal(firstMember(b, `"nrCellId"`, `"eutraCellId"`, `"cellId"`, `"sac"`))
	area, hasArea := hexadecimal(firstMember(b, `"tac"`, `"lac"`))
	if !ok || len(mcc) != 3 || len(mnc) != 2 && len(mnc) != 3 || !decode.AllDigits(mcc) || !decode.AllDigits(mnc) {
		return dst
	}
	dst = append(append(dst, mcc...), mnc...)
	if hasArea {
		dst = strconv.AppendUint(append(dst, '-'), area, 10)
	}
	return strconv.AppendUint(append(dst, '-'), cell, 10)
}

// firstMember is the text of the first of several members that is there.
func firstMember(b []byte, names ...string) []byte {
	for _, name := range names {
		if v := member(b, name); v != nil {
			return v
		}
	}
	return nil
}

// member is the text of the first member of this name in JSON, at whatever depth; nil
// when there is none.
func member(b []byte, name string) []byte {
	i := bytes.Index(b, []byte(name))
	if i < 0 {
		return nil
	}
	b = bytes.TrimLeft(b[i+len(name):], " \t\r\n")
	if len(b) == 0 || b[0] != ':' {
		return nil
	}
	b = bytes.TrimLeft(b[1:], " \t\r\n")
	if len(b) == 0 || b[0] != '"' {
		return nil
	}
	end := bytes.IndexByte(b[1:], '"')
	if end < 0 {
		return nil
	}
	return b[1:][:end]
}

// isJSON reports whether b is an object. A location of EPC that begins with the same
// octet, with seven identities in it, hardly ends so.
func isJSON(b []byte) bool {
	return len(b) > 2 && b[0] == '{' && b[1] == '"' && b[len(b)-1] == '}'
}
