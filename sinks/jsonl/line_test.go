package jsonl

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// entry is a line as any reader sees it.
type entry struct {
	Source    string  `json:"source"`
	Line      int64   `json:"line"`
	Offset    int64   `json:"offset"`
	Reason    string  `json:"reason"`
	Raw       *string `json:"raw"`
	RawBase64 *string `json:"raw_base64"`
}

// checkLine reads a line back with encoding/json.
func checkLine(t testing.TB, b []byte, source string, line, offset int64, reason string, raw []byte) {
	t.Helper()
	var e entry
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil {
		t.Fatalf("%q: %v", b, err)
	}
	if bytes.IndexByte(b, '\n') != len(b)-1 {
		t.Fatalf("%q is not one line", b)
	}
	valid := func(s string) string { // each wrong byte alone, unlike strings.ToValidUTF8
		return string([]rune(s))
	}
	if e.Source != valid(source) || e.Reason != valid(reason) || e.Line != line || e.Offset != offset {
		t.Fatalf("%q reads as %+v", b, e)
	}
	if utf8.Valid(raw) != (e.Raw != nil) || utf8.Valid(raw) == (e.RawBase64 != nil) {
		t.Fatalf("%q: the raw record is in the wrong member", b)
	}
	if e.Raw != nil && *e.Raw != string(raw) {
		t.Fatalf("%q: the raw record reads as %q, not %q", b, *e.Raw, raw)
	}
	if e.RawBase64 != nil {
		if got, err := base64.StdEncoding.DecodeString(*e.RawBase64); err != nil || !bytes.Equal(got, raw) {
			t.Fatalf("%q: the raw record reads as %q, not %q", b, got, raw)
		}
	}
}

func TestLine(t *testing.T) {
	got := string(appendLine(nil, cdr.Origin{Source: "dir/a.csv", Line: 17, Offset: 1840}, `bad "x"`, []byte("7,voice\t\\\x01")))
	want := `{"source":"dir/a.csv","line":17,"offset":1840,"reason":"bad \"x\"","raw":"7,voice\t\\\u0001"}` + "\n"
	if got != want {
		t.Errorf("got  %swant %s", got, want)
	}
	got = string(appendLine(nil, cdr.Origin{Source: "CDR", Sequence: 12, Line: 1, Offset: 0}, "late", []byte("7")))
	if want := `{"source":"CDR","sequence":12,"line":1,"offset":0,"reason":"late","raw":"7"}` + "\n"; got != want {
		t.Errorf("got  %swant %s", got, want)
	}
	var all []byte
	for i := range 256 {
		all = append(all, byte(i))
	}
	for _, raw := range []string{"", "a", "\u2028\u2029", "é漢🙂", "\x00\x1f\x7f", string(all), string(all[:128]), "a\xffb", "\xed\xa0\x80", "cut \xf0\x9f\x99", "\uFFFD", strings.Repeat("x\"", 40000)} {
		for _, name := range []string{"", "a\xffb.csv", "line\nbreak", "é\xe9\xe9é", "\xf0\x9f\x99", raw} {
			checkLine(t, appendLine(nil, cdr.Origin{Source: name, Line: 1}, name, []byte(raw)), name, 1, 0, name, []byte(raw))
		}
	}
}

func FuzzLine(f *testing.F) {
	f.Add("a.csv", int64(1), int64(0), "reason", []byte("raw"))
	f.Add("\xff", int64(-1), int64(1<<62), "\u2028", []byte("\xf0\x9f\x99"))
	f.Fuzz(func(t *testing.T, source string, line, offset int64, reason string, raw []byte) {
		checkLine(t, appendLine(nil, cdr.Origin{Source: source, Line: line, Offset: offset}, reason, raw), source, line, offset, reason, raw)
	})
}

func BenchmarkLine(b *testing.B) {
	raw := []byte("1000042,voice,both,+491701234567,+491709876543,2026-03-01T10:11:12Z,4.5,63,answered,16,26201-1234-56789,,,,,,,0.25")
	var buf []byte
	b.SetBytes(int64(len(raw)))
	for range b.N {
		buf = appendLine(buf[:0], cdr.Origin{Source: "/data/switch-1/2026-03-01.csv.gz", Line: 1_000_042, Offset: 117_000_000}, "start_time: not a time", raw)
	}
}
