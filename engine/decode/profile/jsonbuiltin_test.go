package profile

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// leg is a record of FreeSWITCH's mod_json_cdr.
type leg struct {
	uuid, originator, from, to string
	start, answer, end         int64 // microseconds
	cause                      string
	q850                       int
	object, pretty, plain      bool // callflow is an object, several times; line breaks; values are not encoded
}

func (l leg) write() string {
	encode := func(s string) string {
		if l.plain {
			return s
		}
		return strings.NewReplacer(" ", "%20", ":", "%3A", "+", "%2B", "@", "%40", "#", "%23").Replace(s)
	}
	talk := int64(0)
	if l.answer > 0 {
		talk = (l.end - l.answer) / 1000
	}
	originator := ""
	if l.originator != "" {
		originator = fmt.Sprintf(`"originator":%q,`, l.originator)
	}
	flow := fmt.Sprintf(`{"dialplan":"XML","caller_profile":{"caller_id_number":%q,"destination_number":%q,"originatee":{"originatee_caller_profiles":[{"destination_number":"9"}]}},"times":{"created_time":"%d"}}`, l.from, l.to, l.start)
	const newer = `{"caller_profile":{"caller_id_number":"1","destination_number":"2"}}`
	if l.object {
		flow = newer + `,"callflow":` + flow
	} else {
		flow = "[" + newer + "," + flow + "]"
	}
	s := fmt.Sprintf(`{"core-uuid":"c","channel_data":{"state":"CS_REPORTING"},"callStats":{"audio":{"inbound":{"mos":4.5}}},"variables":{"direction":"inbound",%s"uuid":%q,"start_stamp":%q,"sip_full_from":%q,"hangup_cause":%q,"hangup_cause_q850":"%d","start_uepoch":"%d","answer_uepoch":"%d","end_uepoch":"%d","billsec":"%d","billmsec":"%d"},"app_log":{"applications":[{"app_name":"log","app_data":"{ \"x\": [ }"}]},"callflow":%s}`,
		originator, l.uuid, encode("2024-03-01 10:00:00"), encode("<sip:1001@example.com>"), l.cause, l.q850, l.start, l.answer, l.end, talk/1000, talk, flow)
	if l.pretty {
		var b bytes.Buffer
		if err := json.Indent(&b, []byte(s), "", "\t"); err != nil {
			panic(err)
		}
		s = b.String()
	}
	return s
}

const eightUS = 1709280000_000000 // 2024-03-01 08:00:00 UTC

var (
	answeredLeg = leg{uuid: "a-1", from: "+442079460000", to: "1003", start: eightUS, answer: eightUS + 10_500_000, end: eightUS + 60_250_000, cause: "NORMAL_CLEARING", q850: 16}
	missedLeg   = leg{uuid: "a-2", from: "1001", to: "1003", start: eightUS, end: eightUS + 14_000_000, cause: "NORMAL_CLEARING", q850: 16}
	busyLeg     = leg{uuid: "a-3", from: "1001", to: "1003", start: eightUS, end: eightUS + 1_000_000, cause: "USER_BUSY", q850: 17}
)

const (
	answeredTold = "442079460000>1003 answered 2024-03-01T08:00:00.000Z ring 10500 talk 49750"
	missedTold   = "1001>1003 no_answer 2024-03-01T08:00:00.000Z ring 14000 talk 0"
	busyTold     = "1001>1003 busy 2024-03-01T08:00:00.000Z ring 1000 talk 0"
)

func TestFreeSwitchJSON(t *testing.T) {
	d, source := builtinNamed("freeswitch-json"), decodetest.Source(t)
	with := func(l leg, change func(*leg)) leg { change(&l); return l }
	for _, c := range []struct{ name, file, want string }{
		{"a file without a line end", answeredLeg.write(), answeredTold},
		{"lines", answeredLeg.write() + "\n" + missedLeg.write() + "\n" + busyLeg.write() + "\n", answeredTold + "; " + missedTold + "; " + busyTold},
		{"pretty", with(answeredLeg, func(l *leg) { l.pretty = true }).write(), answeredTold},
		{"pretty ones", strings.Repeat(with(busyLeg, func(l *leg) { l.pretty = true }).write()+"\n", 2), busyTold + "; " + busyTold},
		{"an array", "[" + answeredLeg.write() + ",\n" + missedLeg.write() + "]", answeredTold + "; " + missedTold},
		{"one callflow", strings.Replace(with(answeredLeg, func(l *leg) { l.object = true }).write(), `{"caller_profile":{"caller_id_number":"1","destination_number":"2"}},"callflow":`, "", 1), answeredTold},
		{"callflow is an object", with(answeredLeg, func(l *leg) { l.object = true }).write(), answeredTold},
		{"values are plain", with(answeredLeg, func(l *leg) { l.plain = true }).write(), answeredTold},
		{"no callflow", strings.Replace(strings.Replace(answeredLeg.write(), `"callflow":`, `"other":`, 1), `"billsec"`, `"sip_from_user":"%2B442079460000","sip_req_user":"1003","billsec"`, 1), answeredTold},
		{"the whole is percent-encoded", "cdr=" + url.PathEscape(answeredLeg.write()), answeredTold},
		{"the whole is in base64", base64.StdEncoding.EncodeToString([]byte(answeredLeg.write())), answeredTold},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, skip := decodetest.Open(t, d, []byte(c.file), source)
			decodetest.Check(t, d, l, []byte(c.file)[skip:])
			if got := strings.Join(rowsOf(t, d, []byte(c.file), source), "; "); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if m := d.Detect([]byte(c.file)); m.Score != 85 {
				t.Errorf("%+v", m)
			}
		})
	}
}

// TestFreeSwitchLegs: where both legs of a call are logged, they count as one call, with
// either profile.
func TestFreeSwitchLegs(t *testing.T) {
	source := decodetest.Source(t)
	other := answeredLeg
	other.uuid, other.originator, other.to = "b-1", "a-1", "1003"
	file := []byte(answeredLeg.write() + other.write())
	for name, want := range map[string]string{"freeswitch-json": "both/1", "freeswitch-json-ab": "originating terminating/0"} {
		d := builtinNamed(name)
		l, _ := decodetest.Open(t, d, file, source)
		decodetest.Check(t, d, l, file)
		var b cdr.Batch
		var tally decode.Tally
		d.Decode(l, file, &b, &tally)
		var legs []string
		for i := range b.Rows {
			switch b.Rows[i].Flags & (cdr.Originating | cdr.Terminating) {
			case cdr.Originating:
				legs = append(legs, "originating")
			case cdr.Terminating:
				legs = append(legs, "terminating")
			default:
				legs = append(legs, "both")
			}
		}
		if got := fmt.Sprintf("%s/%d", strings.Join(legs, " "), tally.Filtered); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

func TestFreeSwitchRejects(t *testing.T) {
	d, source := builtinNamed("freeswitch-json"), decodetest.Source(t)
	whole := answeredLeg.write()
	for _, c := range []struct{ name, file, want string }{
		{"cut", whole[:300], "this is no JSON object: it is cut short, or longer than a mebibyte"},
		{"a byte", "{", "this is no JSON object: it is cut short, or longer than a mebibyte"},
		{"no time", strings.Replace(whole, "start_uepoch", "other", 1), "start_time: is missing"},
		{"a time of letters", strings.Replace(whole, "1709280000000000\",\"answer", "soon\",\"answer", 1), `start_time: "soon" is not a time`},
		{"a time of the far future", strings.Replace(whole, "1709280000000000\",\"answer", "99999999999999999999\",\"answer", 1), `start_time: "99999999999999999999" is not a time`},
		{"a negative duration", strings.Replace(whole, `"billmsec":"`, `"billmsec":"-`, 1), `duration_seconds: "-49750" is negative`},
		{"a cause of letters", strings.Replace(whole, `"hangup_cause_q850":"16"`, `"hangup_cause_q850":"x"`, 1), `cause: "x" is not a number`},
		{"a list for a text", strings.Replace(whole, `"uuid":"a-1"`, `"uuid":["a-1"]`, 1), "variables.uuid: is neither a text nor a number"},
		{"a list of no objects", strings.Replace(whole, `"callflow":[`, `"sip_x":[`, 1), "no party"},
		{"empty", "", ""},
		{"an empty object", "{}", "start_time: is missing"},
	} {
		l, _ := decodetest.Open(t, d, []byte(c.file), source)
		decodetest.Check(t, d, l, []byte(c.file))
		if got := rejectOf(d, []byte(c.file), source); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestAsteriskJSON(t *testing.T) {
	d, source := builtinNamed("asterisk-json"), decodetest.Source(t)
	const stock = `{"clid":"\"Alice\" <1000>","src":"+442079460000","dst":"1003","dcontext":"ctx","channel":"SIP/1","dstchannel":"SIP/2","lastapp":"Dial","lastdata":"a,b","start":"2024-03-01 08:00:00","answer":"2024-03-01 08:00:10","end":"2024-03-01 08:01:00","duration":60,"billsec":50,"disposition":"ANSWERED","amaflags":"DOCUMENTATION","accountcode":"","uniqueid":"1709280000.1","userfield":"","sequence":7}`
	numbers := strings.NewReplacer(`"2024-03-01 08:00:00"`, "1709280000.250", `"ANSWERED"`, "8", `:60`, `:60.5`, `:50,`, `:49.750,`).Replace(stock)
	missed := strings.NewReplacer("1003", "s", "ANSWERED", "NO ANSWER", `"2024-03-01 08:00:10"`, `""`, ":50,", ":0,", ":60", ":10").Replace(stock)
	file := stock + "\n" + numbers + "\n" + missed + "\nhello\n" + stock[:99] + "\n"
	l, _ := decodetest.Open(t, d, []byte(file), source)
	decodetest.Check(t, d, l, []byte(file))
	want := "442079460000>1003 answered 2024-03-01T08:00:00.000Z ring 10000 talk 50000; 442079460000>1003 answered 2024-03-01T08:00:00.250Z ring 10750 talk 49750; 442079460000> no_answer 2024-03-01T08:00:00.000Z ring 10000 talk 0"
	if got := strings.Join(rowsOf(t, d, []byte(stock+"\n"+numbers+"\n"+missed), source), "; "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	var b cdr.Batch
	var tally decode.Tally
	d.Decode(l, []byte(file), &b, &tally)
	if b.Len() != 3 || len(tally.Rejects) != 2 || b.Call[0] == 0 || b.Rows[0].Identity == b.RawHash[0] {
		t.Errorf("%d rows, rejects %v", b.Len(), tally.Rejects)
	}
	if m := d.Detect([]byte(file)); m.Score != 85 {
		t.Errorf("%+v", m)
	}
}

// TestJSONBuiltinsDetect: no profile of JSON takes the records of another for its own.
func TestJSONBuiltinsDetect(t *testing.T) {
	files := map[string]string{
		"freeswitch-json": answeredLeg.write(),
		"asterisk-json":   `{"src":"1","dst":"2","start":"2024-03-01 08:00:00","duration":60,"billsec":50,"disposition":"BUSY"}`,
		"":                `{"calling_number":"1","start_time":"2024-03-01T08:00:00Z"}`,
	}
	for owner, file := range files {
		for _, d := range Builtin() {
			if m := d.Detect([]byte(file)); m.Score > 0 != (d.Name() == owner) {
				t.Errorf("%s: %+v of a file of %q", d.Name(), m, owner)
			}
		}
	}
}

func FuzzFreeSwitchJSON(f *testing.F) {
	d, source := builtinNamed("freeswitch-json"), decodetest.Source(f)
	f.Add([]byte(answeredLeg.write() + "\n" + missedLeg.write()[:200]))
	f.Add([]byte("[" + busyLeg.write() + "]\n%7B%22"))
	f.Fuzz(func(t *testing.T, block []byte) {
		d.Detect(block)
		l, _ := decodetest.Open(t, d, block, source)
		decodetest.Check(t, d, l, block)
	})
}

func TestFreeSwitchAllocatesNothing(t *testing.T) {
	d, source := builtinNamed("freeswitch-json"), decodetest.Source(t)
	l, _ := decodetest.Open(t, d, nil, source)
	block := []byte(strings.Repeat(answeredLeg.write()+"\n", 20))
	decodetest.AllocatesNothing(t, d, l, block, 20)
}

func BenchmarkFreeSwitchJSON(b *testing.B) {
	d, source := builtinNamed("freeswitch-json"), decodetest.Source(b)
	var more strings.Builder
	for i := range 200 { // as many variables as a call of the stock configuration has
		fmt.Fprintf(&more, `"some_variable_%d":"value%%20of%%20it",`, i)
	}
	record := strings.Replace(answeredLeg.write(), `"variables":{`, `"variables":{`+more.String(), 1)
	const records = 100
	block := []byte(strings.Repeat(record+"\n", records))
	l, _ := decodetest.Open(b, d, nil, source)
	decodetest.Bench(b, d, l, block)
}
