package ts32298

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
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
	year, month, day := 2000+pair(word>>56), pair(word>>48), pair(word>>40)
	hour, minute, second := pair(word>>32), pair(word>>24), pair(word>>16)
	zoneHour, zoneMinute := pair(zone>>8), pair(zone)
	switch {
	case b[6] != '+' && b[6] != '-':
		return 0, 0, "is a time without a sign before its offset"
	case month < 1 || month > 12 || day < 1 || day > decode.DaysIn(month, year):
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
	seconds := (decode.DaysSince1970(year, month, day)*24+int64(hour))*3600 + int64(minute*60+second)
	return cdr.Millis(seconds-int64(offset)*60) * 1000, offset, ""
}

// decimalNibbles reports whether no nibble of x is above nine.
func decimalNibbles(x uint64) bool {
	const low, six = 0x0F0F0F0F0F0F0F0F, 0x0606060606060606
	return ((x&low+six)|(x>>4&low+six))&^low == 0
}

// pair is the two decimal digits of the lowest octet of x.
func pair(x uint64) int { return int(x>>4&15*10 + x&15) }
