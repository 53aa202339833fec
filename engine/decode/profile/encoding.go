package profile

import (
	"encoding/hex"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// encoding is how bytes stand for a text, in kinds ber and binary. It appends the text
// to dst; ok is false where b is not of the encoding. Bytes that say that there is
// nothing give an empty text.
type encoding func(dst, b []byte) (_ []byte, ok bool)

// encodings are those that both kinds have, by the names that profiles give them.
var encodings = map[string]encoding{
	"ascii":           appendASCII,
	"utf8":            appendASCII,
	"latin1":          appendLatin1,
	"hex":             appendHex,
	"bcd":             appendDigits(decode.AppendBCD),  // first digit in the high half of an octet, up to an F
	"tbcd":            appendDigits(decode.AppendTBCD), // first digit in the low half
	"bcd_le":          appendBackwards,                 // last octet first
	"uint_be":         appendUintBE,
	"uint_le":         appendUintLE,
	"int_be":          appendIntBE,
	"int_le":          appendIntLE,
	"calling_address": appendCalling, // with octet 3a of TS 24.008 10.5.4.9
	"address":         appendAddress, // type of number, then tbcd: 3GPP TS 24.008 10.5.4.7, TS 29.002
	"plmn":            appendPLMN,    // 3GPP TS 24.008 10.5.1.3
	"timestamp9":      appendTimeStamp,
	"int":             appendInteger, // of ASN.1
	"uint":            appendUnsigned,
	"enum":            appendUnsigned,
	"bool":            appendBool,
	"bcd_ymdhms":      appendMoment(bcdOctet, "YMDhms"),
	"bcd_cymdhms":     appendMoment(bcdOctet, "CYMDhms"),
	"bcd_smhdmyc":     appendMoment(bcdOctet, "smhDMYC"),
	"binary_ymdhms":   appendMoment(binaryOctet, "YMDhms"),
	"binary_cymdhms":  appendMoment(binaryOctet, "CYMDhms"),
}

// appendASCII leaves out fill at the end: zeros, spaces and 0xFF.
func appendASCII(dst, b []byte) ([]byte, bool) {
	n := len(b)
	for n > 0 && (b[n-1] == 0 || b[n-1] == ' ' || b[n-1] == 0xFF) {
		n--
	}
	return append(dst, b[:n]...), true
}

// appendLatin1 is ISO 8859-1, as UTF-8, without fill at the end.
func appendLatin1(dst, b []byte) ([]byte, bool) {
	n := len(b)
	for n > 0 && (b[n-1] == 0 || b[n-1] == ' ') {
		n--
	}
	for _, c := range b[:n] {
		if c < 0x80 {
			dst = append(dst, c)
			continue
		}
		dst = append(dst, 0xC0|c>>6, 0x80|c&0x3F)
	}
	return dst, true
}

func appendHex(dst, b []byte) ([]byte, bool) { return hex.AppendEncode(dst, b), true }

func appendDigits(digits func(dst, b []byte) []byte) encoding {
	return func(dst, b []byte) ([]byte, bool) { return digits(dst, b), true }
}

// appendBackwards is BCD with the last octet first, digits of an octet high half first.
func appendBackwards(dst, b []byte) ([]byte, bool) {
	from := len(dst)
	for i := len(b) - 1; i >= 0; i-- {
		high, low := b[i]>>4, b[i]&15
		switch {
		case high <= 9 && low <= 9:
			dst = append(dst, '0'+high, '0'+low)
		case b[i] != 0xFF:
			return dst[:from], false
		}
	}
	return dst, true
}

// all reports whether b is nothing but c.
func all(b []byte, c byte) bool {
	for _, x := range b {
		if x != c {
			return false
		}
	}
	return true
}

// number puts together up to eight octets, the one with the highest value first.
func number(b []byte) (n uint64, ok bool) {
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n, true
}

func numberLE(b []byte) (n uint64, ok bool) {
	if len(b) == 0 || len(b) > 8 {
		return 0, false
	}
	for i := len(b) - 1; i >= 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	return n, true
}

func appendUintBE(dst, b []byte) ([]byte, bool) {
	n, ok := number(b)
	return strconv.AppendUint(dst, n, 10), ok
}

func appendUintLE(dst, b []byte) ([]byte, bool) {
	n, ok := numberLE(b)
	return strconv.AppendUint(dst, n, 10), ok
}

func appendIntBE(dst, b []byte) ([]byte, bool) {
	n, ok := number(b)
	return strconv.AppendInt(dst, twosComplement(n, len(b)), 10), ok
}

func appendIntLE(dst, b []byte) ([]byte, bool) {
	n, ok := numberLE(b)
	return strconv.AppendInt(dst, twosComplement(n, len(b)), 10), ok
}

// twosComplement reads n as a two's complement of so many octets.
func twosComplement(n uint64, octets int) int64 {
	shift := 64 - 8*min(octets, 8)
	return int64(n<<shift) >> shift
}

// appendInteger is INTEGER.
func appendInteger(dst, b []byte) ([]byte, bool) { return appendIntBE(dst, b) }

// appendUnsigned is INTEGER or ENUMERATED that is not negative. Switches leave out the
// sign octet that a high first bit needs.
func appendUnsigned(dst, b []byte) ([]byte, bool) {
	if n, ok := ber.Uint(b); ok {
		return strconv.AppendUint(dst, n, 10), true
	}
	return appendUintBE(dst, b)
}

// appendBool is BOOLEAN; NULL, which says so by being there, is true.
func appendBool(dst, b []byte) ([]byte, bool) {
	if len(b) > 1 {
		return dst, false
	}
	return strconv.AppendBool(dst, len(b) == 0 || b[0] != 0), true
}

// appendAddress is a type of number and the digits: a + comes before those of an
// international one.
func appendAddress(dst, b []byte) ([]byte, bool) {
	if len(b) < 2 {
		return dst, true
	}
	from := len(dst)
	if b[0]>>4&7 == 1 {
		dst = append(dst, '+')
	}
	mark := len(dst)
	if dst = decode.AppendTBCD(dst, b[1:]); len(dst) == mark {
		dst = dst[:from]
	}
	return dst, true
}

// appendCalling is an address that may have an octet 3a, which tells presentation and
// screening, where the first octet says that it is not the last of its kind.
func appendCalling(dst, b []byte) ([]byte, bool) {
	if len(b) > 2 && b[0] < 0x80 && b[1]&0x9C == 0x80 {
		var plain [32]byte
		n := copy(plain[1:], b[2:])
		plain[0] = b[0]
		return appendAddress(dst, plain[:n+1])
	}
	return appendAddress(dst, b)
}

func appendPLMN(dst, b []byte) ([]byte, bool) {
	from := len(dst)
	dst = decode.AppendPLMN(dst, b)
	return dst, len(dst) > from || all(b, 0xFF)
}
