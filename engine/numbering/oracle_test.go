package numbering

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	pn "github.com/nyaruka/phonenumbers"
)

const oracleSeed = 20260117

// libraryNumber is the library's form of a national number exactly as written.
func libraryNumber(code int, national string) *pn.PhoneNumber {
	value, _ := strconv.ParseUint(national, 10, 64)
	cc, zeros := int32(code), int32(len(national)-len(strings.TrimLeft(national, "0")))
	n := &pn.PhoneNumber{CountryCode: &cc, NationalNumber: &value}
	if zeros > 0 {
		yes := true
		n.ItalianLeadingZero, n.NumberOfLeadingZeros = &yes, &zeros
	}
	return n
}

// expected is the place of a valid number by the library and the rules of the
// package documentation, computed without the table.
func expected(code int, national string, n *pn.PhoneNumber) string {
	country := pn.GetRegionCodeForNumber(n)
	if country == "001" {
		country = strconv.Itoa(code)
	}
	class := map[pn.PhoneNumberType]cdr.Class{pn.FIXED_LINE: cdr.ClassGeographic, pn.FIXED_LINE_OR_MOBILE: cdr.ClassGeographic,
		pn.MOBILE: cdr.ClassMobile, pn.TOLL_FREE: cdr.ClassTollFree, pn.PREMIUM_RATE: cdr.ClassPremium}[pn.GetNumberType(n)]
	if class == 0 {
		class = cdr.ClassOther
	}
	if slices.Contains([]int{870, 881, 882, 883, 979}, code) {
		class = cdr.ClassPremium
	}
	area := national[:pn.GetLengthOfGeographicalAreaCode(n)]
	if code == 1 && (class == cdr.ClassGeographic || class == cdr.ClassMobile) {
		area = national[:3]
	}
	if code == 54 && class == cdr.ClassMobile && area != "" {
		area = strings.TrimPrefix(area, "9")
	}
	if area != "" {
		area = country + "/" + area
	}
	return fmt.Sprint(country, " ", class, " ", area)
}

func described(p *Plan, place cdr.Place) string {
	return fmt.Sprint(p.CountryName(place.Country()), " ", place.Class(), " ", p.AreaName(place.Area()))
}

// TestAgainstLibrary compares country, class and area of the example numbers of
// every region and type, and of numbers made by changing their last digits, with
// the library: every valid number must agree in all three.
func TestAgainstLibrary(t *testing.T) {
	p := newPlan(t, Options{})
	r := rand.New(rand.NewPCG(oracleSeed, 1))
	valid, differ := 0, 0
	check := func(code int, national string) {
		full := strconv.Itoa(code) + national
		n := libraryNumber(code, national)
		if len(full) > maxDigits || len(full) <= lookupShort || !pn.IsValidNumber(n) {
			return
		}
		want, place := expected(code, national, n), p.Lookup(cdr.Digits([]byte(full)))
		if code == 1 && place.Class() != cdr.ClassGeographic && place.Class() != cdr.ClassMobile {
			place = cdr.NewPlace(place.Country(), 0, place.Class(), 0) // of the area of digits 2-4 the library knows nothing
		}
		if got := described(p, place); got != want {
			t.Errorf("seed %d: +%s: got %q, the library says %q", oracleSeed, full, got, want)
			differ++
		}
		valid++
	}
	for _, n := range exampleNumbers(t) {
		code, national := int(n.GetCountryCode()), pn.GetNationalSignificantNumber(n)
		check(code, national)
		for i := range 60 {
			text := []byte(national)
			for j := max(0, len(text)-1-i%len(text)); j < len(text); j++ {
				text[j] = byte('0' + r.IntN(10))
			}
			check(code, string(text))
		}
		if differ > 20 {
			t.Fatal("too many differences")
		}
	}
	if valid < 30000 {
		t.Errorf("only %d valid numbers compared", valid)
	}
	t.Logf("%d valid numbers compared", valid)
}

// exampleNumbers are the examples of all descriptions of all regions.
func exampleNumbers(t *testing.T) (out []*pn.PhoneNumber) {
	t.Helper()
	all, err := pn.MetadataCollection()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all.Metadata {
		for _, d := range []*pn.PhoneNumberDesc{m.GetFixedLine(), m.GetMobile(), m.GetTollFree(), m.GetPremiumRate(), m.GetSharedCost(),
			m.GetVoip(), m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail()} {
			if text := d.GetExampleNumber(); text != "" && text != "NA" {
				out = append(out, libraryNumber(int(m.GetCountryCode()), text))
			}
		}
	}
	return out
}

// TestInvalidNumbers compares the country of random numbers, nearly all of them
// invalid, with what can be said of them: none when the length is impossible,
// else the library's region where it names one, else one of the country code's.
func TestInvalidNumbers(t *testing.T) {
	p := newPlan(t, Options{})
	r := rand.New(rand.NewPCG(oracleSeed, 2))
	known, same := 0, 0
	for range 60000 {
		text := randomDigits(r, lookupShort+1, maxDigits)
		place := p.Lookup(cdr.Digits(text))
		code, national := splitCode(string(text))
		if code == 0 {
			if place.Country() != 0 {
				t.Errorf("seed %d: %s: country %q, no such country code", oracleSeed, text, p.CountryName(place.Country()))
			}
			continue
		}
		n := libraryNumber(code, national)
		possible := pn.IsPossibleNumberWithReason(n) == pn.IS_POSSIBLE || pn.IsValidNumber(n)
		if possible != (place.Country() != 0) {
			t.Fatalf("seed %d: +%s: country %q, possible length: %v", oracleSeed, text, p.CountryName(place.Country()), possible)
		}
		if region := pn.GetRegionCodeForNumber(n); possible && region != "" && region != "001" {
			known++
			if region == p.CountryName(place.Country()) {
				same++
			} else {
				t.Logf("+%s: %s, library %s", text, p.CountryName(place.Country()), region)
			}
		}
	}
	t.Logf("the library names a region for %d numbers, the table the same for %d", known, same)
	if same < known*999/1000 {
		t.Errorf("seed %d: %d of %d regions agree", oracleSeed, same, known)
	}
}

func randomDigits(r *rand.Rand, from, to int) []byte {
	text := make([]byte, from+r.IntN(to-from+1))
	for i := range text {
		text[i] = byte('0' + r.IntN(10))
	}
	return text
}

func splitCode(digits string) (code int, national string) {
	known := pn.GetSupportedCallingCodes()
	for n := 1; n <= 3; n++ {
		if code, _ := strconv.Atoi(digits[:n]); known[code] && digits[0] != '0' {
			return code, digits[n:]
		}
	}
	return 0, ""
}

// TestNationalAgainstLibrary compares rule 5 with the library's Parse, for every
// region, on its examples written with and without prefixes and on random digits.
func TestNationalAgainstLibrary(t *testing.T) {
	p := newPlan(t, Options{})
	r := rand.New(rand.NewPCG(oracleSeed, 3))
	examples := map[string][]string{}
	all, err := pn.MetadataCollection()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all.Metadata {
		for _, d := range []*pn.PhoneNumberDesc{m.GetFixedLine(), m.GetMobile(), m.GetTollFree(), m.GetUan()} {
			if text := d.GetExampleNumber(); text != "" && text != "NA" {
				examples[m.GetId()] = append(examples[m.GetId()], text)
			}
		}
	}
	compared, differ := 0, 0
	for _, region := range p.regions {
		n, err := p.Normalizer(Source{Country: region.Name, ShortCodeDigits: 4})
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		prefixes := []string{"", "0", "1", "8", "06", "80", region.Code, region.Code + "0", "015", "01511", "0119", "15", "012"}
		for _, e := range examples[region.Name] {
			for _, prefix := range prefixes {
				texts = append(texts, prefix+e)
			}
			texts = append(texts, e[1:], e[2:])
		}
		for range 300 {
			texts = append(texts, prefixes[r.IntN(len(prefixes))]+string(randomDigits(r, 3, 11)))
		}
		for _, text := range texts {
			if len(text) <= 4 || len(text) > maxDigits || strings.HasPrefix(text, "00") {
				continue
			}
			want, ok := parsedByLibrary(text, region.Name)
			if !ok || len(want) > maxDigits {
				continue
			}
			compared++
			got, _, _ := n.Party(nil, []byte(text), false)
			if got.String() != want {
				if differ++; differ < 20 {
					t.Errorf("seed %d: %s in %s: got %s, the library %s", oracleSeed, text, region.Name, got, want)
				}
			}
		}
	}
	t.Logf("%d compared, %d differ", compared, differ)
	if compared < 50000 {
		t.Errorf("only %d national numbers compared", compared)
	}
}

// parsedByLibrary is the E.164 digits of a national number; false when the
// library takes it for international or not for a number at all.
func parsedByLibrary(text, region string) (string, bool) {
	n, err := pn.ParseAndKeepRawInput(text, region)
	if err != nil || n.GetCountryCodeSource() == pn.PhoneNumber_FROM_NUMBER_WITH_IDD {
		return "", false
	}
	return strconv.Itoa(int(n.GetCountryCode())) + pn.GetNationalSignificantNumber(n), true
}
