package alert

import "github.com/cdrstream/cdrstream/engine/cdr"

// Report is what an evaluation makes known.
type Report struct {
	Any      bool // else nothing
	State    State
	Severity Severity
}

// Policy is the part of a rule that Step needs. Times are milliseconds of event
// time, not negative.
type Policy struct {
	Severity     Severity   // at level Full; at level Warn it is Warning
	For          cdr.Millis // a level must have held this long to be reported as firing
	ResolveAfter cdr.Millis // a firing rule that has not held for this long is resolved
	Cooldown     cdr.Millis // least time from one firing to the next
}

// Step is an evaluation at the instant t, later than all before it, that found
// level. It returns what the track becomes.
//
// A rule fires at the highest severity whose level has held for For. It is pending
// from the first instant at which it holds, and says so once, unless it may not
// fire yet anyway: within Cooldown of the last firing it waits in silence. While it
// fires, only a rise in severity is reported, within Cooldown too; a fall is not.
func (p *Policy) Step(tr Track, t cdr.Millis, level Level) (Track, Report) {
	if level == Quiet {
		return p.quiet(tr, t)
	}
	tr = tr.hold(t, level)
	severity, long := p.reached(tr, t)
	switch {
	case tr.Phase == Open:
		if severity <= tr.Severity {
			return tr, Report{}
		}
		tr.Severity = severity
		return tr, Report{true, Firing, severity}
	case long && !p.cooling(tr, t):
		tr.Phase, tr.Severity, tr.Since, tr.Fired = Open, severity, Never, t
		return tr, Report{true, Firing, severity}
	case tr.Phase == Idle:
		tr.Phase = Holding
		if !p.cooling(tr, t) {
			return tr, Report{true, Pending, p.severity(level)}
		}
	}
	return tr, Report{}
}

// Pass is an instant t, no earlier than the last evaluation, at which the rule was
// not evaluated: a boundary, for a rule that is evaluated on activity. It resolves
// what is firing as Step does with Quiet. What is pending stays so, since nobody
// knows that the rule has ceased to hold, until it has not been seen to hold for
// ResolveAfter.
func (p *Policy) Pass(tr Track, t cdr.Millis) (Track, Report) {
	if tr.Phase == Idle || t == tr.Held || t-tr.Held < p.ResolveAfter {
		return tr, Report{}
	}
	return p.quiet(tr, t)
}

// quiet is an evaluation that found that the rule does not hold.
func (p *Policy) quiet(tr Track, t cdr.Millis) (Track, Report) {
	tr.SinceFull = Never
	switch {
	case tr.Phase == Holding:
		return tr.closed(), Report{}
	case tr.Phase == Open && t-tr.Held >= p.ResolveAfter:
		return tr.closed(), Report{true, Resolved, tr.Severity}
	}
	return tr, Report{}
}

// Rests is until when evaluations that find Quiet leave the track as it is, report
// nothing and do not make it forgettable: Never if the next one may.
func (p *Policy) Rests(tr Track) cdr.Millis {
	switch {
	case tr.Phase == Idle && tr.Fired != Never && tr.SinceFull == Never:
		return tr.Fired + p.Cooldown
	case tr.Phase == Open && tr.SinceFull == Never:
		return tr.Held + p.ResolveAfter
	}
	return Never
}

// severity is that of a level which is not Quiet.
func (p *Policy) severity(level Level) Severity {
	if level == Full {
		return p.Severity
	}
	return Warning
}

// reached returns the severity that has held for long enough at t, where the rule
// holds; Warning if none has.
func (p *Policy) reached(tr Track, t cdr.Millis) (s Severity, long bool) {
	if tr.SinceFull != Never && t-tr.SinceFull >= p.For {
		return p.Severity, true
	}
	return Warning, tr.Since != Never && t-tr.Since >= p.For
}

// cooling reports whether it is too early at t to fire again.
func (p *Policy) cooling(tr Track, t cdr.Millis) bool {
	return tr.Fired != Never && t-tr.Fired < p.Cooldown
}

// Forgettable reports whether the track at the instant t is as good as a new one.
func (p *Policy) Forgettable(tr Track, t cdr.Millis) bool {
	return tr.Phase == Idle && !p.cooling(tr, t)
}
