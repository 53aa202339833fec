package oracle

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	zonedTime = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:\d\d)$`)
	localTime = regexp.MustCompile(`^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?$`)
	epochTime = regexp.MustCompile(`^(\d{1,15})(?:\.(\d+))?$`)
)

// epochMillisFrom is the smallest epoch value that is taken for milliseconds.
const epochMillisFrom = 100_000_000_000

// instant reads a time in any of its three forms. offset is the one written in
// the text, in seconds east, when hasOffset.
func instant(text string, zone *time.Location) (ms int64, offset int, hasOffset, ok bool) {
	if m := epochTime.FindStringSubmatch(text); m != nil {
		v, err := strconv.ParseInt(m[1], 10, 64)
		if err != nil {
			return 0, 0, false, false
		}
		if v >= epochMillisFrom {
			return v, 0, false, true
		}
		return v*1000 + thousandths(m[2]), 0, false, true
	}
	if m := localTime.FindStringSubmatch(text); m != nil {
		wall, ok := wallSeconds(m[1:7])
		return fromWall(wall, zone)*1000 + thousandths(m[7]), 0, false, ok
	}
	if m := zonedTime.FindStringSubmatch(text); m != nil {
		wall, ok := wallSeconds(m[1:7])
		offset, ok2 := offsetSeconds(m[8])
		return (wall-int64(offset))*1000 + thousandths(m[7]), offset, true, ok && ok2
	}
	return 0, 0, false, false
}

// thousandths cuts a decimal fraction to milliseconds.
func thousandths(fraction string) int64 {
	v, _ := strconv.ParseInt((fraction + "000")[:3], 10, 64)
	return v
}

// wallSeconds turns year, month, day, hour, minute, second into the seconds
// since 1970 that a clock in UTC would have seen. ok is false for a time that
// does not exist, such as 30 February.
func wallSeconds(f []string) (s int64, ok bool) {
	var v [6]int
	for i := range v {
		v[i], _ = strconv.Atoi(f[i])
	}
	t := time.Date(v[0], time.Month(v[1]), v[2], v[3], v[4], v[5], 0, time.UTC)
	same := t.Year() == v[0] && int(t.Month()) == v[1] && t.Day() == v[2] && t.Hour() == v[3] && t.Minute() == v[4] && t.Second() == v[5]
	return t.Unix(), same
}

// offsetSeconds reads Z, +hh:mm or -hh:mm.
func offsetSeconds(text string) (int, bool) {
	if strings.EqualFold(text, "z") {
		return 0, true
	}
	h, _ := strconv.Atoi(text[1:3])
	m, _ := strconv.Atoi(text[4:6])
	s := h*3600 + m*60
	if text[0] == '-' {
		s = -s
	}
	return s, h < 24 && m < 60
}

// fromWall finds the instant at which the clocks of zone show wall. A repeated
// time is its first occurrence; a skipped time takes the offset before the
// change.
func fromWall(wall int64, zone *time.Location) int64 {
	before := -1 // offset in force before the gap that swallowed wall
	for t := time.Unix(wall-26*3600, 0).In(zone); t.Unix() <= wall+26*3600; {
		_, offset := t.Zone()
		start, end := t.ZoneBounds()
		at := wall - int64(offset)
		begun := start.IsZero() || at >= start.Unix()
		if begun && (end.IsZero() || at < end.Unix()) {
			return at
		}
		if !begun {
			return wall - int64(before)
		}
		before, t = offset, end
	}
	return wall - int64(before)
}

// days knows where the local days of a zone begin.
type days struct {
	zone  *time.Location
	first map[int]int64
}

// newDays returns the days of zone.
func newDays(zone *time.Location) *days { return &days{zone: zone, first: map[int]int64{}} }

// start is the first instant, in ms, whose local date is the given day (a count
// of days since 1970-01-01) or, where that date was skipped, a later one.
func (d *days) start(day int) int64 {
	if ms, ok := d.first[day]; ok {
		return ms
	}
	midnight := int64(day) * 86400 // as the wall shows it
	t := time.Unix(midnight-26*3600, 0).In(d.zone)
	for {
		_, offset := t.Zone()
		_, end := t.ZoneBounds()
		first := max(t.Unix(), midnight-int64(offset))
		if end.IsZero() || first < end.Unix() {
			d.first[day] = first * 1000
			return first * 1000
		}
		t = end
	}
}

// of is the day that contains the instant ms: the last one begun by then.
func (d *days) of(ms int64) int {
	day := int(floorDiv(ms, 86_400_000)) + 2
	for d.start(day) > ms {
		day--
	}
	return day
}

// floorDiv divides towards minus infinity.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && a < 0 {
		q--
	}
	return q
}
