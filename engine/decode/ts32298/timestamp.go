package ts32298

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// timestamp reads a TimeStamp: nine octets, YYMMDDhhmmss in BCD, the sign of the offset
// in ASCII, hhmm. The time is local, offset is minutes east of UTC: UTC = local - offset.
// Years are 2000 to 2099.
func timestamp(b []byte) (t cdr.Millis, offset int16, problem string) {
	if len(b) != 9 {
		return 0, 0, "is not the nine octets of a time"
	}
	word, zone := binary.BigEndian.Uint64(b), uint64(b[7])<<8|uint64(b[8])
	if !decimalNibbles(word>>16<<16 | zone) {
		return 0, 0, "is not a time"
	}
	year, month, day := pair(word>>56), pair(word>>48), pair(word>>40)
	hour, minute, second := pair(word>>32), pair(word>>24), pair(word>>16)
	zoneHour, zoneMinute := pair(zone>>8), pair(zone)
	switch {
	case b[6] != '+' && b[6] != '-':
		return 0, 0, "is a time without a sign before its offset"
	case month < 1 || month > 12 || day < 1 || day > daysIn(month, year):
		return 0, 0, "is not a possible time"
	case hour > 23 || minute > 59 || second > 59:
		return 0, 0, "is not a possible time"
	case zoneHour > 23 || zoneMinute > 59:
		return 0, 0, "is a time with an offset that cannot be"
	}
	offset = int16(zoneHour*60 + zoneMinute)
	if b[6] == '-' {
		offset = -offset
	}
	seconds := (daysSince1970(year, month, day)*24+hour)*3600 + minute*60 + second
	return cdr.Millis(seconds-int64(offset)*60) * 1000, offset, ""
}

// decimalNibbles reports whether no nibble of x is above nine.
func decimalNibbles(x uint64) bool {
	const low, six = 0x0F0F0F0F0F0F0F0F, 0x0606060606060606
	return ((x&low+six)|(x>>4&low+six))&^low == 0
}

// pair is the two decimal digits of the lowest octet of x.
func pair(x uint64) int64 { return int64(x>>4&15*10 + x&15) }

// daysIn is the length of a month of the year 2000+year.
func daysIn(month, year int64) int64 {
	switch {
	case month == 2 && year%4 == 0:
		return 29
	case month == 2:
		return 28
	}
	return 30 + (month+month>>3)&1
}

// daysSince1970 counts days to a date of the year 2000+year. Years begin in March, so
// that the leap day is their last.
func daysSince1970(year, month, day int64) int64 {
	if month <= 2 {
		year, month = year-1, month+12
	}
	const toMarch2000 = 11_017
	return toMarch2000 + 365*year + year>>2 + (153*(month-3)+2)/5 + day - 1
}
