package numbering

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
)

// national turns national numbers of a region into international ones, as
// libphonenumber's Parse does for a default region: the national prefix goes,
// with a carrier code behind it (Brazil, Colombia), or it becomes other digits
// (0 11 15 in Argentina: 9 11); it stays where it is part of the number (8 800
// without the 8 in Russia). Digits that already begin with the country code and
// are no national number as they stand lose it first. Unlike Parse, it knows no
// region's own international prefix: that is the source's to configure.
type national struct {
	plan   *Plan
	region table.Region
	heads  [100][]*table.Strip // strips that may match, by the first two digits
}

// nationalRoom is the room that the longest result takes: a country code, the
// digits that a rule adds, and maxDigits.
const nationalRoom = 32

func (p *Plan) national(name string) (*national, error) {
	i, ok := slices.BinarySearchFunc(p.regions, name, func(r table.Region, name string) int { return strings.Compare(r.Name, name) })
	if !ok {
		return nil, fmt.Errorf("country %q is not known: write an ISO 3166 region such as FR", name)
	}
	n := &national{plan: p, region: p.regions[i]}
	for i := range n.region.Strips {
		n.addHead(&n.region.Strips[i])
	}
	return n, nil
}

func (n *national) addHead(s *table.Strip) {
	for h := range n.heads {
		if (len(s.Masks) < 1 || s.Masks[0]>>(h/10)&1 != 0) && (len(s.Masks) < 2 || s.Masks[1]>>(h%10)&1 != 0) {
			n.heads[h] = append(n.heads[h], s)
		}
	}
}

// international returns the international number of at most maxDigits dialled
// digits, in room.
func (n *national) international(room *[nationalRoom]byte, digits []byte) []byte {
	var a, b [nationalRoom]byte
	if code := n.region.Code; len(digits) > len(code) && string(digits[:len(code)]) == code {
		rest := n.strip(&a, digits[len(code):])
		if !n.viable(digits) && n.viable(rest) || n.tooLong(len(digits)) {
			digits = rest
		}
	}
	if rest := n.strip(&b, digits); n.mayBe(len(rest)) {
		digits = rest
	}
	return append(append(room[:0], n.region.Code...), digits...)
}

// strip removes or replaces the national prefix, unless that would make a
// possible number impossible. The result is digits, or part of them, or in room.
func (n *national) strip(room *[nationalRoom]byte, digits []byte) []byte {
	s := n.match(digits)
	if s == nil {
		return digits
	}
	rest := digits[len(s.Masks):]
	if s.Captures {
		out := append(room[:0], n.region.Before...)
		out = append(out, digits[s.From:s.To]...)
		rest = append(out, rest...)
	}
	if n.viable(digits) && !n.viable(rest) {
		return digits
	}
	return rest
}

// match returns the first rule that fits the beginning of digits, or nil.
func (n *national) match(digits []byte) *table.Strip {
	if len(digits) < 2 {
		return nil
	}
	for _, s := range n.heads[int(digits[0]-'0')*10+int(digits[1]-'0')] {
		if len(digits) >= len(s.Masks) && (!s.ToEnd || len(digits) == len(s.Masks)) && fits(s.Masks, digits) {
			return s
		}
	}
	return nil
}

func fits(masks []uint16, digits []byte) bool {
	for i, m := range masks {
		if m>>(digits[i]-'0')&1 == 0 {
			return false
		}
	}
	return true
}

// viable reports whether the region's general pattern allows the national number.
func (n *national) viable(digits []byte) bool {
	p, at := n.plan, n.region.Viable
	if len(digits) > maxDigits {
		return false
	}
	for i := 0; at < p.inner; i++ {
		if i == len(digits) {
			return p.answers[p.nodes[int(at)*nodeRow+table.End]].Valid()
		}
		at = p.descend(at, int(digits[i]-'0'))
	}
	return p.answers[p.leaves[int(at-p.inner)*table.LeafRow+len(digits)]].Valid()
}

// tooLong reports whether no national number has so many digits or more.
func (n *national) tooLong(count int) bool {
	return n.region.Local>>count&1 == 0 && count >= bits.Len32(n.region.Possible)
}

// mayBe reports whether a prefix may be stripped when so many digits remain.
func (n *national) mayBe(count int) bool {
	return n.region.Local>>count&1 == 0 && (n.region.Possible>>count&1 != 0 || n.tooLong(count))
}
