package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

const (
	day  = 24 * time.Hour
	unit = 1_000_000 // micro-units of a currency unit
)

// Duration is a length of time. A day is 24 hours in it.
type Duration time.Duration

// UnmarshalText reads 90s, 5m, 2h, 100d or 1d12h.
func (d *Duration) UnmarshalText(b []byte) error {
	s := string(b)
	bad := fmt.Errorf("%q is no duration: write a number and a unit, such as 90s, 5m, 2h or 100d", s)
	rest, sign := strings.CutPrefix(s, "-")
	var total time.Duration
	if n, after, ok := strings.Cut(rest, "d"); ok {
		days, err := strconv.ParseUint(n, 10, 16)
		if err != nil {
			return bad
		}
		total, rest = time.Duration(days)*day, after
		if rest == "" {
			rest = "0s"
		}
	}
	v, err := time.ParseDuration(rest)
	if err != nil || (rest == "0" && s != "0") {
		return bad
	}
	if total += v; sign {
		total = -total
	}
	*d = Duration(total)
	return nil
}

// MarshalText writes whole days as days, else as Go does without its zeros.
func (d Duration) MarshalText() ([]byte, error) {
	v := time.Duration(d)
	if v != 0 && v%day == 0 && v > day {
		return fmt.Appendf(nil, "%dd", v/day), nil
	}
	s := v.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return []byte(s), nil
}

// Size is a count of bytes.
type Size int64

func sizeUnit(name string) (int64, bool) {
	switch strings.ToLower(name) {
	case "", "b":
		return 1, true
	case "kib", "k":
		return 1 << 10, true
	case "mib", "m":
		return 1 << 20, true
	case "gib", "g":
		return 1 << 30, true
	}
	return 0, false
}

// UnmarshalText reads 65536, 64KiB, 1MiB or 2GiB.
func (z *Size) UnmarshalText(b []byte) error {
	s := string(b)
	at := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if at < 0 {
		at = len(s)
	}
	n, err := strconv.ParseInt(s[:at], 10, 64)
	u, ok := sizeUnit(strings.TrimSpace(s[at:]))
	if err != nil || !ok || n > math.MaxInt64/u {
		return fmt.Errorf("%q is no size: write bytes, such as 65536, 64KiB or 1MiB", s)
	}
	*z = Size(n * u)
	return nil
}

// MarshalText writes the largest unit that fits whole.
func (z Size) MarshalText() ([]byte, error) {
	for _, u := range []struct {
		name string
		n    Size
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}} {
		if z != 0 && z%u.n == 0 {
			return fmt.Appendf(nil, "%d%s", z/u.n, u.name), nil
		}
	}
	return fmt.Appendf(nil, "%d", z), nil
}

// Money is an amount in micro-units (millionths of a currency unit).
type Money int64

// UnmarshalText reads 5, 0.25 or 12.000001.
func (m *Money) UnmarshalText(b []byte) error {
	s := string(b)
	whole, frac, _ := strings.Cut(strings.TrimPrefix(s, "-"), ".")
	w, err := strconv.ParseUint(whole, 10, 40)
	f, ferr := strconv.ParseUint((frac + "000000")[:6], 10, 32)
	if err != nil || ferr != nil || len(frac) > 6 || strings.HasSuffix(s, ".") {
		return fmt.Errorf("%q is no amount: write a decimal with up to six places, such as 5 or 0.25", s)
	}
	if *m = Money(w*unit + f); strings.HasPrefix(s, "-") {
		*m = -*m
	}
	return nil
}

// MarshalText writes the amount without trailing zeros.
func (m Money) MarshalText() ([]byte, error) {
	sign := ""
	if m < 0 {
		sign, m = "-", -m
	}
	s := fmt.Sprintf("%s%d.%06d", sign, m/unit, m%unit)
	return []byte(strings.TrimSuffix(strings.TrimRight(s, "0"), ".")), nil
}

// Limit is how many records of some kind are too many.
type Limit struct {
	None    bool    // no limit
	Count   int64   // this many are allowed, unless Percent is set
	Percent float64 // of the records read
}

// Exceeded reports whether n of total records are more than l allows.
func (l Limit) Exceeded(n, total int64) bool {
	switch {
	case l.None:
		return false
	case l.Percent != 0:
		return float64(n)*100 > l.Percent*float64(total)
	}
	return n > l.Count
}

// UnmarshalText reads none, 100 or 0.5%.
func (l *Limit) UnmarshalText(b []byte) error {
	s := string(b)
	bad := fmt.Errorf("%q is no limit: write a count such as 100, a share such as 0.5%%, or none", s)
	if s == "none" {
		*l = Limit{None: true}
		return nil
	}
	if p, ok := strings.CutSuffix(s, "%"); ok {
		v, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || !(v >= 0 && v <= 100) {
			return bad
		}
		*l = Limit{Percent: v}
		return nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return bad
	}
	*l = Limit{Count: n}
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (l Limit) MarshalText() ([]byte, error) {
	switch {
	case l.None:
		return []byte("none"), nil
	case l.Percent != 0:
		return []byte(strconv.FormatFloat(l.Percent, 'g', -1, 64) + "%"), nil
	}
	return strconv.AppendInt(nil, l.Count, 10), nil
}
