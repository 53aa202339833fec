package profile

import (
	"strings"
	"sync"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// cutLine cuts a line as section says and returns the columns, up to ten.
func cutLine(t *testing.T, section, line string) (columns []string, problem string) {
	t.Helper()
	d := compile(t, "name: x\nkind: delimited\ndelimited: "+section+"\n"+
		"sources: {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, last: -1, before: -2, n: $columns}\n"+
		"fields: {calling_number: 1, start_time: 2, disposition: {value: busy}}\n")
	l, _ := decodetest.Open(t, d, []byte(line), decodetest.Source(t))
	y := l.(*layout)
	s := y.newState(d.cells)
	s.record.reset([]byte(line), []byte("what stands there already"))
	problem = y.cutter.cut(&s.record)
	if problem != "" {
		return nil, problem
	}
	for i := range d.cells {
		if s.record.cells[i].there {
			columns = append(columns, string(s.record.text(i)))
		} else {
			columns = append(columns, "~")
		}
	}
	return columns, ""
}

func TestColumns(t *testing.T) {
	for _, c := range []struct{ section, line, want string }{
		{"{}", "a,b,c", "a b c ~ ~ c b 3"},
		{"{}", "a", "a ~ ~ ~ ~ a ~ 1"},
		{"{}", "a,,", "a   ~ ~   3"},
		{"{}", `"a","b""c", "d" ,e`, `a b"c d e ~ e d 4`},
		{"{}", `"a""","""b"`, `a" "b ~ ~ ~ "b a" 2`},
		{"{}", `a,b"c`, "column 2: a quote inside a column that is not quoted"},
		{"{}", `a,"b`, "column 2: a quote that is not closed (a column holds no line break)"},
		{"{}", `a,"b"c`, "column 2: text after a closing quote"},
		{"{}", "1,2,3,4,5,6,7,8,9,10,11,12", "1 2 3 4 5 12 11 12"},
		{"{delimiter: '|', quote: none}", `a|"b|c`, `a "b c ~ ~ c "b 3`},
		{"{delimiter: tab}", "a\t\"b\tc\"", "a b\tc ~ ~ ~ b\tc a 2"},
		{"{delimiter: ';', quote: \"'\"}", `'a;b';"c";'it''s'`, `a;b "c" it's ~ ~ it's "c" 3`},
		{"{escape: backslash}", `"a\"b","c\\",d\,e,f`, `a"b c\ d,e f ~ f d,e 4`},
		{"{escape: backslash}", `"a\"`, "column 1: a quote that is not closed (a column holds no line break)"},
		{"{escape: backslash}", `a\`, `a\ ~ ~ ~ ~ a\ ~ 1`},
		{"{escape: backslash, quote: none}", `a\,b,"c`, `a,b "c ~ ~ ~ "c a,b 2`},
		{"{escape: none}", `"a","b"`, "a b ~ ~ ~ b a 2"},
		{"{escape: none}", `"a""","b"`, "column 1: text after a closing quote"},
		{"{escape: none}", `a"b,c`, `a"b c ~ ~ ~ c a"b 2`},
		{"{escape: unescaped}", `"a","b"`, "a b ~ ~ ~ b a 2"},
		{"{escape: unescaped}", `"Bob "Al" X","b, c"d", "e"`, `Bob "Al" X b, c"d e ~ ~ e b, c"d 3`},
		{"{escape: unescaped}", `"","",""`, "   ~ ~   3"},
		{"{escape: unescaped}", `"""", """`, `"" " ~ ~ ~ " "" 2`},
		{"{escape: unescaped}", `"a,b`, "column 1: a quote that is not closed (a column holds no line break)"},
		{"{escape: unescaped, before: 'VALUES (', after: ');'}", `VALUES ("a","b");`, "a b ~ ~ ~ b a 2"},
		{"{escape: unescaped, before: 'VALUES (', after: ');'}", `"a","b"`, "a b ~ ~ ~ b a 2"},
		{"{before: 'abc', after: 'bcd'}", `abcd`, "d ~ ~ ~ ~ d ~ 1"},
		{"{widths: [2, 4]}", "a,b", "a b ~ ~ ~ b a 2"},
		{"{widths: [2, 4]}", "a,b,c", "3 columns, a record has 2 or 4"},
	} {
		columns, got := cutLine(t, c.section, c.line)
		if got == "" {
			got = strings.Join(columns, " ")
		}
		if got != c.want {
			t.Errorf("%s %q: %q, want %q", c.section, c.line, got, c.want)
		}
	}
}

// TestColumnsAgainstNextCell compares with what the canonical decoder does.
func FuzzColumns(f *testing.F) {
	f.Add(`a,"b""c", "d" ,e`)
	f.Add(`,,"`)
	d := compile(f, "name: x\nkind: delimited\nsources: {1: 1, 2: 2, 3: 3, 4: 4, n: $columns}\n"+
		"fields: {calling_number: 1, start_time: 2, disposition: {value: busy}}\n")
	y, _, err := d.open(nil, plainRules())
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if strings.ContainsAny(line, "\n") {
			return
		}
		s := y.newState(d.cells)
		s.record.reset([]byte(line), nil)
		problem := y.cutter.cut(&s.record)
		b := []byte(line)
		n := 0
		for at := 0; at <= len(b); n++ {
			c, next, wrong := decode.NextCell(b, at, ',')
			if wrong != "" {
				if problem == "" {
					t.Fatalf("%q: %s is not seen", line, wrong)
				}
				return
			}
			text := append([]byte(nil), b[c.Off:c.End]...)
			if c.Doubled {
				text = text[:decode.Undouble(text)]
			}
			if n < 4 && problem == "" && string(s.record.text(n)) != string(text) {
				t.Fatalf("%q: column %d is %q, want %q", line, n+1, s.record.text(n), text)
			}
			at = next
		}
		if problem != "" || string(s.record.text(4)) != string(appendInt(nil, n)) {
			t.Fatalf("%q: %s, %s columns, want %d", line, problem, s.record.text(4), n)
		}
	})
}

func TestHeaderRow(t *testing.T) {
	text := "name: x\nkind: delimited\ndelimited: {header: true, skip_lines: 2, optional: [cell]}\ncomment: '#'\n" +
		"fields: {calling_number: A Party, start_time: T, disposition: {value: busy}, cell_id: cell}\n"
	d := compile(t, text)
	_, row, tally, problem := decodeOne(t, d, decodetest.Source(t), "junk\nmore\n\"a party\",t,CELL\n# no record\n+442079460001,2024-03-01 08:00:00,c1\n")
	if problem != "" || string(row.Text(decode.CellID)) != "c1" || tally.Read != 1 {
		t.Errorf("%s, cell %q, %d read", problem, row.Text(decode.CellID), tally.Read)
	}
	if _, row, _, problem = decodeOne(t, d, decodetest.Source(t), "junk\nmore\nt,x,A PARTY\n2024-03-01 08:00:00,,+442079460001"); problem != "" || row.Text(decode.CellID) != nil {
		t.Errorf("without the optional column: %s", problem)
	}
	for head, want := range map[string]string{
		"":                             "the file is empty; the first line must name the columns",
		"junk\n":                       "the file is empty; the first line must name the columns",
		"junk\nmore\nt,x\n":            "the header row does not name a party: name the columns as it does, or list those that may be missing under optional; it names t, x",
		"junk\nmore\nt,a parti\n":      "the header row does not name a party: did you mean a parti?",
		"junk\nmore\nA Party;T\n":      "the header row does not name a party: with the delimiter ',' it is one column, a party;t",
		"junk\nmore\n\"a party\"x,t\n": "header row: column 1: text after a closing quote",
		"junk\nmore\n" + strings.Repeat("x", decode.MaxHead): "the header row is longer than 65536 bytes",
	} {
		if _, _, err := d.Open([]byte(head), decodetest.Source(t)); err == nil || err.Error() != want {
			t.Errorf("%.30q: %v, want %s", head, err, want)
		}
	}
}

func TestLatin1(t *testing.T) {
	d := compile(t, withFields("charset: latin1\n", map[string]string{"calling_number": "{first: [x, a]}", "cell_id": "y", "imsi": "z"}))
	r, row, _, problem := decodeOne(t, d, decodetest.Source(t), header+"1,+12125550100,2024-03-01 08:00:00,N,J\xfcrgen,\"\xe9\"\"\xe8\",26201\n")
	if problem != "" || string(r.CallingName) != "Jürgen" || string(row.Text(decode.CellID)) != `é"è` || string(row.Text(decode.IMSI)) != "26201" {
		t.Errorf("%s: calling %q, cell %q, imsi %q", problem, r.CallingName, row.Text(decode.CellID), row.Text(decode.IMSI))
	}
}

// TestClaims is about what headers and trailers say.
func TestClaims(t *testing.T) {
	text := "name: x\nkind: delimited\nheader: '^H,(?P<sequence>\\d+),(?P<lost>\\d*)'\n" +
		"trailer: {pattern: '(?i)^t,(?P<count>\\w+),(?P<duration>\\d+),(?P<charge>[0-9.]+)', unit: 10ms, decimals: 2}\n" +
		"fields: {calling_number: 1, start_time: 2, disposition: {value: busy}}\n"
	d := compile(t, text)
	file := []byte("H,7,\n+442079460001,2024-03-01 08:00:00\nt,12,500,125.00\n")
	l, skip := decodetest.Open(t, d, file, decodetest.Source(t))
	if c := d.Claims(l); skip != 5 || c != (decode.Claims{Has: decode.ClaimSequence, Sequence: 7}) {
		t.Errorf("skip %d, the header claims %+v", skip, c)
	}
	decodetest.Check(t, d, l, file[skip:])
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, file, &b, &tally) // a header that stands in between is no record either
	want := decode.Claims{Has: decode.ClaimRecords | decode.ClaimTalk | decode.ClaimCharge, Records: 12, TalkMS: 5000, Charge: 1_250_000}
	if tally.Claims != want || b.Len() != 1 || tally.Read != 1 {
		t.Errorf("%d read, claims %+v, want %+v", tally.Read, tally.Claims, want)
	}
	tally = decode.Tally{}
	if d.Decode(l, []byte("T,x,500,9..9\n"), &b, &tally); tally.Claims.Has != decode.ClaimTalk {
		t.Errorf("what is no number is claimed: %+v", tally.Claims)
	}
	for re, want := range map[string]string{"^TRL\\d+": "TRL", "^TRL": "TRL", "TRL": "", "^(TRL)": "", "(?i)^trl": "", "^T|X": "", "(": "", "^é+": ""} {
		if got := literalPrefix(re); got != want {
			t.Errorf("%s begins with %q, want %q", re, got, want)
		}
	}
}

// Blocks are decoded at the same time.
func TestConcurrent(t *testing.T) {
	d, text := builtinNamed("generic-csv"), sample(t, "generic-csv")
	l, skip := decodetest.Open(t, d, text, decodetest.Source(t))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				var b cdr.Batch
				var tally decode.Tally
				d.Decode(l, text[skip:], &b, &tally)
				if b.Len() != 4 || tally.Read != 9 {
					t.Errorf("%d rows of %d", b.Len(), tally.Read)
				}
			}
		})
	}
	group.Wait()
}

// TestIdentity is about what tells records apart and what ties them together.
func TestIdentity(t *testing.T) {
	for _, c := range []struct {
		fields map[string]string
		rest   string
		id     uint64
		call   string
	}{
		{map[string]string{"identity": "[x, y]", "call": "{first: [z, x]}"}, "u,7,", cdr.Mix(cdr.Hash([]byte("u")) + cdr.Hash([]byte("7"))), "u"},
		{map[string]string{"identity": "[x, y]", "call": "{first: [z, x]}"}, "u,,c", 0, "c"},
		{map[string]string{"identity": "[{from: [x, y]}]"}, "u,7,", cdr.Hash([]byte("u7")), ""},
		{map[string]string{"call": "{cases: [{when: {x: '1'}, from: y}], value: ''}"}, "1,k,", 0, "k"},
		{map[string]string{"call": "{cases: [{when: {x: '1'}, from: y}], value: ''}"}, "2,k,", 0, ""},
	} {
		d := compile(t, withFields("", c.fields))
		r, row, _, problem := decodeOne(t, d, decodetest.Source(t), header+"+442079460001,+12125550100,2024-03-01 08:00:00,N,"+c.rest+"\n")
		if problem != "" || row.ID != c.id || r.Call != decode.HashText([]byte(c.call)) {
			t.Errorf("%v %s: %s id %x call %x", c.fields, c.rest, problem, row.ID, r.Call)
		}
	}
}
