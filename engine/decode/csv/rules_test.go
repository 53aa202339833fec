package csv

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/decodetest"
)

// show writes what the rules made of one record: "reject: why", "filtered", or
// the values asked for.
func show(t *testing.T, s *decode.Source, header, line string, ask func(r cdr.Record) string) string {
	t.Helper()
	l, _ := decodetest.Open(t, Decoder{}, []byte(header+"\n"), s)
	var b cdr.Batch
	var tally decode.Tally
	Decoder{}.Decode(l, []byte(line+"\n"), &b, &tally)
	decodetest.Check(t, Decoder{}, l, []byte(line+"\n"))
	switch {
	case len(tally.Rejects) == 1:
		return "reject: " + tally.Rejects[0].Reason
	case tally.Filtered == 1:
		return "filtered"
	case b.Len() == 1:
		return ask(decodetest.Records(&b)[0])
	}
	return fmt.Sprintf("read %d", tally.Read)
}

func legs(r cdr.Record) string {
	s := ""
	if r.Flags.Has(cdr.Originating) {
		s += "O"
	}
	if r.Flags.Has(cdr.Terminating) {
		s += "T"
	}
	served := " A"
	if r.Flags.Has(cdr.ServedCalled) {
		served = " B"
	}
	return s + served + " " + r.Calling.String() + ">" + r.Called.String()
}

func TestLegs(t *testing.T) {
	const header = "start_time,service,direction,calling_number,called_number,imsi"
	const now = "2024-03-01T08:00:00Z,"
	for _, c := range []struct{ only, line, want string }{
		{"", "voice,,+442079460000,+12125550100,", "OT A 442079460000>12125550100"},
		{"", ",both,+442079460000,+12125550100,", "OT A 442079460000>12125550100"},
		{"", "VOICE,Originating,+442079460000,+12125550100,", "O A 442079460000>12125550100"},
		{"", "sms, terminating ,+442079460000,+12125550100,", "T B 442079460000>12125550100"},
		{"", "voice,none,+442079460000,+12125550100,", "filtered"},
		{"", "voice,none,,,", "reject: no party"},
		{"", "data,,+442079460000,,", "O A 442079460000>"},
		{"", "data,both,+442079460000,+12125550100,", "O A 442079460000>12125550100"},
		{"", "data,terminating,+442079460000,+12125550100,", "T B 442079460000>12125550100"},
		{"", "voice,both,+442079460000,,", "O A 442079460000>"},
		{"", "voice,both,,+12125550100,", "T A >12125550100"},
		{"", "voice,originating,anonymous,+12125550100,", " A >12125550100"},
		{"", "voice,both,anonymous,-,", "reject: no party"},
		{"", "voice,both,,,234150000000001", "O A imsi:234150000000001>"},
		{"", "data,,,,234150000000001", "O A imsi:234150000000001>"},
		{"", "voice,terminating,+442079460000,,234150000000001", "T B 442079460000>imsi:234150000000001"},
		{"", "voice,both,,+12125550100,234150000000001", "OT A imsi:234150000000001>12125550100"},
		{"", "voice,both,,,not-digits", "reject: no party"},
		{"O", "voice,both,+442079460000,+12125550100,", "O A 442079460000>12125550100"},
		{"T", "voice,both,+442079460000,+12125550100,", "T A 442079460000>12125550100"},
		{"O", "voice,terminating,+442079460000,+12125550100,", "filtered"},
		{"T", "data,,+442079460000,,", "filtered"},
		{"T", "data,terminating,,+442079460000,", "T B >442079460000"},
		{"", "fax,,+442079460000,+12125550100,", `reject: service: "fax" is not voice, sms, mms or data`},
		{"", "voice,up,+442079460000,+12125550100,", `reject: direction: "up" is not both, originating, terminating or none`},
	} {
		s := decodetest.Source(t)
		s.Originating, s.Terminating = c.only != "T", c.only != "O"
		if got := show(t, s, header, now+c.line, legs); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.only, c.line, got, c.want)
		}
	}
}

func TestOutcomeAndRelease(t *testing.T) {
	base := time.Date(2024, 3, 1, 8, 0, 0, 0, time.UTC).UnixMilli()
	ask := func(r cdr.Record) string {
		return fmt.Sprint([]string{"unknown", "answered", "no_answer", "busy", "failed"}[r.Flags.Outcome()], " ", int64(r.Release)-base, " ", int32(r.RingMS), " ", r.TalkMS)
	}
	for _, c := range []struct{ columns, values, want string }{
		{"", "", "no_answer 0 -1 0"},
		{"duration_seconds", "60", "answered 60000 -1 60000"},
		{"duration_seconds", "0", "no_answer 0 -1 0"},
		{"duration_seconds", "0.0009", "no_answer 0 -1 0"},
		{"duration_seconds,ring_seconds", "0,12.5", "no_answer 12500 12500 0"},
		{"duration_seconds,ring_seconds", "60,12.5", "answered 72500 12500 60000"},
		{"duration_seconds,ring_seconds,disposition", "60,12.5,", "unknown 72500 12500 60000"},
		{"duration_seconds,ring_seconds,disposition", "60,12.5,Answered", "answered 72500 12500 60000"},
		{"duration_seconds,ring_seconds,disposition", "60,12.5,no_answer", "no_answer 60000 12500 60000"},
		{"duration_seconds,ring_seconds,disposition", "6,12.5, BUSY ", "busy 12500 12500 6000"},
		{"duration_seconds,ring_seconds,disposition", ",,failed", "failed 0 -1 0"},
		{"duration_seconds,ring_seconds,disposition", "0,5,answered", "answered 5000 5000 0"},
		{"duration_seconds,ring_seconds,disposition,service", "60,5,answered,sms", "answered 0 5000 60000"},
		{"duration_seconds,ring_seconds,disposition,service", "60,5,failed,mms", "failed 0 5000 60000"},
		{"duration_seconds,ring_seconds,disposition,service", "60,5,failed,data", "failed 60000 5000 60000"},
		{"duration_seconds,ring_seconds", "4294967,4294967", "answered 8589934000 -296 4294967000"},
		{"disposition", "no answer", `reject: disposition: "no answer" is not answered, no_answer, busy or failed`},
		{"duration_seconds", "abc", `reject: duration_seconds: "abc" is not a number`},
		{"duration_seconds", "-1", `reject: duration_seconds: "-1" is negative`},
		{"ring_seconds", "4294968", `reject: ring_seconds: "4294968" is out of range`},
		{"ring_seconds", strings.Repeat("9", 70), `reject: ring_seconds: "` + strings.Repeat("9", 64) + `"... is out of range`},
	} {
		header := strings.TrimSuffix("calling_number,start_time,"+c.columns, ",")
		line := strings.TrimSuffix("+442079460000,2024-03-01T08:00:00Z,"+c.values, ",")
		if strings.HasSuffix(c.values, ",") {
			line += ","
		}
		if got := show(t, decodetest.Source(t), header, line, ask); got != c.want {
			t.Errorf("%s = %s: %s, want %s", c.columns, c.values, got, c.want)
		}
	}
}

func TestEventTimeAtStartAndLatest(t *testing.T) {
	s := decodetest.Source(t)
	ask := func(r cdr.Record) string { return decode.Time(r.Release) }
	const header, line = "calling_number,start_time,duration_seconds", "+442079460000,2024-03-01T08:00:00Z,60"
	latest := cdr.Millis(time.Date(2024, 3, 1, 8, 0, 59, 0, time.UTC).UnixMilli())
	s.Latest = decode.NewLimit(latest)
	if got, want := show(t, s, header, line, ask), "reject: its time is too far in the future: 2024-03-01T08:01:00.000Z"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s.EventStart = true
	if got, want := show(t, s, header, line, ask), "2024-03-01T08:00:00.000Z"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	s.EventStart = false
	s.Latest.Set(latest + 1000)
	if got, want := show(t, s, header, line, ask), "2024-03-01T08:01:00.000Z"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestRareColumns(t *testing.T) {
	for _, c := range []struct{ columns, values, want string }{
		{"cause", "16", "cause 16"},
		{"cause", "38", "cause 38 dropped"},
		{"cause", "111", "cause 111 dropped"},
		{"cause", "65536", `reject: cause: "65536" is out of range`},
		{"cause", "x", `reject: cause: "x" is not a number`},
		{"visited_plmn", "20801", "mcc 208 roams"},
		{"visited_plmn", "23415", "mcc 234"},
		{"visited_plmn,imsi", "20801,208011234567890", "mcc 208"},
		{"visited_plmn,imsi", "310410,310410123456789", "mcc 310 home"},
		{"visited_plmn,imsi", "20801,234151234567890", "mcc 208 home roams"},
		{"visited_plmn,imsi", "20801,2080", "mcc 208 roams"},
		{"visited_plmn", "2341", `reject: visited_plmn: "2341" is not the 5 or 6 digits of a network`},
		{"visited_plmn", "234-15", `reject: visited_plmn: "234-15" is not the 5 or 6 digits of a network`},
		{"rat", "5G", "rat 4"},
		{"rat", "WiFi", "rat 5"},
		{"rat", "6g", `reject: rat: "6g" is not 2g, 3g, 4g, 5g or wifi`},
		{"uplink_bytes,downlink_bytes", "1,1125899906842624", "up 1 down 1125899906842624"},
		{"downlink_bytes", "1125899906842625", `reject: downlink_bytes: "1125899906842625" is out of range`},
		{"uplink_bytes", "-1", `reject: uplink_bytes: "-1" is negative`},
		{"downlink_bytes", "1.5", `reject: downlink_bytes: "1.5" is not an integer`},
		{"charge", "0.1234567", "charge 123456"},
		{"charge", "-2", `reject: charge: "-2" is negative`},
		{"charge", "1000000000.000001", `reject: charge: "1000000000.000001" is out of range`},
		{"forwarded", "Yes", "forwarded"},
		{"forwarded", "1", "forwarded"},
		{"forwarded", "FALSE", ""},
		{"forwarded", "2", `reject: forwarded: "2" is not true or false`},
		{"partial_sequence", "2", "slice"},
		{"partial_sequence", "1", ""},
		{"partial_sequence", "0", ""},
		{"partial_sequence", "-1", `reject: partial_sequence: "-1" is negative`},
		{"trunk_in,trunk_out", "a,b", ""},
	} {
		header, line := "calling_number,start_time,"+c.columns, "+442079460000,2024-03-01T08:00:00Z,"+c.values
		if got := show(t, decodetest.Source(t), header, line, rare); got != c.want {
			t.Errorf("%s = %s: %s, want %s", c.columns, c.values, got, c.want)
		}
	}
}

// rare names the values of a record that most records lack.
func rare(r cdr.Record) string {
	var s []string
	say := func(on bool, format string, args ...any) {
		if on {
			s = append(s, fmt.Sprintf(format, args...))
		}
	}
	say(r.Cause != 0, "cause %d", r.Cause)
	say(r.Flags.Has(cdr.DropCause), "dropped")
	say(r.VisitedMCC != 0, "mcc %d", r.VisitedMCC)
	say(r.Flags.Has(cdr.ServedHome), "home")
	say(r.Flags.Has(cdr.Roams), "roams")
	say(r.Flags.RAT() != 0, "rat %d", r.Flags.RAT())
	say(r.Up|r.Down != 0, "up %d down %d", r.Up, r.Down)
	say(r.Charge != 0, "charge %d", r.Charge)
	say(r.Flags.Has(cdr.Forwarded), "forwarded")
	say(r.Flags.Has(cdr.Slice), "slice")
	return strings.Join(s, " ")
}

func TestIdentity(t *testing.T) {
	const header = "calling_number,called_number,start_time,record_id,direction,partial_sequence,service"
	const head = "+442079460000,+12125550100,2024-03-01T08:00:00Z,"
	id := func(tail string) string {
		return show(t, decodetest.Source(t), header, head+tail, func(r cdr.Record) string { return fmt.Sprint(r.Identity) })
	}
	same := [][2]string{{"ra,,,", "ra,both,0,voice"}, {"ra,,,data", "ra,originating,,voice"}, {" ra ,,1,", "ra,BOTH,1,"}, {`"ra",,,`, "ra,,,"}, {`"a""b",,,`, `"a""b",both,,`}}
	for _, p := range same {
		if id(p[0]) != id(p[1]) {
			t.Errorf("%q and %q differ", p[0], p[1])
		}
	}
	seen := map[string]string{}
	for _, tail := range []string{"ra,,,", "rb,,,", "ra,originating,,", "ra,terminating,,", "ra,,1,", "ra,,2,", ",,,", ",,0,", ",,,voice"} {
		if other, twice := seen[id(tail)]; twice {
			t.Errorf("%q and %q have one identity", tail, other)
		}
		seen[id(tail)] = tail
	}
}

func TestDeviceCellIMSI(t *testing.T) {
	const header = "calling_number,start_time,cell_id,imei,imsi"
	ask := func(r cdr.Record) string { return fmt.Sprint(r.Cell, r.Region, r.IMEI, r.IMSI) }
	name := func(s string) uint64 { return uint64(cdr.Name([]byte(s))) }
	digits := func(s string) uint64 { return uint64(cdr.Digits([]byte(s))) }
	hash := func(s string) uint64 { return cdr.Hash([]byte(s)) }
	for _, c := range []struct {
		values       string
		cell, region uint64
		imei, imsi   uint64
	}{
		{",,", 0, 0, 0, 0},
		{"23415-12-3456,352099001761481,234150000000001", hash("23415-12-3456"), hash("23415-12"), digits("35209900176148"), digits("234150000000001")},
		{"23415-12-3456-7,35209900176148F,12a", hash("23415-12-3456-7"), 0, digits("35209900176148"), name("12a")},
		{"x-12-3456,3520990017614,00123", hash("x-12-3456"), 0, digits("3520990017614"), digits("00123")},
		{"23415--3456,3520990017614812,", hash("23415--3456"), 0, digits("35209900176148"), 0},
		{"23415-12-,35-209900-176148-1,12345678901234567", hash("23415-12-"), 0, name("35-209900-176148-1"), name("12345678901234567")},
		{"23415-12,,", hash("23415-12"), 0, 0, 0},
		{"23415,A,", hash("23415"), 0, name("A"), 0},
	} {
		want := fmt.Sprint(c.cell, c.region, c.imei, c.imsi)
		if got := show(t, decodetest.Source(t), header, "+442079460000,2024-03-01T08:00:00Z,"+c.values, ask); got != want {
			t.Errorf("%s: %s, want %s", c.values, got, want)
		}
	}
	s := decodetest.Source(t)
	s.Regions = map[string]string{"c1": "north"}
	ask = func(r cdr.Record) string { return fmt.Sprint(r.Region) }
	for cell, want := range map[string]uint64{"c1": hash("north"), "c2": 0, "": 0} {
		if got := show(t, s, header, "+442079460000,2024-03-01T08:00:00Z,"+cell+",,", ask); got != fmt.Sprint(want) {
			t.Errorf("region of %q: %s, want %d", cell, got, want)
		}
	}
}
