package alert

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Never is a time before all others.
const Never = cdr.Millis(math.MinInt64)

// Level is what an evaluation found.
type Level uint8

// The levels.
const (
	Quiet Level = iota // the rule does not hold
	Warn               // its warn expression holds
	Full               // its expression holds
)

// Phase is where a track stands.
type Phase uint8

// The phases.
const (
	Idle    Phase = iota // nothing is open
	Holding              // pending
	Open                 // firing
)

// Track is what is remembered of one rule for one subscriber. The zero value is
// not a track, see NewTrack.
type Track struct {
	Phase    Phase
	Severity Severity   // the highest that was reported, while Open
	Since    cdr.Millis // while Holding: since when it holds
	Held     cdr.Millis // when it last held
	Fired    cdr.Millis // when it last went from not firing to firing
}

// NewTrack is the track of a rule that has never held.
func NewTrack() Track { return Track{Since: Never, Held: Never, Fired: Never} }

// Report is what an evaluation makes known.
type Report struct {
	Any      bool // else nothing
	State    State
	Severity Severity
}

// Policy is the part of a rule that Step needs. Times are milliseconds of event
// time, not negative.
type Policy struct {
	Severity     Severity // at level Full; at level Warn it is Warning
	For          cdr.Millis
	ResolveAfter cdr.Millis
	Cooldown     cdr.Millis
}

// Step is an evaluation at the instant t, later than all before it, that found
// level. It returns what the track becomes.
func (p *Policy) Step(tr Track, t cdr.Millis, level Level) (Track, Report) {
	if level == Quiet {
		return p.quiet(tr, t)
	}
	tr.Held = t
	severity := Warning
	if level == Full {
		severity = p.Severity
	}
	switch {
	case tr.Phase == Open && severity <= tr.Severity:
		return tr, Report{}
	case tr.Phase == Open:
		tr.Severity = severity
		return tr, Report{true, Firing, severity}
	case tr.Phase == Idle:
		tr.Phase, tr.Since = Holding, t
		if p.For > 0 {
			return tr, Report{true, Pending, severity}
		}
	}
	if t-tr.Since < p.For || tr.Fired != Never && t-tr.Fired < p.Cooldown {
		return tr, Report{}
	}
	tr.Phase, tr.Since, tr.Fired, tr.Severity = Open, Never, t, severity
	return tr, Report{true, Firing, severity}
}

// quiet is an evaluation that found that the rule does not hold.
func (p *Policy) quiet(tr Track, t cdr.Millis) (Track, Report) {
	switch {
	case tr.Phase == Holding:
		tr.Phase, tr.Since = Idle, Never
	case tr.Phase == Open && t-tr.Held >= p.ResolveAfter:
		r := Report{true, Resolved, tr.Severity}
		tr.Phase, tr.Severity = Idle, Warning
		return tr, r
	}
	return tr, Report{}
}

// Forgettable reports whether the track at the instant t is as good as a new one.
func (p *Policy) Forgettable(tr Track, t cdr.Millis) bool {
	return tr.Phase == Idle && (tr.Fired == Never || t-tr.Fired >= p.Cooldown)
}
