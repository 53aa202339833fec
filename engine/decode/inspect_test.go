package decode_test

import (
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/asterisk"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
	"github.com/cdrstream/cdrstream/engine/decode/json"
)

const everything = "record_id,service,direction,calling_number,called_number,start_time,ring_seconds,duration_seconds,disposition,cause,cell_id,imei,imsi,visited_plmn,rat,uplink_bytes,downlink_bytes,charge,trunk_in,trunk_out,forwarded,partial_sequence"

var inspections = []struct{ header, line, want string }{
	{everything, `r1,voice,originating,+442079460000,"Bob ""B""",2024-03-01T08:00:00.5+01:00,3.25,61,answered,16,23415-1-2,352099001761481,234150000000001,20801,4g,1,2,0.000150,t1,t2,yes,2`,
		`{"record_id":"r1","service":"voice","direction":"originating","calling_number":"442079460000","called_number":"Bob\"B\"","start_time":"2024-03-01T07:00:00.500Z","event_time":"2024-03-01T07:01:04.750Z","ring_seconds":3.25,"duration_seconds":61,"disposition":"answered","cause":16,"cell_id":"23415-1-2","imei":"352099001761481","imsi":"234150000000001","visited_plmn":"20801","rat":"4g","uplink_bytes":1,"downlink_bytes":2,"charge":0.00015,"trunk_in":"t1","trunk_out":"t2","forwarded":true,"partial_sequence":2}`},
	{"start_time,imsi,service,disposition", "1709280000,234150000000001,data,",
		`{"service":"data","direction":"originating","start_time":"2024-03-01T08:00:00.000Z","event_time":"2024-03-01T08:00:00.000Z","duration_seconds":0,"disposition":"","imsi":"234150000000001"}`},
	{"start_time,called_number,cell_id", "1709280000,112,\"a\x01\xff\u00e9\"",
		`{"service":"voice","direction":"both","called_number":"112","start_time":"2024-03-01T08:00:00.000Z","event_time":"2024-03-01T08:00:00.000Z","duration_seconds":0,"disposition":"no_answer","cell_id":"a\u0001` + "\uFFFD\u00e9" + `"}`},
}

func TestAppendJSON(t *testing.T) {
	for _, c := range inspections {
		s := decodetest.Source(t)
		l, _ := decodetest.Open(t, csv.Decoder{}, []byte(c.header+"\n"), s)
		b, r := one(t, csv.Decoder{}, l, c.line)
		got := decode.AppendJSON(nil, &b, 0, &r)
		if string(got) != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
		l, _ = decodetest.Open(t, json.Decoder{}, nil, s)
		if strings.ContainsRune(c.want, '\uFFFD') {
			continue
		}
		again, r2 := one(t, json.Decoder{}, l, string(got))
		if back := decode.AppendJSON(nil, &again, 0, &r2); string(back) != c.want {
			t.Errorf("read back: %s\nwant %s", back, c.want)
		}
		if b.Rows[0].Calling != again.Rows[0].Calling || b.Rows[0].Called != again.Rows[0].Called || b.Rows[0].Flags != again.Rows[0].Flags || b.Rows[0].Cell != again.Rows[0].Cell {
			t.Errorf("%s reads back as another record", got)
		}
	}
}

func TestAppendJSONWithoutRow(t *testing.T) {
	l, _ := decodetest.Open(t, csv.Decoder{}, []byte(everything+"\n"), decodetest.Source(t))
	b, _ := one(t, csv.Decoder{}, l, inspections[0].line)
	want := `{"service":"voice","direction":"originating","calling_number":"442079460000","called_number":"Bob\"B\"","start_time":"2024-03-01T07:00:00.500Z","event_time":"2024-03-01T07:01:04.750Z","ring_seconds":3.25,"duration_seconds":61,"disposition":"answered","cause":16,"imei":"35209900176148","imsi":"234150000000001","rat":"4g","uplink_bytes":1,"downlink_bytes":2,"charge":0.00015,"forwarded":true,"partial_sequence":2}`
	if got := decode.AppendJSON(nil, &b, 0, nil); string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// one decodes and reads one record.
func one(t *testing.T, d interface {
	decode.Decoder
	decode.RowReader
}, l decode.Layout, line string) (b cdr.Batch, r decode.Row) {
	t.Helper()
	var tally decode.Tally
	d.Decode(l, []byte(line), &b, &tally)
	if b.Len() != 1 {
		t.Fatalf("%s: %+v", line, tally)
	}
	if problem := d.ReadRow(l, []byte(line), &r); problem != "" {
		t.Fatal(problem)
	}
	return b, r
}

func TestChoose(t *testing.T) {
	all := []decode.Decoder{csv.Decoder{}, json.Decoder{}, asterisk.Decoder{}}
	for _, c := range []struct{ head, name, want string }{
		{"start_time,imsi\n", "csv", "header row names start_time, imsi"},
		{"{\"start_time\":1,\"imsi\":1}\n", "json", "JSON objects with start_time and a party"},
		{`"","1","2","c","x","y","z","Dial","","2024-03-01 08:00:00",,"2024-03-01 08:00:00",0,0,"FAILED","DOCUMENTATION"` + "\n", "asterisk", "rows of 16 to 21 fields in quotes with start, duration, billsec and disposition in the places of Asterisk's cdr_csv"},
		{"", "", "the format is unknown: the file is empty"},
		{"hello\n", "", "the format is unknown: name it with --format, or describe it in a profile, see cdrstream profiles --help (csv: no header row that names start_time and a party (calling_number, called_number or imsi); json: no JSON object a line; asterisk: no rows of 16 to 21 fields in quotes with a start, duration, billsec and disposition)"},
	} {
		d, got, err := decode.Choose(all, []byte(c.head))
		name := ""
		if err != nil {
			got = err.Error()
		} else {
			name = d.Name()
		}
		if got != c.want || name != c.name {
			t.Errorf("%q: %s, %s; want %s, %s", c.head, name, got, c.name, c.want)
		}
	}
}
