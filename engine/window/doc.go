// Package window turns legs into sums over sliding windows.
//
// A leg becomes a word of facts (bits: voice, originating, answered, started at
// night ...) and a few quantities (talk time, bytes, charge ...), once. A
// [Measure] is then data, not code: a condition over the facts and what to add
// when it holds. Everything a window knows of a subscriber is such measures:
// counts, sums, sums of squares, maxima, days, and distinct counts over items
// (peers, areas, cells) that carry the time they were last seen.
//
// Time is cut into panes: a [Grid] has either local calendar days or an exact
// number of milliseconds on the UTC grid. A window at an instant t is the pane
// that contains t - 1 ms and the n - 1 panes before it. A closed pane never
// changes, so a window is a running sum of its closed panes plus the open one:
// add what enters, subtract what leaves.
//
// A row of measures is a run of 64-bit words (see [Layout]): counts two to a
// word, sums a word each, squares three. No field ever overflows into its
// neighbour, so adding and subtracting whole rows is adding words.
package window
