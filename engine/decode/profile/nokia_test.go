package profile

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// nokia is a record of DX 200: fields that are not set are 0xFF.
type nokia []byte

func newNokia(kind byte, length int) nokia {
	r := bytes.Repeat([]byte{0xFF}, length)
	binary.LittleEndian.PutUint16(r, uint16(length))
	r[2] = kind
	copy(r[3:], []byte{0x03, 0, 0, 0, 0, 0xD7, 0x8D, 0x31, 0x41, 0x24, 0, 0})
	return nokia(r).digits(15, 10, "49177387")
}

// digits writes digits, the first in the low half.
func (r nokia) digits(at, length int, digits string) nokia {
	copy(r[at:], bytes.Repeat([]byte{0xFF}, length))
	for i, c := range digits {
		shift := 4 * (i % 2)
		r[at+i/2] = r[at+i/2]&^(15<<shift) | byte(c-'0')<<shift
	}
	return r
}

func (r nokia) bytes(at int, b ...byte) nokia { copy(r[at:], b); return r }

// time writes ss mm hh DD MM YY CC in BCD.
func (r nokia) time(at int, t time.Time) nokia {
	for i, v := range []int{t.Second(), t.Minute(), t.Hour(), t.Day(), int(t.Month()), t.Year() % 100, t.Year() / 100} {
		r[at+i] = byte(v/10<<4 | v%10)
	}
	return r
}

func nokiaFile() []byte {
	mo := newNokia(0x01, 322).bytes(25, 0).digits(28, 8, "234100465549842").digits(36, 8, "35979399681483").digits(44, 10, "447709164250").bytes(177, 5).
		bytes(72, 6).digits(73, 12, "2079460000").bytes(99, 0x34, 0x12, 42, 0).bytes(117, 0x34, 0x12).time(129, day("08:00:00")).time(136, day("08:00:17")).bytes(156, 0x01, 0x01, 0)
	mt := newNokia(0x02, 272).bytes(25, 1).digits(28, 10, "12125550100").bytes(133, 5).digits(54, 12, "447709164250").bytes(134, 5).bytes(68, 0x07, 0).time(105, day("08:00:17")).bytes(125, 0x60, 0, 0)
	forwarded := newNokia(0x03, 301).bytes(25, 0).digits(37, 12, "447709164250").bytes(153, 5).digits(65, 12, "447709164251").bytes(130, 5).time(104, day("08:00:00")).time(111, day("08:00:05")).bytes(132, 0x60, 0, 0)
	failed := newNokia(0x17, 227).digits(45, 10, "447709164250").bytes(44, 5).digits(56, 12, "2079460000").bytes(55, 6).time(78, day("08:00:00")).time(85, day("08:00:12"))
	sms := newNokia(0x08, 150).digits(41, 10, "447709164250").bytes(91, 5).digits(79, 12, "447709164251").bytes(92, 5).time(67, day("08:00:00"))
	var file []byte
	for _, r := range []nokia{newNokia(0, 60), mo, mt, forwarded, failed, sms, newNokia(0x11, 200), newNokia(0x16, 100), newNokia(0x10, 40)} {
		file = append(file, r...)
	}
	return file
}

func TestNokia(t *testing.T) {
	d, source := builtinNamed("nokia-dx200"), decodetest.Source(t)
	file := append(append(nokiaFile(), bytes.Repeat([]byte{0xFF}, 777)...), nokiaFile()...)
	l, _ := decodetest.Open(t, d, file, source)
	decodetest.Check(t, d, l, file)
	want := []string{
		"447709164250>2079460000 answered 2024-03-01T08:00:00.000Z ring 17000 talk 101000 trunks -/1234",
		"12125550100>447709164250 answered 2024-03-01T08:00:17.000Z ring - talk 60000 trunks 0007/-",
		"447709164250>447709164251 answered 2024-03-01T08:00:00.000Z ring 5000 talk 60000",
		"447709164250>2079460000 failed 2024-03-01T08:00:00.000Z ring 12000 talk 0",
		"447709164250>447709164251 answered 2024-03-01T08:00:00.000Z ring - talk 0",
	}
	want = append(want, want...)
	got := rowsOf(t, d, file, source)
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, file, &b, &tally)
	if tally.Read != 18 || tally.Filtered != 8 || len(tally.Rejects) != 0 {
		t.Errorf("read %d, filtered %d, rejects %v", tally.Read, tally.Filtered, tally.Rejects)
	}
	if m := d.Detect(file); m.Score != 70 {
		t.Errorf("%+v", m)
	}
	var row decode.Row
	if problem := d.ReadRow(l, file[60:][:322], &row); problem != "" || string(row.Text(decode.CellID)) != "4660-42" || string(row.Text(decode.IMSI)) != "234100465549842" {
		t.Errorf("cell %s, imsi %s, %s", row.Text(decode.CellID), row.Text(decode.IMSI), problem)
	}
}

func TestNokiaRejects(t *testing.T) {
	d, source := builtinNamed("nokia-dx200"), decodetest.Source(t)
	mo := nokiaFile()[60:][:322]
	for _, c := range []struct {
		name, want string
		file       []byte
	}{
		{"a type that is no BCD", `the bytes at 156: 1a0000 are not bcd_le`, nokia(bytes.Clone(mo)).bytes(156, 0x1A, 0, 0)},
		{"a time of letters", `the bytes at 136: fa000801032420 are not bcd_smhdmyc`, nokia(bytes.Clone(mo)).bytes(136, 0xFA, 0)},
		{"month 13", `start_time: "2024-13-01 08:00:00" is not a possible time`, nokia(bytes.Clone(mo)).bytes(133, 0x13)},
		{"short", "start_time: is missing", nokia(bytes.Clone(mo[:100])).bytes(0, 100, 0)},
		{"cut", "this is no record: it is cut short", mo[:100]},
		{"a huge length", "this is no record: its length, or bytes that every record has, are not there", nokia(bytes.Clone(mo)).bytes(0, 0x11, 0x11)},
		{"a length of 24", "this is no record: its length, or bytes that every record has, are not there", nokia(bytes.Clone(mo)).bytes(0, 24, 0)},
	} {
		l, _ := decodetest.Open(t, d, c.file, source)
		decodetest.Check(t, d, l, c.file)
		if got := rejectOf(d, c.file, source); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzNokia(f *testing.F) {
	d, source := builtinNamed("nokia-dx200"), decodetest.Source(f)
	f.Add(nokiaFile())
	f.Add(nokiaFile()[60:700])
	f.Fuzz(func(t *testing.T, block []byte) {
		d.Detect(block)
		l, _ := decodetest.Open(t, d, block, source)
		decodetest.Check(t, d, l, block)
	})
}
