package oracle

import "testing"

func TestNumbers(t *testing.T) {
	us, gb := Config{Country: "US"}, Config{Country: "GB"}
	for _, x := range []struct {
		c    Config
		text string
		key  string // "" is absent
	}{
		{Config{}, "", ""}, {Config{}, "  ", ""}, {Config{}, "Anonymous", ""}, {Config{}, "UNKNOWN", ""}, {Config{}, "restricted", ""}, {Config{}, "private", ""},
		{Config{}, "unavailable", ""}, {Config{}, "withheld", ""}, {Config{}, "null", ""}, {Config{}, "none", ""}, {Config{}, "-", ""}, {Config{}, "0", ""},
		{Config{}, "sip:anonymous@anonymous.invalid", ""}, {Config{NullNumbers: []string{"nobody"}}, "anonymous", "anonymous"}, {Config{NullNumbers: []string{"nobody"}}, "Nobody", ""},
		{Config{}, "+1 (212) 555-0123", "12125550123"}, {Config{}, "tel:+1-212-555-0123;ext=7", "12125550123"}, {Config{}, "SIP:+12125550123@host.example:5060;user=phone", "12125550123"},
		{Config{}, "0012125550123", "12125550123"}, {Config{InternationalPrefix: "011"}, "01112125550123", "12125550123"}, {Config{InternationalPrefix: "011"}, "0012125550123", "0012125550123"},
		{Config{}, "12125550123", "12125550123"}, {Config{}, "611", "611"}, {Config{}, "123456", "123456"}, {Config{ShortCodeDigits: 3}, "1234", "1234"},
		{us, "2125550123", "12125550123"}, {us, "12125550123", "12125550123"}, {us, "+442079460958", "442079460958"}, {us, "611", "611"},
		{gb, "02079460958", "442079460958"}, {gb, "2079460958", "442079460958"}, {gb, "00442079460958", "442079460958"}, {gb, "112", "112"},
		{Config{Country: "IT"}, "0612345678", "390612345678"}, {Config{Country: "RU"}, "84951234567", "74951234567"},
		{Config{}, "alice", "alice"}, {Config{}, "sip:alice@example.org", "alice"}, {us, "p_3f9a", "p_3f9a"}, {Config{}, "*100#", "*100#"},
	} {
		p := newNumbers(x.c.withDefaults()).party(x.text)
		got := ""
		if p != nil {
			got = p.key
		}
		if got != x.key {
			t.Errorf("%q in country %q = %q, want %q", x.text, x.c.Country, got, x.key)
		}
	}
}

func TestShortCodes(t *testing.T) {
	n := newNumbers(Config{}.withDefaults())
	for text, want := range map[string]class{"123456": shortCode, "1234567": ordinary, "+123456": ordinary, "00123456": ordinary, "alice": ordinary} {
		if got := n.party(text).class; got != want {
			t.Errorf("%s is of class %d, want %d", text, got, want)
		}
	}
}

func TestPlaces(t *testing.T) {
	for _, x := range []struct {
		digits, country, area string
		class                 class
	}{
		{"12125550123", "US", "US:212", ordinary},
		{"14165550123", "CA", "CA:416", ordinary},
		{"18762345678", "JM", "JM:876", ordinary}, // a mobile within a geographic NPA
		{"18002530000", "US", "", tollFree},
		{"19002345678", "US", "", premium},
		{"442079460958", "GB", "GB:20", ordinary},
		{"447400123456", "GB", "", ordinary},
		{"447911123456", "GG", "", ordinary}, // a mobile range of Guernsey within +44
		{"447781123456", "GG", "", ordinary},
		{"441481256789", "GG", "GG:1481", ordinary},
		{"49301234567", "DE", "DE:30", ordinary},
		{"4915123456789", "DE", "", ordinary},
		{"498001234567", "DE", "", tollFree},
		{"390612345678", "IT", "IT:06", ordinary},
		{"5511961234567", "BR", "BR:11", ordinary}, // mobiles of Brazil have an area
		{"34810123456", "ES", "", ordinary},        // a closed plan: no areas
		{"74957395555", "RU", "RU:495", ordinary},
		{"77172580000", "KZ", "KZ:7172", ordinary},
		{"80012345678", "800", "", tollFree},
		{"881612345678", "881", "", premium},
		{"870773111632", "870", "", premium},
		{"979123456789", "979", "", premium},
		{"4420123", "", "", ordinary},         // too short
		{"123456789012345", "", "", ordinary}, // too long for +1
		{"999123456789", "", "", ordinary},    // no such country code
	} {
		if got := locate(x.digits, nil); got != (place{x.country, x.area, x.class}) {
			t.Errorf("%s is %+v, want %q %q %d", x.digits, got, x.country, x.area, x.class)
		}
	}
	if got := locate("37281234567", []string{"+3728"}); got.class != premium || got.country != "EE" {
		t.Errorf("high-risk prefix: %+v", got)
	}
}

func TestTollCountries(t *testing.T) {
	for _, x := range []struct {
		from, to string
		want     destination
	}{
		{"+12125550123", "+17872345678", toCountry}, // US and Puerto Rico
		{"+12125550123", "+14165550123", toAbroad},  // US and Canada
		{"+442079460958", "+441481256789", toCountry},
		{"+442079460958", "+442079460111", toArea},
		{"+447400123456", "+447400123457", toCountry}, // no areas to be the same
		{"+74957395555", "+77172580000", toAbroad},
		{"+12125550123", "+80012345678", toService},
		{"+12125550123", "+18002530000", toService},
		{"alice", "+12125550123", toUnknown},
		{"anonymous", "611", toService},
		{"+12125550123", "", toUnknown},
	} {
		n := newNumbers(Config{}.withDefaults())
		l := &leg{record: &record{calling: n.party(x.from), called: n.party(x.to)}}
		if got := l.destination(); got != x.want {
			t.Errorf("%s to %s is %d, want %d", x.from, x.to, got, x.want)
		}
	}
}
