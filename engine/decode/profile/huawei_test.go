package profile

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// bill is a record of Huawei's iGWB, of either length.
type bill struct {
	answer, end          time.Time
	talk                 uint32 // 10 ms
	caller, called       string
	callerNOA, calledNOA byte
	in, out              uint16
	cause                byte
	unanswered           bool // only the longer record tells
}

func (b bill) write(length int) []byte {
	r := make([]byte, length)
	binary.LittleEndian.PutUint32(r, 256) // the number begins with a zero, as fill does
	binary.LittleEndian.PutUint16(r[4:], uint16(length))
	r[6], r[7] = 1, 1
	putTime(r[11:], b.answer)
	putTime(r[17:], b.end)
	binary.LittleEndian.PutUint32(r[23:], b.talk)
	caller, called, trunks, cause, digits := 29, 42, 65, 74, 10
	if length == 907 {
		called, trunks, cause, digits = 48, 77, 87, 16
		if b.unanswered {
			r[171] = 1 << 3
		}
	}
	r[caller], r[called] = b.callerNOA, b.calledNOA
	putDigits(r[caller+1:][:digits], b.caller)
	putDigits(r[called+1:][:digits], b.called)
	binary.LittleEndian.PutUint16(r[trunks:], b.in)
	binary.LittleEndian.PutUint16(r[trunks+2:], b.out)
	r[cause] = b.cause
	return r
}

func putTime(r []byte, t time.Time) {
	if !t.IsZero() {
		copy(r, []byte{byte(t.Year() % 100), byte(t.Month()), byte(t.Day()), byte(t.Hour()), byte(t.Minute()), byte(t.Second())})
	}
}

// putDigits writes packed digits, the first in the high half, filled with F.
func putDigits(r []byte, digits string) {
	for i := range r {
		r[i] = 0xFF
	}
	for i, c := range digits {
		shift := 4 * (1 - i%2)
		r[i/2] = r[i/2]&^(15<<shift) | byte(c-'0')<<shift
	}
}

func day(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2024-03-01 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

var bills = []struct {
	bill bill
	want string
}{
	{bill{answer: day("08:00:10"), end: day("08:01:00"), talk: 4987, caller: "442079460000", called: "12125550100", callerNOA: 4, calledNOA: 4, in: 0xFFFF, out: 17, cause: 1},
		"442079460000>12125550100 answered 2024-03-01T08:00:10.000Z ring - talk 49870 trunks -/17"},
	{bill{answer: day("08:00:10"), end: day("08:01:00"), talk: 4987, caller: "842212345", called: "112", callerNOA: 3, calledNOA: 2, in: 3, out: 0xFFFF},
		"842212345>112 answered 2024-03-01T08:00:10.000Z ring - talk 49870 trunks 3/-"},
	{bill{end: day("08:01:00"), talk: 0, caller: "842212345", called: "842299999", unanswered: true},
		"842212345>842299999 no_answer 2024-03-01T08:01:00.000Z ring 0 talk 0 trunks 0/0"},
	{bill{answer: day("08:00:10"), end: day("08:01:00"), talk: 700, caller: "842212345", called: "842299999", unanswered: true},
		"842212345>842299999 no_answer 2024-03-01T08:00:10.000Z ring 7000 talk 0 trunks 0/0"},
}

func TestHuawei(t *testing.T) {
	source := decodetest.Source(t)
	for length, name := range map[int]string{554: "huawei-554", 907: "huawei-907"} {
		d := builtinNamed(name)
		var file []byte
		for _, b := range bills {
			file = append(file, b.bill.write(length)...)
		}
		l, _ := decodetest.Open(t, d, file, source)
		decodetest.Check(t, d, l, file)
		rows := rowsOf(t, d, file, source)
		if len(rows) != len(bills) {
			t.Fatalf("%s: %d rows of %d", name, len(rows), len(bills))
		}
		for i, b := range bills {
			if b.bill.unanswered && length == 554 && !b.bill.answer.IsZero() {
				continue // it does not tell
			}
			if got := rows[i]; got != b.want {
				t.Errorf("%s, bill %d: %s, want %s", name, i, got, b.want)
			}
		}
		if m := d.Detect(file); m.Score != 55 {
			t.Errorf("%s: %+v of its own bills", name, m)
		}
		for other := range map[string]bool{"huawei-554": true, "huawei-907": true} {
			if other != name {
				if m := builtinNamed(other).Detect(file); m.Score != 0 {
					t.Errorf("%s: %+v of bills of %s", other, m, name)
				}
			}
		}
	}
}

// TestHuaweiRejects is about bills that no switch writes.
func TestHuaweiRejects(t *testing.T) {
	d, source := builtinNamed("huawei-554"), decodetest.Source(t)
	good := bills[0].bill.write(554)
	for _, c := range []struct {
		name   string
		damage func(b []byte) []byte
		want   string
	}{
		{"month 13", func(b []byte) []byte { b[12] = 13; return b }, `start_time: "2024-13-01 08:00:10" is not a possible time`},
		{"hour 24", func(b []byte) []byte { b[14] = 24; return b }, `start_time: "2024-03-01 24:00:10" is not a possible time`},
		{"year 200", func(b []byte) []byte { b[11] = 200; return b }, "the bytes at 11: c8030108000a are not binary_ymdhms"},
		{"cut", func(b []byte) []byte { return b[:300] }, "this is no record: it is cut short"},
		{"a byte", func(b []byte) []byte { return b[:1] }, ""},
		{"fill", func(b []byte) []byte { return make([]byte, 554) }, ""},
		{"nobody", func(b []byte) []byte { copy(b[30:], make([]byte, 10)); b[30] = 0xFF; b[43] = 0xFF; return b }, "no party"},
		{"too long", func(b []byte) []byte { b[26] = 0xFF; return b }, `duration_seconds: "4278195067" is out of range`},
	} {
		b := c.damage(append([]byte(nil), good...))
		l, _ := decodetest.Open(t, d, b, source)
		decodetest.Check(t, d, l, b)
		got := rejectOf(d, b, source)
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzHuawei(f *testing.F) {
	d, source := builtinNamed("huawei-554"), decodetest.Source(f)
	f.Add(bills[0].bill.write(554))
	f.Add(append(bills[1].bill.write(554), 0, 0, 0xFF))
	f.Fuzz(func(t *testing.T, block []byte) {
		d.Detect(block)
		l, _ := decodetest.Open(t, d, block, source)
		decodetest.Check(t, d, l, block)
	})
}
