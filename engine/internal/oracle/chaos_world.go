package oracle

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// person is somebody who calls, is called and carries a device.
type person struct {
	number string // E.164 digits, a name, or "" where only the IMSI is known
	imsi   [2]string
	swap   int64 // from when on the second IMSI is used
	imei   string
}

// regions of the world: shared and single country codes, open and closed
// plans, plans that give mobiles an area.
var regions = []string{"US", "US", "CA", "JM", "PR", "GB", "GG", "DE", "FR", "IT", "ES", "BR", "MX", "AU", "RU", "KZ", "NO", "FI", "IN", "CN"}

// populate makes people and the numbers that they call.
func (c *chaos) populate() {
	for i := range c.o.Subscribers {
		p := person{number: c.valid(pick(c, regions...), pick(c, phonenumbers.FIXED_LINE, phonenumbers.MOBILE))}
		switch i % 10 {
		case 7:
			p.number = pick(c, "alice", "bob7", "p_3f9a", "trunk_x") + strconv.Itoa(i)
		case 8:
			p.number = ""
		case 9, 3, 4:
			p.number = c.valid(pick(c, "US", "GB"), phonenumbers.FIXED_LINE)
		}
		home := pick(c, "310260", "23415", "26201")
		p.imsi = [2]string{fmt.Sprintf("%s%0*d", home, 15-len(home), 1000+i), fmt.Sprintf("%s%0*d", home, 15-len(home), 9000+i)}
		p.swap = c.o.Start.AddDate(0, 0, c.IntN(2*c.o.Days)).UnixMilli() + 12_345
		p.imei = fmt.Sprintf("35%012d", c.IntN(5)+i*3)
		c.people = append(c.people, p)
	}
	for range 6 {
		c.others = append(c.others, c.valid(pick(c, regions...), pick(c, phonenumbers.FIXED_LINE, phonenumbers.MOBILE)))
	}
	for _, region := range []string{"US", "GB", "DE"} {
		c.others = append(c.others, c.valid(region, phonenumbers.TOLL_FREE), c.valid(region, phonenumbers.PREMIUM_RATE))
	}
	for _, code := range []int{800, 881, 882, 870, 979} {
		if n := phonenumbers.GetExampleNumberForNonGeoEntity(code); n != nil {
			c.others = append(c.others, strconv.Itoa(code)+phonenumbers.GetNationalSignificantNumber(n))
		}
	}
	c.others = append(c.others, "999123456789", "4420123") // no such country, no such length
	if c.o.Odd {
		c.others = append(c.others, "15551234567", "9911234567", "4407700900123", "49123")
	}
}

// valid makes a number of a region and kind that libphonenumber accepts, by
// changing the last digits of its example.
func (c *chaos) valid(region string, kind phonenumbers.PhoneNumberType) string {
	example := phonenumbers.GetExampleNumberForType(region, kind)
	base := phonenumbers.GetNationalSignificantNumber(example)
	cc := strconv.Itoa(int(example.GetCountryCode()))
	for range 50 {
		national := base[:len(base)-3] + fmt.Sprintf("%03d", c.IntN(1000))
		if region == "US" && kind == phonenumbers.FIXED_LINE {
			national = pick(c, "212", "415", "305") + national[3:]
		}
		if n, ok := number(cc, national); ok && phonenumbers.IsValidNumber(n) {
			return cc + national
		}
	}
	return cc + base
}

// write writes the number of a party as some switch might.
func (c *chaos) write(digits string) string {
	if !digitsText.MatchString(digits) {
		if c.chance(3) {
			return "sip:" + digits + "@ims.example.org;user=phone"
		}
		return digits
	}
	cc, national := splitCode(digits)
	full := "+" + digits
	forms := []string{full, full, "00" + digits, "tel:" + full, "sip:" + full + "@ims.example.org"}
	if len(national) > 5 {
		forms = append(forms, "+"+cc+" ("+national[:2]+") "+national[2:4]+"-"+national[4:], strings.Join([]string{"+" + cc, national[:3], national[3:]}, "."))
	}
	switch {
	case c.o.Country == "":
		forms = append(forms, digits, digits, digits)
	case cc == countryCode(c.o.Country) && len(national) > 7 && national[0] != '0':
		forms = append(forms, phonenumbers.GetNddPrefixForRegion(c.o.Country, true)+national)
	}
	return pick(c, forms...)
}

// nobody is a way to write that there is no number.
func (c *chaos) nobody() string {
	words := []string{"", "anonymous", "Unknown", "restricted", "PRIVATE", "unavailable", "withheld", "null", "none", "-", "0", " "}
	if c.o.Odd {
		words = append(words, "sip:anonymous@anonymous.invalid", "()")
	}
	return pick(c, words...)
}

// code is a short code.
func (c *chaos) code() string { return pick(c, "611", "112", "86555", "123456", "7") }
