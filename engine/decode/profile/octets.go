package profile

import "strings"

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
	const parts = "CYMDhms"
	var part [len(parts)]int // of each octet
	for i := range order {
		part[i] = strings.IndexByte(parts, order[i])
	}
	size := len(order)
	return func(dst, b []byte) ([]byte, bool) {
		if all(b, 0) || all(b, 0xFF) {
			return dst, true
		}
		if len(b) != size {
			return dst, false
		}
		v := [len(parts)]int{20}
		for i, c := range b {
			n := value(c)
			if n < 0 || n > 99 {
				return dst, false
			}
			v[part[i]] = n
		}
		dst = appendTwo(appendTwo(dst, v[0]), v[1])
		for i, before := range [...]byte{'-', '-', ' ', ':', ':'} {
			dst = appendTwo(append(dst, before), v[2+i])
		}
		return dst, true
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
