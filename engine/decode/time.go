package decode

import (
	"encoding/binary"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

const (
	notTime        = "is not a time"
	impossibleTime = "is not a possible time"

	// LastMilli is the end of the year 9999, the latest time that a record may tell.
	LastMilli = 253_402_300_799_999

	secondsPerDay = 86_400
	// epochMillis is where an epoch number stops to mean seconds.
	epochMillis = 100_000_000_000
)

// Clock reads times. It remembers the last date and the last stretch of constant
// offset of its zone, so it belongs to one goroutine; make one for every block.
type Clock struct {
	zone zoneOffsets

	date  uint64 // YYYY-MM- of the day below, as 8 bytes
	dayOf uint16 // DD
	day   int64  // seconds from 1970 to it
}

// NewClock returns a clock for local times of zone; nil is UTC.
func NewClock(zone *time.Location) Clock {
	if zone == nil {
		zone = time.UTC
	}
	return Clock{zone: zoneOffsets{zone: zone}}
}

// Parse reads RFC 3339, YYYY-MM-DD hh:mm:ss[.fff] in the clock's zone, or epoch
// seconds or milliseconds. What is finer than a millisecond is cut. offset is
// the UTC offset in minutes that b itself tells, or [cdr.NoOffset]. Times before
// 1970 or after 9999 are impossible. It allocates nothing.
func (c *Clock) Parse(b []byte) (t cdr.Millis, offset int16, problem string) {
	if t, ok := c.usual(b); ok {
		return t, 0, ""
	}
	if len(b) < 19 || b[4] != '-' {
		t, problem = epoch(b)
		return t, cdr.NoOffset, problem
	}
	if b[10] != 'T' && b[10] != ' ' && b[10] != 't' {
		return 0, 0, notTime
	}
	day, problem := c.parseDate(b)
	if problem != "" {
		return 0, 0, problem
	}
	second, problem := timeOfDay(b)
	if problem != "" {
		return 0, 0, problem
	}
	ms, rest, ok := fraction(b[19:])
	if !ok {
		return 0, 0, notTime
	}
	wall := day + second
	if len(rest) == 0 {
		offset, wall = cdr.NoOffset, wall-c.zone.at(wall)
	} else {
		offset, ok = utcOffset(rest)
		if !ok {
			return 0, 0, notTime
		}
		wall -= int64(offset) * 60
	}
	t, problem = possible(wall*1000 + ms)
	return t, offset, problem
}

// Local returns the UTC time of a local time of the clock's zone, both in seconds since
// 1970-01-01 00:00. Of a time that comes twice it is the first.
func (c *Clock) Local(wall int64) int64 { return wall - c.zone.at(wall) }

// Ambiguous reports whether the local time that was read last, and turned out to be t,
// came twice.
func (c *Clock) Ambiguous(t cdr.Millis) bool {
	return int64(t)/1000+c.zone.offset >= c.zone.twice && c.zone.twice != 0
}

// usual is Parse of what most records write: hh:mm:ss[.fff]Z on the date of the
// record before.
func (c *Clock) usual(b []byte) (t cdr.Millis, ok bool) {
	if len(b) != 20 && len(b) != 24 || b[len(b)-1] != 'Z' || b[10] != 'T' {
		return 0, false
	}
	if binary.LittleEndian.Uint64(b) != c.date || binary.LittleEndian.Uint16(b[8:]) != c.dayOf {
		return 0, false
	}
	second, problem := timeOfDay(b)
	ms := int64(0)
	if len(b) == 24 {
		x := binary.LittleEndian.Uint32(b[19:]) ^ 0x3030302E // ".000"
		if (x|(x+0x06060600))&0xF0F0F0FF != 0 {
			return 0, false
		}
		ms = int64(x>>8&15*100 + x>>16&15*10 + x>>24)
	}
	wall := (c.day+second)*1000 + ms
	return cdr.Millis(wall), problem == "" && wall >= 0
}

// parseDate reads YYYY-MM-DD at the start of b into seconds since 1970.
func (c *Clock) parseDate(b []byte) (int64, string) {
	date, dayOf := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint16(b[8:])
	if date == c.date && dayOf == c.dayOf {
		return c.day, ""
	}
	y1, ok1 := twoDigits(b[0], b[1])
	y2, ok2 := twoDigits(b[2], b[3])
	month, ok3 := twoDigits(b[5], b[6])
	d, ok4 := twoDigits(b[8], b[9])
	if !ok1 || !ok2 || !ok3 || !ok4 || b[7] != '-' {
		return 0, notTime
	}
	year := y1*100 + y2
	if month < 1 || month > 12 || d < 1 || d > DaysIn(month, year) {
		return 0, impossibleTime
	}
	c.date, c.dayOf, c.day = date, dayOf, DaysSince1970(year, month, d)*secondsPerDay
	return c.day, ""
}

func twoDigits(a, b byte) (int, bool) {
	a, b = a-'0', b-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

// DaysIn is the length of a month, 1 to 12.
func DaysIn(month, year int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// DaysSince1970 counts the days from 1970-01-01 to a date of the Gregorian calendar,
// month 1 to 12: years begin in March, so that the leap day is their last.
func DaysSince1970(year, month, day int) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	inYear := (153*(month-3)+2)/5 + day - 1
	return int64(365*year+year/4-year/100+year/400+inYear) - 719_468
}

// timeOfDay reads hh:mm:ss at b[11:19] into seconds since midnight, eight bytes
// at a time.
func timeOfDay(b []byte) (int64, string) {
	const (
		zeros  = 0x30303A30303A3030 // "00:00:00"
		sixes  = 0x0606000606000606 // lifts a nibble above 9 into the high half
		strict = 0xF0F0FFF0F0FFF0F0 // digits: high half zero; colons: all zero
	)
	y := binary.LittleEndian.Uint64(b[11:]) ^ zeros
	if (y|(y+sixes))&strict != 0 {
		return 0, notTime
	}
	z := y*10 + y>>8
	h, m, s := int64(z&0xFF), int64(z>>24&0xFF), int64(z>>48&0xFF)
	if h > 23 || m > 59 || s > 59 {
		return 0, impossibleTime
	}
	return h*3600 + m*60 + s, ""
}

// fraction reads the .fff that b may begin with as milliseconds.
func fraction(b []byte) (ms int64, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '.' {
		return 0, b, true
	}
	n := digitsOf(b[1:])
	for i := range 3 {
		ms *= 10
		if i < n {
			ms += int64(b[1+i] - '0')
		}
	}
	return ms, b[1+n:], n > 0
}

// utcOffset reads Z or +hh:mm as minutes east of UTC.
func utcOffset(b []byte) (int16, bool) {
	if len(b) == 1 {
		return 0, b[0] == 'Z' || b[0] == 'z'
	}
	if len(b) != 6 || b[3] != ':' || b[0] != '+' && b[0] != '-' {
		return 0, false
	}
	h, ok1 := twoDigits(b[1], b[2])
	m, ok2 := twoDigits(b[4], b[5])
	minutes := int16(h*60 + m)
	if b[0] == '-' {
		minutes = -minutes
	}
	return minutes, ok1 && ok2 && h < 24 && m < 60
}

// epoch reads epoch seconds (below 10^11) or milliseconds.
func epoch(b []byte) (cdr.Millis, string) {
	if n := digitsOf(b); n == len(b) && n >= 12 && n <= 15 { // milliseconds
		v, _ := Integer(b)
		return possible(v)
	}
	v, problem := Decimal(b, 3)
	switch {
	case problem == outOfRange:
		return 0, impossibleTime
	case problem != "":
		return 0, notTime
	}
	if v >= epochMillis*1000 {
		v /= 1000
	}
	return possible(v)
}

func possible(ms int64) (cdr.Millis, string) {
	if ms < 0 || ms > LastMilli {
		return 0, impossibleTime
	}
	return cdr.Millis(ms), ""
}
