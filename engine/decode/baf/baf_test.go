package baf

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// pack writes fields, each of an odd number of digits, as a record with its
// descriptor word.
func pack(fields ...string) []byte {
	body := []byte{0xAA}
	for _, f := range fields {
		f += "C"
		for i := 0; i < len(f); i += 2 {
			body = append(body, nibble(f[i])<<4|nibble(f[i+1]))
		}
	}
	n := len(body) + wordSize
	return append([]byte{byte(n >> 8), byte(n), 0, 0}, body...)
}

func nibble(c byte) byte {
	if c >= 'A' {
		return c - 'A' + 10
	}
	return c - '0'
}

// fieldsOf writes a record of structure 00001 under the names of its fields, some
// of them changed.
func fieldsOf(changes ...string) []string {
	names := strings.Fields("structure type sensortype sensor officetype office date timing study answer observed operator feature onpa onumber overseas tnpa tnumber time elapsed")
	values := strings.Fields("00001 006 118 0012345 118 0067890 60713 00000 0000000 0 0 0 000 703 7654321 0 00804 7654322 1611272 000000021")
	for i := 0; i < len(changes); i += 2 {
		for j, name := range names {
			if name == changes[i] {
				values[j] = changes[i+1]
			}
		}
	}
	return values
}

func rec(changes ...string) []byte { return pack(fieldsOf(changes...)...) }

// read decodes a file and returns what inspect shows of each record, or why not.
func read(t testing.TB, s *decode.Source, file []byte) []string {
	t.Helper()
	l, _ := decodetest.Open(t, Decoder{}, file, s)
	decodetest.Check(t, Decoder{}, l, file)
	var out []string
	frames := decode.NewFrames(framing{}, file)
	for frames.Next() {
		from := frames.At.Raw.Off
		var b cdr.Batch
		var tally decode.Tally
		if frames.Problem != "" {
			out = append(out, frames.Problem)
			continue
		}
		Decoder{}.Decode(l, file[from-wordSize:frames.Passed()], &b, &tally)
		switch {
		case len(tally.Rejects) > 0:
			out = append(out, tally.Rejects[0].Reason)
		case b.Len() == 0:
			out = append(out, "filtered")
		default:
			var row decode.Row
			if why := (Decoder{}).ReadRow(l, frames.At.Text, &row); why != "" {
				t.Fatal(why)
			}
			text := string(decode.AppendJSON(nil, &b, 0, &row))
			for n, count := range tally.Notes {
				if count > 0 {
					text += " " + decode.Note(n).String()
				}
			}
			out = append(out, text)
		}
	}
	return out
}

func source(t testing.TB) *decode.Source {
	s := decodetest.Source(t)
	s.Latest = decode.NewLimit(cdr.Millis(time.Date(2026, 11, 27, 0, 0, 0, 0, time.UTC).UnixMilli()))
	return s
}

func TestRecords(t *testing.T) {
	has := func(parts ...string) []string { return parts }
	for _, c := range []struct {
		name   string
		record []byte
		want   []string // parts of what is shown; a part that begins with ! is not there
	}{
		{"answered", rec(), has(`"calling_number":"17037654321"`, `"called_number":"18047654322"`, `"start_time":"2026-07-13T16:11:27.200Z"`,
			`"duration_seconds":2.1`, `"disposition":"answered"`, `"event_time":"2026-07-13T16:11:29.300Z"`, `"direction":"both"`, "!ring", "!unknown")},
		{"not answered", rec("answer", "1"), has(`"disposition":"no_answer"`, `"ring_seconds":2.1`, `"duration_seconds":0`)},
		{"answered and blocked", rec("answer", "4"), has(`"disposition":"answered"`)},
		{"blocked before", rec("answer", "5"), has(`"disposition":"failed"`, `"ring_seconds":2.1`)},
		{"unanswered, no features", rec("answer", "8"), has(`"disposition":"no_answer"`)},
		{"an unknown indicator", rec("answer", "6"), has(`"disposition":""`, "unknown_values")},
		{"with modules", pack(append(fieldsOf("structure", "40625", "type", "110"), "104", "0038004")...), has(`"direction":"originating"`)},
		{"terminating access", pack("00653", "119", "118", "0012345", "118", "0067890", "60713", "00000", "0000000", "0", "0", "0", "000", "0", "00804", "7654322", "1611272", "000000021"),
			has(`"direction":"terminating"`, `"called_number":"18047654322"`, "!calling")},
		{"long elapsed", rec("elapsed", "000123459"), has(`"duration_seconds":7425.9`)},
		{"first of a long call", rec("timing", "00100"), has(`"partial_sequence":1`)},
		{"continued", rec("timing", "00200"), has(`"partial_sequence":2`)},
		{"doubtful time", rec("timing", "00001"), has("odd_clocks")},
		{"abroad, counted digits", rec("overseas", "7", "tnpa", "04420", "tnumber", "7946000"), has(`"called_number":"44207946000"`)},
		{"abroad, twelve digits", rec("overseas", "8", "tnpa", "44207", "tnumber", "9460000"), has(`"called_number":"442079460000"`)},
		{"abroad", rec("overseas", "2", "tnpa", "00442", "tnumber", "0794600"), has(`"called_number":"4420794600"`)},
		{"an operator", rec("overseas", "9"), has("!called")},
		{"seven digits", rec("tnpa", "00000", "tnumber", "5551234"), has(`"called_number":"17035551234"`)},
		{"emergency", rec("tnpa", "00000", "tnumber", "0000911"), has(`"called_number":"911"`)},
		{"nobody calls", rec("onpa", "000", "onumber", "0000000"), has("!calling")},
		{"the year ahead is the one ten years ago", rec("date", "70713"), has(`"start_time":"2017-07-13`)},
		{"tomorrow is not", rec("date", "61126", "time", "2359500"), has(`"start_time":"2026-11-26`)},
		{"the day behind the limit", rec("date", "61128"), has(`"start_time":"2016-11-28`)},
		{"another structure like it", rec("structure", "00777"), has(`"calling_number":"17037654321"`, "unknown_values")},
		{"without an elapsed time", pack(fieldsOf("structure", "00021", "answer", "1")[:19]...), has(`"disposition":"no_answer"`, `"ring_seconds":0`)},
		{"flat rate", pack("00500", "001", "118", "0012345", "118", "0067890", "60713", "0", "000", "703", "7654321", "0", "00804", "7654322", "1611272", "000000021"),
			has(`"called_number":"18047654322"`, `"duration_seconds":2.1`)},
		{"dialled", pack("00360", "141", "118", "0012345", "118", "0067890", "60713", "00000", "0000000", "0", "0", "0", "000", "703", "7654321", "800", "5550100", "0", "00804", "7654322", "1611272", "000000021"),
			has(`"called_number":"18047654322"`)},
		{"dialled seven", pack("00364", "141", "118", "0012345", "118", "0067890", "60713", "00000", "0000000", "0", "0", "0", "000", "703", "7654321", "5550100", "0", "00804", "7654322", "1611272", "000000021"),
			has(`"called_number":"18047654322"`)},
		{"no originating number", pack("00079", "141", "118", "0012345", "118", "0067890", "60713", "00000", "0000000", "0", "0", "0", "000", "00804", "7654322", "1611272", "000000021"),
			has(`"called_number":"18047654322"`, "!calling")},
		{"no terminating number", pack("00076", "141", "118", "0012345", "118", "0067890", "60713", "00000", "0000000", "0", "0", "0", "000", "703", "7654321", "1611272", "000000021"),
			has(`"calling_number":"17037654321"`, "!called")},
		{"a count of calls", pack("09102", "000", "118", "0012345", "118", "0067890", "60713"), has("filtered")},
		{"a feature", pack("01030", "330", "118", "0012345", "118", "0067890", "60713"), has("filtered")},

		{"another structure", pack("00220", "001", "118", "0012345", "118", "0067890", "60713", "00000", "0000000", "000"), has("structure code 00220 is not known", "called party answer indicator")},
		{"month 13", rec("date", "61301"), has("date 61301", "2016-13-01")},
		{"second 60", rec("elapsed", "000000600"), has("elapsed time: 000000600")},
		{"endless", rec("elapsed", "999999000"), has("elapsed time: 999999000")},
		{"hour 25", rec("time", "2511272"), has("connect time 2511272")},
		{"no digits", rec("onumber", "765432A"), has(`originating number: "765432AC" is not 7 digits and the sign C`)},
		{"cut", cut(rec(), 20), has(`an indicator: "" is not`)},
		{"two bytes", []byte{0, 6, 0, 0, 0xAA, 0}, has("structure code")},
		{"nobody", rec("onpa", "000", "onumber", "0000000", "tnpa", "00000", "tnumber", "0000000"), has("no party")},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := read(t, source(t), c.record)
			if len(got) != 1 {
				t.Fatalf("%d records: %q", len(got), got)
			}
			for _, part := range c.want {
				if no, absent := strings.CutPrefix(part, "!"); absent == strings.Contains(got[0], no) {
					t.Errorf("%s\nlacks, or has, %s", got[0], part)
				}
			}
		})
	}
}

// cut leaves n bytes of a record, in which the descriptor word tells so.
func cut(record []byte, n int) []byte {
	n += 13 // behind the word and a few fields
	record = bytes.Clone(record[:n])
	record[0], record[1] = byte(n>>8), byte(n)
	return record
}

func TestWithoutALimitTheDecadeIsFixed(t *testing.T) {
	if got := read(t, decodetest.Source(t), rec("date", "90101")); !strings.Contains(got[0], `"start_time":"2029-01-01`) {
		t.Error(got[0])
	}
}

func TestLocalTime(t *testing.T) {
	s := source(t)
	var err error
	if s.Zone, err = time.LoadLocation("America/New_York"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, s, rec()); !strings.Contains(got[0], `"start_time":"2026-07-13T20:11:27.200Z"`) {
		t.Error(got[0])
	}
}

// A record that is output once more is the same one.
func TestIdentity(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, source(t))
	again := rec("sensor", "2012345")
	again[4] = 0xAB
	file := slicesOf(rec(), again, rec("tnumber", "7654323"), rec("sensor", "0012346"))
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, file, &b, &tally)
	if b.Len() != 4 || b.Rows[0].Identity != b.Rows[1].Identity || b.Rows[0].Identity == b.Rows[2].Identity || b.Rows[0].Identity == b.Rows[3].Identity || b.RawHash[0] == b.RawHash[1] {
		t.Errorf("rows %+v, rejects %v", b.Rows, tally.Rejects)
	}
}

func slicesOf(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestFraming(t *testing.T) {
	r := string(rec())
	n := len(r)
	block := string([]byte{byte((2*n + 4) >> 8), byte(2*n + 4), 0, 0})
	for _, c := range []struct{ name, data, want string }{
		{"records", r + r, "RR"},
		{"a block", block + r + r + block + r + r, "RRRR"},
		{"fill", "\x00\x00" + r + "\xff\xff\xff" + r + "\x00\x00\x00", "FRFRF"},
		{"zeros before ones", r + "\x00\xff\xff" + r, "RFFR"},
		{"a zero before junk", r + "\x00junk" + r, "RFJR"},
		{"junk", "hello, world" + r, "JR"},
		{"a damaged word", "\x00\x50\x01\x00" + r[4:] + r, "FJR"},
		{"cut", r + r[:20], "RJ"},
		{"a length that is too long", "\x1f\xff\x00\x00\xaa" + r + r, "JRR"},
		{"one byte", "\x07", "J"},
		{"no length", "\x00\x04\x00\x00\xaa" + r, "FJR"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, got := []byte(c.data), ""
			for len(data) > 0 {
				p := framing{}.Cut(data, true)
				got += string("NFRJ"[p.Kind])
				data = data[p.Size:]
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestDetect(t *testing.T) {
	for text, score := range map[string]int{
		string(slicesOf(rec(), rec())): 95, string(rec()) + string(rec())[:30]: 95, "": 0, "a,b\n": 0, "\x00": 0,
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00": 0, "\x00\x50\x00\x00\xaa" + strings.Repeat("x", 75): 0,
	} {
		if m := (Decoder{}).Detect([]byte(text)); m.Score != score || m.Why == "" {
			t.Errorf("%.20q: %+v", text, m)
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, nil, source(t))
	block := bytes.Repeat(rec(), 50)
	decodetest.AllocatesNothing(t, Decoder{}, l, block, 50)
}

func seeds(f *testing.F) {
	f.Add(slicesOf(rec(), rec("answer", "1"), []byte("\x00\x00\xff"), rec("date", "61301"), []byte("junk"), rec()[:20]))
	f.Add(pack("09102", "000", "118", "0012345", "118", "0067890", "60713"))
	f.Add(append([]byte{0, 0x80, 0, 0}, slicesOf(rec(), rec())...))
	f.Add([]byte("\x00\x30\x00\x00\xaa\x00\x00\xaa\x00\x30\x00\x00\xaa"))
	f.Add([]byte("\x00\x30\x00\xaa\x00\x00\xaa\x00\x00\xaa"))
}

func FuzzBAF(f *testing.F) {
	seeds(f)
	s := source(f)
	f.Fuzz(func(t *testing.T, block []byte) {
		Decoder{}.Detect(block)
		l, _ := decodetest.Open(t, Decoder{}, block, s)
		decodetest.Check(t, Decoder{}, l, block)
	})
}

// FuzzFraming: what is there of a stream does not change what is found in it, nor does
// where it is cut between two pieces.
func FuzzFraming(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		data = data[:min(len(data), 2000)]
		for from := 0; from < len(data); {
			whole := framing{}.Cut(data[from:], true)
			if whole.Kind == decode.NeedMore || whole.Size < 1 || whole.Size > len(data)-from {
				t.Fatalf("%+v of %d bytes", whole, len(data)-from)
			}
			for n := 1; n < len(data)-from; n += 1 + n/8 {
				part := framing{}.Cut(data[from:from+n], false)
				if part.Kind == decode.FillPiece && whole.Kind == decode.FillPiece || part.Kind == decode.NeedMore && (part.Size == 0 || part.Size > n) {
					continue
				}
				if part != whole {
					t.Fatalf("%+v of the first %d bytes, %+v of all", part, n, whole)
				}
			}
			for to := from + whole.Size; to < len(data); to += (framing{}).Cut(data[to:], true).Size {
				if got := (framing{}).Cut(data[from:to], true); got != whole && got.Kind != decode.FillPiece {
					t.Fatalf("%+v of bytes %d to %d, %+v of all", got, from, to, whole)
				}
			}
			from += whole.Size
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	l, _ := decodetest.Open(b, Decoder{}, nil, source(b))
	var block []byte
	const records = 1000
	for i := range records {
		block = append(block, rec("tnumber", fmt.Sprintf("%07d", 5550000+i), "time", fmt.Sprintf("1611%02d2", i%60))...)
	}
	decodetest.Bench(b, Decoder{}, l, block)
}
