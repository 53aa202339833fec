package window

import (
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// spans are the stretches that are walked minute by minute: clock changes and
// other oddities, and quiet days.
var spans = []struct{ zone, from, to string }{
	{"UTC", "2024-02-27", "2024-03-02"},
	{"UTC", "1969-12-28", "1970-01-04"},
	{"America/Havana", "2024-03-08", "2024-03-13"},      // 00:00 -> 01:00
	{"America/Havana", "2024-11-01", "2024-11-06"},      // 01:00 -> 00:00
	{"America/Santiago", "2024-09-06", "2024-09-10"},    // 00:00 -> 01:00
	{"America/Santiago", "2024-04-05", "2024-04-09"},    // 24:00 -> 23:00
	{"Africa/Cairo", "2024-04-24", "2024-04-28"},        // 00:00 -> 01:00
	{"Africa/Cairo", "2024-10-30", "2024-11-03"},        // 24:00 -> 23:00
	{"Asia/Kolkata", "2024-03-30", "2024-04-02"},        // +05:30
	{"Asia/Kathmandu", "1985-12-30", "1986-01-03"},      // +05:30 -> +05:45 at midnight
	{"Asia/Kathmandu", "2024-03-30", "2024-04-02"},      // +05:45
	{"Australia/Lord_Howe", "2024-04-05", "2024-04-09"}, // half an hour back
	{"Australia/Lord_Howe", "2024-10-04", "2024-10-08"}, // half an hour on
	{"America/St_Johns", "1994-04-01", "1994-04-05"},    // 00:01 -> 01:01
	{"America/St_Johns", "1994-10-28", "1994-11-01"},    // 00:01 -> 23:01 the day before
	{"Pacific/Apia", "2011-12-27", "2012-01-03"},        // 2011-12-30 was skipped
	{"Pacific/Apia", "2011-09-22", "2011-09-26"},        // an hour on, the year before that
	{"Europe/Paris", "2024-03-29", "2024-04-02"},
	{"America/New_York", "2024-11-01", "2024-11-05"},
}

// bruteDays walks the minutes of [from, to) and notes when each date is first
// reached. A date that is passed by begins with the next.
func bruteDays(zone *time.Location, from, to time.Time) (starts map[Day]cdr.Millis, of func(cdr.Millis) Day, first Day) {
	starts = map[Day]cdr.Millis{}
	reached := Day(-1 << 30)
	var edges []cdr.Millis
	var days []Day
	for t := from; t.Before(to); t = t.Add(time.Minute) {
		l := t.In(zone)
		d := Day(time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
		if d <= reached {
			continue // the clocks went back over midnight: the day has begun
		}
		at := cdr.Millis(t.UnixMilli())
		for skipped := max(reached+1, d-3); skipped <= d; skipped++ {
			starts[skipped] = at
		}
		reached = d
		edges, days = append(edges, at), append(days, d)
	}
	of = func(t cdr.Millis) Day {
		d := days[0]
		for i, e := range edges {
			if e <= t {
				d = days[i]
			}
		}
		return d
	}
	return starts, of, days[0]
}

// TestCalendar compares days with a walk over every minute, with a calendar
// that is asked in order and with one that was just somewhere else.
func TestCalendar(t *testing.T) {
	for _, s := range spans {
		t.Run(s.zone+"/"+s.from, func(t *testing.T) {
			zone, err := time.LoadLocation(s.zone)
			if err != nil {
				t.Fatal(err)
			}
			from, to := date(t, s.from), date(t, s.to)
			starts, of, first := bruteDays(zone, from.AddDate(0, 0, -3), to.AddDate(0, 0, 3))
			ordered, hopping := NewCalendar(zone), NewCalendar(zone)
			far := cdr.Millis(from.AddDate(0, 7, 0).UnixMilli())
			for at := from; at.Before(to); at = at.Add(time.Minute) {
				for _, ms := range []cdr.Millis{0, -1, 1} {
					u := cdr.Millis(at.UnixMilli()) + ms
					want := of(u)
					if got := ordered.Day(u); got != want {
						t.Fatalf("%s is on %s, want %s", time.UnixMilli(int64(u)).In(zone), got.Date(), want.Date())
					}
					if at.Minute()%15 < 2 {
						hopping.Day(far)
						if got := hopping.Day(u); got != want {
							t.Fatalf("%s is on %s coming from far, want %s", time.UnixMilli(int64(u)).In(zone), got.Date(), want.Date())
						}
					}
				}
			}
			for d, want := range starts {
				if d <= first+1 {
					continue // where the walk began
				}
				if got := NewCalendar(zone).Start(d); got != want {
					t.Errorf("%s begins at %s, want %s", d.Date(), instant(got, zone), instant(want, zone))
				}
				for _, asked := range []Day{d - 2, d - 1, d, d + 1} { // whatever it remembers
					c := NewCalendar(zone)
					c.Day(c.Start(asked))
					if got := c.Start(d); got != want {
						t.Errorf("%s begins at %s when asked after %s, want %s", d.Date(), instant(got, zone), asked.Date(), instant(want, zone))
					}
				}
			}
		})
	}
}

func instant(t cdr.Millis, zone *time.Location) string {
	return time.UnixMilli(int64(t)).In(zone).Format(time.RFC3339Nano)
}

func date(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Known firsts, so that the walk and the calendar cannot be wrong together.
func TestDayStarts(t *testing.T) {
	for _, test := range []struct{ zone, date, start string }{
		{"America/Havana", "2024-03-10", "2024-03-10T01:00:00-04:00"},
		{"America/Havana", "2024-11-03", "2024-11-03T00:00:00-04:00"},
		{"America/Santiago", "2024-09-08", "2024-09-08T01:00:00-03:00"},
		{"Africa/Cairo", "2024-04-26", "2024-04-26T01:00:00+03:00"},
		{"Asia/Kathmandu", "2024-04-01", "2024-04-01T00:00:00+05:45"},
		{"Asia/Kathmandu", "1986-01-01", "1986-01-01T00:15:00+05:45"},
		{"America/St_Johns", "1994-10-30", "1994-10-30T00:00:00-02:30"},
		{"Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},
		{"Pacific/Apia", "2011-12-31", "2011-12-31T00:00:00+14:00"},
	} {
		zone, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		d := Day(date(t, test.date).Unix() / 86400)
		if got := instant(NewCalendar(zone).Start(d), zone); got != test.start {
			t.Errorf("%s %s begins at %s, want %s", test.zone, test.date, got, test.start)
		}
		if d.Date() != test.date {
			t.Errorf("%s is written %s", test.date, d.Date())
		}
	}
}

// The clock agrees with package time on both sides of every change.
func TestClock(t *testing.T) {
	for _, s := range spans {
		zone, err := time.LoadLocation(s.zone)
		if err != nil {
			t.Fatal(err)
		}
		c := NewClock(zone)
		for at := date(t, s.from); at.Before(date(t, s.to)); at = at.Add(5 * time.Minute) {
			for _, ms := range []time.Duration{-time.Millisecond, 0, 400 * 24 * time.Hour, -400 * 24 * time.Hour} {
				u := at.Add(ms)
				_, off := u.In(zone).Zone()
				if got, want := c.Local(cdr.Millis(u.UnixMilli())), cdr.Millis(u.UnixMilli()+int64(off)*1000); got != want {
					t.Fatalf("%s %s: local %d, want %d", s.zone, u, got, want)
				}
			}
		}
	}
}

// Days of years for which zones have a rule and no table, where Go's own bounds of
// offsets are wrong on the last day of leap years.
func TestFarDays(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		c := NewCalendar(zone)
		for at := time.Date(2040, 12, 25, 0, 0, 0, 0, time.UTC); at.Year() < 2050; at = at.Add(5 * time.Hour) {
			local := at.In(zone)
			want := Day(time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86400)
			ms := cdr.Millis(at.UnixMilli())
			if got := c.Day(ms); got != want || c.Start(got) > ms || c.Start(got+1) <= ms {
				t.Fatalf("%s: %s is on %s, from %d to %d; want %s", name, at, got.Date(), c.Start(got), c.Start(got+1), want.Date())
			}
		}
	}
}
