package ber

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/decode"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWalk(t *testing.T) {
	for _, c := range []struct {
		name, data, want string
		problem          Problem
	}{
		{"nothing", "", "", None},
		{"primitive", "80 01 05", "2.0=05", None},
		{"long tag", "9F 45 02 0102", "2.69=0102", None},
		{"longer tag", "5F 81 44 01 AA", "1.196=AA", None},
		{"long tags that are empty", "9F 1F 00 5F 81 44 00", "2.31= 1.196=", None},
		{"long tag, cut in the content", "9F 45 02 01", "", CutShort},
		{"long tag, long length", "9F 45 81 01 07", "2.69=07", None},
		{"long tag, indefinite", "BF 45 80 80 01 05 00 00", "2.69=800105", None},
		{"long length", "81 82 0002 0102", "2.1=0102", None},
		{"length longer than need be", "81 84 00000001 07", "2.1=07", None},
		{"indefinite", "A1 80 800105 0000 82 00", "2.1=800105 2.2=", None},
		{"indefinite in indefinite", "A1 80 A2 80 800105 0000 0000 82 00", "2.1=A2808001050000 2.2=", None},
		{"indefinite in definite", "A1 07 A2 80 800105 0000", "2.1=A2808001050000", None},
		{"zero fill", "80 01 05 0000", "2.0=05", None},
		{"cut in the content", "80 02 05", "", CutShort},
		{"cut in the length", "80 82 05", "", CutShort},
		{"cut in the tag", "9F 85", "", CutShort},
		{"without an end", "A1 80 800105", "", CutShort},
		{"a tag of five octets", "9F 81828384 00", "", LongTag},
		{"overflow", "08 88 FFFFFFFFFFFFFFFF FF", "", Overflow},
		{"primitive without a length", "80 80 00 00", "", Primitive},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			w := Walk(unhex(t, c.data))
			for w.Next() {
				got = append(got, strings.ToUpper(strings.Join([]string{string('0' + rune(w.Tag.Class())), ".", number(w.Tag), "=", hex.EncodeToString(w.Content)}, "")))
			}
			if s := strings.Join(got, " "); s != c.want || w.Problem != c.problem {
				t.Errorf("%q, problem %q; want %q, %q", s, w.Problem, c.want, c.problem)
			}
		})
	}
}

func number(t Tag) string {
	n, s := t.Number(), ""
	for ; n > 9; n /= 10 {
		s = string('0'+rune(n%10)) + s
	}
	return string('0'+rune(n)) + s
}

// TestHostile is about input that is made to cost much.
func TestHostile(t *testing.T) {
	for name, b := range map[string][]byte{
		"a bomb of depth":      bytes.Repeat([]byte{0xA1, 0x80}, 1<<19),
		"definite ones within": append(bytes.Repeat([]byte{0xA1, 0x84, 0x7F, 0xFF, 0xFF, 0xFF}, 1<<17), 0),
		"a length that covers": {0xA1, 0x88, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0},
		"a length of lengths":  append([]byte{0xA1, 0xFF}, make([]byte, 200)...),
	} {
		start := time.Now()
		for range 100 {
			w := Walk(b)
			if w.Next() {
				t.Errorf("%s: is taken for an element", name)
			}
		}
		t.Logf("%s: %v", name, time.Since(start)/100)
	}
}

var stream = Stream{
	Container: func(t Tag) bool { return t == Universal(16) },
	Record: func(b []byte) bool {
		return len(b) > 4 && b[0] == 0xA0 && b[1] >= 3 && b[2] == 0x80 && b[3] == 1 && b[4] == 0
	},
}

func TestStream(t *testing.T) {
	const record = "A0 06 800100 810107 "
	for _, c := range []struct{ name, data, want string }{
		{"one after the other", record + record, "RR"},
		{"fill", "0000" + record + "FFFFFF" + record + "000000", "FRFRF"},
		{"in a container", "30 10" + record + record, "FRR"},
		{"in one of indefinite length", "30 80" + record + "0000", "FRF"},
		{"an unknown one", "A7 03 800107" + record, "RR"},
		{"junk before", "9F" + "FFFFFFFF" + record, "JR"},
		{"cut", record + "A0 06 8001", "RJ"},
		{"overflow", "A0 88 FFFFFFFFFFFFFFFF" + record, "JR"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data, got := unhex(t, c.data), ""
			for len(data) > 0 {
				p := stream.Cut(data, true)
				if p.Size < 1 || p.Size > len(data) || (p.Kind == decode.JunkPiece) != (p.Reason != "") {
					t.Fatalf("%+v of %x", p, data)
				}
				got += string("NFRJ"[p.Kind])
				data = data[p.Size:]
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// FuzzStream: what is there of a stream never changes what is found in it, and
// everything is found.
func FuzzStream(f *testing.F) {
	f.Add(unhex(f, "A0 06 800100 810107 0000 A0 80 800100 0000 FF"), uint16(7))
	f.Add(unhex(f, "9F FFFFFFFF 30 80 A0 06 800100 810107 0000 A0 88 FFFFFFFFFFFFFFFF"), uint16(9))
	f.Fuzz(func(t *testing.T, data []byte, step uint16) {
		for at := 0; at < len(data); {
			whole := stream.Cut(data[at:], true)
			if whole.Kind == decode.NeedMore || whole.Size < 1 || whole.Size > len(data)-at {
				t.Fatalf("%+v of %d bytes", whole, len(data)-at)
			}
			for n := 1; n < len(data)-at; n += 1 + int(step) {
				part := stream.Cut(data[at:at+n], false)
				if part.Kind == decode.FillPiece && whole.Kind == decode.FillPiece || part.Kind == decode.NeedMore && (part.Size == 0 || part.Size > n) {
					continue
				}
				if part != whole {
					t.Fatalf("%+v of the first %d bytes, %+v of all", part, n, whole)
				}
			}
			at += whole.Size
		}
	})
}

func BenchmarkWalk(b *testing.B) {
	record := unhex(b,
		"80010081083214006455 9448F282085379399986413806830791447790612405840791447790612405 85079173616792 36F389079144775810 1410AC08800212348102002AAE0383011196092603282350002B0000970926032823 50172B000098092603290050162B000099020E0F9E0100BF1F038001109F200401000000")
	for b.Loop() {
		n := 0
		for w := Walk(record); w.Next(); {
			n += len(w.Content)
		}
		if n == 0 {
			b.Fatal("nothing found")
		}
	}
}

// FuzzStreamInBlocks: wherever a stream is cut between two pieces, what comes before
// and behind is what it was, and so is the reason why something is no record.
func FuzzStreamInBlocks(f *testing.F) {
	f.Add(unhex(f, "A0 06 800100 810107 0000 A0 80 800100 0000 FF"))
	f.Add(unhex(f, "9F FFFFFFFF 30 80 A0 06 800100 810107 0000 A0 88 FFFFFFFFFFFFFFFF"))
	f.Add(unhex(f, "A0 A0 06 800100 810107 A0 88 A0 06 800100 810107 BF A0 06 800100 810107 A0 80 A0 06 800100 810107"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for from := 0; from < len(data); {
			p := stream.Cut(data[from:], true)
			for to := from + p.Size; to < len(data); to += stream.Cut(data[to:], true).Size {
				if got := stream.Cut(data[from:to], true); got != p {
					t.Fatalf("%+v of bytes %d to %d, %+v of all", got, from, to, p)
				}
			}
			from += p.Size
		}
	})
}
