package oracle

import (
	"testing"
	"time"
)

func at(t testing.TB, text string) int64 {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return v.UnixMilli()
}

func TestInstant(t *testing.T) {
	for _, x := range []struct{ zone, text, want string }{ // want "" is impossible
		{"", "2024-03-20T10:00:00Z", "2024-03-20T10:00:00Z"},
		{"", "2024-03-20T10:00:00.1239+05:45", "2024-03-20T04:15:00.123Z"},
		{"Asia/Kathmandu", "2024-03-20 10:00:00.5", "2024-03-20T04:15:00.5Z"},
		{"", "1710928800", "2024-03-20T10:00:00Z"},
		{"", "99999999999", "5138-11-16T09:46:39Z"},
		{"", "100000000000", "1973-03-03T09:46:40Z"},
		{"", "1710928800123", "2024-03-20T10:00:00.123Z"},
		{"Europe/Berlin", "2024-03-31 02:00:00", "2024-03-31T01:00:00Z"}, // skipped: the offset before
		{"Europe/Berlin", "2024-03-31 02:59:59", "2024-03-31T01:59:59Z"},
		{"Europe/Berlin", "2024-03-31 03:00:00", "2024-03-31T01:00:00Z"},
		{"Europe/Berlin", "2024-10-27 02:00:00", "2024-10-27T00:00:00Z"}, // repeated: the first
		{"Europe/Berlin", "2024-10-27 03:00:00", "2024-10-27T02:00:00Z"},
		{"Australia/Lord_Howe", "2024-10-06 02:15:00", "2024-10-05T15:45:00Z"}, // half an hour is skipped
		{"Australia/Lord_Howe", "2024-04-07 01:45:00", "2024-04-06T14:45:00Z"}, // half an hour comes twice
		{"America/Havana", "2024-03-10 00:30:00", "2024-03-10T05:30:00Z"},
		{"America/Havana", "2024-11-03 00:30:00", "2024-11-03T04:30:00Z"},
		{"", "2024-02-30 10:00:00", ""}, {"", "2023-02-29T10:00:00Z", ""}, {"", "2024-13-01 00:00:00", ""}, {"", "2024-01-01 24:00:00", ""},
		{"", "2024-01-01 00:60:00", ""}, {"", "2024-01-01 00:00:60", ""}, {"", "2024-01-01", ""}, {"", "noon", ""}, {"", "", ""}, {"", "-5", ""},
		{"", "2024-01-01T00:00:00+25:00", ""},
	} {
		got, _, _, ok := instant(x.text, zone(t, x.zone))
		if ok != (x.want != "") || ok && got != at(t, x.want) {
			t.Errorf("%s in %q = %s %v, want %q", x.text, x.zone, time.UnixMilli(got).UTC().Format(time.RFC3339Nano), ok, x.want)
		}
	}
}

// TestDays: the first instant of a date, and a window of days at it.
func TestDays(t *testing.T) {
	for _, x := range []struct{ zone, date, start string }{
		{"UTC", "2024-03-20", "2024-03-20T00:00:00Z"},
		{"Asia/Kolkata", "2024-03-20", "2024-03-19T18:30:00Z"},
		{"Asia/Kathmandu", "2024-03-20", "2024-03-19T18:15:00Z"},
		{"America/Havana", "2024-03-10", "2024-03-10T05:00:00Z"},   // 01:00, midnight is skipped
		{"America/Havana", "2024-11-03", "2024-11-03T04:00:00Z"},   // 00:00 comes twice
		{"America/Santiago", "2024-09-08", "2024-09-08T04:00:00Z"}, // 01:00
		{"America/Santiago", "2024-04-07", "2024-04-07T04:00:00Z"}, // 23:00 of the day before comes twice
		{"Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z"},     // 01:00
		{"Australia/Lord_Howe", "2024-10-07", "2024-10-06T13:00:00Z"},
		{"Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"}, // the 30th was left out
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"},
	} {
		d := newDays(zone(t, x.zone))
		date, err := time.Parse(time.DateOnly, x.date)
		if err != nil {
			t.Fatal(err)
		}
		day := int(date.Unix() / 86400)
		start := d.start(day)
		if start != at(t, x.start) {
			t.Errorf("%s in %s begins at %s, want %s", x.date, x.zone, time.UnixMilli(start).UTC().Format(time.RFC3339), x.start)
		}
		if d.of(start) < day || d.of(start-1) >= day {
			t.Errorf("%s in %s: the instant is of day %d, the one before of %d, want %d and less", x.date, x.zone, d.of(start), d.of(start-1), day)
		}
	}
}

func TestWindowStart(t *testing.T) {
	berlin := newDays(zone(t, "Europe/Berlin"))
	for _, x := range []struct{ window, at, want string }{
		{"1h/5m", "2024-03-20T10:00:00Z", "2024-03-20T09:00:00Z"},
		{"1h/5m", "2024-03-20T10:00:01Z", "2024-03-20T09:05:00Z"}, // more than W - slide
		{"1h/5m", "2024-03-20T10:05:00Z", "2024-03-20T09:05:00Z"},
		{"24h/1h", "2024-03-20T10:30:00Z", "2024-03-19T11:00:00Z"},
		{"1d", "2024-04-01T00:00:00+02:00", "2024-03-31T00:00:00+01:00"},
		{"1d", "2024-04-01T00:00:00.001+02:00", "2024-04-01T00:00:00+02:00"},
		{"7d", "2024-04-03T00:00:00+02:00", "2024-03-27T00:00:00+01:00"}, // 167 hours
		{"7d", "2024-04-03T12:00:00+02:00", "2024-03-28T00:00:00+01:00"},
	} {
		w, err := parseWindow(x.window)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.start(at(t, x.at), berlin); got != at(t, x.want) {
			t.Errorf("%s at %s starts %s, want %s", x.window, x.at, time.UnixMilli(got).UTC().Format(time.RFC3339), x.want)
		}
	}
	for _, bad := range []string{"", "d", "0d", "1h/7m", "1x", "1d/5m", "-1h"} {
		if _, err := parseWindow(bad); err == nil {
			t.Errorf("window %q was taken", bad)
		}
	}
}
