package alert

import "github.com/cdrstream/cdrstream/engine/cdr"

// State is what an alert says of its rule and subscriber.
type State uint8

// The states.
const (
	Pending    State = iota // the rule holds, but not yet for as long as it must
	Firing                  // it does, or its severity has risen
	Resolved                // it has not held for long enough
	Suppressed              // it would fire, but for too many subscribers at once
)

// Severity is how bad it is.
type Severity uint8

// The severities.
const (
	Warning Severity = iota
	Critical
)

// ID identifies an alert: the first half of the SHA-256 of what it is about, see
// [NewID].
type ID [16]byte

// Alert is one alert record. Whoever receives it owns it.
type Alert struct {
	ID         ID
	Case       string // the same for all alerts of a subscriber from its first firing until all have resolved
	Rule, Type string
	Severity   Severity
	State      State
	Subscriber string     // empty in a storm
	Home       bool       // a customer
	EventTime  cdr.Millis // the instant at which the rule was evaluated
	WindowEnd  cdr.Millis // the same: its windows end there
	DetectedAt cdr.Millis // wall clock
	Evidence   []Evidence // every feature that the rule names, in the order in which it names them
	AtRisk     float64    // what is at stake ...
	AtRiskUnit string     // ... in currency (24 h of charge) or seconds (24 h of premium and international talk); empty: nobody knows
	RecordIDs  []string   // up to MaxRecordIDs of the subscriber's records in the evaluated second
	Ruleset    string     // hash of the rule file
	Version    string     // hash of the rule
	Labels     []Label    // ascending by name
	Summary    string
	Count      int64    // of a storm: subscribers for whom the rule would have fired
	Examples   []string // of a storm: up to MaxExamples of them
}

// Limits of an alert.
const (
	MaxRecordIDs = 20
	MaxExamples  = 20
)

// StormType is the type of the alert that stands for too many others.
const StormType = "storm"

// Kind says what a piece of evidence is.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	Int
	Float
	Bool // 0 or 1
)

// Evidence is a feature and its value.
type Evidence struct {
	Name  string
	Kind  Kind
	Value float64 // NaN and infinities are written as null
}

// Label is a label of the rule.
type Label struct{ Name, Value string }
