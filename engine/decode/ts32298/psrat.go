package ts32298

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// radios are the technologies of RATType: the RAT types of TS 29.061 and, from 51 on,
// those of TS 29.571 in records of the converged charging. Access over something that
// is not radio has none.
var radios = [128]cdr.RAT{
	1: cdr.RAT3G, 5: cdr.RAT3G, // UTRAN, HSPA evolution
	2: cdr.RAT2G,                   // GERAN
	3: cdr.RATWiFi, 4: cdr.RATWiFi, // WLAN, GAN: GSM over a wireless LAN
	6: cdr.RAT4G, 8: cdr.RAT4G, 9: cdr.RAT4G, // E-UTRAN, NB-IoT, LTE-M
	10: cdr.RAT5G,                                              // NR
	11: cdr.RAT4G, 12: cdr.RAT4G, 13: cdr.RAT4G, 14: cdr.RAT4G, // E-UTRAN over satellites
	51: cdr.RAT5G, 52: cdr.RAT5G, 58: cdr.RAT5G, // NR, unlicensed, of reduced capability
	53: cdr.RAT4G, 54: cdr.RAT4G, // E-UTRAN unlicensed, LTE-M
	65: cdr.RATWiFi, 66: cdr.RATWiFi, // trusted access that is not of 3GPP
}

// noRadio are the RAT types that are no radio of one of the generations: virtual,
// wireline, WiMAX, CDMA2000.
func noRadio(n uint64) bool {
	return n == 7 || n >= 55 && n <= 57 || n >= 101 && n <= 105
}

// rat sets the technology of a RATType.
func (r *record) rat(b []byte) {
	if b == nil {
		return
	}
	n, ok := ber.Uint(b)
	if !ok || n >= uint64(len(radios)) || radios[n] == cdr.RATUnknown && !noRadio(n) {
		r.note(decode.UnknownValue)
		return
	}
	r.row.RAT = radios[n]
}
