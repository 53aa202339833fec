package decode

import (
	"testing"
	"time"
)

func TestCompact(t *testing.T) {
	for _, c := range []struct {
		text    string
		offset  int16
		want    string
		problem string
	}{
		{"20140301140342", 120, "2014-03-01T12:03:42.000Z", ""},
		{"20140301003000", 330, "2014-02-28T19:00:00.000Z", ""},
		{"20241231233000", -570, "2025-01-01T09:00:00.000Z", ""},
		{"20240229000000", 0, "2024-02-29T00:00:00.000Z", ""},
		{"19700101000000", 0, "1970-01-01T00:00:00.000Z", ""},
		{"20230229000000", 0, "", impossibleTime},
		{"20141301000000", 0, "", impossibleTime},
		{"20140001000000", 0, "", impossibleTime},
		{"20140100000000", 0, "", impossibleTime},
		{"20140101240000", 0, "", impossibleTime},
		{"20140101006000", 0, "", impossibleTime},
		{"20140101000060", 0, "", impossibleTime},
		{"19700101000000", 1, "", impossibleTime},
		{"00000101000000", 0, "", impossibleTime},
		{"2014010100000", 0, "", notTime},
		{"201401010000000", 0, "", notTime},
		{"2014010100000x", 0, "", notTime},
		{"", 0, "", notTime},
	} {
		got, problem := Compact([]byte(c.text), c.offset)
		if problem != c.problem || problem == "" && Time(got) != c.want {
			t.Errorf("%q at %d: %s, problem %q", c.text, c.offset, Time(got), problem)
		}
		if problem == "" {
			want, err := time.ParseInLocation("20060102150405", c.text, time.FixedZone("", int(c.offset)*60))
			if err != nil || want.UnixMilli() != int64(got) {
				t.Errorf("%q at %d: %d, want %v", c.text, c.offset, got, want)
			}
		}
	}
}

func TestCompactOffset(t *testing.T) {
	for text, want := range map[string]int16{"+0200": 120, "-0930": -570, "+0000": 0, "+0545": 345, "+1400": 840} {
		if got, ok := CompactOffset([]byte(text)); !ok || got != want {
			t.Errorf("%q: %d, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "0200", "+02:00", "+2400", "+0260", "+02x0", "*0200", "+02000"} {
		if got, ok := CompactOffset([]byte(text)); ok {
			t.Errorf("%q: %d", text, got)
		}
	}
}
