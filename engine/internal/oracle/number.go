package oracle

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// party is one side of a record.
type party struct {
	key   string // E.164 digits, short code as dialled, name, or imsi:digits
	place        // zero for names and short codes, but for the class
	e164  bool   // key is E.164 digits
}

// numbers turns what a record writes into parties.
type numbers struct {
	c      Config
	null   map[string]bool
	places map[string]place
}

// newNumbers prepares the rules of c.
func newNumbers(c Config) *numbers {
	n := &numbers{c: c, null: map[string]bool{}, places: map[string]place{}}
	for _, s := range c.NullNumbers {
		n.null[lower(strings.TrimSpace(s))] = true
	}
	return n
}

// party normalises text; nil is an absent number.
func (n *numbers) party(text string) *party {
	t := strings.TrimSpace(text)
	if n.absent(t) {
		return nil
	}
	t = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", ".", "").Replace(withoutScheme(t))
	if n.absent(t) {
		return nil
	}
	rest, international := strings.CutPrefix(t, "+")
	if !international {
		rest, international = strings.CutPrefix(t, n.c.InternationalPrefix)
	}
	switch {
	case international && digitsText.MatchString(rest):
		return n.e164(rest)
	case !digitsText.MatchString(t):
		return &party{key: t}
	case len(t) <= n.c.ShortCodeDigits:
		return &party{key: t, place: place{class: shortCode}}
	case n.c.Country != "":
		prefix := phonenumbers.GetNddPrefixForRegion(n.c.Country, true)
		return n.e164(countryCode(n.c.Country) + strings.TrimPrefix(t, prefix))
	}
	return n.e164(t)
}

// absent is rule 1.
func (n *numbers) absent(t string) bool { return t == "" || n.null[lower(t)] }

// withoutScheme takes tel: or sip: away, and with it the host and parameters.
func withoutScheme(t string) string {
	if len(t) < 4 || (lower(t[:4]) != "tel:" && lower(t[:4]) != "sip:") {
		return t
	}
	t = t[4:]
	if i := strings.IndexAny(t, "@;"); i >= 0 {
		t = t[:i]
	}
	return t
}

// e164 is a party known by its full international digits.
func (n *numbers) e164(digits string) *party {
	p, ok := n.places[digits]
	if !ok {
		p = locate(digits, n.c.HighRisk)
		n.places[digits] = p
	}
	return &party{key: digits, place: p, e164: true}
}

// set normalises a configured list of numbers.
func (n *numbers) set(list []string) map[string]bool {
	s := map[string]bool{}
	for _, text := range list {
		if p := n.party(text); p != nil {
			s[p.key] = true
		}
	}
	return s
}

// prefixes takes the writing of a list of E.164 prefixes off.
func prefixes(list []string) []string {
	var out []string
	for _, s := range list {
		out = append(out, strings.TrimPrefix(strings.TrimSpace(s), "+"))
	}
	return out
}
