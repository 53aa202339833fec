package profile

import (
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

func TestDetect(t *testing.T) {
	const text = "name: x\nkind: delimited\ncomment: '#'\nheader: '^H'\ntrailer: '^T'\n" +
		"detect: {score: 70, why: as it says, rows: {3: {matches: '^[AB]$'}}, some: [{3: A}, {3: B}]%s}\n" +
		"fields: {calling_number: 1, start_time: 2, disposition: {value: busy}}\n"
	const a, b, wrong = "+442079460001,2024-03-01 08:00:00,A\n", "+442079460001,2024-03-01 08:00:00,B\n", "+442079460001,never,A\n"
	plain := compile(t, strings.Replace(text, "%s", "", 1))
	first := compile(t, strings.Replace(text, "%s", ", first: '^H7'", 1))
	refer := compile(t, withFields("delimited: {}\ndetect: {score: 1, why: it, refer: [3, 1]}\n",
		map[string]string{"calling_number": "1", "called_number": "1", "start_time": "2", "disposition": "{value: busy}"}))
	for _, c := range []struct {
		d    *Decoder
		head string
		want decode.Match
	}{
		{plain, a + b, decode.Match{Score: 70, Why: "as it says"}},
		{plain, "\xEF\xBB\xBF" + a + b, decode.Match{Score: 70, Why: "as it says"}},
		{plain, a + b + wrong + wrong, decode.Match{Score: 70, Why: "as it says"}},
		{plain, a + b + wrong + wrong + wrong, decode.Match{Why: "2 of the first 5 records are as the profile says"}},
		{plain, a + a, decode.Match{Why: "among the first records are none of a type that the profile wants there"}},
		{plain, wrong, decode.Match{}},
		{plain, "", decode.Match{}},
		{plain, "H\n# c\n" + a + "T\n" + b, decode.Match{Score: 70, Why: "as it says"}},
		{plain, strings.Repeat(a, 20) + b, decode.Match{Why: "among the first records are none of a type that the profile wants there"}},
		{first, "H7\n" + a + b, decode.Match{Score: 70, Why: "as it says"}},
		{first, "H6\n" + a + b, decode.Match{}},
		{refer, a + b, decode.Match{Why: "none of the first records refers to another one"}},
		{refer, a + strings.Replace(b, "B", "2", 1) + strings.Replace(b, "1,2024-03-01 08:00:00", "9,2024-03-01 08:00:02", 1), decode.Match{Why: "none of the first records refers to another one"}},
		{refer, a + "C,2024-03-01 08:00:00,x\nD,2024-03-01 08:00:00,C\n", decode.Match{Score: 1, Why: "it"}},
		{compile(t, withFields("", nil)), header + "1,2,2024-03-01 08:00:00,Y,,,\n", decode.Match{}}, // without detect
	} {
		if got := c.d.Detect([]byte(c.head)); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.head, got, c.want)
		}
	}
}

// Nothing of a block is kept.
func TestDecodeKeepsNothing(t *testing.T) {
	d := builtinNamed("generic-csv")
	text := sample(t, "generic-csv")
	l, skip := decodetest.Open(t, d, text, decodetest.Source(t))
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, text[skip:], &b, &tally)
	for y := l.(*layout); len(y.states) > 0; {
		if s := <-y.states; s.record.raw != nil || s.record.buf != nil || s.row.Base != nil {
			t.Error("a state holds on to a block")
		}
	}
}

// Numbers of zeros alone are no evidence: files of zeros, with hardly anything else, are of no
// format.
func TestDetectZeros(t *testing.T) {
	for at := range 40 {
		for _, c := range []byte{0x19, 0x2D, 0x41, 0xFF} {
			head := make([]byte, 2000)
			head[at] = c
			for _, d := range Builtin() {
				if m := d.Detect(head); m.Score > 0 {
					t.Fatalf("%#x at %d: %s: %s", c, at, d.Name(), m.Why)
				}
			}
		}
	}
}
