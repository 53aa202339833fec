// Package feature is the catalogue: what each feature is called, what it means
// and how it follows from the measures of a window.
//
// A [Feature] is data: a name, a unit, a formula for people and a [Calc], one of
// a few shapes of formula (a sum, a ratio, a mean, a deviation, a trend) over
// measures by name. [Compile] takes the families of aggregators, the configured
// windows and the columns that are asked for, and returns a [Plan]: which
// measures each grid of panes has to keep, and for each output column a closure
// that computes it.
//
// Rules name features too: [CompileRules] makes one plan for both, with a [View] of
// the columns of each, so that what both read is kept once. Of the columns that rules
// compare with constants before anything is computed the plan knows the [Basis], what
// bounds them, and keeps it at hand.
//
// Rows are computed in tiles: some rows' measures side by side in columns, small
// enough to stay in the cache, and their sums that formulas are made of, each once for a
// window; then column after column of features into a [Frame], which leaves for the sinks. A [Filler] does so for all rows of a boundary, and
// leaves out what is there already.
package feature
