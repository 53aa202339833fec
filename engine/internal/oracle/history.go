package oracle

// moment is one instant at which a rule was evaluated for a subscriber, or, if it
// was passed over, a boundary at which it was not; and what was said then.
type moment struct {
	at     int64 // ms
	level  int
	passed bool // level is quiet
	said   saying
}

// saying is what a moment makes known.
type saying struct {
	state    string // "" is nothing
	severity int
	rise     bool // firing, and has been
}

// opens tells whether an alert begins to fire.
func (s saying) opens() bool { return s.state == firing && !s.rise }

// States of an alert.
const (
	pending    = "pending"
	firing     = "firing"
	resolved   = "resolved"
	suppressed = "suppressed"
)

// history is all moments of one rule and one subscriber, from when it came into
// state; what a storm suppressed is no part of it. Where an alert stands is read
// off it, from its beginning, each time.
type history []moment

// standing tells whether an alert is open, the highest severity that was reported
// of it, and when one last opened, open or not; -1 never.
func (h history) standing() (open bool, highest int, fired int64) {
	fired = -1
	for _, m := range h {
		switch {
		case m.said.opens():
			open, highest, fired = true, m.said.severity, m.at
		case m.said.state == firing:
			highest = m.said.severity
		case m.said.state == resolved:
			open = false
		}
	}
	return open, highest, fired
}

// held is when the rule last held; ok is false if it never has.
func (h history) held() (at int64, ok bool) {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].level != quiet {
			return h[i].at, true
		}
	}
	return 0, false
}

// since is from when on the rule has held at a level or above it, by all
// evaluations, if it does at t. A boundary at which it was passed over, and had not
// been seen to hold for as long as resolves it, breaks that off.
func (r *rule) since(h history, t int64, level int) int64 {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].passed {
			if held, ok := h[:i].held(); !ok || h[i].at-held >= r.resolve {
				break
			}
			continue
		}
		if h[i].level < level {
			break
		}
		t = h[i].at
	}
	return t
}

// says is what a moment makes known.
func (r *rule) says(h history, m moment) saying {
	open, highest, fired := h.standing()
	if m.level == quiet {
		held, _ := h.held()
		if open && m.at-held >= r.resolve {
			return saying{state: resolved, severity: highest}
		}
		return saying{}
	}
	severity, long := r.severest(h, m)
	cooling := fired >= 0 && m.at-fired < r.cooldown
	switch {
	case open && long && severity > highest:
		return saying{state: firing, severity: severity, rise: true}
	case open || cooling:
		return saying{}
	case long:
		return saying{state: firing, severity: severity}
	case r.since(h, m.at, warned) == m.at:
		return saying{state: pending, severity: r.at(m.level)}
	}
	return saying{}
}

// severest is the highest severity whose level has held for "for" at m, if any has.
func (r *rule) severest(h history, m moment) (severity int, long bool) {
	for level := m.level; level >= warned; level-- {
		if m.at-r.since(h, m.at, level) >= r.hold {
			return r.at(level), true
		}
	}
	return 0, false
}
