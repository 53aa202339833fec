package ts32298

import (
	"math/bits"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// Identities within a User Location Information of TS 29.274, 8.21: a bit of its first
// octet says that one is there, and they follow in the order of their bits.
const (
	uliCGI  = iota // cell global identity: PLMN, LAC, CI
	uliSAI         // service area identity: PLMN, LAC, SAC
	uliRAI         // routing area identity: PLMN, LAC, RAC
	uliTAI         // tracking area identity: PLMN, TAC
	uliECGI        // E-UTRAN cell global identity: PLMN, ECI of 28 bits
	uliLAI         // location area identity: PLMN, LAC
	uliMacro
	uliExtendedMacro
)

// uliSizes are the octets of each.
var uliSizes = [8]int{uliCGI: 7, uliSAI: 7, uliRAI: 7, uliTAI: 5, uliECGI: 7, uliLAI: 5, uliMacro: 6, uliExtendedMacro: 6}

// uli is a User Location Information, taken apart. What is not there is nil.
type uli [8][]byte

// split takes b apart. Three forms are in use: that of TS 29.274; that of TS 29.060,
// where the first octet counts (0 cell, 1 service area, 2 routing area) and means nearly
// the same; that of TS 29.061, where it is 128 tracking area, 129 cell, 130 both. The
// length tells which: it is what the first octet says in no more than one form.
func (l *uli) split(b []byte) {
	if len(b) == 0 {
		return
	}
	first, rest := b[0], b[1:]
	switch {
	case first == 0 && len(rest) == uliSizes[uliCGI]:
		first = 1 << uliCGI
	case first == 2 && len(rest) == uliSizes[uliRAI] && rest[6] == 0xFF: // a RAC of TS 29.060 fills two octets so
		first = 1 << uliRAI
	case first == 128 && len(rest) == uliSizes[uliTAI]:
		first = 1 << uliTAI
	case first == 129 && len(rest) == uliSizes[uliECGI]:
		first = 1 << uliECGI
	case first == 130 && len(rest) == uliSizes[uliTAI]+uliSizes[uliECGI]:
		first = 1<<uliTAI | 1<<uliECGI
	}
	for ; first != 0; first &= first - 1 {
		i := bits.TrailingZeros8(first)
		if len(rest) < uliSizes[i] {
			return
		}
		l[i], rest = rest[:uliSizes[i]], rest[uliSizes[i]:]
	}
}

// appendLocation appends the cell of a User Location Information. Of an area without a
// cell it appends nothing.
func appendLocation(dst, b []byte) []byte {
	var l uli
	l.split(b)
	switch {
	case l[uliECGI] != nil:
		var tac []byte
		if l[uliTAI] != nil {
			tac = l[uliTAI][3:]
		}
		return appendCell(dst, l[uliECGI][:3], tac, unsigned(l[uliECGI][3:])&(1<<28-1))
	case l[uliCGI] != nil:
		return appendCell(dst, l[uliCGI][:3], l[uliCGI][3:5], unsigned(l[uliCGI][5:]))
	case l[uliSAI] != nil:
		return appendCell(dst, l[uliSAI][:3], l[uliSAI][3:5], unsigned(l[uliSAI][5:]))
	}
	return dst
}

// appendCell appends a cell as PLMN-LAC-CI: the network in three octets, the area, the
// number of the cell in decimal. Where the area is not known, the cell is PLMN-CI.
func appendCell(dst, plmn, area []byte, cell uint64) []byte {
	from := len(dst)
	if dst = decode.AppendPLMN(dst, plmn); len(dst) == from {
		return dst
	}
	if area != nil {
		dst = strconv.AppendUint(append(dst, '-'), unsigned(area), 10)
	}
	return strconv.AppendUint(append(dst, '-'), cell, 10)
}
