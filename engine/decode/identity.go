package decode

import (
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// HashText is the hash of a text that is only compared: a cell, a region, a call.
// It is 0 for no text and nothing else.
func HashText(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	return max(cdr.Hash(b), 1)
}

// packDigits packs up to 16 digits as [cdr.Digits] does; any other text becomes the
// hash that [cdr.Name] gives it, so the two never meet. 0 is no text.
func packDigits(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	if n := cdr.Digits(b); n != 0 {
		return uint64(n)
	}
	return uint64(cdr.Name(b))
}

// device is the identity of a device: the first 14 digits of its IMEI, which
// leave out check digit and software version.
func device(imei []byte) uint64 {
	if len(imei) > 14 {
		if n := cdr.Digits(imei[:14]); n != 0 {
			return uint64(n)
		}
	}
	return packDigits(imei)
}

// mcc is the country code of a network, its first three digits. Of a TADIG code
// (GSMA TD.13), which begins with the three letters of a country, it is a number
// above 999.
func mcc(plmn []byte) uint16 {
	if len(plmn) < 3 {
		return 0
	}
	if plmn[0] > '9' {
		n := uint16(0)
		for _, c := range plmn[:3] {
			n = n*26 + uint16((c-'A')%26)
		}
		return 1000 + n
	}
	return uint16(plmn[0]-'0')*100 + uint16(plmn[1]-'0')*10 + uint16(plmn[2]-'0')
}

// Time writes an event time for people and files: RFC 3339, UTC, milliseconds.
func Time(t cdr.Millis) string {
	return time.UnixMilli(int64(t)).UTC().Format("2006-01-02T15:04:05.000Z")
}
