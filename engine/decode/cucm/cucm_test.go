package cucm

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// columns are those that matter here, in the order of the guide, and some between them.
var columns = strings.Fields(`cdrRecordType globalCallID_callManagerId globalCallID_callId origLegCallIdentifier
	dateTimeOrigination callingPartyNumber origCause_location origCause_value originalCalledPartyNumber
	finalCalledPartyNumber destCause_value dateTimeConnect dateTimeDisconnect pkid duration origDeviceName destDeviceName
	globalCallId_ClusterID comment outpulsedCalledPartyNumber callingPartyNumber_uri originalCalledPartyNumber_uri finalCalledPartyNumber_uri`)

const texts = "callingPartyNumber originalCalledPartyNumber finalCalledPartyNumber pkid origDeviceName destDeviceName globalCallId_ClusterID comment outpulsedCalledPartyNumber callingPartyNumber_uri originalCalledPartyNumber_uri finalCalledPartyNumber_uri"

// names and types are the first two rows of a file with so many columns.
func rows(count int) (names, types string) {
	var n, y []string
	for i := range count {
		name := fmt.Sprint("filler", i)
		if i < len(columns) {
			name = columns[i]
		}
		n = append(n, `"`+name+`"`)
		if strings.Contains(texts, name) {
			y = append(y, "VARCHAR(50)")
		} else {
			y = append(y, "INTEGER")
		}
	}
	return strings.Join(n, ",") + "\n", strings.Join(y, ",") + "\n"
}

// line writes a record: an answered call, but for the values of set.
func line(count int, set ...string) string {
	values := map[string]string{
		"cdrRecordType": "1", "globalCallID_callManagerId": "2", "globalCallID_callId": "4711", "globalCallId_ClusterID": "Cluster1",
		"dateTimeOrigination": "1700000000", "dateTimeConnect": "1700000008", "dateTimeDisconnect": "1700000068", "duration": "60",
		"callingPartyNumber": "2001", "originalCalledPartyNumber": "2002", "finalCalledPartyNumber": "2003",
		"origCause_value": "0", "destCause_value": "16", "pkid": "a1b2", "origDeviceName": "SEP001", "destDeviceName": "GW9", "comment": "ConfControllerDn=1000;",
	}
	for i := 0; i < len(set); i += 2 {
		values[set[i]] = set[i+1]
	}
	var f []string
	for i := range count {
		name := ""
		if i < len(columns) {
			name = columns[i]
		}
		if name != "" && strings.Contains(texts, name) {
			f = append(f, `"`+values[name]+`"`)
		} else if v := values[name]; v != "" || name == "dateTimeConnect" || name == "duration" {
			f = append(f, v)
		} else {
			f = append(f, "0")
		}
	}
	return strings.Join(f, ",") + "\n"
}

func open(t testing.TB, head string) *layout {
	t.Helper()
	l, skip := decodetest.Open(t, Decoder{}, []byte(head), decodetest.Source(t))
	if skip != len(head) {
		t.Fatalf("%d bytes of %d are skipped", skip, len(head))
	}
	return l.(*layout)
}

func told(b *cdr.Batch, t *decode.Tally) string {
	if len(t.Rejects) == 1 {
		return t.Rejects[0].Reason
	}
	if b.Len() == 0 {
		return fmt.Sprintf("read %d filtered %d", t.Read, t.Filtered)
	}
	r := decodetest.Records(b)[0]
	party := func(n cdr.Number, name []byte) string {
		if n.IsName() {
			return string(name)
		}
		return n.String()
	}
	s := fmt.Sprintf("%s>%s %s at %d ring %d talk %d end %d cause %d", party(r.Calling, r.CallingName), party(r.Called, r.CalledName),
		[]string{"unknown", "answered", "no_answer", "busy", "failed"}[r.Flags.Outcome()], r.Start-1_700_000_000_000, r.RingMS, r.TalkMS, r.Release-1_700_000_000_000, r.Cause)
	if r.Flags.Has(cdr.Split) {
		s += " split"
	}
	return s
}

func TestDecode(t *testing.T) {
	layouts := map[int]*layout{}
	for _, count := range []int{len(columns), 123, 129, 133} {
		names, types := rows(count)
		layouts[count] = open(t, names+types)
	}
	for _, c := range []struct {
		name string
		set  []string
		want string
	}{
		{"answered", nil, "2001>2003 answered at 0 ring 8000 talk 60000 end 68000 cause 16"},
		{"calling side released", []string{"origCause_value", "16", "destCause_value", "0"}, "2001>2003 answered at 0 ring 8000 talk 60000 end 68000 cause 16"},
		{"abandoned", []string{"dateTimeConnect", "0", "duration", "0", "origCause_value", "16", "destCause_value", "0"}, "2001>2003 no_answer at 0 ring 68000 talk 0 end 68000 cause 16"},
		{"busy", []string{"dateTimeConnect", "0", "duration", "0", "destCause_value", "17"}, "2001>2003 busy at 0 ring 68000 talk 0 end 68000 cause 17"},
		{"no answer", []string{"dateTimeConnect", "0", "duration", "0", "destCause_value", "19"}, "2001>2003 no_answer at 0 ring 68000 talk 0 end 68000 cause 19"},
		{"no cause", []string{"dateTimeConnect", "0", "duration", "0", "destCause_value", "0"}, "2001>2003 failed at 0 ring 68000 talk 0 end 68000 cause 0"},
		{"Cisco's cause", []string{"dateTimeConnect", "0", "duration", "0", "destCause_value", "262144"}, "2001>2003 failed at 0 ring 68000 talk 0 end 68000 cause 0"},
		{"a duration without an answer", []string{"dateTimeConnect", "0", "duration", "60", "destCause_value", "19"}, "2001>2003 no_answer at 0 ring 68000 talk 0 end 68000 cause 19"},
		{"split", []string{"destCause_value", "393216"}, "2001>2003 answered at 0 ring 8000 talk 60000 end 68000 cause 0 split"},
		{"split by the calling side", []string{"origCause_value", "393216", "destCause_value", "16"}, "2001>2003 answered at 0 ring 8000 talk 60000 end 68000 cause 16 split"},
		{"split before the answer", []string{"dateTimeConnect", "0", "duration", "0", "destCause_value", "393216"}, "2001>2003 unknown at 0 ring 68000 talk 0 end 68000 cause 0 split"},
		{"less than a second", []string{"dateTimeDisconnect", "1700000008", "duration", "0"}, "2001>2003 answered at 0 ring 8000 talk 0 end 8000 cause 16"},
		{"the duration column counts", []string{"duration", "59"}, "2001>2003 answered at 0 ring 8000 talk 59000 end 67000 cause 16"},
		{"no duration", []string{"duration", ""}, "2001>2003 answered at 0 ring 8000 talk 60000 end 68000 cause 16"},
		{"clock went back", []string{"dateTimeConnect", "1699999999"}, "2001>2003 answered at 0 ring 0 talk 60000 end 60000 cause 16"},
		{"no origination", []string{"dateTimeOrigination", "0"}, "2001>2003 answered at 8000 ring 0 talk 60000 end 68000 cause 16"},
		{"only an end", []string{"dateTimeOrigination", "0", "dateTimeConnect", "0", "duration", "0"}, "2001>2003 no_answer at 68000 ring 0 talk 0 end 68000 cause 16"},
		{"dialled only", []string{"finalCalledPartyNumber", ""}, "2001>2002 answered at 0 ring 8000 talk 60000 end 68000 cause 16"},
		{"outpulsed only", []string{"finalCalledPartyNumber", " ", "originalCalledPartyNumber", "", "outpulsedCalledPartyNumber", "+12125550100"}, "2001>12125550100 answered at 0 ring 8000 talk 60000 end 68000 cause 16"},
		{"addresses", []string{"callingPartyNumber", "", "callingPartyNumber_uri", "alice@example.com", "finalCalledPartyNumber", "sip:2005@10.0.0.1"}, "alice>2005 answered at 0 ring 8000 talk 60000 end 68000 cause 16"},
		{"number with a host", []string{"finalCalledPartyNumber", "+12125550100@cube"}, "2001>12125550100 answered at 0 ring 8000 talk 60000 end 68000 cause 16"},
		{"conference bridge", []string{"finalCalledPartyNumber", "b0019901001"}, "2001>b0019901001 answered at 0 ring 8000 talk 60000 end 68000 cause 16"},
		{"no caller", []string{"callingPartyNumber", ""}, ">2003 answered at 0 ring 8000 talk 60000 end 68000 cause 16"},
		{"nobody", []string{"callingPartyNumber", "", "finalCalledPartyNumber", "", "originalCalledPartyNumber", ""}, "no party"},
		{"doubled quotes", []string{"comment", `a ""b"", c`, "callingPartyNumber", `a""b`}, `a"b>2003 answered at 0 ring 8000 talk 60000 end 68000 cause 16`},
		{"quality record", []string{"cdrRecordType", "2"}, "read 1 filtered 1"},
		{"start record", []string{"cdrRecordType", "0"}, "read 1 filtered 1"},
		{"names again", []string{"cdrRecordType", "cdrRecordType"}, "read 0 filtered 0"},
		{"types again", []string{"cdrRecordType", "INTEGER"}, "read 0 filtered 0"},
		{"no times", []string{"dateTimeOrigination", "0", "dateTimeConnect", "0", "dateTimeDisconnect", "0"}, "dateTimeOrigination: is 0, and so are dateTimeConnect and dateTimeDisconnect"},
		{"bad time", []string{"dateTimeConnect", "x"}, `dateTimeConnect: "x" is not a number`},
		{"absurd time", []string{"dateTimeDisconnect", "999999999999"}, `dateTimeDisconnect: "999999999999" is not a possible time`},
		{"negative time", []string{"dateTimeOrigination", "-5"}, `dateTimeOrigination: "-5" is negative`},
		{"bad duration", []string{"duration", "1:00"}, `duration: "1:00" is not a number`},
		{"bad cause", []string{"destCause_value", "NORMAL"}, `destCause_value: "NORMAL" is not a number`},
		{"bad quotes", []string{"comment", `a"b`}, "text after a closing quote"},
	} {
		for count, l := range layouts {
			block := []byte(line(count, c.set...))
			decodetest.Check(t, Decoder{}, l, block)
			var b cdr.Batch
			var tally decode.Tally
			Decoder{}.Decode(l, block, &b, &tally)
			if got := told(&b, &tally); got != c.want {
				t.Errorf("%s, %d columns:\n got %s\nwant %s", c.name, count, got, c.want)
			}
		}
	}
}

// Names are found in any order and case, with and without quotes and a row of types.
func TestHeader(t *testing.T) {
	names, types := rows(129)
	for _, head := range []string{names + types, names, strings.ToLower(names) + types, strings.ReplaceAll(names, `"`, ""), "\xEF\xBB\xBF" + strings.ToUpper(names) + strings.ToLower(types), strings.TrimSuffix(names, "\n")} {
		if m := (Decoder{}).Detect([]byte(head + "")); m.Score < 95 || !strings.Contains(m.Why, "row of 129 names") {
			t.Errorf("%.60q: %+v", head, m)
		}
		l := open(t, head)
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, []byte(line(129)), &b, &tally)
		if b.Len() != 1 || b.Rows[0].Calling != cdr.Digits([]byte("2001")) {
			t.Errorf("%.60q: %d rows, rejects %v", head, b.Len(), tally.Rejects)
		}
	}
	if h, err := readHeader([]byte(names + line(129))); err != nil || h.size != len(names) {
		t.Errorf("a record is taken for the row of types: %v", err)
	}
	for head, want := range map[string]string{
		"": "no row of names", "a,b\n1,2\n": "no row of names", `"cdrRecordType,`: "a quote that is not closed",
		`"cdrRecordType","pkid"`:                                     "lacks dateTimeOrigination",
		strings.ReplaceAll(names, "finalCalledPartyNumber\"", "x\""): "lacks finalCalledPartyNumber",
	} {
		if m := (Decoder{}).Detect([]byte(head)); m.Score != 0 || m.Why == "" {
			t.Errorf("%.40q: %+v", head, m)
		}
		if _, _, err := (Decoder{}).Open([]byte(head), decodetest.Source(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %s", head, err, want)
		}
	}
}

// Quality records are filtered, and Detect says what they are.
func TestQualityRecords(t *testing.T) {
	const head = `"cdrRecordType","globalCallID_callManagerId","globalCallID_callId","nodeId","directoryNum","callIdentifier","dateTimeStamp","numberPacketsSent","numberOctetsSent","pkid"` + "\n" +
		"INTEGER,INTEGER,INTEGER,INTEGER,VARCHAR(50),INTEGER,INTEGER,INTEGER,INTEGER,UNIQUEIDENTIFIER\n"
	if m := (Decoder{}).Detect([]byte(head)); m.Score < 95 || !strings.Contains(m.Why, "quality records") {
		t.Errorf("%+v", m)
	}
	l := open(t, head)
	block := []byte(`2,2,4711,2,"2001",1,1700000068,3000,480000,"x"` + "\n" + "\"cut\n")
	decodetest.Check(t, Decoder{}, l, block)
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, block, &b, &tally)
	if tally.Read != 2 || tally.Filtered != 2 || tally.Types[typeQuality] != 2 {
		t.Errorf("%+v", tally)
	}
}

// Records share a call by node, call id and cluster, and are told apart by their pkid.
func TestIdentity(t *testing.T) {
	names, types := rows(129)
	l := open(t, names+types)
	read := func(set ...string) cdr.Record {
		var b cdr.Batch
		var tally decode.Tally
		Decoder{}.Decode(l, []byte(line(129, set...)), &b, &tally)
		return decodetest.Records(&b)[0]
	}
	first := read()
	if first.Call == 0 || !first.Flags.Has(cdr.Piece) {
		t.Errorf("%+v", first)
	}
	for _, c := range []struct {
		column         string
		call, identity bool // stay the same
	}{
		{"globalCallID_callManagerId", false, true}, {"globalCallID_callId", false, true}, {"globalCallId_ClusterID", false, true},
		{"pkid", true, false}, {"comment", true, true}, {"callingPartyNumber", true, true},
	} {
		other := read(c.column, "77")
		if (other.Call == first.Call) != c.call || (other.Identity == first.Identity) != c.identity {
			t.Errorf("%s: call %v, identity %v", c.column, other.Call == first.Call, other.Identity == first.Identity)
		}
	}
	if swapped := read("globalCallID_callManagerId", "4711", "globalCallID_callId", "2"); swapped.Call == first.Call {
		t.Error("node and call id can be swapped")
	}
}

func TestTypes(t *testing.T) {
	names, types := rows(129)
	l := open(t, names+types)
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, []byte(line(129)+line(129, "duration", "0")+line(129, "dateTimeConnect", "0")+line(129, "cdrRecordType", "2")), &b, &tally)
	if tally.Types[typeCall] != 3 || tally.Types[typeQuality] != 1 {
		t.Errorf("%+v", tally)
	}
}

// The texts that inspect shows.
func TestReadRow(t *testing.T) {
	names, types := rows(129)
	l := open(t, names+types)
	var r decode.Row
	if problem := (Decoder{}).ReadRow(l, []byte(strings.TrimSpace(line(129))), &r); problem != "" {
		t.Fatal(problem)
	}
	if id, in, out := r.Text(decode.RecordID), r.Text(decode.TrunkIn), r.Text(decode.TrunkOut); string(id) != "a1b2" || string(in) != "SEP001" || string(out) != "GW9" {
		t.Errorf("%s %s %s", id, in, out)
	}
	if problem := (Decoder{}).ReadRow(l, []byte("1,2"), &r); problem != "2 fields, where the row of names has 129" {
		t.Error(problem)
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	names, types := rows(129)
	l := open(t, names+types)
	block := []byte(strings.Repeat(line(129, "callingPartyNumber", "bob", "comment", `a ""b""`), 50))
	decodetest.AllocatesNothing(t, Decoder{}, l, block, 50)
}

// nextCell finds what decode.NextCell finds.
func FuzzNextCell(f *testing.F) {
	for _, s := range []string{`"a",b`, `"a""b"`, ` "a" ,1`, `a"b`, `"a`, ``, `,`, `"",`, `" `, `a b,`} {
		f.Add([]byte(s), 0)
	}
	f.Fuzz(func(t *testing.T, line []byte, from int) {
		if from < 0 || from > len(line) {
			return
		}
		c, next, problem := nextCell(line, from)
		if wc, wn, wp := decode.NextCell(line, from, ','); c != wc || next != wn || problem != wp {
			t.Fatalf("%q from %d: %v %d %q, want %v %d %q", line, from, c, next, problem, wc, wn, wp)
		}
	})
}

func FuzzCUCM(f *testing.F) {
	names, types := rows(40)
	f.Add([]byte(names+types), []byte(line(40)+line(40, "comment", `a ""b""`, "finalCalledPartyNumber", "x@y")))
	f.Add([]byte(names), []byte(types+line(40, "dateTimeConnect", "99999999999999999999")))
	f.Add([]byte(`"cdrRecordType","numberPacketsSent"`), []byte("2,7\n\n"))
	source := decodetest.Source(f)
	f.Fuzz(func(t *testing.T, head, block []byte) {
		Decoder{}.Detect(head)
		l, skip, err := Decoder{}.Open(head, source)
		if err != nil {
			return
		}
		if skip > len(head) {
			t.Fatalf("%d bytes of %d are skipped", skip, len(head))
		}
		decodetest.Check(t, Decoder{}, l, block)
	})
}

func BenchmarkDecode(b *testing.B) {
	names, types := rows(129)
	l := open(b, names+types)
	const records = 500
	block := []byte(strings.Repeat(line(129), records))
	decodetest.Bench(b, Decoder{}, l, block)
}
