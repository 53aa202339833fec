package oracle

import (
	"math/big"
	"regexp"
	"strings"
)

var (
	decimalText = regexp.MustCompile(`^(\d+)(?:\.(\d+))?$`)
	digitsText  = regexp.MustCompile(`^\d+$`)
	plmnText    = regexp.MustCompile(`^\d{5,6}$`)
)

// decimal reads a number >= 0 as a count of its 10^-places parts; finer digits
// are cut.
func decimal(text string, places int) (int64, bool) {
	m := decimalText.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	fraction := (m[2] + strings.Repeat("0", places))[:places]
	v, _ := new(big.Int).SetString(m[1]+fraction, 10)
	return v.Int64(), v.IsInt64()
}

// lower lowers ASCII letters alone.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// contains tells whether list holds s.
func contains[T comparable](list []T, s T) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// hasPrefix tells whether s begins with any of the prefixes.
func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}
