package profile

// Times in octets.

// octet is the value of a part of a time, -1 if it is none.
type octet func(c byte) int

func binaryOctet(c byte) int { return int(c) }

// bcdOctet is two digits, the first in the high half.
func bcdOctet(c byte) int {
	if c>>4 > 9 || c&15 > 9 {
		return -1
	}
	return int(c>>4)*10 + int(c&15)
}

// appendMoment is a local time of an octet a part: C hundreds of years, Y year of its
// century (20 without C), M month, D day, h, m, s. It is written YYYY-MM-DD hh:mm:ss.
// Nothing but zeros, or 0xFF, is no time.
func appendMoment(value octet, order string) encoding {
	return func(dst, b []byte) ([]byte, bool) {
		if all(b, 0) || all(b, 0xFF) {
			return dst, true
		}
		if len(b) != len(order) {
			return dst, false
		}
		century, year, month, day, hour, minute, second := 20, 0, 0, 0, 0, 0, 0
		for i, c := range b {
			v := value(c)
			if v < 0 || v > 99 {
				return dst, false
			}
			switch order[i] {
			case 'C':
				century = v
			case 'Y':
				year = v
			case 'M':
				month = v
			case 'D':
				day = v
			case 'h':
				hour = v
			case 'm':
				minute = v
			case 's':
				second = v
			}
		}
		dst = appendTwo(dst, century)
		dst = appendTwo(dst, year)
		dst = appendTwo(append(dst, '-'), month)
		dst = appendTwo(append(dst, '-'), day)
		dst = appendTwo(append(dst, ' '), hour)
		dst = appendTwo(append(dst, ':'), minute)
		return appendTwo(append(dst, ':'), second), true
	}
}

func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// appendTimeStamp is the TimeStamp of 3GPP TS 32.298: YYMMDDhhmmss in BCD, a sign in
// ASCII, hhmm in BCD. It is written with its offset, as RFC 3339 has it.
func appendTimeStamp(dst, b []byte) ([]byte, bool) {
	if all(b, 0) || all(b, 0xFF) {
		return dst, true
	}
	if len(b) != 9 || b[6] != '+' && b[6] != '-' {
		return dst, false
	}
	hours, minutes := bcdOctet(b[7]), bcdOctet(b[8])
	if hours < 0 || minutes < 0 {
		return dst, false
	}
	from := len(dst)
	dst, ok := momentBCD(dst, b[:6])
	if !ok || len(dst) == from {
		return dst[:from], false
	}
	dst[from+len("2006-01-02")] = 'T'
	dst = appendTwo(append(dst, b[6]), hours)
	return appendTwo(append(dst, ':'), minutes), true
}

var momentBCD = appendMoment(bcdOctet, "YMDhms")
