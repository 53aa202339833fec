package profile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

func TestEndFraming(t *testing.T) {
	for _, c := range []struct {
		data  string
		last  bool
		quote byte
		want  string
	}{
		{`"a;b";"c";`, false, '"', `2 6 "a;b"`},
		{`"a;b";`, false, '"', "0 0"},
		{`"a;b";`, true, '"', `2 6 "a;b"`},
		{`"a;b"`, true, '"', `2 5 "a;b"`},
		{`"a;b"`, false, '"', "0 0"},
		{"\r\n \"a\"", false, '"', "1 3"},
		{"\"a\";\n", false, '"', `2 4 "a"`},
		{"\"a\"\n", false, '"', `2 3 "a"`},
		{`"a";b"`, true, '"', `2 6 "a";b"`},
		{"a;b", false, 0, "2 2 a"},
		{";b", true, 0, "3 1"},
		{";", true, '"', "2 1 ;"},
	} {
		p := endFraming{';', c.quote}.Cut([]byte(c.data), c.last)
		got := fmt.Sprint(p.Kind, p.Size)
		if p.Kind == decode.RecordPiece {
			got += " " + string(p.Record.Of([]byte(c.data)))
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.data, got, c.want)
		}
	}
}

// fallbackRow is a row of FreeSWITCH without a template.
func fallbackRow(answer, cause string) string {
	return strings.Join([]string{`"acc`, "+442079460001", "+12125550100", "default", `"Al; "B"" <1>`, "sofia/1", "", "bridge", "x;y",
		"2024-03-01 08:00:00", answer, "2024-03-01 08:01:00", "60", "50", cause, "", "0b8d5a2e-d7a1-11ee-8f0a-0242ac120002", `";`}, `","`)
}

func TestFallback(t *testing.T) {
	file := []byte(fallbackRow("2024-03-01 08:00:10", "NORMAL_CLEARING") + fallbackRow("", "USER_BUSY") + fallbackRow("never", "X"))
	var all []decode.Decoder
	for _, d := range Builtin() {
		all = append(all, d)
	}
	d, why, err := decode.Choose(all, file)
	if err != nil || d.Name() != "freeswitch-csv-fallback" {
		t.Fatalf("%v %s %v", d, why, err)
	}
	l, skip := decodetest.Open(t, d, file, decodetest.Source(t))
	decodetest.Check(t, d, l, file[skip:])
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, file[skip:], &b, &tally)
	if b.Len() != 3 || b.Rows[0].Flags.Outcome() != cdr.Answered || b.Rows[1].Flags.Outcome() != cdr.Busy || b.Cause[2] != 0 || tally.Notes[decode.UnknownValue] != 1 {
		t.Errorf("%+v, rejects %v", decodetest.Records(&b), tally.Rejects)
	}
}

func FuzzEndFraming(f *testing.F) {
	f.Add([]byte(fallbackRow("", "USER_BUSY")+"\n"+fallbackRow("", "X")), uint16(9))
	d := builtinNamed("freeswitch-csv-fallback")
	source := decodetest.Source(f)
	f.Fuzz(func(t *testing.T, file []byte, _ uint16) {
		l, skip := decodetest.Open(t, d, file, source)
		decodetest.Check(t, d, l, file[skip:])
	})
}
