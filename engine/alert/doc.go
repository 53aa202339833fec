// Package alert is what a rule says about a subscriber, and when it says it.
//
// A rule is evaluated for a subscriber at instants of event time. What the
// evaluations of one rule and one subscriber add up to is a [Track]: pending while
// the rule has not held for long enough, firing until it has not held for long
// enough. [Policy.Step] takes a track from one evaluation to the next and tells
// what, if anything, is to be reported. It knows nothing of clocks or of other
// subscribers, so the same evaluations give the same alerts, live or in replay,
// before a crash or after it.
//
//	        holds, "for" not over        held "for" long enough
//	idle ---------------------> pending ----------------------> firing
//	 ^  \________________________________________________________^  |
//	 |        holds, "for" is 0                                     |
//	 +---------- has not held for "resolve_after": resolved --------+
//
// Two firings of a track are at least the cooldown apart, and have a resolved
// between them. What would fire earlier is pending in silence, and fires when the
// cooldown is over if it still holds then. Only a rise from warning to critical is
// reported in between, at once.
//
// An [Alert] carries what an analyst needs to act on it. [AppendJSON] is its form in
// files and messages; sinks write it.
package alert
