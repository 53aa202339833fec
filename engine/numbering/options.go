package numbering

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Options is what is configured about numbers. Entries are digits and may be
// written with + and spaces.
type Options struct {
	Areas    map[string]string // prefix to area name; the longest counts, the country stays
	HighRisk []string          // prefixes that are premium besides the plan's own
	Home     []string          // home_numbers: prefixes of international numbers

	// Exact numbers, or prefixes when they end in *. Without + they match short
	// codes too.
	Hotlist, Care, Voicemail, Service []string
}

// marks reads all entries.
func (o *Options) marks() (marks, map[cdr.Area]string, error) {
	b := newMarksBuilder()
	names := map[cdr.Area]string{}
	for _, prefix := range slices.Sorted(maps.Keys(o.Areas)) {
		if err := addArea(b, names, prefix, o.Areas[prefix]); err != nil {
			return marks{}, nil, err
		}
	}
	for _, l := range []struct {
		name    string
		entries []string
		list    cdr.List // 0 = premium
		prefix  bool     // all entries are; they are no short codes
	}{
		{"high_risk_prefixes", o.HighRisk, 0, true},
		{"home_numbers", o.Home, cdr.ListHome, true},
		{"hotlist", o.Hotlist, cdr.ListHot, false},
		{"care_numbers", o.Care, cdr.ListCare, false},
		{"voicemail_numbers", o.Voicemail, cdr.ListVoicemail, false},
		{"service_numbers", o.Service, cdr.ListService, false},
	} {
		for _, text := range l.entries {
			e, err := parseEntry(text)
			if err != nil {
				return marks{}, nil, fmt.Errorf("%s: %w", l.name, err)
			}
			m := premiumMark
			if l.list != 0 {
				m = listMark(l.list, !e.plus && !l.prefix)
			}
			b.add(e.digits, l.prefix || e.star, m)
		}
	}
	return b.build(), names, nil
}

// addArea names the area of a prefix. The area is a hash of its name, so that it
// stays the same whatever else is configured.
func addArea(b *marksBuilder, names map[cdr.Area]string, prefix, name string) error {
	e, err := parseEntry(prefix)
	if err != nil {
		return fmt.Errorf("areas: %w", err)
	}
	if name == "" {
		return fmt.Errorf("areas: %q has no area name", prefix)
	}
	area := cdr.Area(cdr.Hash([]byte("area "+name))) | namedArea
	if other, ok := names[area]; ok && other != name {
		return fmt.Errorf("areas: the names %q and %q cannot be told apart: change one", other, name)
	}
	names[area] = name
	if old := b.prefixes[e.digits].area(); old != 0 && old != area {
		return fmt.Errorf("areas: %q is given twice, as %q and as %q", prefix, names[old], name)
	}
	b.add(e.digits, true, mark(area))
	return nil
}

// entry is one number of a list.
type entry struct {
	digits     cdr.Number
	plus, star bool
}

func parseEntry(text string) (e entry, err error) {
	s := strings.ReplaceAll(text, " ", "")
	s, e.plus = strings.CutPrefix(s, "+")
	s, e.star = strings.CutSuffix(s, "*")
	e.digits = cdr.Digits([]byte(s))
	if e.digits == 0 {
		return e, fmt.Errorf("%q is not a number: write 1 to %d digits, with + and spaces at most, and * at the end for a prefix", text, maxDigits)
	}
	return e, nil
}
