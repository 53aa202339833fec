package alert

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// NewID identifies the alert of a rule, by its ID and version, for a subscriber at
// windowEnd: the first half of
//
//	SHA-256(rule 0x00 version 0x00 subscriber 0x00 windowEnd as decimal text)
//
// There is at most one alert of them, so a replay makes the same alerts with the
// same IDs. The subscriber of a storm is empty.
func NewID(rule, version, subscriber string, windowEnd cdr.Millis) ID {
	b := make([]byte, 0, 128)
	for _, s := range []string{rule, version, subscriber} {
		b = append(append(b, s...), 0)
	}
	sum := sha256.Sum256(strconv.AppendInt(b, int64(windowEnd), 10))
	return ID(sum[:len(ID{})])
}

// String is the ID in 32 hexadecimal digits, as outputs have it.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// CaseOf names the case of a subscriber that first opened, its first firing while
// nothing else was open. An alert that comes while nothing is open, pending or
// suppressed, is a case of its own.
func CaseOf(subscriber string, first ID) string { return subscriber + "/" + first.String() }

// Compare orders alerts as the outputs have them: by event time, rule, and the
// bytes of the subscriber. No two alerts of a job are equal in all three.
func Compare(a, b *Alert) int {
	return cmp.Or(
		cmp.Compare(a.EventTime, b.EventTime),
		strings.Compare(a.Rule, b.Rule),
		strings.Compare(a.Subscriber, b.Subscriber))
}

// Storm reports whether a stands for too many others.
func (a *Alert) Storm() bool { return a.Type == StormType }

var (
	states     = []string{Pending: "pending", Firing: "firing", Resolved: "resolved", Suppressed: "suppressed"}
	severities = []string{Warning: "warning", Critical: "critical"}
)

// String is the state as rule files and outputs spell it.
func (s State) String() string { return nameOf(states, s) }

// String is the severity as rule files and outputs spell it.
func (s Severity) String() string { return nameOf(severities, s) }

// ParseState reads what State.String writes.
func ParseState(s string) (State, error) { return named[State]("state", states, s) }

// ParseSeverity reads what Severity.String writes.
func ParseSeverity(s string) (Severity, error) { return named[Severity]("severity", severities, s) }

func nameOf[T ~uint8](names []string, v T) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("unknown(%d)", uint8(v))
}

func named[T ~uint8](what string, names []string, s string) (T, error) {
	for i, n := range names {
		if n == s {
			return T(i), nil
		}
	}
	return 0, fmt.Errorf("%q is no %s: it is one of %s", s, what, strings.Join(names, ", "))
}
