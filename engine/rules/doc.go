// Package rules reads rule files and evaluates rules over feature vectors.
//
// A rule is a predicate over the features that the engine emits. Its way through
// this package is
//
//	YAML -- reader --> text -- expr's parser --> syntax -- builder --> tree
//	                                                                    |
//	                                       gate, version, evidence <----+
//	                                       closures, or a machine  <----+
//
// A tree is a checked expression of our own; constants are folded in it and chains
// of and and or are flat. It is lowered to closures over a [Vector]; what has no
// closure (a few functions, powers, let) runs in expr's virtual machine.
//
// # The language
//
// Features by name; numbers; true and false; + - * / % ** and parentheses; < <= > >=
// == !=, also in chains (1 < x < 5); and or not, or && || !; c ? x : y; x ?? y for
// a value where there is none; x in 1..5 and x in [1, 2, 5]; min max abs floor ceil
// round; sum mean median of [a, b, c], count of [condition, condition]; let x = y; z.
// Two things of expr surprise: not binds tighter than a comparison, and ?? tighter
// than anything. Nothing loops, reads the clock or looks at texts, so that an
// evaluation takes a time that its length bounds and a replay gives the same result.
//
// All values are float64 (an int64 feature is exact up to 2^53), and conditions are
// yes or no; neither passes for the other. Null follows SQL: what is computed from
// null is null, but false and null is false, true or null is true; c ? x : y takes y
// where c is null, count counts what holds. Division by zero is null, and so is a
// result that is no number. A rule, warn or min_support that is null does not hold.
//
// # Gates
//
// Most subscribers are far from every rule. What a rule needs at least, in terms of
// one feature and a constant each, is its [Gate], and in terms of two features its
// [Pair]s: whoever evaluates rules looks at them first, with cheap bounds of the
// features, and computes the vector only for those who pass.
//
// # Files
//
// Mistakes are told all at once, each with the place of the character it is about,
// inside expressions too. What a file may hold is bounded (see [MaxFile],
// [MaxRules], [MaxListFile], [MaxEntries]), and so is the time it takes to read one.
package rules
