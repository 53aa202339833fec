package ts32298

import (
	"bytes"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// appendDomainPLMN appends the network that a domain of TS 23.003, clause 13.2 names:
//
//	ims.mnc015.mcc234.3gppnetwork.org   23415
//
// An MNC has three digits in the domain. Where the country has MNCs of two, the first
// one, a 0, is fill. It appends nothing of any other domain.
func appendDomainPLMN(dst, domain []byte) []byte {
	i := bytes.Index(domain, []byte("mnc"))
	if i < 0 || len(domain)-i < len("mnc000.mcc000") || string(domain[i+6:i+10]) != ".mcc" {
		return dst
	}
	mnc, mcc := domain[i+3:i+6], domain[i+10:i+13]
	if !decode.AllDigits(mnc) || !decode.AllDigits(mcc) {
		return dst
	}
	dst = append(dst, mcc...)
	if mnc[0] == '0' && !longMNC(mcc) {
		mnc = mnc[1:]
	}
	return append(dst, mnc...)
}

// longMNC reports whether the networks of a country have MNCs of three digits: those of
// North America, of most of the Caribbean and of some countries of Latin America
// (ITU-T E.212).
func longMNC(mcc []byte) bool {
	switch n := int(mcc[0]-'0')*100 + int(mcc[1]-'0')*10 + int(mcc[2]-'0'); n {
	case 302, 334, 338, 342, 344, 346, 348, 352, 354, 356, 358, 360, 365, 366, 376, 708, 722, 732:
		return true
	default:
		return n >= 310 && n <= 316
	}
}

// accesses are the beginnings of the access types of P-Access-Network-Info (TS 24.229,
// 7.2A.4) and their technologies. The longer one of two that match stands first.
var accesses = [...]struct {
	begins string
	rat    cdr.RAT
}{
	{"3GPP-E-UTRAN", cdr.RAT4G},
	{"3GPP-UTRAN", cdr.RAT3G},
	{"3GPP-GERAN", cdr.RAT2G},
	{"3GPP-NR", cdr.RAT5G},
	{"3GPP-WLAN", cdr.RATWiFi},
	{"IEEE-802.11", cdr.RATWiFi},
	{"untrusted-non-3GPP-VIRTUAL-EPC", cdr.RATWiFi},
	{"VIRTUAL", cdr.RATUnknown},
}

// accessNetwork sets technology, cell and visited network of a P-Access-Network-Info:
//
//	3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=2341500010000A01
func (r *record) accessNetwork(b []byte) {
	for _, a := range accesses {
		if hasPrefixFold(b, a.begins) {
			r.row.RAT = a.rat
			break
		}
	}
	r.accessCell(b)
}

// accessCell sets the cell and, where it is not known yet, the visited network of an
// access or cellular network information.
func (r *record) accessCell(b []byte) {
	plmn, area, cell := cellOf(b)
	if plmn == nil || r.row.At[decode.CellID].Len > 0 {
		return
	}
	from := len(r.text)
	r.text = append(r.text, plmn...)
	if r.row.At[decode.VisitedPLMN].Len == 0 {
		r.set(decode.VisitedPLMN, from)
	}
	r.text = strconv.AppendUint(append(r.text, '-'), area, 10)
	r.text = strconv.AppendUint(append(r.text, '-'), cell, 10)
	r.set(decode.CellID, from)
}

// cellOf is the network, the area and the number of the cell that an access network
// information names, plmn nil when it names none: digits of MCC and MNC and then
// hexadecimal ones, as many as the technology has. How many digits the MNC has follows
// from how many there are in all.
func cellOf(b []byte) (plmn []byte, area, cell uint64) {
	text := parameter(b, "utran-cell-id-3gpp=")
	areaDigits, cellDigits := 4, 7 // E-UTRAN, UTRAN
	switch {
	case text == nil:
		text = parameter(b, "cgi-3gpp=")
		cellDigits = 4
	case len(text) >= 20: // NR
		areaDigits, cellDigits = 6, 9
	}
	network := len(text) - areaDigits - cellDigits
	if network != 5 && network != 6 || !decode.AllDigits(text[:network]) {
		return nil, 0, 0
	}
	area, ok := hexadecimal(text[network:][:areaDigits])
	cell, ok2 := hexadecimal(text[network+areaDigits:])
	if !ok || !ok2 {
		return nil, 0, 0
	}
	return text[:network], area, cell
}

// parameter is the value behind name in b, without quotes; nil when there is none.
func parameter(b []byte, name string) []byte {
	i := bytes.Index(b, []byte(name))
	if i < 0 {
		return nil
	}
	b = b[i+len(name):]
	for i, c := range b {
		if c == ';' || c == ' ' || c == ',' {
			b = b[:i]
			break
		}
	}
	if len(b) > 1 && b[0] == '"' && b[len(b)-1] == '"' {
		b = b[1 : len(b)-1]
	}
	return b
}

// hexadecimal reads up to 16 hexadecimal digits.
func hexadecimal(b []byte) (n uint64, ok bool) {
	for _, c := range b {
		v := decode.HexDigit(c)
		if v < 0 {
			return 0, false
		}
		n = n<<4 | uint64(v)
	}
	return n, len(b) > 0 && len(b) <= 16
}
