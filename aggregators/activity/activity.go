// Package activity is the family of calls: how many, how they ended, how long
// they lasted, and how that changes from month to week.
package activity

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Family implements feature.Family.
type Family struct{}

// Name is the family's name.
func (Family) Name() string { return "activity" }

// Measures lists the family's measures.
func (Family) Measures() []window.Measure {
	const voice, call, out, in = window.Voice, window.Call, window.Out, window.In
	const answered, known = window.Answered, window.Known
	count := func(name string, f window.Fact) window.Measure {
		return window.Measure{Name: name, When: window.If(f)}
	}
	return []window.Measure{
		count("calls_out", call|out),
		count("calls_in", call|in),
		count("answered_out", call|answered|out),
		count("answered_in", call|answered|in),
		count("known_out", known|out),
		count("known_in", known|in),
		count("known_answered_out", known|answered|out),
		count("known_answered_in", known|answered|in),
		count("known_no_answer_out", known|window.NoAnswer|out),
		count("known_no_answer_in", known|window.NoAnswer|in),
		count("no_answer_out", call|window.NoAnswer|out),
		count("no_answer_in", call|window.NoAnswer|in),
		count("busy", call|window.Busy),
		count("failed", call|window.Failed),
		count("short_out", call|out|answered|window.ShortTalk),
		count("under_minute_out", call|out|answered|window.UnderMinute),
		count("ring_known", call|window.RingKnown),
		count("diverted", window.Diverted),
		count("overlapping", window.Overlaps),
		count("dropped", call|answered|window.Dropped),
		{Name: "talk_out", Kind: window.Sum, Of: window.Talk, When: window.If(voice | answered | out)},
		{Name: "talk_in", Kind: window.Sum, Of: window.Talk, When: window.If(voice | answered | in)},
		{Name: "billed", Kind: window.Sum, Of: window.Billed, When: window.If(voice | answered | out)},
		{Name: "ring", Kind: window.Sum, Of: window.Ring, When: window.If(call | window.RingKnown)},
		{Name: "call_talk", Kind: window.Sum, Of: window.Talk, When: window.If(call | answered)},
		{Name: "call_talk_squares", Kind: window.Squares, Of: window.Talk, When: window.If(call | answered)},
		{Name: "call_talk_max", Kind: window.Max, Of: window.Talk, When: window.If(call | answered)},
	}
}

// Tells names the facts of Mark.
func (Family) Tells() window.Fact {
	return window.RingKnown | window.ShortTalk | window.UnderMinute | window.Dropped | window.Diverted
}

// Mark tells of each leg how long it rang and lasted and whether it was
// diverted or dropped.
func (Family) Mark(l *window.Legs) {
	l.TellUpTo(window.RingKnown, window.Voice, &l.RingMS, cdr.RingUnknown-1)
	l.TellUpTo(window.UnderMinute, window.Voice, &l.TalkMS, 60_000-1)
	l.TellUpTo(window.ShortTalk, window.Voice, &l.TalkMS, 6_000)
	l.TellFlag(window.Dropped, window.Voice, cdr.DropCause)
	if l.Wanted&window.Diverted != 0 {
		markDiverted(l)
	}
}

func markDiverted(l *window.Legs) {
	const diverting = window.Voice | window.Forwarded | window.Whole
	for i, f := range l.Facts[:l.N] {
		if f&diverting == diverting && !l.Called(i).On(cdr.ListVoicemail) {
			l.Facts[i] |= window.Diverted
		}
	}
}

// Features lists the family's part of the catalogue.
func (Family) Features() []feature.Feature {
	return append(append(counts(), outcomes()...), durations()...)
}

func counts() []feature.Feature {
	const calls = "calls_out + calls_in"
	return []feature.Feature{
		{Name: "calls", Unit: "calls", Core: true, Formula: "number of V", Calc: feature.Total{Of: calls}},
		{Name: "calls_out", Unit: "calls", Core: true, Formula: "number of originating V", Calc: feature.Total{Of: "calls_out"}},
		{Name: "calls_in", Unit: "calls", Core: true, Formula: "number of terminating V", Calc: feature.Total{Of: "calls_in"}},
		{Name: "calls_out_per_day", Unit: "calls/day", Core: true, Type: feature.Float64, Scope: feature.LongWindows,
			Formula: "calls_out / days", Calc: feature.PerDay{Of: "calls_out"}},
		{Name: "calls_in_per_day", Unit: "calls/day", Core: true, Type: feature.Float64, Scope: feature.LongWindows,
			Formula: "calls_in / days", Calc: feature.PerDay{Of: "calls_in"}},
		{Name: "out_ratio", Unit: "ratio", Core: true, Type: feature.Float64,
			Formula: "calls_out / calls", Calc: feature.Ratio{Of: "calls_out", Over: calls}},
		{Name: "calls_trend", Unit: "ratio", Core: true, Type: feature.Float64, Scope: feature.NoWindow,
			Formula: "(calls_7d / 7) / ((calls_30d - calls_7d) / 23)", Calc: feature.Trend{Of: calls}},
		{Name: "calls_out_trend", Unit: "ratio", Type: feature.Float64, Scope: feature.NoWindow,
			Formula: "(calls_out_7d / 7) / ((calls_out_30d - calls_out_7d) / 23)", Calc: feature.Trend{Of: "calls_out"}},
	}
}

func outcomes() []feature.Feature {
	const known, answered = "known_out + known_in", "answered_out + answered_in"
	ratio := func(name, formula, of, over string, core bool) feature.Feature {
		return feature.Feature{Name: name, Unit: "ratio", Type: feature.Float64, Core: core,
			Formula: formula, Calc: feature.Ratio{Of: of, Over: over}}
	}
	count := func(name, formula, of string, core bool) feature.Feature {
		return feature.Feature{Name: name, Unit: "calls", Core: core, Formula: formula, Calc: feature.Total{Of: of}}
	}
	return []feature.Feature{
		count("answered_calls", "answered V", answered, true),
		count("no_answer_calls", "V with no answer", "no_answer_out + no_answer_in", false),
		count("busy_calls", "V to or from a busy line", "busy", false),
		count("failed_calls", "V that failed", "failed", false),
		count("answered_calls_out", "answered originating V", "answered_out", false),
		count("no_answer_calls_out", "originating V with no answer", "no_answer_out", false),
		ratio("no_answer_ratio", "no answer / K", "known_no_answer_out + known_no_answer_in", known, true),
		ratio("no_answer_ratio_out", "no answer / K, originating", "known_no_answer_out", "known_out", false),
		ratio("answer_ratio", "answered / K", "known_answered_out + known_answered_in", known, false),
		ratio("answer_seizure_ratio", "answered / K, originating (ITU-T E.411)", "known_answered_out", "known_out", true),
		ratio("short_call_ratio", "answered originating V of <= 6 s / answered_calls_out", "short_out", "answered_out", false),
		ratio("under_minute_ratio", "answered originating V of < 60 s / answered_calls_out", "under_minute_out", "answered_out", false),
		count("forwarded_calls", "forwarded voice legs, not to voicemail_numbers", "diverted", false),
		count("overlapping_calls", "answered V, answered before the release of an earlier-released answered V", "overlapping", false),
		count("dropped_calls", "answered V with a cause in drop_causes", "dropped", false),
	}
}

func durations() []feature.Feature {
	const talk, answered = "talk_out + talk_in", "answered_out + answered_in"
	seconds := func(name, formula string, core bool, c feature.Calc) feature.Feature {
		return feature.Feature{Name: name, Unit: "seconds", Type: feature.Float64, Core: core, Formula: formula, Calc: c}
	}
	return []feature.Feature{
		seconds("talk_seconds", "duration of answered voice legs, slices included", true, feature.Scaled{Of: talk, By: 1000}),
		seconds("talk_seconds_out", "the same, originating", true, feature.Scaled{Of: "talk_out", By: 1000}),
		seconds("talk_seconds_in", "the same, terminating", false, feature.Scaled{Of: "talk_in", By: 1000}),
		seconds("call_duration_mean", "talk_seconds / answered_calls", true, feature.Ratio{Of: talk, Over: answered, By: 1000}),
		seconds("call_duration_std", "population standard deviation of the duration of answered V", false,
			feature.Deviation{Of: "call_talk", Squares: "call_talk_squares", Over: answered, By: 1000}),
		seconds("call_duration_max", "longest answered V", false, feature.Peak{Of: "call_talk_max", Over: answered, By: 1000}),
		{Name: "billed_minutes", Unit: "minutes", Core: true, Formula: "sum of ceil(duration / 60 s) of answered originating voice legs, slices included",
			Calc: feature.Total{Of: "billed"}},
		seconds("ring_seconds_mean", "mean ring time of V whose ring is known", false, feature.Ratio{Of: "ring", Over: "ring_known", By: 1000}),
		{Name: "talk_seconds_trend", Unit: "ratio", Type: feature.Float64, Scope: feature.NoWindow,
			Formula: "(talk_seconds_7d / 7) / ((talk_seconds_30d - talk_seconds_7d) / 23)", Calc: feature.Trend{Of: talk}},
	}
}
