package traffic

import (
	"bytes"
	"slices"
)

// Damage is how a record's text comes out damaged. A reader must reject every
// one of them.
type Damage uint8

// The kinds of damage. One that needs a column which is not written is
// Truncated instead.
const (
	Sound              Damage = iota
	Truncated                 // the line ends in the middle
	ExtraField                // one field more (JSON: text after the object)
	NoParty                   // neither caller nor called nor SIM card
	Garbage                   // bytes that are not text
	OpenQuote                 // a quote too many or too few
	BadDate                   // 2026-02-30
	BadTime                   // not a time at all
	BadNumber                 // letters in a duration
	NegativeRing              // a ring time below 0
	AbsurdDuration            // longer than a lifetime
	UnknownService            // an enum value that does not exist
	UnknownDisposition        // the same
	afterDamages
)

const damages = afterDamages - 1

// wound is a value that does not belong into its column. The zero value is none.
type wound struct {
	column column
	csv    string
	json   string
}

var wounds = [afterDamages]wound{
	BadDate:            {colStart, `2026-02-30T12:00:00Z`, `"2026-02-30T12:00:00Z"`},
	BadTime:            {colStart, `yesterday`, `"yesterday"`},
	BadNumber:          {colDuration, `12x4`, `"12x4"`},
	NegativeRing:       {colRing, `-7.5`, `-7.5`},
	AbsurdDuration:     {colDuration, `99999999999`, `99999999999`},
	UnknownService:     {colService, `fax`, `"fax"`},
	UnknownDisposition: {colDisposition, `maybe`, `"maybe"`},
}

// possible returns d, or Truncated when the columns of w cannot show it.
func (w *Writer) possible(d Damage) Damage {
	if wounds[d].csv != "" && !slices.Contains(w.columns, wounds[d].column) {
		return Truncated
	}
	return d
}

func (w *Writer) damagedCSV(dst []byte, r *Record) []byte {
	from, end := len(dst), 0
	d := w.possible(r.Malformed)
	switch d {
	case NoParty:
		return w.csvLine(dst, r.anonymous(), wound{})
	case Garbage:
		return appendGarbage(dst, r.scar)
	case OpenQuote:
		dst = append(dst, '"')
	}
	dst = w.csvLine(dst, r, wounds[d])
	end = len(dst) - 1
	switch d {
	case ExtraField:
		return append(dst[:end], ",?\n"...)
	case Truncated: // before the last comma, so that a field is missing
		comma := bytes.LastIndexByte(dst[from:], ',')
		return append(dst[:from+1+int(r.scar>>1)%comma], '\n')
	}
	return dst
}

func (w *Writer) damagedJSON(dst []byte, r *Record) []byte {
	from, end := len(dst), 0
	d := w.possible(r.Malformed)
	switch d {
	case NoParty:
		return w.jsonLine(dst, r.anonymous(), wound{})
	case Garbage:
		return appendGarbage(dst, r.scar)
	}
	dst = w.jsonLine(dst, r, wounds[d])
	end = len(dst) - 1
	switch d {
	case ExtraField:
		return append(dst[:end], "?\n"...)
	case OpenQuote:
		quote := bytes.LastIndexByte(dst, '"')
		return append(dst[:quote], dst[quote+1:]...)
	case Truncated:
		return append(dst[:from+1+int(r.scar>>1)%(end-from-1)], '\n')
	}
	return dst
}

// anonymous is a copy of r without parties, not even a SIM card.
func (r *Record) anonymous() *Record {
	c := *r
	c.Calling, c.Called, c.IMSI = 0, 0, 0
	return &c
}

// appendGarbage appends some bytes that are not text, without line break and comma.
func appendGarbage(dst []byte, scar uint32) []byte {
	for n := 8 + scar%40; n > 0; n-- {
		scar = scar*1_664_525 + 1_013_904_223
		dst = append(dst, 0x80|byte(scar>>24))
	}
	return append(dst, '\n')
}
