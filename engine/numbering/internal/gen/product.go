package main

import (
	"strings"

	pn "github.com/nyaruka/phonenumbers"
)

// product runs all patterns that decide about the numbers of one country code
// side by side. Two beginnings that leave every pattern in the same state cannot
// be told apart by the library, so one number stands for all of them.
type product struct {
	code     int
	patterns []*automaton
	general  []int // which of patterns are a region's general pattern
}

type vector string // two bytes a pattern

func newProduct(code int, regions []*pn.PhoneMetadata) *product {
	p := &product{code: code}
	seen := map[string]bool{}
	add := func(expr string, prefix bool) {
		key := expr
		if prefix {
			key += "..."
		}
		if expr != "" && expr != "NA" && !seen[key] {
			seen[key] = true
			p.patterns = append(p.patterns, newAutomaton(expr, prefix))
		}
	}
	for _, m := range regions {
		add(m.GetGeneralDesc().GetNationalNumberPattern(), false)
	}
	for i := range p.patterns {
		p.general = append(p.general, i)
	}
	for _, m := range regions {
		add(m.GetLeadingDigits(), true)
		for _, d := range []*pn.PhoneNumberDesc{m.GetFixedLine(), m.GetMobile(), m.GetTollFree(), m.GetPremiumRate(),
			m.GetSharedCost(), m.GetVoip(), m.GetPersonalNumber(), m.GetPager(), m.GetUan(), m.GetVoicemail()} {
			add(d.GetNationalNumberPattern(), false)
		}
		formats := m.GetIntlNumberFormat()
		if len(formats) == 0 {
			formats = m.GetNumberFormat()
		}
		for _, f := range formats {
			add(f.GetPattern(), false)
			if lead := f.GetLeadingDigitsPattern(); len(lead) > 0 {
				add(lead[len(lead)-1], true)
			}
		}
	}
	return p
}

func (p *product) start() vector {
	return vector(strings.Repeat("\x01\x00", len(p.patterns)))
}

func (p *product) state(v vector, i int) uint16 { return uint16(v[2*i]) | uint16(v[2*i+1])<<8 }

func (p *product) step(v vector, d int) vector {
	out := make([]byte, len(v))
	for i, a := range p.patterns {
		s := a.step(p.state(v, i), d)
		out[2*i], out[2*i+1] = byte(s), byte(s>>8)
	}
	return vector(out)
}

// dead reports whether no valid number begins like this; accepts, whether the
// number that ends here may be valid.
func (p *product) dead(v vector) bool {
	for _, i := range p.general {
		if p.state(v, i) != 0 {
			return false
		}
	}
	return true
}

func (p *product) accepts(v vector) bool {
	for _, i := range p.general {
		if p.patterns[i].accepts(p.state(v, i)) {
			return true
		}
	}
	return false
}
