package decode

import (
	"fmt"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// AppendCanonical appends row of b to dst as a JSON object that reads back as the same
// record, whatever number rules and time zone it is read with: numbers begin with +
// (short codes and names do not), start_time has the offset that the record told, or is
// epoch milliseconds where it told none. A record whose format has no id that is enough
// to know it by gets one, made of its identity. r is as in [AppendJSON].
//
// What ties a record to others of its call ([cdr.Batch.Call]) is lost.
func AppendCanonical(dst []byte, b *cdr.Batch, row int, r *Row) []byte {
	known := knownOf(b, row, r)
	o := object{dst: append(dst, '{')}
	if id := known.Text(RecordID); len(id) > 0 && known.ID == 0 {
		o.text(RecordID, id)
	} else {
		o.text(RecordID, fmt.Appendf(nil, "reprocessed:%016x", b.Rows[row].Identity))
	}
	o.kinds(b, row, &known)
	o.number(CallingNumber, b, row, "+")
	o.number(CalledNumber, b, row, "+")
	o.quoted("start_time", exactTime(b.Rows[row].Start, b.Rows[row].Offset))
	return o.rest(b, row, &known)
}

// exactTime writes a time with its offset in minutes from UTC, if it has one.
func exactTime(t cdr.Millis, offset int16) []byte {
	if offset == cdr.NoOffset {
		return fmt.Appendf(nil, "%0*d", millisDigits, t)
	}
	zone := time.FixedZone("", int(offset)*60)
	return time.UnixMilli(int64(t)).In(zone).AppendFormat(nil, "2006-01-02T15:04:05.000Z07:00")
}

// millisDigits is how many digits make a number milliseconds, and not seconds.
const millisDigits = 12
