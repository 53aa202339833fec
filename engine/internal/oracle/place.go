package oracle

import (
	"strconv"

	"github.com/nyaruka/phonenumbers"
)

// place is where a number lies and of what kind it is.
type place struct {
	country string // ISO region, or a country code of no region; "" unknown
	area    string // country and area code; "" unknown
	class   class
}

type class int

const (
	ordinary class = iota
	tollFree
	premium
	shortCode
)

var (
	noRegion  = []string{"800", "808", "870", "878", "881", "882", "883", "888", "979", "991"}
	riskCodes = []string{"870", "881", "882", "883", "979"}
)

// tollCountry maps the places that are no international call from each other to
// one name.
var tollCountry = map[string]string{
	"PR": "US", "VI": "US", "GU": "US", "MP": "US", "AS": "US",
	"GG": "GB", "JE": "GB", "IM": "GB", "SJ": "NO", "AX": "FI", "VA": "IT",
}

// toll is the toll country of p; "" unknown.
func (p place) toll() string {
	if t, ok := tollCountry[p.country]; ok {
		return t
	}
	return p.country
}

// countryCode is the calling code of an ISO region, "" if there is none.
func countryCode(region string) string {
	if cc := phonenumbers.GetCountryCodeForRegion(region); cc > 0 {
		return strconv.Itoa(cc)
	}
	return ""
}

// splitCode cuts digits after their country code, a code of no region included.
func splitCode(digits string) (cc, national string) {
	codes := phonenumbers.GetSupportedCallingCodes()
	for n := 3; n >= 1; n-- {
		if len(digits) < n {
			continue
		}
		if v, _ := strconv.Atoi(digits[:n]); digits[0] != '0' && codes[v] || contains(noRegion, digits[:n]) {
			return digits[:n], digits[n:]
		}
	}
	return "", digits
}

// number builds what libphonenumber works on without letting it parse: parsing
// would take national prefixes away that E.164 digits do not have.
func number(cc, national string) (*phonenumbers.PhoneNumber, bool) {
	v, err := strconv.ParseUint(national, 10, 64)
	if err != nil || len(national) > 17 {
		return nil, false
	}
	code, _ := strconv.Atoi(cc)
	code32 := int32(code)
	n := &phonenumbers.PhoneNumber{CountryCode: &code32, NationalNumber: &v}
	zeros := 0
	for zeros < len(national)-1 && national[zeros] == '0' {
		zeros++
	}
	if zeros > 0 {
		yes, count := true, int32(zeros)
		n.ItalianLeadingZero, n.NumberOfLeadingZeros = &yes, &count
	}
	return n, true
}

// locate finds the place of E.164 digits.
func locate(digits string, highRisk []string) (p place) {
	cc, national := splitCode(digits)
	n, ok := number(cc, national)
	risky := hasPrefix(digits, prefixes(highRisk)) || hasPrefix(digits, riskCodes) || hasPrefix(digits, []string{"1900"})
	if risky {
		p.class = premium
	}
	if !ok || cc == "" {
		return p
	}
	switch phonenumbers.IsPossibleNumberWithReason(n) {
	case phonenumbers.IS_POSSIBLE, phonenumbers.INVALID_COUNTRY_CODE: // the latter: 991, which has no metadata
	default:
		return p
	}
	p.country = phonenumbers.GetRegionCodeForNumber(n)
	if contains(noRegion, cc) {
		p.country = cc
	}
	kind := phonenumbers.GetNumberType(n)
	switch {
	case risky || kind == phonenumbers.PREMIUM_RATE:
		p.class = premium
	case kind == phonenumbers.TOLL_FREE:
		p.class = tollFree
	}
	if code := areaCode(cc, national, n, kind); code != "" && p.country != "" {
		p.area = p.country + ":" + code
	}
	return p
}

// areaCode is the part of national that names an area; "" if none does.
func areaCode(cc, national string, n *phonenumbers.PhoneNumber, kind phonenumbers.PhoneNumberType) string {
	if cc != "1" {
		return national[:phonenumbers.GetLengthOfGeographicalAreaCode(n)]
	}
	switch kind {
	case phonenumbers.FIXED_LINE, phonenumbers.MOBILE, phonenumbers.FIXED_LINE_OR_MOBILE:
		return national[:3]
	}
	return ""
}
