package baf

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// record is what is read of one record.
type record struct {
	code     int // of the structure
	callType int
	date     int
	known    bool // structure
	fields   []field
	values   [kept]int
	has      uint16 // bit f set: the record has field f
	row      decode.Row
	notes    [3]decode.Note
	noted    int

	lastDate, lastYear int // of the record before
}

func (r *record) note(n decode.Note) {
	r.notes[r.noted] = n
	r.noted++
}

// headerFields are those in front of the date.
var headerFields = [...]struct {
	name string
	size int
}{
	{"structure code", 5}, {"call type", 3}, {"sensor type", 3}, {"sensor id", 7}, {"recording office type", 3}, {"recording office id", 7},
}

// header reads what all structures have. Of a record that tells of no call nothing else
// is to be read: fields is nil then.
func (r *record) header(b []byte) (rest []byte, why string) {
	r.has, r.noted = 0, 0
	if len(b) == 0 || !marks(b[0]) {
		return nil, "the record does not begin with AA or AB"
	}
	rest = b[1:]
	var values [len(headerFields)]int
	for i, f := range &headerFields {
		var ok bool
		if values[i], b, ok = digits(rest, f.size); !ok {
			return nil, problem(f.name, rest, f.size)
		}
		rest = b
	}
	r.code, r.callType = values[0], values[1]
	r.code %= 10000 // without the flag of modules
	r.fields, r.known = structure(r.code)
	return rest, ""
}

// read reads the fields behind the header.
func (r *record) read(b []byte) (why string) {
	date, rest, ok := digits(b, 5)
	if !ok {
		return problem("date", b, 5)
	}
	r.date = date
	for _, f := range r.fields {
		b = rest
		var v int
		if v, rest, ok = digits(b, fieldSizes[f]); !ok {
			if f == elapsed {
				return ""
			}
			why = problem(fieldNames[f], b, fieldSizes[f])
			if !r.known {
				why = fmt.Sprintf("structure code %05d is not known, and is not like 00001: %s", r.code, why)
			}
			return why
		}
		if f < kept {
			r.values[f], r.has = v, r.has|1<<f
		}
	}
	return ""
}

// call sets the row. Its texts are made at the end of text.
func (r *record) call(d *decades, clock *decode.Clock, text *[]byte) (why string) {
	row := &r.row
	row.At, row.Has = [decode.Columns]cdr.Span{}, 0
	row.Reset()
	if why = r.start(d, clock, text); why != "" {
		return why
	}
	ms, why := r.duration()
	if why != "" {
		return why
	}
	r.outcome(ms)
	r.slice()
	row.Direction = decode.Both
	switch r.callType {
	case originatingAccess:
		row.Direction = decode.Originating
	case terminatingAccess:
		row.Direction = decode.Terminating
	}
	if !r.known {
		r.note(decode.UnknownValue)
	}
	r.parties(text)
	return ""
}

// Call types of which another office writes the other half.
const (
	originatingAccess = 110
	terminatingAccess = 119
)

// start reads date and connect time.
func (r *record) start(d *decades, clock *decode.Clock, text *[]byte) (why string) {
	t := r.values[connect]
	if r.date != r.lastDate || r.lastYear == 0 {
		r.lastDate, r.lastYear = r.date, d.year(r.date)
	}
	mark := len(*text)
	*text = fmt2(append(appendDigits(*text, r.lastYear, 4), '-'), r.date/100%100, '-')
	*text = fmt2(*text, r.date%100, ' ')
	*text = fmt2(fmt2(*text, t/100000, ':'), t/1000%100, ':')
	*text = append(fmt2(*text, t/10%100, '.'), '0'+byte(t%10))
	written := (*text)[mark:]
	*text = (*text)[:mark]
	if r.row.Start, r.row.Offset, why = clock.Parse(written); why != "" {
		return fmt.Sprintf("date %05d, connect time %07d: %s %s", r.date, t, decode.Quote(written), why)
	}
	return ""
}

// fmt2 appends two digits and what stands behind them.
func fmt2(dst []byte, v int, end byte) []byte { return append(appendDigits(dst, v, 2), end) }

func appendDigits(dst []byte, v, n int) []byte {
	for range n {
		dst = append(dst, '0')
	}
	for i := len(dst) - 1; n > 0; i, n = i-1, n-1 {
		dst[i] = '0' + byte(v%10)
		v /= 10
	}
	return dst
}

// duration is the elapsed time: minutes, two digits of seconds, tenths.
func (r *record) duration() (ms uint32, why string) {
	if r.has>>elapsed&1 == 0 {
		return 0, ""
	}
	v := r.values[elapsed]
	minutes, seconds := v/1000, v/10%100
	total := int64(minutes)*60 + int64(seconds)
	if seconds > 59 || total > 4_294_966 {
		return 0, fmt.Sprintf("elapsed time: %09d is not minutes, seconds and tenths of a possible call", v)
	}
	return uint32(total*1000 + int64(v%10)*100), ""
}

// outcome is what the called party's answer indicator says.
func (r *record) outcome(ms uint32) {
	row := &r.row
	switch r.values[answer] {
	case 0, 2, 3, 4, 7:
		row.Outcome = cdr.Answered
	case 1, 8:
		row.Outcome = cdr.NoAnswer
	case 5:
		row.Outcome = cdr.Failed
	default:
		r.note(decode.UnknownValue)
	}
	if row.Outcome == cdr.NoAnswer || row.Outcome == cdr.Failed {
		row.RingMS = ms
	} else {
		row.TalkMS = ms
	}
}

// slice reads the timing indicator.
func (r *record) slice() {
	if r.has>>timing&1 == 0 {
		return
	}
	switch r.values[timing] / 100 % 10 {
	case 1:
		r.row.Partial = 1
	case 2:
		r.row.Partial = 2
	}
	if stamp := r.values[timing] % 10; stamp == 1 || stamp == 3 {
		r.note(decode.OddClock)
	}
}

// identify makes the identity of the record, in which it does not matter that it was
// written again: the first digit of the sensor id says so, and so may the mark in front.
func (r *record) identify(raw []byte) {
	const sensor = 8
	r.row.ID = max(1, cdr.Mix(cdr.Hash(raw[1:sensor])+uint64(raw[sensor]&15)<<32+cdr.Mix(cdr.Hash(raw[sensor+1:]))))
}
