package profile

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/asterisk"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
	"github.com/cdrstream/cdrstream/engine/decode/json"
)

var update = flag.Bool("update", false, "write what comes out as what is expected")

// told is what d makes of the records of a file, a line each: JSON, or why not.
func told(t testing.TB, d *Decoder, file []byte) string {
	t.Helper()
	l, skip := decodetest.Open(t, d, file, decodetest.Source(t))
	block := file[skip:]
	decodetest.Check(t, d, l, block)
	var out []byte
	var whole decode.Tally
	var all cdr.Batch
	d.Decode(l, block, &all, &whole)
	lines := decode.NewLines(block)
	for lines.Next() {
		var b cdr.Batch
		var tally decode.Tally
		d.Decode(l, lines.At.Text, &b, &tally)
		var row decode.Row
		switch {
		case tally.Read == 0:
			out = append(out, "no record"...)
		case len(tally.Rejects) > 0:
			out = append(out, "rejected: "+tally.Rejects[0].Reason...)
		case b.Len() == 0:
			out = append(out, "filtered"...)
		default:
			if problem := d.ReadRow(l, lines.At.Text, &row); problem != "" {
				t.Errorf("ReadRow: %s", problem)
			}
			out = decode.AppendJSON(out, &b, 0, &row)
			out = fmt.Appendf(out, " call %t identity %t", b.Call[0] != 0, b.Rows[0].Identity != b.RawHash[0])
		}
		out = append(out, '\n')
	}
	out = fmt.Appendf(out, "notes %v types %v claims %+v\n", whole.Notes, whole.Types[:len(d.Types())], whole.Claims)
	if c := d.Claims(l); c.Has != 0 {
		out = fmt.Appendf(out, "header claims %+v\n", c)
	}
	return string(out)
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata/builtin", name+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// textKinds are the built-in profiles whose records are lines of delimited or fixed
// columns.
func textKinds() (names []string) {
	for _, name := range BuiltinNames() {
		d := builtinNamed(name)
		if form, ok := d.f.opener.(*delimited); ok && form.end != 0 {
			continue
		}
		if k := d.Kind(); k == "delimited" || k == "fixed" {
			names = append(names, name)
		}
	}
	return names
}

// Every built-in profile reads its rows in testdata as its .want says.
func TestBuiltin(t *testing.T) {
	for _, name := range textKinds() {
		t.Run(name, func(t *testing.T) {
			d := builtinNamed(name)
			if d.Name() != name || d.About() == "" {
				t.Errorf("its name is %s, about %q", d.Name(), d.About())
			}
			golden(t, filepath.Join("testdata/builtin", name+".want"), told(t, d, sample(t, name)))
		})
	}
}

// Each file of samples is told to be of its own format, among all others.
func TestBuiltinDetect(t *testing.T) {
	all := []decode.Decoder{csv.Decoder{}, json.Decoder{}, asterisk.Decoder{}}
	for _, d := range Builtin() {
		all = append(all, d)
	}
	for _, name := range textKinds() {
		if name != "asterisk" && slices.Contains(unlisted, name) {
			continue
		}
		d, why, err := decode.Choose(all, sample(t, name))
		if err != nil || d.Name() != name {
			t.Errorf("%s: %v %s %v", name, d, why, err)
		}
	}
	for _, head := range []string{"", "\n", "a,b,c\n1,2,3\n", "\xff\xfe", strings.Repeat("\"", 1000), "1;2;3;4;5;6;7\n"} {
		if d, why, err := decode.Choose(all, []byte(head)); err == nil {
			t.Errorf("%q is said to be %s: %s", head, d.Name(), why)
		}
	}
}

// A byte order mark, CRLF and a missing end of the last line change nothing.
func TestBuiltinLineEnds(t *testing.T) {
	for _, name := range textKinds() {
		d, text := builtinNamed(name), sample(t, name)
		want := told(t, d, text)
		odd := append([]byte("\xEF\xBB\xBF"), bytes.ReplaceAll(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"), []byte("\r\n"))...)
		if got := told(t, d, odd); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	for _, name := range textKinds() {
		d, text := builtinNamed(name), sample(t, name)
		l, skip := decodetest.Open(t, d, text, decodetest.Source(t))
		block := good(d, l, text[skip:])
		decodetest.AllocatesNothing(t, d, l, block, 1)
	}
}

// good are the lines of block that are records.
func good(d *Decoder, l decode.Layout, block []byte) (out []byte) {
	lines := decode.NewLines(block)
	for lines.Next() {
		var b cdr.Batch
		var tally decode.Tally
		d.Decode(l, lines.At.Text, &b, &tally)
		if b.Len() == 1 {
			out = append(append(out, lines.At.Text...), '\n')
		}
	}
	return out
}

func FuzzBuiltin(f *testing.F) {
	names := textKinds()
	for i, name := range names {
		f.Add(uint8(i), sample(f, name))
	}
	var decoders []*Decoder
	for _, name := range names {
		decoders = append(decoders, builtinNamed(name))
	}
	source := decodetest.Source(f)
	f.Fuzz(func(t *testing.T, which uint8, file []byte) {
		d := decoders[int(which)%len(decoders)]
		d.Detect(file)
		l, skip, err := d.Open(file, source)
		if err != nil {
			return
		}
		if skip > len(file) {
			t.Fatalf("skips %d of %d bytes", skip, len(file))
		}
		decodetest.Check(t, d, l, file[skip:])
	})
}
