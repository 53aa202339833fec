package ts32298

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// madeFile is a file of TS 32.297 in the making.
type madeFile struct {
	high, low  byte // releases
	count      uint32
	sequence   uint32
	opened     uint32
	lost       byte
	filter     string
	private    string
	noLengths  bool
	noLength   bool
	release    byte // of the CDRs
	format, ts byte
	cdrs       [][]byte
}

func (f madeFile) bytes() []byte {
	b := make([]byte, 8)
	b = append(b, f.high<<5|3, f.low<<5|1)
	b = binary.BigEndian.AppendUint32(b, f.opened)
	b = binary.BigEndian.AppendUint32(b, f.opened)
	b = binary.BigEndian.AppendUint32(b, f.count)
	b = binary.BigEndian.AppendUint32(b, f.sequence)
	b = append(b, 2)
	b = append(b, "\xFF\xFF\xFF\xFF\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xFF\xFF\x0A\x00\x00\x01"...)
	b = append(b, f.lost)
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(f.filter))), f.filter...)
	b = append(binary.BigEndian.AppendUint16(b, uint16(len(f.private))), f.private...)
	if f.high == extended {
		b = append(b, 6)
	}
	if f.low == extended {
		b = append(b, 5)
	}
	header := len(b)
	for _, c := range f.cdrs {
		b = f.cdr(b, c, len(c))
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)))
	binary.BigEndian.PutUint32(b[4:], uint32(header))
	if f.noLengths {
		copy(b, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")
	}
	return b
}

// cdr appends a CDR behind a header that tells a length.
func (f madeFile) cdr(b, c []byte, length int) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(length))
	b = append(b, f.release<<5|2, f.format<<5|f.ts)
	if f.release == extended {
		b = append(b, 4)
	}
	return append(b, c...)
}

const opened = 0x31A5_E841

// told decodes a file and tells what became of it: rows, filtered, rejects.
func told(t *testing.T, file []byte) (l decode.Layout, said string) {
	t.Helper()
	l, skip := decodetest.Open(t, Decoder{}, file[:min(len(file), decode.MaxHead)], decodetest.Source(t))
	decodetest.Check(t, Decoder{}, l, file[skip:])
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, file[skip:], &b, &tally)
	said = fmt.Sprint(b.Len())
	if tally.Filtered > 0 {
		said += fmt.Sprint(" filtered ", tally.Filtered)
	}
	for _, r := range tally.Rejects {
		said += fmt.Sprintf(" [%d: %s]", r.Raw.Len, r.Reason)
	}
	return l, said
}

func TestFile(t *testing.T) {
	one := usual("01000000")
	three := [][]byte{one, usual("01000001"), usual("01000002")}
	good := madeFile{count: 3, sequence: 17, opened: opened, format: 1, ts: 6, cdrs: three}
	old := good
	old.high, old.low, old.release = 6, 5, 6
	rel18 := good
	rel18.high, rel18.low, rel18.release = 7, 7, 7
	mixed := good
	mixed.high, mixed.low, mixed.filter, mixed.private = 7, 6, "filter", "private\x00\x00\x00\x00"
	lowOnly := good
	lowOnly.high, lowOnly.low = 6, 7
	unsure := good
	unsure.noLengths, unsure.count, unsure.filter = true, unknown, "f"
	unsure18 := unsure
	unsure18.high, unsure18.low, unsure18.release, unsure18.private = 7, 7, 7, "private"
	wrong := good
	wrong.noLength, wrong.filter = true, "filter"
	free := madeFile{count: 3, cdrs: three}
	all := decode.ClaimRecords | decode.ClaimSequence | decode.ClaimLost
	lossy := good
	lossy.lost = 130
	lossy.count = 5
	for _, c := range []struct {
		name   string
		file   madeFile
		why    string
		claims decode.Claims
	}{
		{"release 99", good, "a TS 32.297 header of 3 CDRs, file 17", decode.Claims{Has: all, Records: 3, Sequence: 17}},
		{"release 9", old, "a TS 32.297 header of 3 CDRs, file 17", decode.Claims{Has: all, Records: 3, Sequence: 17}},
		{"release 18", rel18, "a TS 32.297 header of 3 CDRs, file 17", decode.Claims{Has: all, Records: 3, Sequence: 17}},
		{"filter and extension", mixed, "a TS 32.297 header of 3 CDRs, file 17", decode.Claims{Has: all, Records: 3, Sequence: 17}},
		{"low release extended", lowOnly, "a TS 32.297 header of 3 CDRs, file 17", decode.Claims{Has: all, Records: 3, Sequence: 17}},
		{"lengths not known", unsure, "a TS 32.297 header of a file of CDRs, file 17", decode.Claims{Has: all &^ decode.ClaimRecords, Sequence: 17}},
		{"lengths not known, release 18", unsure18, "a TS 32.297 header of a file of CDRs, file 17", decode.Claims{Has: all &^ decode.ClaimRecords, Sequence: 17}},
		{"wrong lengths", wrong, "a TS 32.297 header of 3 CDRs, file 17", decode.Claims{Has: all, Records: 3, Sequence: 17}},
		{"no more than need be", free, "a TS 32.297 header of 3 CDRs, file 0", decode.Claims{Has: all &^ decode.ClaimSequence, Records: 3}},
		{"wrong count, lost CDRs", lossy, "a TS 32.297 header of 5 CDRs, file 17", decode.Claims{Has: all, Records: 5, Sequence: 17, Lost: 2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := c.file.bytes()
			if c.file.noLength {
				copy(file, "\x00\x00\x00\x00\x00\x00\x00\x32")
			}
			if m := (Decoder{}).Detect(file); m.Score != 95 || m.Why != c.why {
				t.Errorf("%+v", m)
			}
			l, said := told(t, file)
			if claims := (Decoder{}).Claims(l); claims != c.claims {
				t.Errorf("claims %+v, want %+v", claims, c.claims)
			}
			if said != "3" {
				t.Error(said)
			}
		})
	}
}

func TestLostCDRs(t *testing.T) {
	for octet, want := range map[uint8]int64{0: 0, 1: 1, 127: 127, 128: 1, 129: 1, 200: 72, 255: 127} {
		if got := (&fileHeader{lost: octet}).lostCDRs(); got != want {
			t.Errorf("%d: %d, want %d", octet, got, want)
		}
	}
}

// TestDamagedFile is about files whose CDR headers do not tell the truth.
func TestDamagedFile(t *testing.T) {
	f := madeFile{count: 3, sequence: 17, opened: opened, format: 1, ts: 6}
	head := f.bytes()
	one, two := usual("01000000"), usual("01000001")
	n := len(one)
	per := f
	per.format, per.ts = 2, 20
	packed := bytes.Repeat([]byte{0x55}, 40)
	join := func(parts ...[]byte) []byte { return bytes.Join(append([][]byte{head}, parts...), nil) }
	a, b := f.cdr(nil, one, n), f.cdr(nil, two, n)
	long, short := f.cdr(nil, one, n+7), f.cdr(nil, one, n-7)
	element := encode(cons(300, prim(0, "01")))
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"no CDR", head, "0"},
		{"zeros behind", join(a, b, make([]byte, 999)), "2"},
		{"ones behind", join(a, b, bytes.Repeat([]byte{0xFF}, 2048)), "2"},
		{"zeros between", join(a, make([]byte, 77), b), "2"},
		{"few zeros between", join(a, make([]byte, 4), b), "2"},
		{"ones between", join(a, bytes.Repeat([]byte{0xFF}, 77), b), "2"},
		{"a zero behind", join(a, b, []byte{0}), "2"},
		{"length too long", join(a, long, b, a), "4"},
		{"length too short", join(a, short, b, a), "4"},
		{"fill within", join(f.cdr(nil, append(bytes.Clone(one), 0, 0, 0), n+3), b), "2"},
		{"cut in a CDR", join(a, b)[:len(head)+2*len(a)-9], fmt.Sprintf("1 [%d: this is no record: a CDR of TS 32.297 was expected, and its length leads to no other]", len(a)-9)},
		{"cut in a header", join(a, b)[:len(head)+len(a)+3], "1 [3: this is no record: a CDR of TS 32.297 was expected, and its length leads to no other]"},
		{"garbage between", join(a, bytes.Repeat([]byte("garbage"), 20), b), "2 [140: this is no record: a CDR of TS 32.297 was expected, and its length leads to no other]"},
		{"length beyond the end", join(a, f.cdr(nil, one, 60_000)[:40], b, a), "3 [40: this is no record: a CDR of TS 32.297 was expected, and its length leads to no other]"},
		{"another format", join(a, per.cdr(nil, packed, 40), b), "2 [44: data record format: 2 (unaligned PER) of TS 32.255 is not read, only 1 (BER) is]"},
		{"another format alone", join(per.cdr(nil, packed, 40), per.cdr(nil, packed, 40)), "0 [44: data record format: 2 (unaligned PER) of TS 32.255 is not read, only 1 (BER) is] [44: data record format: 2 (unaligned PER) of TS 32.255 is not read, only 1 (BER) is]"},
		{"an unknown record", join(a, f.cdr(nil, element, len(element)), b), "2 [7: its tag, [300], is that of no record of TS 32.298]"},
		{"no octets", join(a, f.cdr(nil, nil, 0), b), "2 [4: this is no record: a CDR of TS 32.297 was expected, and its length leads to no other]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, said := told(t, c.file); said != c.want {
				t.Errorf("%s\nwant %s", said, c.want)
			}
		})
	}
}

// TestCutFile: wherever a file is cut, the records before are read, and none twice.
func TestCutFile(t *testing.T) {
	f := madeFile{count: 3, sequence: 17, opened: opened, format: 1, ts: 6, cdrs: [][]byte{usual("01000000"), usual("01000001")}}
	file := f.bytes()
	source := decodetest.Source(t)
	l, skip := decodetest.Open(t, Decoder{}, file, source)
	size := len(f.cdrs[0]) + 4
	for n := skip; n <= len(file); n++ {
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, file[skip:n], &b, &tally)
		if b.Len() != (n-skip)/size || len(tally.Rejects) != min((n-skip)%size, 1) && file[n-1] != 0 {
			t.Fatalf("of %d octets %d records, %d rejects", n-skip, b.Len(), len(tally.Rejects))
		}
	}
}

func TestNotAFile(t *testing.T) {
	for _, name := range []string{"tap3/libxfsx_tap_3_12_valid.ber", "tap3/libxfsx_tap_3_12_valid_most_indef.ber", "tap3/libxfsx_nrt_2_1.ber", "tap3/libxfsx_length_overflow.ber", "tap3/asn1c_sample-DataInterChange-1.ber", "asterisk/pseudonymised_45.csv"} {
		t.Run(name, func(t *testing.T) {
			if m := (Decoder{}).Detect(decodetest.Sample(t, name)); m.Score != 0 {
				t.Errorf("%+v", m)
			}
		})
	}
	text := "start_time,calling_number,called_number\n2026-01-01,1,2\n" + strings.Repeat("x,y,z\n", 50)
	for _, head := range []string{"", "\x00", strings.Repeat("\x00", 200), strings.Repeat("\xFF", 200), text, strings.Repeat("0,1,\n", 99)} {
		if m := (Decoder{}).Detect([]byte(head)); m.Score != 0 || m.Why == "" {
			t.Errorf("%.20q: %+v", head, m)
		}
	}
}

// Zeros behind what may be the length of a header make no file of CDRs, wherever they
// begin: data of other programs is full of them.
func TestZerosAreNoFile(t *testing.T) {
	for told := range uint32(300) {
		file := make([]byte, 300)
		copy(file, "\xEC\xC0\x31\x01")
		binary.BigEndian.PutUint32(file[4:], told)
		copy(file[8:], "\x20\x3B\xA7\xF6\x5A")
		if m := (Decoder{}).Detect(file); m.Score != 0 && told != minHeader {
			t.Errorf("length %d: %+v", told, m)
		}
	}
}

// What begins like a header, but tells a length that no header has, is none: a binary
// record that counts in little-endian, say.
func TestNoHeader(t *testing.T) {
	bill := make([]byte, 907)
	copy(bill, []byte{1, 0, 0, 0, 0x8B, 3, 0, 0, 1, 2, 3, 4})
	if m := (Decoder{}).Detect(append(bill, bill...)); m.Score > 0 {
		t.Errorf("taken for %s", m.Why)
	}
}
