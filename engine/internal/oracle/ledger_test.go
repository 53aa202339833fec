package oracle

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLateness(t *testing.T) {
	csv := `record_id,start_time,calling_number,called_number,service
1,2024-03-20 10:01:00,a1,b1,sms
2,2024-03-20 10:00:00,a1,b1,sms
3,2024-03-20 09:59:59.999,a1,b1,sms
4,2024-03-20 10:02:00,a1,b1,sms
5,2024-03-20 10:00:59.999,a1,b1,sms
1,2024-03-20 10:01:00,a1,b1,sms
`
	res := run(t, Default(), csv)
	if got := fmt.Sprint(res.Late); got != "[{a.csv 4 late} {a.csv 6 late}]" {
		t.Errorf("late: %s", got)
	}
	if l := res.Ledger; l[accepted] != 3 || l[late] != 2 || l[duplicate] != 1 {
		t.Errorf("ledger: %v", l)
	}
	if res.Disorder["a.csv"] != 60_001*time.Millisecond {
		t.Errorf("disorder: %v", res.Disorder)
	}
}

// TestDuplicates: identity is record_id, direction, partial_sequence, at one
// event time, across files; without record_id the raw line.
func TestDuplicates(t *testing.T) {
	one := `record_id,direction,partial_sequence,start_time,calling_number,called_number,service
1,both,,2024-03-20 10:00:00,a1,b1,sms
1,,0,2024-03-20 10:00:00,a1,b1,sms
1,originating,,2024-03-20 10:00:00,a1,b1,sms
1,both,1,2024-03-20 10:00:00,a1,b1,sms
1,both,,2024-03-20 10:00:00.001,a1,b1,sms
,both,,2024-03-20 10:00:01,a1,b1,sms
,both,,2024-03-20 10:00:01,a1,b1,sms
,both,0,2024-03-20 10:00:01,a1,b1,sms
`
	two := `{"record_id":"1","start_time":"2024-03-20T10:00:00Z","calling_number":"a1","called_number":"b1","service":"sms"}
{"record_id":"2","start_time":1710928800,"calling_number":"a1","called_number":"b1","service":"SMS","x":[1]}
`
	res, err := Run(Default(), []File{{Name: "one", Data: []byte(one)}, {Name: "two", Data: []byte(two), JSON: true}, {Name: "again", Data: []byte(one)}})
	if err != nil {
		t.Fatal(err)
	}
	balanced(t, res)
	if l := res.Sources["one"]; l[accepted] != 6 || l[duplicate] != 2 {
		t.Errorf("one: %v", l)
	}
	if l := res.Sources["two"]; l[accepted] != 1 || l[duplicate] != 1 || res.Contested != 2 {
		t.Errorf("two: %v, contested %d", l, res.Contested)
	}
	if fmt.Sprint(res.DuplicateFiles) != "[again]" || res.Ledger[read] != 10 {
		t.Errorf("duplicate files %v, ledger %v", res.DuplicateFiles, res.Ledger)
	}
}

func TestRejects(t *testing.T) {
	head := "start_time,calling_number,called_number,service,direction,ring_seconds,duration_seconds,disposition,cause,uplink_bytes,charge,rat,forwarded,partial_sequence,visited_plmn\n"
	for _, x := range []struct{ line, want string }{ // want "" is accepted
		{"2024-03-20 10:00:00,a,b,,,,,,,,,,,,", ""},
		{"2024-03-20 10:00:00,a,b,VOICE,Both,4294967,4294967.000,Busy,0,0,1.5,WiFi,TRUE,1,310260", ""},
		{`2024-03-20 10:00:00,"a,1","b""2",,,,,,,,,,,,`, ""},
		{",a,b,,,,,,,,,,,,", "start_time"},
		{"2024-02-30 10:00:00,a,b,,,,,,,,,,,,", "start_time"},
		{"2024-03-20 10:00:00,a,b,fax,,,,,,,,,,,", "service"},
		{"2024-03-20 10:00:00,a,b,,up,,,,,,,,,,", "direction"},
		{"2024-03-20 10:00:00,a,b,,none,-1,,,,,,,,,", "ring_seconds"},
		{"2024-03-20 10:00:00,a,b,,,4294967.001,,,,,,,,,", "ring_seconds"},
		{"2024-03-20 10:00:00,a,b,,,,x,,,,,,,,", "duration_seconds"},
		{"2024-03-20 10:00:00,a,b,,,,,ok,,,,,,,", "disposition"},
		{"2024-03-20 10:00:00,a,b,,,,,,1.5,,,,,,", "cause"},
		{"2024-03-20 10:00:00,a,b,,,,,,,-1,,,,,", "uplink_bytes"},
		{"2024-03-20 10:00:00,a,b,,,,,,,99999999999999999999,,,,,", "uplink_bytes"},
		{"2024-03-20 10:00:00,a,b,,,,,,,,free,,,,", "charge"},
		{"2024-03-20 10:00:00,a,b,,,,,,,,,6g,,,", "rat"},
		{"2024-03-20 10:00:00,a,b,,,,,,,,,,yep,,", "forwarded"},
		{"2024-03-20 10:00:00,a,b,,,,,,,,,,,one,", "partial_sequence"},
		{"2024-03-20 10:00:00,a,b,,,,,,,,,,,,home", "visited_plmn"},
		{"2024-03-20 10:00:00,,anonymous,,,,,,,,,,,,", "no party"},
		{"2024-03-20 10:00:00,a,b,,,,,,,,,,,", "field count"},
		{`2024-03-20 10:00:00,"a,b,,,,,,,,,,,,`, "malformed line"},
		{"2024-03-20 10:00:00," + strings.Repeat("a", 300) + ",b,,,,,,,,,,,,", "too long"},
	} {
		c := Default()
		c.MaxRecord = 300
		res := run(t, c, head+"\n\r\n"+x.line)
		got := ""
		if len(res.Rejects) > 0 {
			got = res.Rejects[0].Reason
			if res.Rejects[0].Line != 4 {
				t.Errorf("%s: line %d, want 4", x.line, res.Rejects[0].Line)
			}
		}
		if got != x.want || res.Ledger[read] != 1 {
			t.Errorf("%s: rejected for %q, want %q; %v", x.line, got, x.want, res.Ledger)
		}
	}
}

func TestLegs(t *testing.T) {
	csv := `start_time,calling_number,called_number,direction,service,imsi
2024-03-20 10:00:00,a1,b1,both,,
2024-03-20 10:00:01,a1,b1,originating,,
2024-03-20 10:00:02,a1,b1,terminating,,
2024-03-20 10:00:03,a1,b1,none,,
2024-03-20 10:00:04,a1,,,data,
2024-03-20 10:00:05,anonymous,b1,,,
2024-03-20 10:00:06,,,,data,310260000000001
`
	for _, x := range []struct {
		legs               []string
		filtered, a, b, im int
	}{
		{nil, 1, 3, 3, 1},
		{[]string{"originating"}, 2, 3, 0, 1},
		{[]string{"terminating"}, 4, 0, 3, 0},
	} {
		c := days1("1d")
		c.Legs = x.legs
		res := run(t, c, csv)
		got := map[string]int64{}
		for _, r := range res.Rows {
			got[r.Subscriber] = r.Values["calls_1d"].(int64) + r.Values["data_sessions_1d"].(int64)
		}
		if res.Ledger[filtered] != int64(x.filtered) || got["a1"] != int64(x.a) || got["b1"] != int64(x.b) || got["imsi:310260000000001"] != int64(x.im) {
			t.Errorf("legs %v: %v, filtered %d; want %+v", x.legs, got, res.Ledger[filtered], x)
		}
	}
}
