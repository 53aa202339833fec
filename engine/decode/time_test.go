package decode

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata" // the same zones everywhere

	"github.com/cdrstream/cdrstream/engine/cdr"
)

func TestClockParse(t *testing.T) {
	const no = cdr.NoOffset
	for _, c := range []struct {
		zone, text string
		want       string // RFC 3339 in UTC, or a problem
		offset     int16
	}{
		{"UTC", "2024-03-01T08:00:00Z", "2024-03-01T08:00:00.000Z", 0},
		{"UTC", "2024-03-01t08:00:00z", "2024-03-01T08:00:00.000Z", 0},
		{"UTC", "2024-03-01 08:00:00Z", "2024-03-01T08:00:00.000Z", 0},
		{"UTC", "2024-03-01T08:00:00.5+02:00", "2024-03-01T06:00:00.500Z", 120},
		{"UTC", "2024-03-01T08:00:00.123999-03:30", "2024-03-01T11:30:00.123Z", -210},
		{"UTC", "2024-02-29T23:59:59.999999999Z", "2024-02-29T23:59:59.999Z", 0},
		{"Europe/Berlin", "2024-03-01 08:00:00", "2024-03-01T07:00:00.000Z", no},
		{"Europe/Berlin", "2024-03-01T08:00:00", "2024-03-01T07:00:00.000Z", no},
		{"Europe/Berlin", "2024-03-01 08:00:00.25", "2024-03-01T07:00:00.250Z", no},
		{"Europe/Berlin", "2024-03-31 01:59:59", "2024-03-31T00:59:59.000Z", no},
		{"Europe/Berlin", "2024-03-31 02:30:00", "2024-03-31T01:30:00.000Z", no}, // skipped: as +01:00
		{"Europe/Berlin", "2024-03-31 03:00:00", "2024-03-31T01:00:00.000Z", no},
		{"Europe/Berlin", "2024-10-27 02:30:00", "2024-10-27T00:30:00.000Z", no}, // first of two
		{"Europe/Berlin", "2024-10-27 02:59:59.999", "2024-10-27T00:59:59.999Z", no},
		{"Europe/Berlin", "2024-10-27 03:00:00", "2024-10-27T02:00:00.000Z", no},
		{"America/New_York", "2024-11-03 01:30:00", "2024-11-03T05:30:00.000Z", no},
		{"Pacific/Apia", "2011-12-30 12:00:00", "2011-12-30T22:00:00.000Z", no}, // a day that never was
		{"Australia/Lord_Howe", "2024-10-06 02:15:00", "2024-10-05T15:45:00.000Z", no},
		{"UTC", "1709280000", "2024-03-01T08:00:00.000Z", no},
		{"UTC", "1709280000.7899", "2024-03-01T08:00:00.789Z", no},
		{"UTC", "1709280000789", "2024-03-01T08:00:00.789Z", no},
		{"UTC", "1709280000789.9", "2024-03-01T08:00:00.789Z", no},
		{"UTC", "1.7e9", "2023-11-14T22:13:20.000Z", no},
		{"UTC", "99999999999", "5138-11-16T09:46:39.000Z", no},
		{"UTC", "100000000000", "1973-03-03T09:46:40.000Z", no},
		{"UTC", "0", "1970-01-01T00:00:00.000Z", no},
		{"UTC", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z", 0},
		{"UTC", "9999-12-31T23:59:59-01:00", impossibleTime, 0},
		{"UTC", "1969-12-31T23:59:59Z", impossibleTime, 0},
		{"UTC", "253402300800000", impossibleTime, 0},
		{"UTC", "1e40", impossibleTime, 0},
		{"UTC", "-5", impossibleTime, 0},
		{"UTC", "2024-13-01T08:00:00Z", impossibleTime, 0},
		{"UTC", "2024-00-01T08:00:00Z", impossibleTime, 0},
		{"UTC", "2024-02-30T08:00:00Z", impossibleTime, 0},
		{"UTC", "2023-02-29T08:00:00Z", impossibleTime, 0},
		{"UTC", "1900-02-29T08:00:00Z", impossibleTime, 0},
		{"UTC", "2024-04-31T08:00:00Z", impossibleTime, 0},
		{"UTC", "2024-03-00T08:00:00Z", impossibleTime, 0},
		{"UTC", "2024-03-01T24:00:00Z", impossibleTime, 0},
		{"UTC", "2024-03-01T08:60:00Z", impossibleTime, 0},
		{"UTC", "2024-03-01T08:00:60Z", impossibleTime, 0},
		{"UTC", "2024-03-01T08:00:00+24:00", notTime, 0},
		{"UTC", "2024-03-01T08:00:00+01:60", notTime, 0},
		{"UTC", "2024-03-01T08:00:00+0100", notTime, 0},
		{"UTC", "2024-03-01T08:00:00.Z", notTime, 0},
		{"UTC", "2024-03-01T08:00:00,5Z", notTime, 0},
		{"UTC", "2024-03-01T08:00:00 Z", notTime, 0},
		{"UTC", "2024-03-01T08:00Z", notTime, 0},
		{"UTC", "2024-03-01T8:00:00Z", notTime, 0},
		{"UTC", "2024-03-01_08:00:00Z", notTime, 0},
		{"UTC", "2024-03/01T08:00:00Z", notTime, 0},
		{"UTC", "2024-03-01T08-00-00Z", notTime, 0},
		{"UTC", "2024-03-01T0:-00:00Z", notTime, 0},
		{"UTC", "2024-03-01", notTime, 0},
		{"UTC", "01/03/2024 08:00:00", notTime, 0},
		{"UTC", "yesterday", notTime, 0},
		{"UTC", "2o24-03-01T08:00:00Z", notTime, 0},
		{"UTC", "NaN", notTime, 0},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		clock := NewClock(zone)
		for range 2 { // the second time from what the clock remembers
			at, offset, got := clock.Parse([]byte(c.text))
			if got == "" {
				got = Time(at)
				if offset != c.offset {
					t.Errorf("%s %q: offset %d, want %d", c.zone, c.text, offset, c.offset)
				}
			}
			if got != c.want {
				t.Errorf("%s %q: %s, want %s", c.zone, c.text, got, c.want)
			}
		}
	}
}

// slowOffset tries every instant near local and follows the rule by its words.
func slowOffset(zone *time.Location, local int64) int64 {
	for shift := int64(-30 * 3600); shift <= 30*3600; shift += 900 {
		if off := offsetOf(time.Unix(local+shift, 0).In(zone)); off == -shift {
			return off // earliest instant that reads local: its first occurrence
		}
	}
	before := time.Unix(local-30*3600, 0).In(zone) // skipped: the offset before the change
	for {
		_, end := before.ZoneBounds()
		if end.IsZero() || end.Unix()+offsetOf(end) > local {
			return offsetOf(before)
		}
		before = end
	}
}

func TestZoneAgainstSearch(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		z := zoneOffsets{zone: zone}
		at := time.Date(2010, 1, 1, 0, 0, 0, 0, zone)
		for at.Year() < 2040 { // around every change
			_, end := at.ZoneBounds()
			if end.IsZero() {
				end = at.AddDate(1, 0, 0)
			}
			at = end
			for range 20 {
				local := at.Unix() + offsetOf(at) + int64(r.IntN(4*3600)-2*3600)/900*900
				if got, want := z.at(local), slowOffset(zone, local); got != want {
					t.Fatalf("seed %d: %s %s: offset %d, want %d", seed, name, time.Unix(local, 0).UTC(), got, want)
				}
			}
		}
	}
}

// A local time is ambiguous if two moments have it.
func TestAmbiguous(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		clock := NewClock(zone)
		start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		for local := start; local < start+366*secondsPerDay; local += 900 {
			moments := 0
			for offset := int64(-14 * 3600); offset <= 14*3600; offset += 900 {
				if at := time.Unix(local-offset, 0).In(zone); offsetOf(at) == offset {
					moments++
				}
			}
			utc := clock.Local(local)
			if got := clock.Ambiguous(cdr.Millis(utc * 1000)); got != (moments == 2) {
				t.Fatalf("%s %s: ambiguous %v, but %d moments have it", name, time.Unix(local, 0).UTC(), got, moments)
			}
		}
	}
}

func FuzzClock(f *testing.F) {
	for _, s := range []string{"2024-03-01T08:00:00Z", "2024-03-01 08:00:00.5", "1709280000.5", "2024-12-31T23:59:59.999-11:45"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clock := NewClock(nil)
		at, _, problem := clock.Parse([]byte(s))
		want, err := time.Parse(time.RFC3339Nano, s)
		if err == nil && want.Year() >= 1970 && len(s) >= 20 && s[19] != ',' && want.UnixMilli() >= 0 && want.UnixMilli() <= LastMilli && !lenient(s) {
			if problem != "" || int64(at) != want.UnixMilli() {
				t.Fatalf("%q: %d %s, want %d", s, at, problem, want.UnixMilli())
			}
		}
	})
}

// lenient tells texts that package time takes against its own layout: an hour
// of one digit, an offset of 24:00 or 00:60.
func lenient(s string) bool {
	n := len(s)
	if s[n-1] == 'Z' {
		return s[13] != ':'
	}
	return s[13] != ':' || s[n-5:n-3] == "24" || s[n-2:] == "60"
}

func TestClockAllocatesNothing(t *testing.T) {
	zone, _ := time.LoadLocation("Europe/Berlin")
	texts := make([][]byte, 0, 400)
	for day := range 400 {
		texts = append(texts, []byte(time.Date(2024, 1, day, 12, 0, 0, 0, time.UTC).Format(time.DateTime)), fmt.Appendf(nil, "%d.5", 1700000000+day))
	}
	n := testing.AllocsPerRun(10, func() {
		clock := NewClock(zone)
		for _, b := range texts {
			if _, _, problem := clock.Parse(b); problem != "" {
				t.Fatal(problem)
			}
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
