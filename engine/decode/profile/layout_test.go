package profile

import (
	"testing"
	"time"
)

func TestTimeLayout(t *testing.T) {
	for _, c := range []struct{ layout, text, want string }{
		{"%Y-%m-%d %H:%M:%S", "2024-03-01 08:09:10", "2024-03-01T08:09:10Z"},
		{"%F %T", "2024-02-29 23:59:59", "2024-02-29T23:59:59Z"},
		{"%F %T", "2023-02-29 23:59:59", "impossible"},
		{"%F %T", "2024-13-01 00:00:00", "impossible"},
		{"%F %T", "2024-12-32 00:00:00", "impossible"},
		{"%F %T", "2024-12-31 24:00:00", "impossible"},
		{"%F %T", "2024-12-31 00:60:00", "impossible"},
		{"%F %T", "2024-12-31 00:00:60", "impossible"},
		{"%F %T", "2024-00-31 00:00:00", "impossible"},
		{"%F %T", "2024-12-31 00:00:0", "no"},
		{"%F %T", "2024-12-31 00:00:000", "no"},
		{"%F %T", "", "no"},
		{"%F %T", "2024-12-31T00:00:00", "no"},
		{"%Y%m%d%H%M%S", "20240301080910", "2024-03-01T08:09:10Z"},
		{"%y%m%d%H%M%S", "240301080910", "2024-03-01T08:09:10Z"},
		{"%d/%m/%Y %H:%M", "1/3/2024 8:09", "2024-03-01T08:09:00Z"},
		{"%m/%d/%Y %I:%M:%S %p", "12/31/2024 12:00:01 AM", "2024-12-31T00:00:01Z"},
		{"%m/%d/%Y %I:%M:%S %p", "12/31/2024 12:00:01 pm", "2024-12-31T12:00:01Z"},
		{"%m/%d/%Y %I:%M:%S %p", "12/31/2024 01:00:01 PM", "2024-12-31T13:00:01Z"},
		{"%m/%d/%Y %I:%M:%S %p", "12/31/2024 13:00:01 PM", "impossible"},
		{"%m/%d/%Y %I:%M:%S %p", "12/31/2024 00:00:01 PM", "impossible"},
		{"%m/%d/%Y %I:%M:%S %p", "12/31/2024 01:00:01 XM", "no"},
		{"%a %b %e %T %Y", "Mon Dec  5 11:38:34 2003", "2003-12-05T11:38:34Z"},
		{"%a %b %e %T %Y", "Mon December 15 11:38:34 2003", "2003-12-15T11:38:34Z"},
		{"%a %b %e %T %Y", "Mon Dez 15 11:38:34 2003", "impossible"},
		{"%a %b %e %T %Y", "Mon De 15 11:38:34 2003", "no"},
		{"%a %b %e %T %Y", "Mon Dec   5 11:38:34 2003", "no"},
		{"%T%f %Z %b %d %Y", "15:54:56.868 PST DEC 18 2017", "2017-12-18T15:54:56.868Z PST"},
		{"%F %T%f", "2024-03-01 08:09:10", "2024-03-01T08:09:10Z"},
		{"%F %T%f", "2024-03-01 08:09:10.5", "2024-03-01T08:09:10.5Z"},
		{"%F %T%f", "2024-03-01 08:09:10,123456789", "2024-03-01T08:09:10.123Z"},
		{"%F %T%f", "2024-03-01 08:09:10.", "no"},
		{"%F %T%z", "2024-03-01 08:09:10+0130", "2024-03-01T08:09:10Z +90"},
		{"%F %T %z", "2024-03-01 08:09:10 -03:00", "2024-03-01T08:09:10Z -180"},
		{"%F %T %z", "2024-03-01 08:09:10 +05", "2024-03-01T08:09:10Z +300"},
		{"%F %T%z", "2024-03-01 08:09:10Z", "2024-03-01T08:09:10Z +0"},
		{"%F %T%z", "2024-03-01 08:09:10+2500", "no"},
		{"%F %T%z", "2024-03-01 08:09:10", "no"},
		{"%Y%j%H%M", "20240600000", "2024-02-29T00:00:00Z"},
		{"%Y%j%H%M", "20243662359", "2024-12-31T23:59:00Z"},
		{"%Y%j%H%M", "20233662359", "impossible"},
		{"100%% %F", "100% 2024-03-01", "2024-03-01T00:00:00Z"},
		{"%F", "2024-03-011", "no"},
		{"%F", "9999-12-31", "9999-12-31T00:00:00Z"},
	} {
		l, err := parseTimeLayout(c.layout)
		if err != nil {
			t.Fatal(err)
		}
		if got := readWall(l, c.text); got != c.want {
			t.Errorf("%s %q: %s, want %s", c.layout, c.text, got, c.want)
		}
	}
}

func readWall(l timeLayout, text string) string {
	var w wall
	if !l.parse([]byte(text), &w) {
		return "no"
	}
	s, ok := w.seconds()
	if !ok {
		return "impossible"
	}
	got := time.Unix(s, int64(w.ms)*1e6).UTC().Format("2006-01-02T15:04:05.999Z07:00")
	if w.zoned {
		got += " " + signed(w.offset)
	}
	if w.zone != nil {
		got += " " + string(w.zone)
	}
	return got
}

func signed(n int) string {
	if n < 0 {
		return "-" + string(appendInt(nil, -n))
	}
	return "+" + string(appendInt(nil, n))
}

// Days are those of the calendar of package time.
func TestDays(t *testing.T) {
	at := time.Date(1969, 12, 31, 0, 0, 0, 0, time.UTC)
	for range 150_000 {
		at = at.AddDate(0, 0, 1)
		w := wall{year: at.Year(), month: int(at.Month()), day: at.Day()}
		if s, ok := w.seconds(); !ok || s != at.Unix() {
			t.Fatalf("%v: %d %v", at, s, ok)
		}
		j := wall{year: at.Year(), month: 1, day: 1, yearDay: at.YearDay()}
		if s, ok := j.seconds(); !ok || s != at.Unix() {
			t.Fatalf("%v by its day of the year: %d %v", at, s, ok)
		}
	}
}

func TestSpanUnits(t *testing.T) {
	for _, c := range []struct {
		unit, text string
		ms         int64
		problem    string
	}{
		{"s", "1.5", 1500, ""},
		{"s", "-1", 0, "is negative"},
		{"s", "4294968", 0, "is out of range"},
		{"s", "x", 0, "is not a number"},
		{"ms", "1500.9", 1500, ""},
		{"10ms", "123", 1230, ""},
		{"10ms", "123.4", 1234, ""},
		{"0.1s", "15", 1500, ""},
		{"us", "1500999", 1500, ""},
		{"min", "1.5", 90_000, ""},
		{"min", "99999999999", 0, "is out of range"},
		{"hh:mm:ss", "01:02:03", 3_723_000, ""},
		{"hh:mm:ss", "1:02:03.5", 3_723_500, ""},
		{"hh:mm:ss", "100:00:00", 360_000_000, ""},
		{"hh:mm:ss", "02:03", 123_000, ""},
		{"hh:mm:ss", "75", 75_000, ""},
		{"hh:mm:ss", "00:60", 0, "is not a time as hh:mm:ss"},
		{"hh:mm:ss", "1:60:00", 0, "is not a time as hh:mm:ss"},
		{"hh:mm:ss", "1:2:3:4", 0, "is not a time as hh:mm:ss"},
		{"hh:mm:ss", ":", 0, "is not a time as hh:mm:ss"},
		{"hh:mm:ss", "-1:00:00", 0, "is not a time as hh:mm:ss"},
		{"mmmmmsst", "000000021", 2100, ""},
		{"mmmmmsst", "12345599", 12_345*60_000 + 59_900, ""},
		{"mmmmmsst", "600", 0, "is not minutes, seconds and tenths"},
		{"mmmmmsst", "1e9", 60_000_000_000, "is out of range"},
	} {
		for i, name := range spanUnits {
			if name != c.unit {
				continue
			}
			ms, problem := spanUnit(i).read([]byte(c.text))
			if problem != c.problem || problem == "" && ms != c.ms {
				t.Errorf("%s %q: %d %s, want %d %s", c.unit, c.text, ms, problem, c.ms, c.problem)
			}
		}
	}
}
