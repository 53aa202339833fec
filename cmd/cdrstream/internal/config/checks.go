package config

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/window"
)

func unless(skip bool, check func() error) error {
	if skip {
		return nil
	}
	return check()
}

func checkZone(name string) error {
	if name == "" || name == "Local" {
		return fmt.Errorf("%q depends on the machine: write an IANA zone such as UTC or Europe/Berlin", name)
	}
	if _, err := time.LoadLocation(name); err != nil {
		return fmt.Errorf("unknown time zone %q: write an IANA zone such as UTC, Europe/Berlin or America/New_York", name)
	}
	return nil
}

func notNegative(d Duration) error { return atLeast(d, 0) }

func atLeast(d, least Duration) error {
	if d >= least {
		return nil
	}
	have, _ := d.MarshalText()
	if least == 0 {
		return fmt.Errorf("%s is negative: write 0s or more", have)
	}
	want, _ := least.MarshalText()
	return fmt.Errorf("%s is too short: write %s or more", have, want)
}

// checkCheckpointEvery keeps the disk from having nothing else to do.
func checkCheckpointEvery(d Duration) error { return atLeast(d, Duration(10*time.Millisecond)) }

func between(n, low, high int) error {
	if n < low || n > high {
		return fmt.Errorf("%d is out of range: write %d to %d", n, low, high)
	}
	return nil
}

func oneOf(s string, allowed ...string) error {
	if slices.Contains(allowed, s) {
		return nil
	}
	if near := Nearest(s, allowed); near != "" {
		return fmt.Errorf("%q is unknown: did you mean %s?", s, near)
	}
	return fmt.Errorf("%q is unknown: write %s", s, strings.Join(allowed, ", "))
}

func eachOf(items []string, allowed ...string) error {
	for _, s := range items {
		if err := oneOf(s, allowed...); err != nil {
			return err
		}
	}
	return nil
}

func notEmpty(items []string) error {
	if len(items) == 0 {
		return fmt.Errorf("is empty: write at least one")
	}
	return nil
}

func checkWindows(items []string) error {
	seen := map[string]bool{}
	for _, s := range items {
		w, err := window.ParseSpec(s)
		if err != nil {
			return err
		}
		if seen[w.Name] {
			return fmt.Errorf("the window %s is listed twice: its features would have the same names", w.Name)
		}
		seen[w.Name] = true
	}
	return notEmpty(items)
}

func checkEvery(s string) error {
	_, err := shard.ParseBoundaries(s, time.UTC)
	return err
}

// checkRetain wants a subscriber kept at least as long as any window looks back.
func checkRetain(retain Duration, items []string) error {
	least := Duration(day)
	for _, s := range items {
		w, err := window.ParseSpec(s)
		if err != nil {
			return nil // windows tells
		}
		length := Duration(w.Panes) * Duration(day)
		if !w.Days {
			length = Duration(w.Panes) * Duration(w.Length) * Duration(time.Millisecond)
		}
		least = max(least, length)
	}
	return atLeast(retain, least)
}

func checkMoney(m Money) error {
	if m < 0 {
		return fmt.Errorf("is negative: write 0 or more")
	}
	return nil
}

func checkCauses(causes []int) error {
	for _, n := range causes {
		if err := between(n, 1, 127); err != nil {
			return err
		}
	}
	return nil
}

func checkLegs(legs []string) error {
	if err := notEmpty(legs); err != nil {
		return err
	}
	return eachOf(legs, "originating", "terminating")
}

func checkGlob(p string) error {
	if p == "" {
		return fmt.Errorf("is missing: write a pattern over file names, such as \"*.json\"")
	}
	if _, err := filepath.Match(p, ""); err != nil {
		return fmt.Errorf("%q is no pattern: %w", p, err)
	}
	return nil
}

func checkCountry(s string) error {
	if s == "" || (len(s) == 2 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "") {
		return nil
	}
	return fmt.Errorf("%q is no country: write two capital letters (ISO 3166), such as DE", s)
}

func checkDialled(s string) error {
	if strings.Trim(s, "+0123456789") != "" {
		return fmt.Errorf("%q is no dialling prefix: write digits, such as 00 or 011", s)
	}
	return nil
}

// checkNumbers accepts digits, with + before, spaces between and * behind them.
func checkNumbers(items []string) error {
	for _, s := range items {
		d := strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(s, "+"), "*"), " ", "")
		if d == "" || len(d) > 16 || strings.Trim(d, "0123456789") != "" {
			return fmt.Errorf("%q is no number: write digits, such as 4915 or +4915, and * at the end for a prefix", s)
		}
	}
	return nil
}

func checkPLMNs(items []string) error {
	for _, s := range items {
		if len(s) < 5 || len(s) > 6 || strings.Trim(s, "0123456789") != "" {
			return fmt.Errorf("%q is no network: write the 5 or 6 digits of MCC and MNC, such as 26201", s)
		}
	}
	return nil
}

// checkServers accepts the URLs of NATS servers with commas between them. Errors
// do not repeat what may hold a password.
func checkServers(s string) error {
	if s == "" {
		return nil
	}
	for _, one := range strings.Split(s, ",") {
		u, err := url.Parse(strings.TrimSpace(one))
		if err != nil || u.Host == "" || !slices.Contains([]string{"nats", "tls", "ws", "wss"}, u.Scheme) {
			return fmt.Errorf("the value is no URL of a NATS server: write nats://host:4222, or tls://host:4222, several with commas between them")
		}
	}
	return nil
}

// atMostOne wants no value of the keys in pairs behind the first if that has one.
func atMostOne(pairs ...string) error {
	for i := 2; i < len(pairs) && pairs[1] != ""; i += 2 {
		if pairs[i+1] != "" {
			return fmt.Errorf("says who we are, and %s does too: leave one out", pairs[i])
		}
	}
	return nil
}

// needs wants another key where one is given.
func needs(have, key, value string) error {
	if have == "" || value != "" {
		return nil
	}
	return fmt.Errorf("is of no use without %s: give that too", key)
}

// checkAddress accepts host:port.
func checkAddress(s string) error {
	_, port, err := net.SplitHostPort(s)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return fmt.Errorf("%q is no address: write host:port, such as 127.0.0.1:4222", s)
	}
	return nil
}
