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
	Phase     Phase
	Severity  Severity   // the highest that was reported, while Open
	Since     cdr.Millis // while Holding: since when it holds at any level
	SinceFull cdr.Millis // while Holding or Open: since when it holds at level Full, if it does
	Held      cdr.Millis // when it last held
	Fired     cdr.Millis // when it last went from not firing to firing
}

// NewTrack is the track of a rule that has never held.
func NewTrack() Track { return Track{Since: Never, SinceFull: Never, Held: Never, Fired: Never} }

// hold is the track after an evaluation at t that found level, which is not Quiet.
func (tr Track) hold(t cdr.Millis, level Level) Track {
	tr.Held = t
	if tr.Phase == Idle {
		tr.Since = t
	}
	switch {
	case level != Full:
		tr.SinceFull = Never
	case tr.SinceFull == Never:
		tr.SinceFull = t
	}
	return tr
}

// closed is the track with nothing open.
func (tr Track) closed() Track {
	tr.Phase, tr.Severity, tr.Since, tr.SinceFull = Idle, Warning, Never, Never
	return tr
}
