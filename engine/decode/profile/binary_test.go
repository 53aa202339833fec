package profile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

func TestBinaryFraming(t *testing.T) {
	four := &binaryFraming{min: 4, max: 4, fill: []byte{0, 0xFF}}
	marked := &binaryFraming{min: 4, max: 4, fill: []byte{0, 0xFF}, matches: []bytesAt{{at: 1, want: [][]byte{{0xAB}, {0xCD, 3}}}}, look: 3}
	told := &binaryFraming{told: true, width: 2, le: true, min: 3, max: 9, look: 2, fill: []byte{0xFF}}
	words := &binaryFraming{told: true, at: 1, width: 1, add: 2, min: 2, max: 9, look: 2}
	for _, c := range []struct {
		name   string
		f      *binaryFraming
		octets string
		want   string
	}{
		{"one after the other", four, "01020304 00020304", "RR"},
		{"fill as long as a record", four, "01020304 00000000 FFFFFFFF 01020304", "RFFR"},
		{"fill at the end", four, "01020304 0000", "RF"},
		{"zeros at the beginning", four, "00000001 FF000000", "RR"},
		{"cut", four, "01020304 0102", "RJ"},
		{"a byte", four, "01", "J"},
		{"marked, fill of any length", marked, "00AB0304 000000 00AB0304 FFFFFF 01AB0304", "RFRFR"},
		{"marked, junk between", marked, "01AB0304 010203 00AB0304 FF", "RJRF"},
		{"marked otherwise", marked, "01CD0304 01CD0404 00AB0304", "RJR"},
		{"marked, cut", marked, "01AB03", "J"},
		{"marked, half a mark", marked, "01", "J"},
		{"told", told, "0300 01 0400 0102 FFFF 0500 010203 FF", "RRFRF"},
		{"told as long as can be", told, "0900 01020304050607 0300 01", "RR"},
		{"told too short", told, "0200 0300 01", "JR"},
		{"told too long", told, "0A00 0300 01", "JR"},
		{"told, cut", told, "0400 01", "J"},
		{"added", words, "0101AA 0100 0102", "RRJ"},
		{"a cut record before a whole one", words, "0109AA 0100 02", "JRJ"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := pieces(unhex(t, c.octets), c.f); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func FuzzBinaryFraming(f *testing.F) {
	f.Add(unhex(f, "01AB0304 010203 00AB0304 FF 0300 01 0400 0102 FFFF 0500 010203"), uint16(0))
	f.Add(bytes.Repeat([]byte{0, 0xAB}, 40), uint16(1))
	f.Fuzz(func(t *testing.T, data []byte, step uint16) {
		for _, framing := range []*binaryFraming{
			{min: 4, max: 4, fill: []byte{0, 0xFF}},
			{min: 4, max: 4},
			{min: 4, max: 4, fill: []byte{0, 0xFF}, matches: []bytesAt{{at: 1, want: [][]byte{{0xAB}, {0xCD, 3}}}}, look: 3},
			{told: true, width: 2, le: true, min: 3, max: 300, look: 2, fill: []byte{0xFF}},
			{told: true, at: 1, width: 4, add: -1, min: 5, max: 40, look: 5, fill: []byte{0}},
		} {
			checkFraming(t, framing, data, int(step))
		}
	})
}

const toldProfile = `
name: told
kind: binary
binary:
  length: {at: 0, length: 2, as: uint_le, min: 19, max: 64}
  skip: 4
  fill: [ff]
  match: [{at: 2, hex: "01"}]
sources:
  caller: {at: 3, length: 5, as: bcd}
  at: {at: 8, length: 7, as: bcd_smhdmyc}
  seconds: {at: 15, length: 3, as: bcd}
  flag: {at: 18, bits: 4-5}
  called: {at: 19, length: 5, as: tbcd}
fields:
  calling_number: caller
  called_number: called
  start_time: at
  duration_seconds: seconds
  disposition: {answered: {flag: "2"}}
`

func TestBinaryProfile(t *testing.T) {
	d, err := Parse("told.yaml", []byte(toldProfile))
	if err != nil {
		t.Fatal(err)
	}
	const one, short = "1800 01 4420794600 00000801032420 000061 20 4402974600 ", "1300 01 44207946FF 00000801032420 000061 10 "
	file := unhex(t, "CAFEBABE "+one+"FFFFFF"+short+"FFFF"+one)
	source := decodetest.Source(t)
	l, skip := decodetest.Open(t, d, file, source)
	if skip != 4 {
		t.Errorf("skip %d", skip)
	}
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, file[skip:], &b, &tally)
	if b.Len() != 3 || tally.Read != 3 {
		t.Errorf("%d rows, rejects %v", b.Len(), tally.Rejects)
	}
	decodetest.Check(t, d, l, file[skip:])
	got := strings.Join(rowsOf(t, d, file, source), "; ")
	const full = "4420794600>4420796400 answered 2024-03-01T08:00:00.000Z ring - talk 61000"
	if want := full + "; 44207946> no_answer 2024-03-01T08:00:00.000Z ring - talk 61000; " + full; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	n := testing.AllocsPerRun(20, func() {
		b.Reset()
		tally.Reset()
		d.Decode(l, file[skip:], &b, &tally)
	})
	if n != 0 {
		t.Errorf("%v allocations a block", n)
	}
}

// TestBinaryMistakes is about profiles.
func TestBinaryMistakes(t *testing.T) {
	for change, want := range map[string]string{
		"length: {at: 0, length: 2, as: uint_le, min: 19, max: 64}→length: 10": "told.yaml:11:7: the source ends at byte 15, a record has 10",
		"max: 64→max: 10":                            "told.yaml:5:11: length: max is 10, below the shortest record of 19 bytes",
		"hex: \"01\"→hex: 1x":                        `told.yaml:8:24: "1x" is not 1 to 16 bytes in hexadecimal`,
		"[{at: 2, hex: \"01\"}]→[{at: 2}]":           "match has no hex: write the bytes that every record has there, in hexadecimal",
		"{at: 2, hex: \"01\"}→{at: 30, hex: \"01\"}": "match reaches behind the end of the shortest record, which has 19 bytes",
		"as: tbcd→as: bdc":                           "told.yaml:14:35: as: unknown encoding bdc: write one of address, ascii, bcd,",
		", as: tbcd→":                                "a source of kind binary has no as: write as: followed by address, ascii,",
		"bits: 4-5→bits: 5-4":                        `bits "5-4": write a bit from 0, the lowest, to 7`,
		"{at: 18, bits: 4-5}→{bits: 4-5}":            "a source of kind binary has no at: write how many bytes of the record stand before it",
		"{at: 18, bits: 4-5}→18":                     "a source of kind binary must be a mapping of keys to values",
		"  length: {at: 0, length: 2, as: uint_le, min: 19, max: 64}\n→": "kind binary has no length: write binary: {length: ...}",
		"skip: 4→skip: 70000": "skip \"70000\": write a number from 0 to 65536",
	} {
		old, new, _ := strings.Cut(change, "→")
		if !strings.Contains(toldProfile, old) {
			t.Fatalf("%q is not in the profile", old)
		}
		_, err := Parse("told.yaml", []byte(strings.Replace(toldProfile, old, new, 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", change, err, want)
		}
	}
}

func BenchmarkBinary(b *testing.B) {
	d, source := builtinNamed("huawei-554"), decodetest.Source(b)
	const records = 500
	block := bytes.Repeat(bills[0].bill.write(554), records)
	l, _ := decodetest.Open(b, d, block, source)
	decodetest.Bench(b, d, l, block)
}
