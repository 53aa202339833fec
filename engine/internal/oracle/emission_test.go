package oracle

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// rows lists subscriber@end of all rows.
func rows(res *Result, layout string) string {
	var out []string
	for _, r := range res.Rows {
		out = append(out, r.Subscriber+"@"+r.WindowEnd.Format(layout))
	}
	return strings.Join(out, " ")
}

func TestBoundaries(t *testing.T) {
	csv := `start_time,calling_number,called_number,direction,service
2024-03-20 00:00:00,b1,c1,originating,sms
2024-03-22 10:30:00,a1,c1,originating,sms
2024-03-22 12:00:00,a1,c1,originating,sms
`
	c := days1("1d")
	for _, x := range []struct {
		every string
		all   bool
		want  string
	}{
		{"1d", false, "b1@21/00 a1@23/00"},
		{"1d", true, "b1@21/00 b1@22/00 a1@23/00 b1@23/00"},
		{"1h", false, "b1@20/01 a1@22/11 a1@22/13"},
	} {
		c.EmitEvery, c.EmitAll = x.every, x.all
		if got := rows(run(t, c, csv), "02/15"); got != x.want {
			t.Errorf("every %s, all %v: %s, want %s", x.every, x.all, got, x.want)
		}
	}
}

func TestRetention(t *testing.T) {
	csv := `start_time,calling_number,called_number,direction,service
2024-03-01 12:00:00,a1,c1,originating,sms
2024-03-03 12:00:00,b1,c1,originating,sms
2024-03-03 12:00:00.001,a1,c1,originating,sms
2024-03-05 12:00:00,b1,c1,originating,sms
`
	c := days1("30d")
	c.EmitAll, c.RetainDays = true, 2
	res := run(t, c, csv)
	want := "a1@02 a1@03 a1@04 b1@04 a1@05 b1@05 b1@06"
	if got := rows(res, "02"); got != want {
		t.Errorf("rows %s, want %s", got, want)
	}
	expect(t, find(t, res, "a1", "2024-03-04T00:00:00Z"), map[string]any{"tenure_days": 0, "observed_days": 2, "sms_out_30d": 1})
	expect(t, find(t, res, "b1", "2024-03-06T00:00:00Z"), map[string]any{"tenure_days": 2, "sms_out_30d": 2})
}

func TestOutsiders(t *testing.T) {
	csv := `start_time,calling_number,called_number,imsi
2024-03-20 10:00:00,+12125550123,+14155550123,
2024-03-20 11:00:00,+14155550123,+12125550177,310260000000001
`
	for _, x := range []struct {
		c    Config
		want string
	}{
		{Config{}, "12125550123:true 12125550177:false 14155550123:true"},
		{Config{Outsiders: "rules"}, "12125550123:true 14155550123:true"},
		{Config{HomeNumbers: []string{"+1212"}}, "12125550123:true 12125550177:true 14155550123:false"},
		{Config{HomeNumbers: []string{"+1212"}, Outsiders: "drop"}, "12125550123:true 12125550177:true"},
		{Config{HomePLMNs: []string{"310260"}}, "12125550123:false 12125550177:false 14155550123:true"},
		{Config{HomePLMNs: []string{"310260"}, HomeNumbers: []string{"+12125550177"}, Outsiders: "drop"}, "12125550177:true 14155550123:true"},
	} {
		x.c.Windows = []string{"1d"}
		var got []string
		for _, r := range run(t, x.c, csv).Rows {
			got = append(got, fmt.Sprint(r.Subscriber, ":", r.Values["home"]))
		}
		if s := strings.Join(got, " "); s != x.want {
			t.Errorf("%+v: %s, want %s", x.c, s, x.want)
		}
	}
}

// TestTrend: one call on each of 40 days, two on each of the last seven.
func TestTrend(t *testing.T) {
	csv := "start_time,calling_number,called_number,duration_seconds,charge\n"
	first := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	for day := range 40 {
		at := first.AddDate(0, 0, day)
		csv += at.Format(time.DateTime) + ",a1,b1,10,1\n"
		if day >= 33 {
			csv += at.Add(4*time.Hour).Format(time.DateTime) + ",a1,b1,10,0\n"
		}
	}
	res := run(t, days1("1d", "7d", "30d"), csv)
	expect(t, find(t, res, "a1", "2024-01-30T00:00:00Z"), map[string]any{"tenure_days": 28, "calls_trend": nil})
	expect(t, find(t, res, "a1", "2024-01-31T00:00:00Z"), map[string]any{"tenure_days": 29, "calls_trend": nil})
	expect(t, find(t, res, "a1", "2024-02-01T00:00:00Z"), map[string]any{"tenure_days": 30, "calls_trend": 1, "calls_30d": 30, "data_bytes_trend": nil})
	expect(t, find(t, res, "a1", "2024-02-10T00:00:00Z"), map[string]any{"tenure_days": 39, "calls_trend": 2, "calls_out_trend": 2, "talk_seconds_trend": 2, "charge_trend": 1, "voice_days_30d": 30})
}

// TestMaxContacts: room for two, the third puts the one seen longest ago out.
func TestMaxContacts(t *testing.T) {
	csv := `start_time,calling_number,called_number,direction
2024-03-20 10:00:00,a1,b1,originating
2024-03-20 11:00:00,a1,b2,originating
2024-03-20 12:00:00,a1,b1,originating
2024-03-21 10:00:00,a1,b3,originating
2024-03-21 11:00:00,a1,b1,originating
`
	c := days1("1d", "7d")
	c.MaxContacts = 2
	res := run(t, c, csv)
	expect(t, find(t, res, "a1", "2024-03-21T00:00:00Z"), map[string]any{"contacts_7d": 2, "approx": false})
	expect(t, find(t, res, "a1", "2024-03-22T00:00:00Z"), map[string]any{"contacts_1d": 2, "contacts_7d": 2, "calls_7d": 5, "approx": true})
}

// TestClock: the hour is that of the zone, or of the record when it says one.
func TestClock(t *testing.T) {
	csv := `start_time,calling_number,called_number
2024-03-22T23:30:00-05:00,a1,b1
`
	c := days1("1d")
	expect(t, run(t, c, csv).Rows[0].Values, map[string]any{"calls_night_1d": 1, "weekday_ratio_1d": 0}) // saturday 04:30
	c.ClockRecord = true
	expect(t, run(t, c, csv).Rows[0].Values, map[string]any{"calls_evening_1d": 1, "weekday_ratio_1d": 1}) // friday
	c.Holidays = []string{"2024-03-22"}
	expect(t, run(t, c, csv).Rows[0].Values, map[string]any{"weekday_ratio_1d": 0})
}
