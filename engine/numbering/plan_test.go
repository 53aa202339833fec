package numbering

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
)

func newPlan(t testing.TB, o Options) *Plan {
	t.Helper()
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLookup(t *testing.T) {
	p := newPlan(t, Options{HighRisk: []string{"+37 128", "4470"}, Areas: map[string]string{"+33 1": "Paris", "33145": "Opera", "1242": "Nassau", "999": "Nowhere"}})
	for _, c := range []struct{ digits, want string }{
		{"12125551234", "geographic US US/212"},
		{"19171750980", "geographic US US/917"}, // no valid number, but a geographic NPA
		{"12424260000", "mobile BS Nassau"},
		{"12423000000", "toll-free BS Nassau"},
		{"18765551234", "mobile JM JM/876"},
		{"18760551234", "unknown JM JM/876"},
		{"15551234567", "unknown US"},
		{"1900555123", "unknown"}, // one digit short
		{"17872001234", "geographic PR PR/787"},
		{"390669812345", "geographic VA VA/06"},
		{"39061234567", "geographic IT IT/06"},
		{"447911012345", "mobile GB"},
		{"441481012345", "geographic GG GG/1481"},
		{"77011234567", "mobile KZ"},
		{"77911234567", "unknown KZ"},
		{"4779123456", "geographic SJ"},
		{"35818123456", "geographic AX AX/18"},
		{"5491123456789", "mobile AR AR/11"},
		{"541123456789", "geographic AR AR/11"},
		{"525512345678", "geographic MX MX/55"},
		{"5215512345678", "unknown"}, // the 1 before Mexican mobiles is no more: too long
		{"4402079460018", "unknown"}, // a national prefix within makes it too long
		{"80012345678", "toll-free 800"},
		{"80812345678", "other 808"},
		{"870773112345", "premium 870"},
		{"8811234", "premium"}, // no such length, high risk all the same
		{"881612345678", "premium 881"},
		{"979123456789", "premium 979"},
		{"37128123456", "premium LV"},
		{"447012345678", "premium GB"},
		{"33145678901", "geographic FR Opera"},
		{"33155678901", "geographic FR Paris"},
		{"9991234567", "unknown  Nowhere"},
		{"2101234567", "unknown"},
		{"112", "short"},
		{"331456", "short"},
		{"0", "short"},
		{"1234567890123456", "unknown"},
		{"0000000000000000", "unknown"},
		{"9999999999999999", "unknown  Nowhere"},
	} {
		place := p.Lookup(cdr.Digits([]byte(c.digits)))
		got := strings.TrimRight(fmt.Sprint(classNames[place.Class()], " ", p.CountryName(place.Country()), " ", p.AreaName(place.Area())), " ")
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.digits, got, c.want)
		}
	}
	for _, n := range []cdr.Number{0, cdr.Name([]byte("bob")), cdr.IMSI([]byte("208010123456789"))} {
		if place := p.Lookup(n); place != 0 {
			t.Errorf("%s: place %x", n, place)
		}
	}
}

func TestLists(t *testing.T) {
	p := newPlan(t, Options{
		Home: []string{"33", "+1917", "44 20 7946 0018"}, Hotlist: []string{"+882*", "447012345678"}, Care: []string{"611", "+1800*"},
		Voicemail: []string{"888", "+33 6 09 00 00 00"}, Service: []string{"100*", "+112*"},
	})
	for _, c := range []struct {
		digits string
		want   cdr.List
	}{
		{"33612345678", cdr.ListHome},
		{"33609000000", cdr.ListHome | cdr.ListVoicemail},
		{"336090000001", cdr.ListHome},
		{"3361", 0}, // a short code is nobody's home
		{"19173750980", cdr.ListHome},
		{"442079460018", cdr.ListHome},
		{"442079460019", 0},
		{"88216123456", cdr.ListHot},
		{"8821", 0}, // written with +
		{"447012345678", cdr.ListHot},
		{"44701234567", 0},
		{"611", cdr.ListCare},
		{"6111", 0},
		{"18005551234", cdr.ListCare},
		{"888", cdr.ListVoicemail},
		{"10086", cdr.ListService},
		{"1008600000", cdr.ListService},
		{"112", 0},
		{"1121234567", cdr.ListService},
	} {
		if got := cdr.List(p.Lookup(cdr.Digits([]byte(c.digits))) >> 52); got != c.want {
			t.Errorf("%s: on lists %05b, want %05b", c.digits, got, c.want)
		}
	}
	if !p.HasHome() || newPlan(t, Options{}).HasHome() {
		t.Error("HasHome is wrong")
	}
}

func TestOptionErrors(t *testing.T) {
	for want, o := range map[string]Options{
		`home_numbers: "33x"`:          {Home: []string{"331", "33x"}},
		`high_risk_prefixes: ""`:       {HighRisk: []string{""}},
		`hotlist: "12345678901234567"`: {Hotlist: []string{"12345678901234567"}},
		`care_numbers: "6-11"`:         {Care: []string{"6-11"}},
		`voicemail_numbers: "*"`:       {Voicemail: []string{"*"}},
		`service_numbers: "sip:bob"`:   {Service: []string{"sip:bob"}},
		`areas: "3a"`:                  {Areas: map[string]string{"3a": "x"}},
		`areas: "33" has no area name`: {Areas: map[string]string{"33": ""}},
		`areas: "33" is given twice`:   {Areas: map[string]string{"33": "x", "+33": "y"}},
	} {
		if _, err := New(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one about %s", o, err, want)
		}
	}
}

// TestStableCodes pins what stands in checkpoints.
func TestStableCodes(t *testing.T) {
	p := newPlan(t, Options{Areas: map[string]string{"331": "Paris"}})
	for digits, want := range map[string]cdr.Place{
		"12125551234":  cdr.NewPlace(539, 539<<22|1212, cdr.ClassGeographic, 0),
		"390612345678": cdr.NewPlace(228, 228<<22|106, cdr.ClassGeographic, 0),
		"881612345678": cdr.NewPlace(881, 0, cdr.ClassPremium, 0),
		"33145678901":  cdr.NewPlace(148, 1, cdr.ClassGeographic, 0),
	} {
		got := p.Lookup(cdr.Digits([]byte(digits)))
		if digits == "33145678901" {
			want = cdr.NewPlace(148, got.Area(), cdr.ClassGeographic, 0)
			if p.AreaName(got.Area()) != "Paris" || got.Area()&namedArea == 0 {
				t.Errorf("area %x is named %q", got.Area(), p.AreaName(got.Area()))
			}
		}
		if got != want {
			t.Errorf("%s: place %x, want %x", digits, got, want)
		}
	}
}

func TestToll(t *testing.T) {
	p := newPlan(t, Options{})
	for country, want := range map[string]string{"US": "US", "PR": "US", "AS": "US", "CA": "CA", "JE": "GB", "SJ": "NO", "AX": "FI", "VA": "IT", "FR": "FR", "881": "881", "": ""} {
		if got := p.CountryName(p.Toll(cdr.Country(table.CountryCode(country)))); got != want {
			t.Errorf("%s pays the tolls of %q, want %q", country, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	if len(planFile) > 1<<20 {
		t.Errorf("the table takes %d bytes", len(planFile))
	}
}

// TestDecimal compares the arithmetic without division with division.
func TestDecimal(t *testing.T) {
	for _, v := range []uint64{0, 1, 9, 10, 99, 12345678, 99999999, 100000000, 9999999999999999, 9876543210987654, 9000000000000000, 8999999999999999} {
		power := uint64(1)
		for n := range maxDigits + 1 {
			for _, w := range []uint64{v, v / power * power, v/power*power + power - 1} {
				if w < 1e16 && shorten(w, n) != w/power {
					t.Errorf("shorten(%d, %d) = %d", w, n, shorten(w, n))
				}
			}
			power *= 10
		}
		text, spread := fmt.Sprintf("%08d", v%1e8), eightDigits(v%1e8)
		for i := range 8 {
			if byte(spread>>(8*i))+'0' != text[i] {
				t.Errorf("digit %d of %s is %d", i, text, byte(spread>>(8*i)))
			}
		}
	}
}
