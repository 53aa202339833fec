package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// reasons counts records by why they cannot be read, without the values that differ.
type reasons map[string]int64

func (r reasons) add(reason string) { r[kindOf(reason)]++ }

// kindOf is a reason without what stands in quotes, and without numbers.
func kindOf(reason string) string {
	var b strings.Builder
	quoted, digits := false, false
	for i := range len(reason) {
		c := reason[i]
		switch {
		case c == '"' && (i == 0 || reason[i-1] != '\\'):
			if quoted = !quoted; quoted {
				b.WriteString(`"..."`)
			}
		case quoted:
		case c >= '0' && c <= '9':
			if !digits {
				b.WriteByte('N')
			}
		default:
			b.WriteByte(c)
		}
		digits = !quoted && c >= '0' && c <= '9'
	}
	return b.String()
}

type reasonCount struct {
	reason string
	count  int64
}

// mostReasons is how many are told.
const mostReasons = 20

// sorted is the reasons, the most frequent first.
func (r reasons) sorted() (all []reasonCount) {
	for _, reason := range slices.Sorted(maps.Keys(r)) {
		if r[reason] > 0 {
			all = append(all, reasonCount{reason, r[reason]})
		}
	}
	slices.SortStableFunc(all, func(a, b reasonCount) int { return cmp.Compare(b.count, a.count) })
	if len(all) <= mostReasons {
		return all
	}
	rest := reasonCount{reason: "others"}
	for _, l := range all[mostReasons:] {
		rest.count += l.count
	}
	return append(all[:mostReasons], rest)
}
