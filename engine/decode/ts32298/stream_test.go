package ts32298

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// TestContainers is about what switches put around their records.
func TestContainers(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(5, 6))}
	mo, mt := usual("01000000"), encode(cons(1, prim(0, "01"), prim(1, tbcd("234150000000001")), prim(3, "91447790612405"), prim(19, "2603281552282D0800"), prim(22, "0A"), prim(27, "00")))
	wrap := func(tag byte, parts ...[]byte) []byte {
		in := bytes.Join(parts, nil)
		return append(style{}.length([]byte{tag}, len(in)), in...)
	}
	open := func(tag byte, parts ...[]byte) []byte {
		return append(append([]byte{tag, 0x80}, bytes.Join(parts, nil)...), 0, 0)
	}
	stamp := prim(0, "2603290000002B0000")
	entity := prim(1, "91447758101410")
	header := encode(cons(0, stamp, entity, cons(2, seq(prim(1, "02")))))
	trailer := encode(cons(2, stamp, entity, prim(2, "2603290000002B0000"), prim(3, "2603290000002B0000"), prim(4, "07")))
	extensions := encode(cons(3, seq(prim(0, "01"))))
	block := func(records ...[]byte) []byte {
		b := bytes.Join(records, nil)
		return append(b, bytes.Repeat([]byte{0xFF}, 2048-len(b))...)
	}
	zero := func(records ...[]byte) []byte {
		b := bytes.Join(records, nil)
		return append(b, make([]byte, 2048-len(b))...)
	}
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"raw", wrap(0xA0)[:0], "0"},
		{"one after the other", bytes.Join([][]byte{mo, mt, mo}, nil), "3"},
		{"a sequence", wrap(0x30, mo, mt, mo), "3"},
		{"a sequence of indefinite length", open(0x30, mo, mt), "2"},
		{"a set", wrap(0x31, mt, mt), "2"},
		{"each in a sequence", bytes.Join([][]byte{wrap(0x30, mo), wrap(0x30, mt)}, nil), "2"},
		{"a file with header and trailer", wrap(0x30, header, wrap(0xA1, mo, mt, mo), trailer, extensions), "3"},
		{"the same of indefinite lengths", open(0x30, header, open(0xA1, mt, mo), trailer, extensions), "2"},
		{"a file without a record", wrap(0x30, header, trailer), "0"},
		{"explicit tags", bytes.Join([][]byte{wrap(0xA0, wrap(0x31, mo[3:])), wrap(0xA1, open(0x31, mt[2:]))}, nil), "2"},
		{"a file with no records", wrap(0x30, header, wrap(0xA1), open(0xA1), trailer), "0"},
		{"blocks with ones", append(block(mo, mt, mo), block(mt)...), "4"},
		{"blocks with zeros", append(zero(mo, mt, mo), zero(mt)...), "4"},
		{"an unknown record", bytes.Join([][]byte{mo, encode(cons(250, prim(0, "01"))), mt}, nil), "2 [7: its tag, [250], is that of no record of TS 32.298]"},
		{"unknown at the end", bytes.Join([][]byte{mo, encode(cons(250, prim(0, "01")))}, nil), "1 [7: its tag, [250], is that of no record of TS 32.298]"},
		{"unknown before fill", append(encode(cons(250, prim(0, "01"))), 0xFF, 0xFF), "0 [7: its tag, [250], is that of no record of TS 32.298]"},
		{"a length of two mebibytes", bytes.Join([][]byte{{0xA0, 0x84, 0, 0x20, 0, 0}, mo}, nil), "1 [6: this is no record: it is longer than a mebibyte]"},
		{"garbage before", append([]byte("garbage of some length"), mo...), "1 [22: this is no record: no record of TS 32.298 begins like this]"},
		{"garbage between", bytes.Join([][]byte{mo, []byte("0123456789"), mt}, nil), "2 [10: this is no record: no record of TS 32.298 begins like this]"},
		{"a length that overflows", bytes.Join([][]byte{mo, []byte("\xA0\x88\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE"), mt}, nil), "2 [10: this is no record: no record of TS 32.298 begins like this]"},
		{"cut", bytes.Join([][]byte{mt, mo[:len(mo)-20]}, nil), "1 [139: this is no record: it is cut short]"},
		{"a length that is too long", bytes.Join([][]byte{{0xA0, 0x7F}, mo[3:40], mt, mt}, nil), "2 [39: this is no record: it is cut short]"},
		{"a length that takes what follows", bytes.Join([][]byte{{0xA0, 0x7F}, mo[3:40], mt, mt, mt, mt}, nil), "1 [129: the member at octet 119 of the record is damaged: it is cut short] [33: this is no record: no record of TS 32.298 begins like this]"},
		{"one octet", []byte{0xA0}, "0 [1: this is no record: no record of TS 32.298 begins like this]"},
		{"an empty record", []byte{0xA0, 0}, "0 [2: seizureTime: is missing, and so are other times that tell when the call began]"},
		{"a primitive one", []byte{0x80, 1, 7}, "0 [3: its tag, [0], is that of a record, but it has no members]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, said := told(t, c.file); said != c.want {
				t.Errorf("%s\nwant %s", said, c.want)
			}
			if strings.Contains(c.want, "[") || c.want == "0" {
				return
			}
			if d := (Decoder{}).Detect(c.file); d.Score != 90 || !strings.Contains(d.Why, c.want+" records of TS 32.298, the first m") {
				t.Errorf("%+v", d)
			}
			feed(t, c.file, m.IntN(5))
		})
	}
	l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, wrap(0x30, header, wrap(0xA1, mo), trailer, extensions), &b, &tally)
	if want := (decode.Claims{Has: decode.ClaimRecords, Records: 7}); tally.Claims != want || tally.Read != 1 {
		t.Errorf("claims %+v of %d records", tally.Claims, tally.Read)
	}
}

// TestLongFirstRecord: a file is known by a first record of which its head is a part.
func TestLongFirstRecord(t *testing.T) {
	long := encode(pgwRecord(prim(60, strings.Repeat("00", decode.MaxHead)))...)
	for _, c := range []struct {
		name string
		file []byte
		why  string
	}{
		{"alone", long, "1 records of TS 32.298 in its first 64 KiB, the first pGW"},
		{"in a sequence of no known length", slices.Concat([]byte{0x30, 0x80}, long, long, []byte{0, 0}), "1 records of TS 32.298 in its first 64 KiB, the first pGW"},
		{"after fill", append(make([]byte, 100), long...), "1 records of TS 32.298 in its first 64 KiB, the first pGW"},
		{"of a type that its tag is not for", append([]byte{0xBF, 78}, long[2:]...), ""},
		{"after too much that is none", append(bytes.Repeat([]byte("noise"), 100), long...), ""},
	} {
		d := (Decoder{}).Detect(c.file[:decode.MaxHead])
		if known := c.why != ""; known != (d.Score == 90) || known && d.Why != c.why {
			t.Errorf("%s: %+v", c.name, d)
		}
	}
}

// TestSameInAnyWrapping: what is around records changes nothing about them.
func TestSameInAnyWrapping(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(9, 10))}
	var raw, blocks, block, sequence []byte
	f := madeFile{count: 200, opened: opened, format: 1, ts: 6, release: 7}
	for range 200 {
		r := m.record([]uint32{0, 0, 1, 3, 6, 7}[m.IntN(6)])
		raw, f.cdrs = append(raw, r...), append(f.cdrs, r)
		sequence = append(sequence, r...)
		if len(block)+len(r) > 2048 {
			blocks, block = append(append(blocks, block...), bytes.Repeat([]byte{0xFF}, 2048-len(block))...), nil
		}
		block = append(block, r...)
	}
	blocks = append(append(blocks, block...), make([]byte, 2048-len(block))...)
	sequence = append(append([]byte{0x30, 0x80}, sequence...), 0, 0)
	var want []cdr.Record
	for name, file := range map[string][]byte{"": raw, "blocks": blocks, "a sequence": sequence, "TS 32.297": f.bytes()} {
		for _, file := range [][]byte{raw, file} {
			l, skip := decodetest.Open(t, Decoder{}, file[:min(len(file), decode.MaxHead)], decodetest.Source(t))
			var b cdr.Batch
			var tally decode.Tally
			Decoder{}.Decode(l, file[skip:], &b, &tally)
			got := decodetest.Records(&b)
			for i := range got {
				got[i].Raw, got[i].Line = cdr.Span{}, 0
			}
			if want == nil {
				want = got
			}
			if tally.Read != 200 || len(got) < 50 || !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %d records read, %d rows", name, tally.Read, len(got))
			}
		}
	}
}

// feed cuts data as it comes in, a few octets at a time, and compares the records with
// those of all at once.
func feed(t *testing.T, data []byte, step int) {
	t.Helper()
	var got, want []string
	for rest := data; len(rest) > 0; {
		p := stream{}.Cut(rest, true)
		if p.Kind == decode.RecordPiece {
			want = append(want, string(rest[:p.Size]))
		}
		rest = rest[p.Size:]
	}
	there := 1
	for at := 0; at < len(data); {
		p := stream{}.Cut(data[at:there], there == len(data))
		if p.Kind == decode.NeedMore {
			there = min(there+1+step, len(data))
			continue
		}
		if p.Kind == decode.RecordPiece {
			got = append(got, string(data[at:at+p.Size]))
		}
		at += p.Size
		there = min(max(there, at+1), len(data))
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%d records as it comes, %d at once", len(got), len(want))
	}
}

// TestHostile is about input that is made to cost much.
func TestHostile(t *testing.T) {
	for name, data := range map[string][]byte{
		"a bomb of depth":          bytes.Repeat([]byte{0xA0, 0x80}, 1<<17),
		"containers in each other": bytes.Repeat([]byte{0x30, 0x80}, 1<<17),
		"definite ones":            bytes.Repeat([]byte{0xA0, 0x84, 0x7F, 0xFF, 0xFF, 0xFF}, 1<<15),
		"short ones":               bytes.Repeat([]byte{0xA0, 0x83, 0x0F, 0xFF, 0xFF}, 1<<15),
		"no tags":                  bytes.Repeat([]byte{0x9F, 0xFF, 0xFF, 0xFF}, 1<<15),
		"empty records":            bytes.Repeat([]byte{0xA0, 0x00}, 1<<12),
	} {
		start := time.Now()
		l, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Detect(data)
		Decoder{}.Decode(l, data, &b, &tally)
		if took := time.Since(start); took > 3*time.Second || b.Len() > 0 {
			t.Errorf("%s: %v, %d rows", name, took, b.Len())
		} else {
			t.Logf("%s: %d octets in %v, %d rejects", name, len(data), took, len(tally.Rejects))
		}
	}
}

// FuzzRecords: any bytes as a file of records.
func FuzzRecords(f *testing.F) {
	f.Add(usualBlock(2))
	m := maker{rand.New(rand.NewPCG(7, 8))}
	for _, tag := range []uint32{0, 1, 2, 3, 6, 7, 21, 100} {
		f.Add(append(m.record(tag), 0, 0, 0xFF))
	}
	f.Add([]byte("\x30\x80\xA0\x0B\x80\x09123456789\xA1\x80"))
	source := decodetest.Source(f)
	f.Fuzz(func(t *testing.T, block []byte) {
		Decoder{}.Detect(block)
		l := &layout{rules: decode.NewRules(source), framing: stream{}, home: "23415"}
		decodetest.Check(t, Decoder{}, l, block)
		checkCuts(t, stream{}, block)
	})
}

// FuzzFile: any bytes as a file of TS 32.297, with or without a header.
func FuzzFile(f *testing.F) {
	made := madeFile{count: 2, sequence: 1, opened: opened, format: 1, ts: 6, high: 7, release: 7, cdrs: [][]byte{usual("01000000"), {0xA0, 0}}}
	f.Add(made.bytes())
	f.Add(made.cdr(made.cdr(nil, usual("01000000"), 7), []byte{0xA0, 0}, 3))
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x02\x00\x40\xA0\x00\xFF\xFF\xFF\xFF"))
	source := decodetest.Source(f)
	f.Fuzz(func(t *testing.T, block []byte) {
		Decoder{}.Detect(block)
		l, skip := decodetest.Open(t, Decoder{}, block[:min(len(block), decode.MaxHead)], source)
		decodetest.Check(t, Decoder{}, l, block[skip:])
		l = &layout{rules: decode.NewRules(source), framing: cdrFile{}}
		decodetest.Check(t, Decoder{}, l, block)
		checkCuts(t, cdrFile{}, block)
	})
}

// checkCuts: what is there of a stream never changes what is found in it, and
// everything is found.
func checkCuts(t *testing.T, framing decode.Framing, data []byte) {
	t.Helper()
	for at := 0; at < len(data); {
		whole := framing.Cut(data[at:], true)
		if whole.Kind == decode.NeedMore || whole.Size < 1 || whole.Size > len(data)-at || (whole.Kind == decode.JunkPiece) != (whole.Reason != "") {
			t.Fatalf("%+v of %d bytes", whole, len(data)-at)
		}
		for n := 1; n < len(data)-at; n += 1 + n/3 {
			part := framing.Cut(data[at:at+n], false)
			if part.Kind == decode.FillPiece && whole.Kind == decode.FillPiece || part.Kind == decode.NeedMore && (part.Size == 0 || part.Size > n) {
				continue
			}
			if part != whole {
				t.Fatalf("%+v of the first %d bytes, %+v of all", part, n, whole)
			}
		}
		at += whole.Size
	}
}

// TestOneWrongOctet: an octet that is wrong costs the record that it stands in, and
// rarely a few more.
func TestOneWrongOctet(t *testing.T) {
	rnd := rand.New(rand.NewPCG(11, 12))
	f := madeFile{count: 40, opened: opened, format: 1, ts: 6}
	for range 40 {
		f.cdrs = append(f.cdrs, usual("01000000"))
	}
	file := f.bytes()
	l, skip := decodetest.Open(t, Decoder{}, file, decodetest.Source(t))
	raw, _ := decodetest.Open(t, Decoder{}, nil, decodetest.Source(t))
	for name, c := range map[string]struct {
		l    decode.Layout
		data []byte
	}{"TS 32.297": {l, file[skip:]}, "one after the other": {raw, usualBlock(40)}} {
		lost, most := 0, 0
		for range 2000 {
			data := bytes.Clone(c.data)
			data[rnd.IntN(len(data))] = byte(rnd.IntN(256))
			var b cdr.Batch
			var tally decode.Tally
			Decoder{}.Decode(c.l, data, &b, &tally)
			n := 40 - b.Len()
			lost += n
			most = max(most, n)
			if b.Len() > 40 {
				t.Fatalf("%s: %d records", name, b.Len())
			}
		}
		if t.Logf("%s: of 40 records %.3f lost, %d at most", name, float64(lost)/2000, most); most > 3 || lost > 1000 {
			t.Error("too many")
		}
	}
}
