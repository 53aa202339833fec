// Package roaming is what the files have in common with which networks tell each other
// what their guests did: TAP (GSMA TD.57) and NRTRDE (TD.35), packages tap and nrtrde.
// Both write the members of an event alike, each in its own tree of tags:
//
//	IMSI, IMEI, MSISDN   BCD, the first digit in the high nibble
//	numbers, codes       text, perhaps with spaces around it
//	cells                two integers: LAC and CI
//	networks             TADIG codes (TD.13): of the sender, unless the event tells another
//
// A [Draft] takes them, and becomes a row.
package roaming

import (
	"bytes"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// Draft is a row that is being made of an event, with texts that stand in no record.
// It is reused from event to event.
type Draft struct {
	Row   decode.Row
	text  []byte // what the texts of Row stand in
	notes [decode.Notes]int
}

// Begin begins the row of an event. Its texts are appended to text.
func (d *Draft) Begin(text []byte) {
	d.notes = [decode.Notes]int{}
	d.Row.At, d.text = [decode.Columns]cdr.Span{}, text
	d.Row.Reset()
}

// End makes the texts those of the row.
func (d *Draft) End() { d.Row.Base = d.text }

// Hand hands the row that has ended to w, whose scratch its texts are in, or tells why
// there is none.
func (d *Draft) Hand(w *decode.Writer, at decode.Line, problem string) {
	*w.Scratch() = d.text
	for n, count := range d.notes {
		for range count {
			w.Note(decode.Note(n))
		}
	}
	if problem != "" {
		w.Reject(at, problem)
		return
	}
	w.Append(&d.Row, at)
}

// Note counts something odd about the event.
func (d *Draft) Note(n decode.Note) { d.notes[n]++ }

// set makes the text that begins at from the column c.
func (d *Draft) set(c decode.Column, from int) []byte {
	d.Row.At[c] = cdr.Span{Off: uint32(from), Len: uint32(len(d.text) - from)}
	return d.text[from:]
}

// BCD makes the digits of b the column c.
func (d *Draft) BCD(c decode.Column, b []byte) []byte {
	from := len(d.text)
	d.text = decode.AppendBCD(d.text, b)
	return d.set(c, from)
}

// ASCII makes b without spaces around it the column c.
func (d *Draft) ASCII(c decode.Column, b []byte) []byte {
	from := len(d.text)
	d.text = append(d.text, bytes.TrimSpace(b)...)
	return d.set(c, from)
}

// IMSI takes the IMSI, which may be missing.
func (d *Draft) IMSI(b []byte) (problem string) {
	if len(b) == 0 {
		return ""
	}
	if t := d.BCD(decode.IMSI, b); !decode.AllDigits(t) || len(t) > 16 {
		return decode.Reason("imsi", t, notDigits)
	}
	return ""
}

// MSISDN makes the number of who is served the column c.
func (d *Draft) MSISDN(c decode.Column, b []byte) (international bool, problem string) {
	t := d.BCD(c, b)
	if !decode.AllDigits(t) {
		return false, decode.Reason("msisdn", t, notDigits)
	}
	return E164(t), ""
}

const notDigits = "is not the digits of one"

// E164 reports whether digits can be a number in international form: short codes and
// what begins with 0 are not, whatever member they stand in.
func E164(digits []byte) bool {
	return len(digits) > 6 && digits[0] != '0' && decode.AllDigits(digits)
}

// Cell makes LAC-CI, or CI, the cell. Without a cell the area alone tells nothing.
func (d *Draft) Cell(lac, cell []byte) (problem string) {
	if len(cell) == 0 {
		return ""
	}
	from := len(d.text)
	if len(lac) > 0 {
		n, ok := ber.Uint(lac)
		if !ok {
			return decode.Reason("locationArea", lac, NotNatural)
		}
		d.text = append(strconv.AppendUint(d.text, n, 10), '-')
	}
	n, ok := ber.Uint(cell)
	if !ok {
		return decode.Reason("cellId", cell, NotNatural)
	}
	d.text = strconv.AppendUint(d.text, n, 10)
	d.set(decode.CellID, from)
	return ""
}

// Network makes the network that the subscriber was in the visited one, unless the
// file goes to itself: the sender, or what the event tells as servingNetwork.
func (d *Draft) Network(sender, recipient, serving []byte) {
	code := sender
	if b := bytes.TrimSpace(serving); decode.IsTADIG(b) {
		code = b
	}
	if !bytes.Equal(code, recipient) {
		d.ASCII(decode.VisitedPLMN, code)
	}
}

// IsSMS tells the teleservices 20 to 22, all short message services.
func IsSMS(teleService []byte) bool {
	code := bytes.TrimSpace(teleService)
	return len(code) == 2 && code[0] == '2' && code[1] <= '2'
}

// IsForwarding tells the supplementary services of call forwarding (3GPP TS 29.002,
// SS-Code): the subscriber did not make the call, but had it forwarded.
func IsForwarding(service []byte) bool {
	switch string(bytes.TrimSpace(service)) {
	case "20", "21", "28", "29", "2A", "2B", "2a", "2b":
		return true
	}
	return false
}

// NotNatural is what is wrong with a member that is no integer from 0.
const NotNatural = "is no number, or negative"

// Uint reads the member of this name, an integer of at most most, 0 where it is absent.
func Uint(name string, b []byte, most uint64) (n uint64, problem string) {
	if len(b) == 0 {
		return 0, ""
	}
	n, ok := ber.Uint(b)
	switch {
	case !ok:
		return 0, decode.Reason(name, b, NotNatural)
	case n > most:
		return 0, name + ": " + strconv.FormatUint(n, 10) + " is out of range"
	}
	return n, ""
}

// Causes for termination, as far as they decide something.
const (
	Unsuccessful = 3
	Abnormal     = 4
)
