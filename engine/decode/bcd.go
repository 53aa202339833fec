package decode

// nibbles are the digits of 3GPP TS 24.008 table 10.5.118, as dialled.
const nibbles = "0123456789*#abc"

// AppendTBCD appends the digits of b as telephony BCD: two to an octet, the first in
// the low nibble, up to a filler F (3GPP TS 29.002, TBCD-STRING).
func AppendTBCD(dst, b []byte) []byte {
	for _, c := range b {
		if c&15 == 15 {
			break
		}
		dst = append(dst, nibbles[c&15])
		if c>>4 == 15 {
			break
		}
		dst = append(dst, nibbles[c>>4])
	}
	return dst
}

// AppendBCD appends the digits of b as packed BCD: two to an octet, the first in the
// high nibble, up to a filler F (GSMA TD.57, Huawei bills).
func AppendBCD(dst, b []byte) []byte {
	for _, c := range b {
		if c>>4 == 15 {
			break
		}
		dst = append(dst, nibbles[c>>4])
		if c&15 == 15 {
			break
		}
		dst = append(dst, nibbles[c&15])
	}
	return dst
}

// AppendPLMN appends the digits of a network of three octets, MCC and MNC, where the
// nibble of a third digit of the MNC is F when it has two (3GPP TS 24.008, 10.5.1.3).
// It appends nothing of what is no network.
func AppendPLMN(dst, b []byte) []byte {
	if len(b) != 3 {
		return dst
	}
	digits := [6]byte{b[0] & 15, b[0] >> 4, b[1] & 15, b[2] & 15, b[2] >> 4, b[1] >> 4}
	n := len(digits)
	if digits[5] == 15 {
		n--
	}
	for _, d := range digits[:n] {
		if d > 9 {
			return dst
		}
	}
	for _, d := range digits[:n] {
		dst = append(dst, '0'+d)
	}
	return dst
}
