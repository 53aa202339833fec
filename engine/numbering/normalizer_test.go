package numbering

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

var classNames = map[cdr.Class]string{cdr.ClassUnknown: "unknown", cdr.ClassGeographic: "geographic", cdr.ClassMobile: "mobile",
	cdr.ClassTollFree: "toll-free", cdr.ClassPremium: "premium", cdr.ClassShortCode: "short", cdr.ClassOther: "other"}

// partyText shows what Party made: key, class, country, area.
func partyText(p *Plan, n *Normalizer, text string, international bool) string {
	key, place, name := n.Party(nil, []byte(text), international)
	if key == 0 {
		return "absent"
	}
	if key.IsName() {
		if key != cdr.Name(name) || place != 0 {
			return fmt.Sprintf("name %q of the wrong key or with place %x", name, place)
		}
		return "name " + string(name)
	}
	if len(name) > 0 {
		return fmt.Sprintf("%s with a name %q", key, name)
	}
	words := []string{key.String(), classNames[place.Class()], p.CountryName(place.Country()), p.AreaName(place.Area())}
	return strings.TrimRight(strings.Join(words, " "), " ")
}

func TestParty(t *testing.T) {
	p := newPlan(t, Options{})
	for _, c := range []struct {
		text   string
		source Source
		want   string
	}{
		// 1: absent
		{"", Source{}, "absent"},
		{"  ", Source{}, "absent"},
		{"Anonymous", Source{}, "absent"},
		{" WITHHELD ", Source{}, "absent"},
		{"-", Source{}, "absent"},
		{"0", Source{}, "absent"},
		{"+", Source{}, "absent"},
		{"- (.)", Source{}, "absent"},
		{"sip:anonymous@anonymous.invalid", Source{}, "absent"},
		{"9999999999", Source{NullNumbers: []string{"9999999999"}}, "absent"},
		{"+0", Source{NullNumbers: []string{"+0"}}, "absent"},
		{"0", Source{NullNumbers: []string{}}, "0 short"},
		{"anonymous", Source{NullNumbers: []string{}}, "name anonymous"},
		{"{NONE}", Source{NullNumbers: []string{"{none}"}}, "absent"},
		{"[none]", Source{NullNumbers: []string{"{none}"}}, "name [none]"},
		// 2: how numbers are written
		{"917-375-0980", Source{}, "9173750980 mobile IN"},
		{"917-375-0980", Source{Country: "US"}, "19173750980 geographic US US/917"},
		{"tel:+1-201-555-0123;rn=+12015550000", Source{}, "12015550123 geographic US US/201"},
		{"TEL:112", Source{}, "112 short"},
		{"sip:+33612345678@ims.example.com;user=phone", Source{}, "33612345678 mobile FR"},
		{"SIPS:bob@example.com", Source{}, "name bob"},
		{"sip:bob@example.com", Source{}, "name bob"},
		{"sip:0612345678;cpc=payphone@host", Source{Country: "FR"}, "33612345678 mobile FR"},
		{"+33 (6) 12.34.56-78", Source{}, "33612345678 mobile FR"},
		{"12/34", Source{}, "name 12/34"},
		{"*100#", Source{}, "name *100#"},
		{"+bob", Source{}, "name +bob"},
		{"++331", Source{}, "name ++331"},
		// 3: international
		{"00331 45 67 89 01", Source{}, "33145678901 geographic FR FR/1"},
		{"01133145678901", Source{InternationalPrefix: "011", Country: "US"}, "33145678901 geographic FR FR/1"},
		{"00", Source{}, "00 short"},
		{"+112", Source{}, "112 unknown"},
		{"00112", Source{}, "112 unknown"},
		{"+123456", Source{}, "123456 unknown"},
		// 4: short codes
		{"911", Source{}, "911 short"},
		{"112", Source{Country: "FR"}, "112 short"},
		{"611", Source{Country: "US"}, "611 short"},
		{"10086", Source{Country: "CN"}, "10086 short"},
		{"116117", Source{Country: "DE"}, "116117 short"},
		{"000123", Source{}, "0123 unknown"},
		{"012", Source{Country: "FR"}, "012 short"},
		{"5551234", Source{}, "5551234 unknown"},
		{"5551234", Source{ShortCodeDigits: 7}, "5551234 short"},
		{"112", Source{ShortCodeDigits: -1}, "112 unknown"},
		// 5: national numbers
		{"0612345678", Source{Country: "FR"}, "33612345678 mobile FR"},
		{"0612345678", Source{Country: "fr"}, "33612345678 mobile FR"},
		{"612345678", Source{Country: "FR"}, "33612345678 mobile FR"},
		{"33612345678", Source{Country: "FR"}, "33612345678 mobile FR"},
		{"0612345678", Source{Country: "IT"}, "390612345678 geographic IT IT/06"},
		{"18005551234", Source{Country: "US"}, "18005551234 toll-free US"},
		{"8005551234", Source{Country: "US"}, "18005551234 toll-free US"},
		{"1-900-555-1234", Source{Country: "US"}, "19005551234 premium US"},
		{"5551234", Source{Country: "BS"}, "12425551234 mobile BS BS/242"},
		{"89161234567", Source{Country: "RU"}, "79161234567 mobile RU"},
		{"8001234567", Source{Country: "RU"}, "78001234567 toll-free RU"},
		{"87011234567", Source{Country: "KZ"}, "77011234567 mobile KZ"},
		{"0111523456789", Source{Country: "AR"}, "5491123456789 mobile AR AR/11"},
		{"01511987654321", Source{Country: "BR"}, "5511987654321 mobile BR BR/11"},
		{"5512345678", Source{Country: "MX"}, "525512345678 geographic MX MX/55"},
		{"02079460018", Source{Country: "GB"}, "442079460018 geographic GB GB/20"},
		{"06301234567", Source{Country: "HU"}, "36301234567 mobile HU"},
		// 6: E.164 as it stands
		{"0612345678", Source{}, "0612345678 unknown"},
		{"33612345678", Source{}, "33612345678 mobile FR"},
		{"1234567890123456", Source{}, "1234567890123456 unknown"},
		{"12345678901234567", Source{}, "name 12345678901234567"},
		{"+12345678901234567", Source{}, "name 12345678901234567"},
		{"0012345678901234567", Source{}, "name 12345678901234567"},
		{"001234567890123456", Source{}, "1234567890123456 unknown"},
		{"1234567890123456", Source{Country: "FR"}, "name 331234567890123456"},
	} {
		n, err := p.Normalizer(c.source)
		if err != nil {
			t.Fatal(err)
		}
		if got := partyText(p, n, c.text, false); got != c.want {
			t.Errorf("%q from %+v: got %q, want %q", c.text, c.source, got, c.want)
		}
	}
}

func TestPartyCalledInternational(t *testing.T) {
	p := newPlan(t, Options{})
	n, err := p.Normalizer(Source{Country: "FR"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"442079460018":   "442079460018 geographic GB GB/20",
		"00442079460018": "442079460018 geographic GB GB/20",
		"112":            "112 unknown",
		"33 612345678":   "33612345678 mobile FR",
		"bob":            "name bob",
		"0":              "absent",
	} {
		if got := partyText(p, n, text, true); got != want {
			t.Errorf("%q called international: got %q, want %q", text, got, want)
		}
	}
}

// A prefix that is also the beginning of country codes is no prefix where the
// number is called international.
func TestPartyPrefixLikeCountryCode(t *testing.T) {
	p := newPlan(t, Options{})
	n, err := p.Normalizer(Source{Country: "RU", InternationalPrefix: "810"})
	if err != nil {
		t.Fatal(err)
	}
	for international, want := range map[bool]string{false: "33145678901 geographic FR FR/1", true: "81033145678901 toll-free JP"} {
		if got := partyText(p, n, "81033145678901", international); got != want {
			t.Errorf("called international: %v: got %q, want %q", international, got, want)
		}
	}
}

func TestNormalizerErrors(t *testing.T) {
	p := newPlan(t, Options{})
	for want, s := range map[string]Source{
		`country "ZZ"`:               {Country: "ZZ"},
		`country "FRANCE"`:           {Country: "France"},
		`country "881"`:              {Country: "881"},
		`international_prefix "+"`:   {InternationalPrefix: "+"},
		`international_prefix "0 0"`: {InternationalPrefix: "0 0"},
	} {
		if _, err := p.Normalizer(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one about %s", s, err, want)
		}
	}
}

func TestPartyAppendsNames(t *testing.T) {
	n, err := newPlan(t, Options{}).Normalizer(Source{})
	if err != nil {
		t.Fatal(err)
	}
	dst := []byte("alice")
	for _, c := range []struct{ text, want string }{{"sip:bob@x", "alicebob"}, {"+33 6 12 34 56 78", "alicebob"}, {"anonymous", "alicebob"}, {"12345678901234567", "alicebob12345678901234567"}} {
		if _, _, dst = n.Party(dst, []byte(c.text), false); string(dst) != c.want {
			t.Fatalf("after %q dst is %q, want %q", c.text, dst, c.want)
		}
	}
}

func TestPartyAllocates(t *testing.T) {
	p := newPlan(t, Options{Home: []string{"33"}, Hotlist: []string{"911"}})
	for _, country := range []string{"", "FR", "AR", "GG", "BR"} {
		n, err := p.Normalizer(Source{Country: country})
		if err != nil {
			t.Fatal(err)
		}
		dst := make([]byte, 0, 64)
		for _, s := range []string{"+33612345678", "0612345678", "911", "tel:+1-201-555-0123;rn=1", "sip:bob@example.com", "Anonymous", "0111523456789",
			"01511987654321", "12345678901234567", "1234567890123456", "441481234567"} {
			text := []byte(s)
			if got := testing.AllocsPerRun(100, func() { n.Party(dst, text, false) }); got != 0 {
				t.Errorf("%q in %q: %v allocations", s, country, got)
			}
		}
	}
	number := cdr.Digits([]byte("33612345678"))
	if got := testing.AllocsPerRun(100, func() { p.Lookup(number) }); got != 0 {
		t.Errorf("Lookup: %v allocations", got)
	}
}

// FuzzParty: Party never panics, keeps what is in dst, and gives the same key
// when its own output comes again, in international form.
func FuzzParty(f *testing.F) {
	p := newPlan(f, Options{Home: []string{"33"}, Areas: map[string]string{"331": "Paris"}})
	var all []*Normalizer
	for _, s := range []Source{{}, {Country: "FR"}, {Country: "AR", ShortCodeDigits: -1}, {Country: "BR"}, {Country: "GG"}, {Country: "US", InternationalPrefix: "011"}} {
		n, err := p.Normalizer(s)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, n)
	}
	for _, s := range []string{"", "+", "00", "+33612345678", "0612345678", "tel:+1-201-555-0123;rn=1", "sip:bob@x", "12345678901234567", "0111523456789", "anonymous"} {
		f.Add([]byte(s), uint8(len(s)), s == "00")
	}
	f.Fuzz(func(t *testing.T, text []byte, source uint8, international bool) {
		n := all[int(source)%len(all)]
		key, place, dst := n.Party([]byte("kept"), text, international)
		if !strings.HasPrefix(string(dst), "kept") || !key.IsName() && len(dst) != 4 {
			t.Fatalf("%q: dst became %q", text, dst)
		}
		switch {
		case key.IsName():
			if key != cdr.Name(dst[4:]) || place != 0 {
				t.Fatalf("%q: key %s, name %q, place %x", text, key, dst[4:], place)
			}
		case key == 0 || place.Class() == cdr.ClassShortCode:
		default:
			again, place2, _ := n.Party(nil, append([]byte("+"), key.String()...), false)
			if again != key || place2 != place {
				t.Fatalf("%q: %s %x became %s %x", text, key, place, again, place2)
			}
		}
	})
}
