package profile

import "github.com/cdrstream/cdrstream/engine/decode"

// wall is a time as it is written.
type wall struct {
	year, month, day     int
	hour, minute, second int
	ms                   int
	afternoon, meridiem  bool
	yearDay              int
	offset               int // minutes, where zoned
	zoned                bool
	zone                 []byte // its name
}

// parse reads b into w; false where it is not written as l says.
func (l timeLayout) parse(b []byte, w *wall) bool {
	*w = wall{month: 1, day: 1}
	for _, p := range l {
		if p.kind == 0 {
			if len(b) == 0 || b[0] != p.lit {
				return false
			}
			b = b[1:]
			continue
		}
		n := w.part(p.kind, b)
		if n < 0 {
			return false
		}
		b = b[n:]
	}
	return len(b) == 0
}

// part reads one part of a time off the beginning of b; it returns how long it is, -1
// where it is not there.
func (w *wall) part(kind byte, b []byte) int {
	switch kind {
	case 'Y':
		return digits(b, 4, 4, &w.year)
	case 'y':
		n := digits(b, 2, 2, &w.year)
		w.year += 2000
		return n
	case 'm':
		return digits(b, 1, 2, &w.month)
	case 'd', 'e':
		if len(b) > 0 && b[0] == ' ' {
			n := digits(b[1:], 1, 1, &w.day)
			return n + n/max(n, 1)
		}
		return digits(b, 1, 2, &w.day)
	case 'j':
		return digits(b, 3, 3, &w.yearDay)
	case 'H', 'I':
		return digits(b, 1, 2, &w.hour)
	case 'M':
		return digits(b, 2, 2, &w.minute)
	case 'S':
		return digits(b, 2, 2, &w.second)
	}
	return w.name(kind, b)
}

// name is part of those that are not just digits.
func (w *wall) name(kind byte, b []byte) int {
	n := 0
	for n < len(b) && b[n]|0x20 >= 'a' && b[n]|0x20 <= 'z' {
		n++
	}
	switch kind {
	case 'f':
		return w.fraction(b)
	case 'p':
		if n != 2 || b[1]|0x20 != 'm' || b[0]|0x20 != 'a' && b[0]|0x20 != 'p' {
			return -1
		}
		w.meridiem, w.afternoon = true, b[0]|0x20 == 'p'
		return n
	case 'b':
		if n < 3 {
			return -1
		}
		w.month = monthNamed(b)
		return n
	case 'z':
		return w.utcOffset(b)
	}
	if n == 0 {
		return -1
	}
	if kind == 'Z' {
		w.zone = b[:n]
	}
	return n
}

// digits reads least to most digits.
func digits(b []byte, least, most int, v *int) int {
	n := 0
	for n < most && n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	if n < least {
		return -1
	}
	*v = 0
	for _, c := range b[:n] {
		*v = *v*10 + int(c-'0')
	}
	return n
}

// fraction reads what stands behind the point of a second, if there is one.
func (w *wall) fraction(b []byte) int {
	if len(b) == 0 || b[0] != '.' && b[0] != ',' {
		return 0
	}
	n := 1
	for scale := 100; n < len(b) && b[n]-'0' <= 9; n++ {
		w.ms += int(b[n]-'0') * scale
		scale /= 10
	}
	if n == 1 {
		return -1
	}
	return n
}

// utcOffset reads Z, +hh, +hhmm or +hh:mm.
func (w *wall) utcOffset(b []byte) int {
	w.zoned = true
	if len(b) > 0 && b[0]|0x20 == 'z' {
		return 1
	}
	minutes, n := offsetText(b)
	w.offset = minutes
	return n
}

// offsetText reads +hh, +hhmm or +hh:mm as minutes east of UTC.
func offsetText(b []byte) (minutes, n int) {
	if len(b) < 3 || b[0] != '+' && b[0] != '-' {
		return 0, -1
	}
	var h, m int
	if digits(b[1:], 2, 2, &h) < 0 {
		return 0, -1
	}
	n = 3
	switch {
	case len(b) >= 5 && digits(b[3:], 2, 2, &m) > 0:
		n = 5
	case len(b) >= 6 && b[3] == ':' && digits(b[4:], 2, 2, &m) > 0:
		n = 6
	}
	if h > 23 || m > 59 {
		return 0, -1
	}
	if minutes = h*60 + m; b[0] == '-' {
		minutes = -minutes
	}
	return minutes, n
}

// monthNamed is the month of an English name, by its first three letters; 0: none.
func monthNamed(b []byte) int {
	const months = "janfebmaraprmayjunjulaugsepoctnovdec"
	name := [3]byte{b[0] | 0x20, b[1] | 0x20, b[2] | 0x20}
	for i := 0; i < len(months); i += 3 {
		if string(name[:]) == months[i:i+3] {
			return i/3 + 1
		}
	}
	return 0
}

// seconds are the local seconds since 1970; false where there is no such time.
func (w *wall) seconds() (int64, bool) {
	if w.meridiem {
		if w.hour < 1 || w.hour > 12 {
			return 0, false
		}
		w.hour %= 12
		if w.afternoon {
			w.hour += 12
		}
	}
	if w.month < 1 || w.month > 12 || w.hour > 23 || w.minute > 59 || w.second > 59 {
		return 0, false
	}
	var days int64
	switch {
	case w.yearDay > 0:
		days = decode.DaysSince1970(w.year, 1, 1) + int64(w.yearDay-1)
		if days >= decode.DaysSince1970(w.year+1, 1, 1) {
			return 0, false
		}
	case w.day < 1 || w.day > decode.DaysIn(w.month, w.year):
		return 0, false
	default:
		days = decode.DaysSince1970(w.year, w.month, w.day)
	}
	return days*86_400 + int64(w.hour*3600+w.minute*60+w.second), true
}
