package alert

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// drawPolicy has small times, so that they meet in all ways.
func drawPolicy(t *rapid.T) Policy {
	span := rapid.Custom(func(t *rapid.T) cdr.Millis { return cdr.Millis(rapid.IntRange(0, 12).Draw(t, "span")) })
	return Policy{
		Severity: Severity(rapid.IntRange(0, 1).Draw(t, "severity")),
		For:      span.Draw(t, "for"), ResolveAfter: span.Draw(t, "resolve after"), Cooldown: span.Draw(t, "cooldown"),
	}
}

// drawSteps are evaluations, each later than the one before; a pass may come at the
// same instant as an evaluation.
func drawSteps(t *rapid.T, passes bool) (steps []step) {
	at := cdr.Millis(rapid.IntRange(-20, 20).Draw(t, "start"))
	for range rapid.IntRange(0, 60).Draw(t, "evaluations") {
		at += cdr.Millis(rapid.IntRange(1, 4).Draw(t, "gap"))
		steps = append(steps, step{at: at, level: Level(rapid.IntRange(0, 2).Draw(t, "level"))})
		if passes && rapid.IntRange(0, 4).Draw(t, "pass") == 0 {
			at += cdr.Millis(rapid.IntRange(0, 10).Draw(t, "silence"))
			steps = append(steps, step{at: at, pass: true})
		}
	}
	return steps
}

// While a track rests an evaluation that finds nothing changes nothing; then one does.
func TestRests(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, tr, at := drawPolicy(t), NewTrack(), cdr.Millis(0)
		for _, s := range drawSteps(t, true) {
			tr, _ = p.take(tr, s)
			at = s.at
		}
		until := p.Rests(tr)
		for ; at <= max(until, at); at++ {
			next, r := p.Step(tr, at+1, Quiet)
			comes := r.Any || next != tr || p.Forgettable(next, at+1)
			if rests := at+1 < until; comes == rests {
				t.Fatalf("%+v: rests until %d; at %d %+v %v", tr, until, at+1, next, r)
			}
			if comes {
				return
			}
		}
	})
}

// What any rule promises, whatever it finds.
func TestPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		tr := NewTrack()
		open, severity, fired, held := false, Warning, Never, Never
		for _, s := range drawSteps(t, true) {
			var r Report
			tr, r = p.take(tr, s)
			if s.level != Quiet && !s.pass {
				held = s.at
			}
			switch {
			case !r.Any:
			case r.State == Firing && open:
				if r.Severity <= severity {
					t.Fatalf("%d: fires again as %v after %v", s.at, r.Severity, severity)
				}
				severity = r.Severity
			case r.State == Firing:
				if fired != Never && s.at-fired < p.Cooldown {
					t.Fatalf("%d: fires %d after the last time, cooldown %d", s.at, s.at-fired, p.Cooldown)
				}
				open, severity, fired = true, r.Severity, s.at
			case r.State == Resolved:
				if !open || r.Severity != severity || s.at-held < p.ResolveAfter || s.at == held {
					t.Fatalf("%d: %v, open %v as %v, held at %d", s.at, r, open, severity, held)
				}
				open = false
			case r.State == Pending && (open || fired != Never && s.at-fired < p.Cooldown):
				t.Fatalf("%d: pending while it may not fire", s.at)
			}
			if r.Any && r.State != Resolved && held != s.at {
				t.Fatalf("%d: %v though it does not hold", s.at, r)
			}
			if (tr.Phase == Open) != open || p.Forgettable(tr, s.at) && open {
				t.Fatalf("%d: %+v, open %v", s.at, tr, open)
			}
		}
	})
}

// A track that is forgotten when it may be says the same as one that is kept, and
// so does one that goes through a checkpoint.
func TestForgettable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		kept, forgotten := NewTrack(), NewTrack()
		for _, s := range drawSteps(t, true) {
			if p.Forgettable(forgotten, s.at) && rapid.Bool().Draw(t, "forget") {
				forgotten = NewTrack()
			}
			var a, b Report
			kept, a = p.take(kept, s)
			forgotten, b = p.take(reread(t, forgotten), s)
			if a != b {
				t.Fatalf("%d: kept %q, forgotten %q", s.at, a, b)
			}
		}
	})
}

func reread(t *rapid.T, tr Track) Track {
	b := AppendTrack([]byte("x"), tr)
	got, rest, err := ReadTrack(append(b[1:], "rest"...))
	if err != nil || string(rest) != "rest" || got != tr || len(b) > 1+MaxTrack {
		t.Fatalf("%+v comes back as %+v, %q, %v (% x)", tr, got, rest, err, b)
	}
	return got
}

// Evaluations that find the same as the naive reading of the whole history.
func TestAgainstHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawPolicy(t)
		steps := drawSteps(t, false)
		want := p.history(steps)
		tr := NewTrack()
		for i, s := range steps {
			var r Report
			if tr, r = p.take(tr, s); r.String() != want[i] {
				t.Fatalf("%d: %q, not %q", s.at, r, want[i])
			}
		}
	})
}

// history is what p reports at each step. It remembers reports, and looks back for
// everything else.
func (p *Policy) history(steps []step) (reports []string) {
	firing, fired := -1, Never // the severity that was reported
	for i, s := range steps {
		since := func(least Level) cdr.Millis {
			k := i
			for k > 0 && steps[k-1].level >= least {
				k--
			}
			return s.at - steps[k].at
		}
		reached := -1
		if s.level >= Warn && since(Warn) >= p.For {
			reached = int(Warning)
		}
		if s.level == Full && since(Full) >= p.For {
			reached = int(p.Severity)
		}
		cold := fired == Never || s.at-fired >= p.Cooldown
		begins := s.level != Quiet && (i == 0 || steps[i-1].level == Quiet)
		r := ""
		switch {
		case firing >= 0 && s.level == Quiet && s.at-p.lastHeld(steps[:i]) >= p.ResolveAfter:
			r, firing = fmt.Sprint("resolved ", Severity(firing)), -1
		case firing >= 0 && reached > firing, firing < 0 && reached >= 0 && cold:
			if firing < 0 {
				fired = s.at
			}
			firing = reached
			r = fmt.Sprint("firing ", Severity(firing))
		case firing < 0 && begins && cold:
			r = "pending warning"
			if s.level == Full {
				r = fmt.Sprint("pending ", p.Severity)
			}
		}
		reports = append(reports, r)
	}
	return reports
}

func (p *Policy) lastHeld(steps []step) cdr.Millis {
	for i := len(steps) - 1; ; i-- {
		if steps[i].level != Quiet {
			return steps[i].at
		}
	}
}
