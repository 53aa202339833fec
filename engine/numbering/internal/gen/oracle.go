package main

import (
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
	pn "github.com/nyaruka/phonenumbers"
)

// number makes the library's form of a national number exactly as the digits
// stand; Parse would strip what looks like a national prefix.
func number(code int, national string) *pn.PhoneNumber {
	value, err := strconv.ParseUint(national, 10, 64)
	if err != nil {
		panic(err)
	}
	cc := int32(code)
	n := &pn.PhoneNumber{CountryCode: &cc, NationalNumber: &value}
	zeros := int32(0)
	for int(zeros) < len(national)-1 && national[zeros] == '0' {
		zeros++
	}
	if zeros > 0 {
		yes := true
		n.ItalianLeadingZero, n.NumberOfLeadingZeros = &yes, &zeros
	}
	return n
}

// ask tells what the library knows of a valid number; 0 when it is not valid.
func ask(code int, national string) table.Answer {
	n := number(code, national)
	if !pn.IsValidNumber(n) {
		return 0
	}
	country := pn.GetRegionCodeForNumber(n)
	if country == "001" {
		country = strconv.Itoa(code)
	}
	typ := pn.GetNumberType(n)
	from, length := area(code, typ, n)
	digits := len(strconv.Itoa(code))
	return table.NewAnswer(table.CountryCode(country), int(class(code, typ)), digits+from, length, true)
}

// highRisk are the country codes of no region that count as premium, whatever
// the metadata calls them.
func highRisk(code int) bool {
	return code == 870 || code == 881 || code == 882 || code == 883 || code == 979
}

func class(code int, typ pn.PhoneNumberType) cdr.Class {
	switch {
	case highRisk(code) || typ == pn.PREMIUM_RATE:
		return cdr.ClassPremium
	case typ == pn.FIXED_LINE || typ == pn.FIXED_LINE_OR_MOBILE:
		return cdr.ClassGeographic
	case typ == pn.MOBILE:
		return cdr.ClassMobile
	case typ == pn.TOLL_FREE:
		return cdr.ClassTollFree
	}
	return cdr.ClassOther
}

// area tells where the area code stands in a valid national number. The library
// counts the token before a mobile's area code (9 in Argentina) as part of it;
// here it is not: a mobile and a fixed line of one city share their area.
func area(code int, typ pn.PhoneNumberType, n *pn.PhoneNumber) (from, length int) {
	length = pn.GetLengthOfGeographicalAreaCode(n)
	if token := pn.GetCountryMobileToken(code); length > 0 && typ == pn.MOBILE && token != "" {
		return len(token), length - len(token)
	}
	return 0, length
}
