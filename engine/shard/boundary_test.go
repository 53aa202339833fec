package shard

import (
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

func TestParseBoundaries(t *testing.T) {
	for _, ok := range []string{"1d", "7d", "366d", "1h", "6h", "24h", "15m", "1s", "90m"} {
		if _, err := ParseBoundaries(ok, time.UTC); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", "d", "0d", "-1d", "367d", "1.5d", "0h", "-1h", "7h", "25h", "500ms", "1500ms", "week", "7"} {
		_, err := ParseBoundaries(bad, time.UTC)
		if err == nil || !strings.Contains(err.Error(), `"`+bad+`"`) || !strings.Contains(err.Error(), "emit every") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestBoundaries(t *testing.T) {
	for _, test := range []struct{ every, zone, after, want string }{
		{"1h", "Asia/Kolkata", "2024-03-20T00:00:00Z", "2024-03-20T01:00:00Z"}, // on the UTC grid
		{"1h", "UTC", "2024-03-19T23:59:59.999Z", "2024-03-20T00:00:00Z"},
		{"1h", "UTC", "1969-12-31T22:30:00Z", "1969-12-31T23:00:00Z"},
		{"1h", "UTC", "1969-12-31T23:00:00Z", "1970-01-01T00:00:00Z"},
		{"15m", "UTC", "2024-03-20T10:14:59.999Z", "2024-03-20T10:15:00Z"},
		{"1d", "UTC", "2024-03-20T00:00:00Z", "2024-03-21T00:00:00Z"},
		{"1d", "UTC", "2024-03-19T23:59:59.999Z", "2024-03-20T00:00:00Z"},
		{"1d", "Asia/Kolkata", "2024-03-20T18:29:59.999Z", "2024-03-20T18:30:00Z"},
		{"1d", "America/Havana", "2024-03-09T12:00:00Z", "2024-03-10T05:00:00Z"},   // 00:00 is skipped: 01:00
		{"1d", "America/Havana", "2024-11-03T04:30:00Z", "2024-11-04T05:00:00Z"},   // a day of 25 hours
		{"1d", "Africa/Cairo", "2024-04-25T20:00:00Z", "2024-04-25T22:00:00Z"},     // 01:00 of the 26th
		{"1d", "Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-30T10:00:00Z"},     // from the 29th to the 31st
		{"1d", "America/St_Johns", "1994-10-30T02:45:00Z", "1994-10-31T03:30:00Z"}, // 23:15 of the 29th, for the second time
		{"7d", "UTC", "2024-03-20T10:00:00Z", "2024-03-21T00:00:00Z"},              // days counted from 1970-01-01
		{"7d", "UTC", "2024-03-21T00:00:00Z", "2024-03-28T00:00:00Z"},
		{"7d", "UTC", "1969-12-30T00:00:00Z", "1970-01-01T00:00:00Z"},
		{"2d", "Europe/Paris", "2024-03-30T23:30:00Z", "2024-03-31T22:00:00Z"},
	} {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		b, err := ParseBoundaries(test.every, zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.After(at(t, test.after)); got != at(t, test.want) {
			t.Errorf("%s in %s after %s: %s, want %s", test.every, test.zone, test.after, time.UnixMilli(int64(got)).UTC().Format(time.RFC3339Nano), test.want)
		}
	}
}

// The boundary after a boundary is a later one, and nothing lies between a time
// and the boundary after it.
func TestBoundariesFollow(t *testing.T) {
	for _, every := range []string{"1d", "3d", "1h", "6h"} {
		for _, name := range []string{"America/Havana", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns"} {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := ParseBoundaries(every, zone)
			next := b.After(at(t, "1994-01-01T00:00:00Z"))
			for now := at(t, "1994-01-01T00:00:00Z"); now < at(t, "1995-01-01T00:00:00Z"); now += 1_234_567 {
				for now >= next {
					next = b.After(next)
				}
				if got := b.After(now); got != next {
					t.Fatalf("%s in %s after %d: %d, want %d", every, name, now, got, next)
				}
			}
		}
	}
}

func at(t *testing.T, s string) cdr.Millis {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return cdr.Millis(v.UnixMilli())
}
