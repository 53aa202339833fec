package rules

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// maxDays is the longest duration, ten years.
const maxDays = 3660

// parseDuration reads 90s, 5m, 2h, 30d or 1d12h. A day is 24 hours in it.
func parseDuration(s string) (cdr.Millis, error) {
	bad := fmt.Errorf("%q is no duration: write a number and a unit, such as 90s, 5m, 2h or 30d", s)
	rest, negative := strings.CutPrefix(s, "-")
	var total time.Duration
	if n, after, ok := strings.Cut(rest, "d"); ok {
		days, err := strconv.ParseUint(n, 10, 16)
		if err != nil || days > maxDays {
			return 0, bad
		}
		total, rest = time.Duration(days)*24*time.Hour, after
		if rest == "" {
			rest = "0s"
		}
	}
	v, err := time.ParseDuration(rest)
	switch {
	case err != nil, rest == "0" && s != "0", strings.HasPrefix(rest, "-"), strings.HasPrefix(rest, "+"):
		return 0, bad
	case negative && total+v != 0:
		return 0, fmt.Errorf("%q is negative: write a duration of 0s or more", s)
	case v > maxDays*24*time.Hour, total+v > maxDays*24*time.Hour:
		return 0, fmt.Errorf("%q is longer than %d days: write less", s, maxDays)
	case (total+v)%time.Millisecond != 0:
		return 0, fmt.Errorf("%q is finer than a millisecond: write milliseconds, seconds or more", s)
	}
	return cdr.Millis((total + v).Milliseconds()), nil
}

// The storm guard, unless the file says otherwise.
var defaultStorm = Storm{Share: 0.02, Least: 50}

// parseShare reads 2% or off, which is a share of 1.
func parseShare(s string) (float64, error) {
	if s == "off" {
		return 1, nil
	}
	bad := fmt.Errorf("%q is no share: write a percentage of the home subscribers, such as 2%%, or off", s)
	p, ok := strings.CutSuffix(s, "%")
	if !ok {
		return 0, bad
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
	if err != nil || !(v >= 0 && v <= 100) {
		return 0, bad
	}
	return v / 100, nil
}

// parseCount reads a number of subscribers.
func parseCount(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil || n > math.MaxInt32 {
		return 0, fmt.Errorf("%q is no number of subscribers: write a whole number, such as 50", s)
	}
	return int(n), nil
}
