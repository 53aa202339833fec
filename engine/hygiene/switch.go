package hygiene

import (
	"path/filepath"
	"regexp"
	"strings"
)

// The names of files whose numbers have a form of their own:
//
//	NodeID_-_RC.date_-_time[+-]hhmm[_-_PI][.ext]  TS 32.297, 6.1: RC is the running count
//	cdr_CLUSTER_NODE_yyyymmddhhmm_SEQ             Cisco CUCM
var (
	name32297 = regexp.MustCompile(`^(.+)_-_\d+\.\d{8}_-_\d{4}[+-]\d{4}`)
	nameCUCM  = regexp.MustCompile(`^((?:cdr|cmr)_.+)_\d{12}_\d+`)
)

// dated is a directory, or several, that is a date: 2026-03-01, 2026/03/01, 20260301.
var dated = regexp.MustCompile(`(^|/)(?:19|20)\d\d(?:[-_./]?\d\d){0,3}/`)

// Switch is who numbers the files of an account: what they claim, else what all their
// names have in common, in their directory unless that is a date. In names of no known
// form that is everything but the digits.
func Switch(a *Account) string {
	if a.Claims.Switch != "" {
		return strings.ToValidUTF8(a.Claims.Switch, "\uFFFD")
	}
	dir, base := filepath.Split(strings.ToValidUTF8(filepath.ToSlash(a.Name), "\uFFFD"))
	dir = dated.ReplaceAllString(dir, "$1")
	for _, form := range []*regexp.Regexp{name32297, nameCUCM} {
		if m := form.FindStringSubmatch(base); m != nil {
			return dir + m[1]
		}
	}
	return dir + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, base)
}
