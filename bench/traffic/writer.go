package traffic

import (
	"fmt"
	"strconv"
	"time"
)

// Writer turns records into text. It is not safe for use by several goroutines.
type Writer struct {
	columns  []column
	clock    clock
	idPrefix []byte

	day    int64  // local day of date
	date   []byte // "2026-01-05T"
	suffix []byte // "Z" or "+01:00"
	offset int64  // of suffix
}

// NewWriter writes the named columns of the records of c. Record ids begin with
// the seed, in base 36, so that files of several seeds can be read together.
func NewWriter(c Config, columns []string) (*Writer, error) {
	c = c.Defaults()
	w := &Writer{clock: clock{zone: c.Start.Location()}, day: -1, offset: -1}
	for _, name := range columns {
		col, ok := findColumn(name)
		if !ok {
			return nil, fmt.Errorf("traffic: no column %q", name)
		}
		w.columns = append(w.columns, col)
	}
	w.idPrefix = append(strconv.AppendUint(nil, c.Seed, 36), '-')
	return w, nil
}

var (
	serviceNames     = [...]string{"voice", "sms", "mms", "data"}
	directionNames   = [...]string{"both", "originating", "terminating"}
	dispositionNames = [...]string{"answered", "no_answer", "busy", "failed"}
	ratNames         = [...]string{"", "2g", "3g", "4g", "5g", "wifi"}
)

// appendField appends the text of one column of r; nothing when it is absent.
func (w *Writer) appendField(dst []byte, r *Record, c column) []byte {
	switch c {
	case colRecordID:
		return strconv.AppendUint(append(dst, w.idPrefix...), r.ID, 36)
	case colService:
		return append(dst, serviceNames[r.Service]...)
	case colDirection:
		return append(dst, directionNames[r.Direction]...)
	case colCalling:
		return r.Calling.Append(dst)
	case colCalled:
		return r.Called.Append(dst)
	case colStart:
		return w.appendTime(dst, r.Start)
	case colRing:
		return appendSeconds(dst, r.RingMS)
	case colDuration:
		return appendSeconds(dst, r.DurationMS)
	case colDisposition:
		return append(dst, dispositionNames[r.Disposition]...)
	case colCause:
		return appendUnlessZero(dst, uint64(r.Cause))
	case colCell:
		return appendCell(dst, r.Cell)
	case colIMEI:
		return appendUnlessZero(dst, r.IMEI)
	case colIMSI:
		return appendUnlessZero(dst, r.IMSI)
	case colVisited:
		return appendUnlessZero(dst, uint64(r.Visited))
	case colRAT:
		return append(dst, ratNames[r.RAT]...)
	case colUp:
		return appendUnlessNegative(dst, r.Up)
	case colDown:
		return appendUnlessNegative(dst, r.Down)
	case colCharge:
		return appendDecimal(dst, r.Charge, 1_000_000)
	case colTrunkIn:
		return appendTrunk(dst, "IC", r.TrunkIn)
	case colTrunkOut:
		return appendTrunk(dst, "OG", r.TrunkOut)
	case colForwarded:
		if r.Forwarded {
			return append(dst, "true"...)
		}
	case colPartial:
		return appendUnlessZero(dst, uint64(r.Partial))
	}
	return dst
}

// appendTime appends an instant as RFC 3339 with milliseconds in the network's zone.
func (w *Writer) appendTime(dst []byte, ms int64) []byte {
	local := w.clock.local(ms)
	if day := local / msDay; day != w.day {
		w.day = day
		w.date = time.UnixMilli(local).UTC().AppendFormat(w.date[:0], "2006-01-02T")
	}
	if w.clock.offset != w.offset || w.suffix == nil {
		w.offset = w.clock.offset
		w.suffix = time.UnixMilli(ms).In(w.clock.zone).AppendFormat(w.suffix[:0], "Z07:00")
	}
	t := local % msDay
	dst = append(dst, w.date...)
	dst = append2(dst, t/3_600_000)
	dst = append2(append(dst, ':'), t/60_000%60)
	dst = append2(append(dst, ':'), t/1000%60)
	t %= 1000
	dst = append(dst, '.', byte('0'+t/100), byte('0'+t/10%10), byte('0'+t%10))
	return append(dst, w.suffix...)
}

func append2(dst []byte, v int64) []byte { return append(dst, byte('0'+v/10), byte('0'+v%10)) }

func appendUnlessZero(dst []byte, v uint64) []byte {
	if v == 0 {
		return dst
	}
	return strconv.AppendUint(dst, v, 10)
}

func appendUnlessNegative(dst []byte, v int64) []byte {
	if v < 0 {
		return dst
	}
	return strconv.AppendInt(dst, v, 10)
}

func appendSeconds(dst []byte, ms int64) []byte { return appendDecimal(dst, ms, 1000) }

// appendDecimal appends v / unit without trailing zeros; nothing when v < 0.
func appendDecimal(dst []byte, v, unit int64) []byte {
	if v < 0 {
		return dst
	}
	dst = strconv.AppendInt(dst, v/unit, 10)
	rest := v % unit
	if rest == 0 {
		return dst
	}
	dst = append(dst, '.')
	for rest > 0 {
		unit /= 10
		dst = append(dst, byte('0'+rest/unit))
		rest %= unit
	}
	return dst
}

func appendCell(dst []byte, c Cell) []byte {
	if c.PLMN == 0 {
		return dst
	}
	dst = strconv.AppendUint(dst, uint64(c.PLMN), 10)
	dst = strconv.AppendUint(append(dst, '-'), uint64(c.LAC), 10)
	return strconv.AppendUint(append(dst, '-'), uint64(c.CI), 10)
}

func appendTrunk(dst []byte, side string, n uint8) []byte {
	if n == 0 {
		return dst
	}
	return append2(append(append(dst, side...), '-'), int64(n))
}
