package profile

import (
	"fmt"
	"strings"
)

// timeLayout is how a time is written, as strptime has it, compiled.
type timeLayout []timePart

// timePart is a byte that has to be there, or a part of a time.
type timePart struct {
	kind byte // of timeParts, 0: literal
	lit  byte
}

// timeParts are the letters behind % that a layout may have.
const timeParts = "YymdeHIMSfpbajzZ"

const timePartsHelp = "%Y %y %m %d %e %j %b %a %H %I %p %M %S %f (a fraction that may be missing, with its point) %z %Z %F (%Y-%m-%d) %T (%H:%M:%S) %%"

func parseTimeLayout(s string) (timeLayout, error) {
	s = strings.NewReplacer("%%", "%%", "%F", "%Y-%m-%d", "%T", "%H:%M:%S", "%R", "%H:%M").Replace(s)
	var l timeLayout
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			l = append(l, timePart{lit: s[i]})
			continue
		}
		if i++; i == len(s) {
			return nil, fmt.Errorf("%q ends with %%: write %%%% for a percent sign", s)
		}
		switch {
		case s[i] == '%':
			l = append(l, timePart{lit: '%'})
		case strings.IndexByte(timeParts, s[i]) >= 0:
			l = append(l, timePart{kind: s[i]})
		default:
			return nil, fmt.Errorf("%q has %%%c: write %s", s, s[i], timePartsHelp)
		}
	}
	return l, l.check(s)
}

// check wants a date in l.
func (l timeLayout) check(s string) error {
	year, day := l.has('Y') || l.has('y'), l.has('j') || (l.has('m') || l.has('b')) && (l.has('d') || l.has('e'))
	if !year || !day {
		return fmt.Errorf("%q has no year, month and day: write %s", s, timePartsHelp)
	}
	if l.has('I') && !l.has('p') {
		return fmt.Errorf("%q has %%I, hours up to 12, and no %%p: write %%H, or add %%p", s)
	}
	return nil
}

func (l timeLayout) has(kind byte) bool {
	for _, p := range l {
		if p.kind == kind {
			return true
		}
	}
	return false
}
