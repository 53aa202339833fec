package ts32298

import "unicode/utf8"

// gsm7 is the default alphabet of TS 23.038, clause 6.2.1. ESC is U+001B.
const gsm7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

// gsm7Table is gsm7 by code.
var gsm7Table = [128]rune([]rune(gsm7))

// appendGSM7 appends so many characters of seven bits each as UTF-8. Characters of the
// extension table, which no sender's name has, become spaces, and what fills the last
// octet goes.
func appendGSM7(dst, b []byte, count int) []byte {
	count = min(count, len(b)*8/7)
	from := len(dst)
	for i := range count {
		bit := i * 7
		v := uint(b[bit/8]) >> (bit % 8)
		if bit%8 > 1 && bit/8+1 < len(b) {
			v |= uint(b[bit/8+1]) << (8 - bit%8)
		}
		c := gsm7Table[v&0x7F]
		if c < ' ' {
			c = ' '
		}
		dst = utf8.AppendRune(dst, c)
	}
	for len(dst) > from && (dst[len(dst)-1] == '@' || dst[len(dst)-1] == ' ') {
		dst = dst[:len(dst)-1]
	}
	return dst
}
