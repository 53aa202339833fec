package numbering

import (
	"fmt"
	"strings"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Source is what is configured about the numbers of one source.
type Source struct {
	Country             string   // ISO region whose national numbers the source writes, "" = it writes E.164 digits
	InternationalPrefix string   // digits before an international number; "" = 00
	ShortCodeDigits     int      // most digits of a short code; 0 = 6, negative = there are none
	NullNumbers         []string // words for no number, in any ASCII case; nil = DefaultNullNumbers
}

// DefaultNullNumbers are the words that stand for no number unless configured.
func DefaultNullNumbers() []string {
	return []string{"anonymous", "unknown", "restricted", "private", "unavailable", "withheld", "null", "none", "-", "0"}
}

// Normalizer applies the number rules of a source. It is immutable: any number
// of goroutines may use it.
type Normalizer struct {
	plan       *Plan
	national   *national // nil: digits are E.164 as they stand
	prefix     string
	short      int
	nulls      []string     // words that are not all digits
	nullPlus   bool         // one of them begins with +
	nullDigits []cdr.Number // words that are
}

// Normalizer returns the number rules of s.
func (p *Plan) Normalizer(s Source) (*Normalizer, error) {
	n := &Normalizer{plan: p, prefix: s.InternationalPrefix, short: s.ShortCodeDigits}
	if n.prefix == "" {
		n.prefix = "00"
	}
	if cdr.Digits([]byte(n.prefix)) == 0 {
		return nil, fmt.Errorf("international_prefix %q: write 1 to %d digits", n.prefix, maxDigits)
	}
	if n.short == 0 {
		n.short = 6
	}
	if s.Country != "" {
		var err error
		if n.national, err = p.national(strings.ToUpper(s.Country)); err != nil {
			return nil, err
		}
	}
	words := s.NullNumbers
	if words == nil {
		words = DefaultNullNumbers()
	}
	for _, w := range words {
		w = strings.Trim(w, " \t")
		if d := cdr.Digits([]byte(w)); d != 0 {
			n.nullDigits = append(n.nullDigits, d)
		} else {
			n.nulls = append(n.nulls, w)
			n.nullPlus = n.nullPlus || strings.HasPrefix(w, "+")
		}
	}
	return n, nil
}

// Party normalizes what the switch wrote for a party. international says that
// the format's type of number calls it international. It returns the key, 0 for
// an absent party, and its place. When the key is a name, the name's text is
// appended to dst; dst's spare room is used for scratch in any case. Party keeps
// no reference to text and allocates only when dst lacks room for it.
func (n *Normalizer) Party(dst, text []byte, international bool) (cdr.Number, cdr.Place, []byte) {
	if d, place := n.International(text); d != 0 {
		return d, place, dst
	}
	if d := cdr.Digits(text); d != 0 {
		return n.number(dst, text, d, false, international)
	}
	return n.slow(dst, text, international)
}

// International is Party of digits behind a +, which most switches write. It is
// 0 for anything else, and then Party tells.
func (n *Normalizer) International(text []byte) (cdr.Number, cdr.Place) {
	if len(text) < 2 || text[0] != '+' || n.nullPlus {
		return 0, 0
	}
	d := cdr.Digits(text[1:])
	if d == 0 {
		return 0, 0
	}
	return d, n.plan.Place(d, text[1:])
}

// Plan is the plan that [Normalizer.International] asks for digits behind a +, nil
// where they may stand for something else.
func (n *Normalizer) Plan() *Plan {
	if n.nullPlus {
		return nil
	}
	return n.plan
}

var plusSign = []byte{'+'}

// number applies rules 3 to 6 to a string of digits. d is digits packed, 0 when
// there are more than fit.
func (n *Normalizer) number(dst, digits []byte, d cdr.Number, plus, international bool) (cdr.Number, cdr.Place, []byte) {
	switch {
	case plus:
	case n.isNullDigits(d):
		return 0, 0, dst
	case n.hasPrefix(digits, international):
		digits = digits[len(n.prefix):]
		d = cdr.Digits(digits)
	case international:
	case len(digits) <= n.short:
		if d != 0 {
			return d, n.plan.short(d), dst
		}
	case n.national != nil && d != 0:
		var room [nationalRoom]byte
		digits = n.national.international(&room, digits)
		d = cdr.Digits(digits)
		if d == 0 { // here, where digits is still in room
			return named(dst, digits)
		}
		return d, n.plan.Place(d, digits), dst
	}
	if d == 0 {
		return named(dst, digits)
	}
	return d, n.plan.Place(d, digits), dst
}

// named is the party whose name is text, which may overlap dst's spare room.
func named(dst, text []byte) (cdr.Number, cdr.Place, []byte) {
	n := cdr.Name(text)
	return n, 0, append(dst, text...)
}

// hasPrefix reports whether digits are the international prefix and more. Where
// the type of number says that they are international already, only a prefix
// that no country code begins with is one.
func (n *Normalizer) hasPrefix(digits []byte, international bool) bool {
	return len(digits) > len(n.prefix) && string(digits[:len(n.prefix)]) == n.prefix &&
		(!international || n.prefix[0] == '0')
}

func (n *Normalizer) isNullDigits(d cdr.Number) bool {
	for _, w := range n.nullDigits {
		if w == d {
			return d != 0
		}
	}
	return false
}
