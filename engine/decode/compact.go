package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// Compact reads CCYYMMDDhhmmss, a local time that is offset minutes east of UTC.
// Times before 1970 or after 9999 are impossible.
func Compact(b []byte, offset int16) (t cdr.Millis, problem string) {
	if len(b) != 14 {
		return 0, notTime
	}
	var n [7]int
	for i := range n {
		v, ok := twoDigits(b[2*i], b[2*i+1])
		if !ok {
			return 0, notTime
		}
		n[i] = v
	}
	year, month, day := n[0]*100+n[1], n[2], n[3]
	if month < 1 || month > 12 || day < 1 || day > DaysIn(month, year) || n[4] > 23 || n[5] > 59 || n[6] > 59 {
		return 0, impossibleTime
	}
	local := DaysSince1970(year, month, day)*secondsPerDay + int64(n[4]*3600+n[5]*60+n[6])
	return possible((local - int64(offset)*60) * 1000)
}

// CompactOffset reads an offset from UTC as +hhmm or -hhmm, in minutes east of it.
func CompactOffset(b []byte) (minutes int16, ok bool) {
	if len(b) != 5 {
		return 0, false
	}
	return utcOffset([]byte{b[0], b[1], b[2], ':', b[3], b[4]})
}
