package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

const base = 1_700_000_000_000 // 2023-11-14T22:13:20Z

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
	s := map[cdr.Flags]string{0: "", cdr.Opens: "answer ", cdr.Closes: "end ", cdr.Opens | cdr.Closes: "whole "}[r.Flags&cdr.Joined]
	s += fmt.Sprintf("%s>%s %s at %d", party(r.Calling, r.CallingName), party(r.Called, r.CalledName),
		[]string{"unknown", "answered", "no_answer", "busy", "failed"}[r.Flags.Outcome()], r.Start-base)
	if r.RingMS != cdr.RingUnknown {
		s += fmt.Sprintf(" ring %d", r.RingMS)
	}
	s += fmt.Sprintf(" talk %d end %d", r.TalkMS, r.Release-base)
	if r.Flags.Service() == cdr.SMS {
		s += " sms"
	}
	return s
}

const (
	invite = "INVITE|f1|t1|id@host|200|OK|1700000000"
	bye    = "BYE|t1|f1|id@host|200|OK|1700000060"
	acc    = "ACC: transaction answered: timestamp=1700000000;method=INVITE;from_tag=f1;to_tag=t1;call_id=id@host;code=200;reason=OK"
)

func TestDecode(t *testing.T) {
	source := decodetest.Source(t)
	for _, c := range []struct{ name, line, want string }{
		{"answer", invite + "|1001|1002", "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"end", bye + "||", "end > unknown at 60000 talk 0 end 60000"},
		{"end that failed", "BYE|t1|f1|id@host|481|Gone|1700000060", "end > unknown at 60000 talk 0 end 60000"},
		{"end without a code", "BYE|t1|f1|id@host|||1700000060", "end > unknown at 60000 talk 0 end 60000"},
		{"ACK", strings.Replace(invite, "INVITE", "ACK", 1) + "|1001|1002", "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"ACK of a refusal", "ACK|f1|t1|id@host|486|Busy|1700000000|1001|1002", "read 1 filtered 1"},
		{"busy", "INVITE|f1||id@host|486|Busy|1700000000|1001|1002", "whole 1001>1002 busy at 0 talk 0 end 0"},
		{"cancelled", "INVITE|f1|t1|id@host|487|Request Terminated|1700000000|1001|1002", "whole 1001>1002 no_answer at 0 talk 0 end 0"},
		{"moved", "INVITE|f1|t1|id@host|302|Moved|1700000000|1001|1002", "whole 1001>1002 failed at 0 talk 0 end 0"},
		{"declined", "INVITE|f1|t1|id@host|603|Decline|1700000000|1001|1002", "whole 1001>1002 no_answer at 0 talk 0 end 0"},
		{"password wanted", "INVITE|f1|t1|id@host|407|Proxy Authentication Required|1700000000|1001|1002", "read 1 filtered 1"},
		{"ringing", "INVITE|f1|t1|id@host|180|Ringing|1700000000|1001|1002", "read 1 filtered 1"},
		{"CANCEL", "CANCEL|f1|t1|id@host|200|OK|1700000000|1001|1002", "read 1 filtered 1"},
		{"REGISTER", "REGISTER|f1|t1|id@host|200|OK|1700000000", "read 1 filtered 1"},
		{"MESSAGE", "MESSAGE|f1|t1|id@host|202|Accepted|1700000000|1001|1002", "1001>1002 answered at 0 talk 0 end 0 sms"},
		{"MESSAGE refused", "MESSAGE|f1|t1|id@host|404|Not Found|1700000000|1001|1002", "1001>1002 failed at 0 talk 0 end 0 sms"},
		{"nobody", invite, "no party"},
		{"a quote as it stands", strings.Replace(invite, "id@host", `flatstore"1.0`, 1) + "|1001|1002", "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"a charging type first", invite + "|*prepaid|1001|1002||3401:2069362475", "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"the usual extras", invite + "|1001|example.com|10.0.0.1|1002|1003|example.com", "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"users by name", invite + "|alice|example.com|10.0.0.1|bob|bob|example.com", "answer alice>bob unknown at 0 talk 0 end 0"},
		{"addresses", invite + "|sip:+12125550100@a|sip:bob@b;transport=udp", "answer 12125550100>bob unknown at 0 talk 0 end 0"},
		{"one extra", invite + "|1001", "answer 1001> unknown at 0 talk 0 end 0"},
		{"spaces", invite + "| 1001 | 1002 ", "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"time mode 1", invite + "|1700000000|250999|1001|1002", "answer 1001>1002 unknown at 250 talk 0 end 250"},
		{"time mode 2", invite + "|1700000000.75|1001|1002", "answer 1001>1002 unknown at 750 talk 0 end 750"},
		{"time mode 3", invite + "|2023-11-14 22:13:20|1001|1002", "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"time as text", strings.Replace(invite, "1700000000", "2023-11-14 22:13:21", 1) + "|1001|1002", "answer 1001>1002 unknown at 1000 talk 0 end 1000"},
		{"OpenSIPS answer", invite + "|1001|1002|7|1699999993", "answer 1001>1002 unknown at -7000 ring 7000 talk 0 end 0"},
		{"OpenSIPS attempt", "INVITE|f1|t1|id@host|486|Busy|1700000000|1001|1002|7|1699999993", "whole 1001>1002 busy at -7000 ring 7000 talk 0 end 0"},
		{"OpenSIPS call", invite + "|1001|1002|7|1699999993|60|60250", "whole 1001>1002 answered at -7000 ring 7000 talk 60250 end 60250"},
		{"OpenSIPS call of no time", invite + "|1001|1002|0|1700000000|0|0", "whole 1001>1002 answered at 0 ring 0 talk 0 end 0"},
		{"numbers that are no tail", invite + "|1001|1002|7|1699999990|60|60250", "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"Kamailio call", "1700000000|1700000060|60.000000|1001|1002", "1001>1002 answered at 0 talk 60000 end 60000"},
		{"Kamailio call with fractions", "1700000000.250000|1700000060.5|60.25|1001|1002", "1001>1002 answered at 250 talk 60250 end 60500"},
		{"Kamailio call not answered", "1700000000|1700000000|0|1001|1002", "1001>1002 no_answer at 0 talk 0 end 0"},
		{"Kamailio call in less than a second", "1700000000|1700000000|0.250000|1001|1002", "1001>1002 answered at 0 talk 250 end 250"},
		{"log", acc + ";src_user=1001;src_domain=a;dst_ouser=1002;dst_user=1003", "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"log of syslog", "Nov 14 22:13:20 proxy kamailio[77]: NOTICE: acc [acc.c:279]: acc_log_request(): " + acc + ";caller=alice;dst_user=bob", "answer alice>bob unknown at 0 talk 0 end 0"},
		{"log with fractions", strings.Replace(acc, ";method", ";time_exten=125000;method", 1) + ";src_user=1001", "answer 1001> unknown at 125 talk 0 end 125"},
		{"log with finer time", strings.Replace(acc, ";method", ";time_attr=1700000000.125;method", 1) + ";src_user=1001", "answer 1001> unknown at 125 talk 0 end 125"},
		{"log with text time", strings.Replace(acc, ";method", ";time_attr=2023-11-14 23:13:20;method", 1) + ";src_user=1001", "answer 1001> unknown at 0 talk 0 end 0"},
		{"missed in the log", "ACC: call missed: timestamp=1700000000;method=INVITE;from_tag=f1;to_tag=t1;call_id=id@host;code=408;reason=Timeout;src_user=1001;dst_user=1002", "whole 1001>1002 no_answer at 0 talk 0 end 0"},
		{"OpenSIPS call in the log", "ACC: call ended: created=1699999993;call_start_time=1700000000;duration=60;ms_duration=60250;setuptime=7;method=INVITE;from_tag=f1;to_tag=t1;call_id=id@host;code=200;reason=OK;caller=1001;callee=1002", "whole 1001>1002 answered at -7000 ring 7000 talk 60250 end 60250"},
		{"Kamailio call in the log", "start_time=1700000000.000000; end_time=1700000060.500000; duration=60.500000; src_user=1001; dst_user=1002", "1001>1002 answered at 0 talk 60500 end 60500"},
		{"Kamailio call in the log with an id", "start_time=1700000000; end_time=1700000060; duration=60; callid=id@host; src_user=1001; dst_user=1002", "whole 1001>1002 answered at 0 talk 60000 end 60000"},
		{"Kamailio refusal in the log", "start_time=1700000000; end_time=1700000000; duration=0; sip_code=486; src_user=1001; dst_user=1002", "1001>1002 busy at 0 talk 0 end 0"},
		{"JSON", `{"method": "INVITE", "from_tag": "f1", "to_tag": "t1", "callid": "id@host", "sip_code": "200", "sip_reason": "OK", "time": 1700000000, "src_user": "1001", "dst_user": "1002"}`, "answer 1001>1002 unknown at 0 talk 0 end 0"},
		{"JSON with a fraction", `{"time": 1700000000.125678, "method": "BYE", "from_tag": "f1", "to_tag": "t1", "callid": "id@host", "sip_code": "200"}`, "end > unknown at 60000 talk 0 end 60000"},
		{"JSON with a text time", `{"time": "2023-11-14 22:13:20", "method": "INVITE", "callid": "id@host", "sip_code": "200", "src_user": "1001"}`, "answer 1001> unknown at 0 talk 0 end 0"},
		{"JSON of syslog", `Nov 14 22:13:20 proxy json_acc[9]: {"time": 1700000000, "method": "INVITE", "callid": "id@host", "sip_code": "200", "src_user": "1001", "x": {"a": ["}", {}]}, "n": null}`, "answer 1001> unknown at 0 talk 0 end 0"},
		{"JSON with escapes", `{"time": 1700000000, "method": "INVITE", "callid": "a\/b\u00e9\ud83d\ude00\ud83d", "sip_code": "200", "src_user": "al\u0069ce", "dst_user": "NON-UTF8"}`, "answer alice> unknown at 0 talk 0 end 0"},
		{"JSON call", `{"start_time": "1700000000.000000", "end_time": "1700000060.000000", "duration": "60.000000", "src_user": "1001", "dst_user": "1002", "caller": "x"}`, "1001>1002 answered at 0 talk 60000 end 60000"},
		{"JSON without an id", `{"time": 1700000000, "method": "INVITE", "callid": "NON-UTF8", "sip_code": "200", "src_user": "1001"}`, `callid: "NON-UTF8" is none: nothing tells which call this is of`},
		{"JSON without parties", `{"time": 1700000000, "method": "INVITE", "callid": "a", "sip_code": "200", "src_user": "INVALID_JSON"}`, "no party"},
		{"cut JSON", `{"time": 1700000000, "method": "INV`, "malformed JSON at byte 35"},
		{"text behind JSON", `{"time": 1700000000 "method"`, "malformed JSON at byte 20"},
		{"bad escape", `{"time": "\x"}`, "malformed JSON at byte 10"},
		{"something else", "a line of no kind", "is no line of an acc module"},
		{"too few columns", "INVITE|f1|t1|id@host|200|OK", "6 columns, an event of the acc module has 7 at least"},
		{"too few columns of a call", "1700000000|1700000001", "2 columns, a call of the acc module has 3 at least"},
		{"too many columns", invite + strings.Repeat("|", 200), "more than 128 columns"},
		{"no method", strings.Replace(invite, "INVITE", "", 1), `method: "" is not a SIP method`},
		{"bad method", strings.Replace(invite, "INVITE", "in vite", 1), `method: "in vite" is not a SIP method`},
		{"bad code", strings.Replace(invite, "200", "x", 1), `code: "x" is not a number`},
		{"odd code", strings.Replace(invite, "200", "20", 1), `code: "20" is not a SIP status`},
		{"bad time", strings.Replace(invite, "1700000000", "x", 1) + "|1|2", `time: "x" is not a time`},
		{"bad end", strings.Replace(bye, "1700000060", "", 1), `time: "" is not a time`},
		{"no id", strings.Replace(invite, "id@host", "", 1) + "|1001|1002", `callid: "" is none: nothing tells which call this is of`},
		{"bad fraction", strings.Replace(acc, ";method", ";time_exten=1000000;method", 1) + ";src_user=1001", `time_exten: "1000000" is more than a second`},
		{"bad duration", "1700000000|1700000060|x|1001|1002", `duration: "x" is not a number`},
		{"bad end time", "1700000000||60|1001|1002", `end_time: "" is not a time`},
		{"bad start time", "99999999999999999999|1700000000|60|1001|1002", `start_time: "99999999999999999999" is not a possible time`},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, _ := decodetest.Open(t, Kamailio, []byte(c.line), source)
			block := []byte(c.line + "\n")
			decodetest.Check(t, Kamailio, l, block)
			var b cdr.Batch
			var tally decode.Tally
			Kamailio.Decode(l, block, &b, &tally)
			if c.name == "JSON with a fraction" {
				if b.Rows[0].Start != base+125 {
					t.Errorf("at %d", b.Rows[0].Start-base)
				}
				return
			}
			if got := told(&b, &tally); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

// Text times are in the source's zone.
func TestZone(t *testing.T) {
	source := decodetest.Source(t)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	source.Zone = zone
	l, _ := decodetest.Open(t, Kamailio, nil, source)
	var b cdr.Batch
	var tally decode.Tally
	Kamailio.Decode(l, []byte(`{"time": "2023-11-14 23:13:20", "method": "INVITE", "callid": "a", "sip_code": "200", "src_user": "1001"}`), &b, &tally)
	if b.Len() != 1 || b.Rows[0].Start != base {
		t.Errorf("%+v, %v", b.Rows, tally.Rejects)
	}
}

// Which columns are the parties is told by the beginning of the file, and holds for all
// of it; where that tells nothing, by each line.
func TestExtras(t *testing.T) {
	source := decodetest.Source(t)
	odd := invite + "|anonymous|5060|1003"
	parties := func(head, line string) string {
		l, _ := decodetest.Open(t, Kamailio, []byte(head), source)
		var b cdr.Batch
		var tally decode.Tally
		Kamailio.Decode(l, []byte(line), &b, &tally)
		text := told(&b, &tally)
		return text[:strings.LastIndexByte(text[:strings.Index(text, " at ")], ' ')]
	}
	usual := strings.Repeat(invite+"|1001|x.y|1002\n", 3) + odd
	for _, c := range []struct{ name, head, line, want string }{
		{"by the file", usual, odd, "answer >1003"},
		{"by the line", bye, odd, "answer 5060>1003"},
		{"ends tell nothing", strings.Repeat("BYE|f1|t1|id@host|200|OK|1700000000|9001|9002|9003|9004\n", 9), invite + "|*x|1001|1002", "answer 1001>1002"},
		{"OpenSIPS", invite + "|1001|1002|7|1699999993\n", invite + "|1001||7|1699999993", "answer 1001>"},
		{"calls apart from events", usual + "\n1700000000|1700000060|60|1002|1003\n", "1700000000|1700000060|60|1002|1003", "1002>1003"},
		{"fewer columns than in the file", usual, invite + "|1001", "answer 1001>"},
		{"words and numbers", invite + "|alice|1002\n" + invite + "|1001|bob\n", invite + "|carol|dave", "answer carol>dave"},
	} {
		if got := parties(c.head, c.line); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// A call is known by Call-ID and both tags, whoever ends it.
func TestIdentity(t *testing.T) {
	source := decodetest.Source(t)
	l, _ := decodetest.Open(t, Kamailio, nil, source)
	read := func(line string) cdr.Record {
		var b cdr.Batch
		var tally decode.Tally
		Kamailio.Decode(l, []byte(line), &b, &tally)
		if b.Len() != 1 {
			t.Fatalf("%s: %v", line, tally.Rejects)
		}
		return decodetest.Records(&b)[0]
	}
	answer := read(invite + "|1001|1002")
	for line, same := range map[string]bool{
		bye: true, strings.Replace(bye, "t1|f1", "f1|t1", 1): true, strings.Replace(bye, "t1", "t2", 1): false,
		strings.Replace(bye, "id@host", "id@other", 1): false, strings.Replace(bye, "t1|f1", "f1|f1", 1): false, strings.Replace(bye, "t1", "", 1): false,
	} {
		if r := read(line); (r.Call == answer.Call) != same || r.Call == 0 {
			t.Errorf("%s: the same call %v", line, !same)
		}
	}
	attempt := read("INVITE|f1||id@host|486|Busy|1700000000|1001|1002")
	for line, same := range map[string]bool{
		"INVITE|f1|t9|id@host|486|Busy Here|1700000000|1001|1002|x": true,
		"INVITE|f2||id@host|486|Busy|1700000000|1001|1002":          false,
		"INVITE|f1||id@host|480|Busy|1700000000|1001|1002":          false,
		"INVITE|f1||id@host|200|OK|1700000000|1001|1002":            false,
	} {
		if r := read(line); (r.Identity == attempt.Identity) != same {
			t.Errorf("%s: the same attempt %v", line, !same)
		}
	}
	if a, b := read("MESSAGE|f|t|id|200|OK|1700000000|1|2|hi"), read("MESSAGE|f|t|id|200|OK|1700000000|1|2|ho"); a.Identity == b.Identity || a.Call != 0 {
		t.Error("two messages are one")
	}
}

func TestDetect(t *testing.T) {
	json := `{"time": 1700000000, "method": "INVITE", "callid": "a", "sip_code": "200", "src_user": "1001"}`
	for head, want := range map[string][2]int{ // kamailio, opensips
		invite + "|1001|1002\n" + bye:          {90, 80},
		bye + "\n" + bye:                       {90, 80},
		invite + "|1001|1002|7|1699999993\n":   {80, 90},
		acc + "\n":                             {90, 80},
		json:                                   {90, 80},
		"1700000000|1700000060|60.25|1001|102": {90, 80},
		"REGISTER|f|t|i|200|OK|1700000000":     {90, 80},
		"x\n" + bye:                            {90, 80},
		"x\ny\n" + bye:                         {0, 0},
		"CDR|f|t|i|200|OK|1700000000":          {0, 0},
		"1|2|1|4":                              {0, 0},
		"1700000000|1700000060|9|1001|102":     {0, 0},
		"a,start_time,imsi\n":                  {0, 0},
		`{"start_time": 7, "calling": "1"}`:    {0, 0},
		"":                                     {0, 0},
		strings.Repeat("|", 99):                {0, 0},
	} {
		for i, d := range []Decoder{Kamailio, OpenSIPS} {
			if m := d.Detect([]byte(head)); m.Score != want[i] || m.Why == "" {
				t.Errorf("%s, %q: %+v, want %d", d.Name(), head, m, want[i])
			}
		}
	}
}

func TestTypes(t *testing.T) {
	l, _ := decodetest.Open(t, OpenSIPS, nil, decodetest.Source(t))
	var b cdr.Batch
	var tally decode.Tally
	lines := []string{invite + "|1|2", bye, "INVITE|f||i|486|Busy|1700000000|1001|1002", invite + "|11|12|0|1700000000|0|0", "MESSAGE|f|t|i|200|OK|1700000000|11|12", "INFO|f|t|i|200|OK|1700000000", "x"}
	OpenSIPS.Decode(l, []byte(strings.Join(lines, "\n")), &b, &tally)
	if got := fmt.Sprint(tally.Types[:6], tally.Filtered, len(tally.Rejects)); got != "[1 1 1 1 1 1] 1 1" {
		t.Error(got)
	}
	if len(OpenSIPS.Types()) != int(kindOther)+1 {
		t.Error(OpenSIPS.Types())
	}
	var r decode.Row
	if problem := Kamailio.ReadRow(l, []byte(lines[0]), &r); problem != "" || string(r.Text(decode.CalledNumber)) != "2" {
		t.Error(problem)
	}
	if problem := Kamailio.ReadRow(l, []byte(lines[5]), &r); problem == "" {
		t.Error("INFO is read")
	}
}

var kinds = map[string]string{
	"flat":   invite + "|*prepaid|1001|1002||3401:2069362475\n" + bye + "|||||3401:2069362475\n",
	"log":    acc + ";src_user=1001;src_domain=a;dst_ouser=1002\n" + strings.Replace(acc, "INVITE", "BYE", 1) + "\n",
	"json":   `{"method": "INVITE", "from_tag": "f1", "to_tag": "t1", "callid": "id@host", "sip_code": "200", "sip_reason": "OK", "time": 1700000000, "src_user": "al\u0069ce", "dst_user": "1002"}` + "\n",
	"dialog": "1700000000|1700000060|60.000000|1001|1002\n",
}

func TestDecodeAllocatesNothing(t *testing.T) {
	source := decodetest.Source(t)
	for _, lines := range kinds {
		l, _ := decodetest.Open(t, Kamailio, []byte(lines), source)
		block := []byte(strings.Repeat(lines, 50))
		decodetest.AllocatesNothing(t, Kamailio, l, block, 50)
	}
}

func FuzzSIP(f *testing.F) {
	for _, lines := range kinds {
		f.Add([]byte(lines), []byte(lines))
	}
	f.Add([]byte(nil), []byte(invite+"|1|2|7|1699999993|60|60250\r\n\n{\"a\\ud83d\": [\n"))
	source := decodetest.Source(f)
	f.Fuzz(func(t *testing.T, head, block []byte) {
		for _, d := range []Decoder{Kamailio, OpenSIPS} {
			d.Detect(head)
			l, _ := decodetest.Open(t, d, head, source)
			decodetest.Check(t, d, l, block)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for name, lines := range kinds {
		b.Run(name, func(b *testing.B) {
			l, _ := decodetest.Open(b, Kamailio, []byte(lines), decodetest.Source(b))
			block := []byte(strings.Repeat(lines, 500))
			decodetest.Bench(b, Kamailio, l, block)
		})
	}
}
