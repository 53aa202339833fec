package csv

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

func TestOpen(t *testing.T) {
	for _, c := range []struct {
		head string
		skip int
		err  string
	}{
		{"start_time,calling_number\n1,2\n", 26, ""},
		{"\xEF\xBB\xBFstart_time,calling_number\n1,2\n", 29, ""},
		{"\n \r\nstart_time,calling_number\r\n1,2\n", 31, ""},
		{"start_time,calling_number", 25, ""},
		{` "Start_Time" , CALLED_number,x` + "\n", 32, ""},
		{"start_time;imsi\n", 16, ""},
		{"start_time\timsi\n", 16, ""},
		{"start_time|imsi|a,b|\"c\n", 0, "csv: header row: field 2: a quote inside a field that is not quoted"},
		{"start_time,x,x,imsi\n", 20, ""},
		{"", 0, "csv: the file is empty; the first line must name the columns, start_time and a party among them"},
		{"\n\n", 0, "csv: the file is empty; the first line must name the columns, start_time and a party among them"},
		{"calling_number\n", 0, "csv: the header row does not name start_time; add the column or choose another --format"},
		{"start_time,imei\n", 0, "csv: the header row does not name a party (calling_number, called_number or imsi); add the column or choose another --format"},
		{"a,b\n", 0, "csv: the header row does not name start_time and a party (calling_number, called_number or imsi); add the column or choose another --format"},
		{"start_time,imsi,IMSI\n", 0, "csv: the header row names imsi more than once; rename the one that is not meant"},
		{"start_time,imsi," + strings.Repeat("x", 70000), 0, "csv: the header row is longer than 65536 bytes"},
	} {
		_, skip, err := Decoder{}.Open([]byte(c.head), decodetest.Source(t))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.err || err == nil && skip != c.skip {
			t.Errorf("%.60q: skip %d, %s; want %d, %s", c.head, skip, got, c.skip, c.err)
		}
	}
}

func TestDetect(t *testing.T) {
	for head, want := range map[string]decode.Match{
		"x,start_time,calling_number,called_number,imei,imsi\n": {Score: 95, Why: "header row names start_time, calling_number, called_number, imei"},
		"start_time,imsi":         {Score: 95, Why: "header row names start_time, imsi"},
		"start_time,x\n":          {Why: "no header row that names a party (calling_number, called_number or imsi)"},
		`{"start_time":1}` + "\n": {Why: "no header row"},
		"":                        {Why: "no header row"},
		"\x1f\x8b\x00\x00":        {Why: "no header row that names start_time and a party (calling_number, called_number or imsi)"},
	} {
		if got := (Decoder{}).Detect([]byte(head)); got != want {
			t.Errorf("%q: %+v, want %+v", head, got, want)
		}
	}
}

// TestLines is about how lines are told apart and cut into fields.
func TestLines(t *testing.T) {
	const header = "start_time,calling_number,called_number,record_id\n"
	for _, c := range []struct {
		name, block string
		want        []string // parties of each row, or reasons
		lines       int64
	}{
		{"two", "1709280000,+442079460000,+12125550100,a\n1709280001,+442079460001,,b\n", []string{"442079460000>12125550100", "442079460001>"}, 2},
		{"crlf", "1709280000,+442079460000,+12125550100,a\r\n1709280001,+442079460001,,b\r\n", []string{"442079460000>12125550100", "442079460001>"}, 2},
		{"no last line feed", "1709280000,+442079460000,,a\n1709280001,+442079460001,,b", []string{"442079460000>", "442079460001>"}, 1},
		{"blank lines", "\n \t\n\r\n1709280000,+442079460000,,a\n\n\n", []string{"442079460000>"}, 6},
		{"quotes", `"1709280000","+442079460000","","a,""b"""` + "\n" + ` "1709280000" ,"+442079460000" , +12125550100, "x" ` + "\n", []string{"442079460000>", "442079460000>12125550100"}, 2},
		{"name with quotes", `1709280000,"Bob ""the"" B",+442079460000,a` + "\n", []string{`Bob"the"B>442079460000`}, 1},
		{"short", "1709280000,+442079460000,\n", []string{"3 fields, the header has 4"}, 1},
		{"long", "1709280000,+442079460000,,a,\n", []string{"5 fields, the header has 4"}, 1},
		{"long, quoted", `1709280000,+442079460000,,"a",` + "\n", []string{"5 fields, the header has 4"}, 1},
		{"open quote", `1709280000,+442079460000,,"a` + "\nb\"\n", []string{"a quote that is not closed (a field holds no line break)", "a quote inside a field that is not quoted"}, 2},
		{"stray quote", `1709280000,+4420"79460000,,a` + "\n", []string{"a quote inside a field that is not quoted"}, 1},
		{"text after quote", `1709280000,"+442079460000"x,,a` + "\n", []string{"text after a closing quote"}, 1},
		{"odd bytes", "1709280000,+442079460000,,\xff\x00\xfe\n", []string{"442079460000>"}, 1},
		{"no time", ",+442079460000,,a\n", []string{"start_time: is missing"}, 1},
		{"bad time", "2024-02-30T00:00:00Z,+442079460000,,a\n", []string{`start_time: "2024-02-30T00:00:00Z" is not a possible time`}, 1},
		{"nothing", "", nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, skip := decodetest.Open(t, Decoder{}, []byte(header+c.block), decodetest.Source(t))
			if skip != len(header) {
				t.Fatalf("skip %d", skip)
			}
			block := []byte(c.block)
			decodetest.Check(t, Decoder{}, l, block)
			var b cdr.Batch
			var tally decode.Tally
			Decoder{}.Decode(l, block, &b, &tally)
			if tally.Lines != c.lines {
				t.Errorf("%d lines, want %d", tally.Lines, c.lines)
			}
			if got := fmt.Sprintf("%q", told(&b, &tally)); got != fmt.Sprintf("%q", c.want) {
				t.Errorf("got  %s\nwant %q", got, c.want)
			}
		})
	}
}

// told lists parties of rows, then reasons.
func told(b *cdr.Batch, t *decode.Tally) (s []string) {
	text := func(n cdr.Number, name []byte) string {
		if n.IsName() {
			return string(name)
		}
		return n.String()
	}
	for _, r := range decodetest.Records(b) {
		s = append(s, text(r.Calling, r.CallingName)+">"+text(r.Called, r.CalledName))
	}
	for _, r := range t.Rejects {
		s = append(s, r.Reason)
	}
	return s
}

func TestSeparators(t *testing.T) {
	for _, sep := range []string{";", "\t", "|"} {
		head := strings.ReplaceAll("start_time,calling_number,charge\n", ",", sep)
		block := []byte(strings.ReplaceAll("1709280000,+442079460000,1.5\n", ",", sep))
		l, _ := decodetest.Open(t, Decoder{}, []byte(head), decodetest.Source(t))
		decodetest.Check(t, Decoder{}, l, block)
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, block, &b, &tally)
		if b.Len() != 1 || b.Rows[0].Charge != 1_500_000 {
			t.Errorf("separator %q: %+v", sep, tally)
		}
	}
}

func TestReadRow(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, []byte("start_time,calling_number,cell_id,trunk_in\n"), decodetest.Source(t))
	var r decode.Row
	if problem := (Decoder{}).ReadRow(l, []byte(`1709280000,+44 20,"c""1",t1`), &r); problem != "" {
		t.Fatal(problem)
	}
	if string(r.Text(decode.CallingNumber)) != "+44 20" || string(r.Text(decode.CellID)) != `c"1` || string(r.Text(decode.TrunkIn)) != "t1" {
		t.Errorf("%+v", r)
	}
	if problem := (Decoder{}).ReadRow(l, []byte("x,,,"), &r); problem != `start_time: "x" is not a time` {
		t.Error(problem)
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	l, _ := decodetest.Open(t, Decoder{}, []byte(benchHeader), decodetest.Source(t))
	block := append(benchBlock(200), `r1,voice,both,"sip:bob ""b""@x",anonymous,1709280000,,5,,,"c,1",1`+"\n"...)
	decodetest.AllocatesNothing(t, Decoder{}, l, block, 201)
}

func FuzzCSV(f *testing.F) {
	const header = "start_time,calling_number,called_number,record_id,duration_seconds,ring_seconds,disposition,imsi,imei,cell_id,cause,charge\n"
	f.Add([]byte(header), []byte(`2024-03-01 08:00:00,"+44 20",,"a""b",5,1,busy,234,35,1-2-3,16,0.5`+"\n\r\n"))
	f.Add([]byte("start_time;called_number\n"), []byte("1709280000;bob\n1709280000;\n;;\n"))
	f.Add([]byte(benchHeader), benchBlock(3))
	source := decodetest.Source(f)
	f.Fuzz(func(t *testing.T, head, block []byte) {
		Decoder{}.Detect(head)
		l, skip, err := Decoder{}.Open(head, source)
		if err != nil {
			return
		}
		if skip > len(head) {
			t.Fatalf("skips %d of %d bytes", skip, len(head))
		}
		decodetest.Check(t, Decoder{}, l, block)
	})
}
