package main

import (
	"slices"
	"time"
)

const (
	day = 24 * time.Hour

	leastRecall  = 0.95
	mostFalse    = 1.0      // critical alerts per 10,000 subscriber-days
	coldStart    = 30 * day // in which there is none
	inactivity   = 30 * day // of those who left: the condition of churn_sudden
	stormForTime = 3 * day  // after the outage in which its storm may come
)

// bar says what finds a scenario, and how soon.
type bar struct {
	scenario string
	types    []string      // of the rules whose alerts find it
	within   time.Duration // median
}

// bars returns the bars in the order of the report. Revenue share and hacked
// exchanges are the same to whoever watches a line: calls abroad that it never made
// before. So the rules of either find both.
func bars() []bar {
	return []bar{
		{"irsf", []string{"irsf", "pbx"}, time.Hour},
		{"pbx", []string{"pbx", "irsf"}, time.Hour},
		{"forwarding", []string{"forwarding"}, time.Hour},
		{"wangiri", []string{"wangiri"}, day},
		{"sms_spam", []string{"sms_spam"}, day},
		{"simbox", []string{"simbox", "robocall"}, day},
		{"robocall", []string{"robocall"}, day},
		{"roaming", []string{"roaming"}, day},
		{"subscription", []string{"subscription"}, day},
		{"sim_swap", []string{"takeover"}, day},
		{"sim_hopping", []string{"simbox"}, 7 * day},
		{"churn_sudden", []string{"churn"}, day},
		{"churn_decline", []string{"churn"}, day},
	}
}

// holds is when the condition of a planted scenario holds: where its delay counts from.
func (t *planted) holds() time.Time {
	switch t.scenario {
	case "churn_sudden":
		return t.from.Add(inactivity)
	case "churn_decline":
		return t.to
	}
	return t.from
}

// finds reports whether an alert of a type finds the scenario.
func (b *bar) finds(kind string) bool { return slices.Contains(b.types, kind) }
