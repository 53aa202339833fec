package decode

import (
	"strconv"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// AppendJSON appends row of b to dst as a JSON object under the column names of
// the specification, for people: numbers as they are after the number rules,
// times in UTC, event_time and visited_network besides. What the record does not tell is left out;
// an unknown outcome is "". r is the same record as a [RowReader] reads it: a
// batch keeps only hashes of some texts. It may be nil. The object reads back as
// the same record, unless r is nil or the number rules of its source differ.
func AppendJSON(dst []byte, b *cdr.Batch, row int, r *Row) []byte {
	known := knownOf(b, row, r)
	o := object{dst: append(dst, '{')}
	o.text(RecordID, known.Text(RecordID))
	o.kinds(b, row, &known)
	o.number(CallingNumber, b, row, "")
	o.number(CalledNumber, b, row, "")
	o.quoted("start_time", []byte(Time(b.Rows[row].Start)))
	o.quoted("event_time", []byte(Time(b.Rows[row].Release)))
	return o.rest(b, row, &known)
}

// knownOf is what is known of the texts of a record.
func knownOf(b *cdr.Batch, row int, r *Row) (known Row) {
	if r != nil {
		return *r
	}
	known.fromBatch(b, row)
	return known
}

// kinds writes what kind of record it is.
func (o *object) kinds(b *cdr.Batch, row int, known *Row) {
	o.text(Service, []byte(serviceNames[b.Rows[row].Flags.Service()]))
	o.text(DirectionColumn, []byte(known.direction().String()))
}

// rest writes what comes behind the times, and ends the object.
func (o *object) rest(b *cdr.Batch, row int, known *Row) []byte {
	f := b.Rows[row].Flags
	if b.Rows[row].RingMS != cdr.RingUnknown {
		o.decimal(RingSeconds, int64(b.Rows[row].RingMS), 3)
	}
	o.decimal(DurationSeconds, int64(b.Rows[row].TalkMS), 3)
	o.quoted("disposition", []byte(outcomeNames[f.Outcome()]))
	o.count(Cause, uint64(b.Cause[row]))
	o.text(CellID, known.Text(CellID))
	o.text(IMEI, known.Text(IMEI))
	o.text(IMSI, known.Text(IMSI))
	o.network(known.Text(VisitedPLMN))
	o.text(RAT, []byte(ratNames[f.RAT()]))
	o.count(UplinkBytes, b.Rows[row].Up)
	o.count(DownlinkBytes, b.Rows[row].Down)
	if b.Rows[row].Charge != 0 {
		o.decimal(Charge, b.Rows[row].Charge, 6)
	}
	o.text(TrunkIn, known.Text(TrunkIn))
	o.text(TrunkOut, known.Text(TrunkOut))
	if f.Has(cdr.Forwarded) {
		o.key(Forwarded.String())
		o.dst = append(o.dst, "true"...)
	}
	o.count(PartialSequence, uint64(known.Partial))
	return append(o.dst, '}')
}

var (
	serviceNames = [4]string{"voice", "sms", "mms", "data"}
	outcomeNames = [8]string{"", "answered", "no_answer", "busy", "failed"}
	ratNames     = [8]string{"", "2g", "3g", "4g", "5g", "wifi"}
)

// fromBatch sets what a batch still tells of the texts of a record.
func (r *Row) fromBatch(b *cdr.Batch, row int) {
	r.Base = digitsOf64(b.Rows[row].IMSI)
	r.At[IMSI].Len = uint32(len(r.Base))
	imei := digitsOf64(b.Rows[row].IMEI)
	r.At[IMEI] = cdr.Span{Off: uint32(len(r.Base)), Len: uint32(len(imei))}
	r.Base = append(r.Base, imei...)
	r.Direction = legsOf(b.Rows[row].Flags)
	if b.Rows[row].Flags.Has(cdr.Slice) {
		r.Partial = 2
	}
}

// legsOf is the direction of a record of which only the legs are known.
func legsOf(f cdr.Flags) Direction {
	switch {
	case f.Has(cdr.ServedCalled):
		return Terminating
	case f.Has(cdr.Originating | cdr.Terminating):
		return Both
	case f.Has(cdr.Terminating):
		return Terminating
	}
	return Originating
}

func digitsOf64(packed uint64) []byte {
	return cdr.Number(packed).AppendText(nil)
}

// object writes the members of one JSON object.
type object struct{ dst []byte }

func (o *object) key(name string) {
	if o.dst[len(o.dst)-1] != '{' {
		o.dst = append(o.dst, ',')
	}
	o.dst = append(append(append(o.dst, '"'), name...), `":`...)
}

func (o *object) text(c Column, v []byte) {
	if len(v) > 0 {
		o.quoted(c.String(), v)
	}
}

func (o *object) quoted(name string, v []byte) {
	o.key(name)
	o.dst = appendString(o.dst, v)
}

// number writes a party, with plus in front of a number that has a country code. One
// known by its IMSI alone has no number.
func (o *object) number(c Column, b *cdr.Batch, row int, plus string) {
	n, place := b.Rows[row].Calling, b.Rows[row].CallingPlace
	if c == CalledNumber {
		n, place = b.Rows[row].Called, b.Rows[row].CalledPlace
	}
	switch {
	case n == 0 || n.IsIMSI():
	case n.IsName():
		o.text(c, nameOf(b, row, c == CalledNumber))
	case place.Class() == cdr.ClassShortCode:
		o.text(c, n.AppendText(nil))
	default:
		o.text(c, n.AppendText([]byte(plus)))
	}
}

// nameOf is the text of a party that is a name.
func nameOf(b *cdr.Batch, row int, called bool) []byte {
	for _, name := range b.Names {
		if name.Row == int32(row) && name.Called == called {
			return name.Text.Of(b.Text)
		}
	}
	return nil
}

// network writes the visited network. One that is known by its TADIG code alone is
// told to people under another name: the canonical format wants digits, and reads
// the record back as one that does not roam.
func (o *object) network(plmn []byte) {
	if len(plmn) > 0 && plmn[0] > '9' {
		o.quoted("visited_network", plmn)
		return
	}
	o.text(VisitedPLMN, plmn)
}

func (o *object) count(c Column, v uint64) {
	if v != 0 {
		o.key(c.String())
		o.dst = strconv.AppendUint(o.dst, v, 10)
	}
}

// decimal writes v units of 10^-scale.
func (o *object) decimal(c Column, v int64, scale int) {
	o.key(c.String())
	if v < 0 {
		o.dst, v = append(o.dst, '-'), -v
	}
	unit := int64(powersOf10[scale])
	o.dst = strconv.AppendInt(o.dst, v/unit, 10)
	if v %= unit; v == 0 {
		return
	}
	o.dst = append(o.dst, '.')
	for ; v > 0; v %= unit {
		unit /= 10
		o.dst = append(o.dst, '0'+byte(v/unit))
	}
}

// appendString appends v as a JSON string; bytes that are not UTF-8 become
// U+FFFD.
func appendString(dst, v []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for len(v) > 0 {
		r, n := utf8.DecodeRune(v)
		switch {
		case r == '"' || r == '\\':
			dst = append(dst, '\\', byte(r))
		case r < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			dst = utf8.AppendRune(dst, r)
		}
		v = v[n:]
	}
	return append(dst, '"')
}
