// Package oracle computes every feature the slow and obvious way, so that the
// engine can be compared with it value by value.
//
// It shares no code with the engine and imports nothing of the project: a
// mistake in a parser, a pane or a sum cannot hide by being on both sides. All
// records are held in memory, judged one by one (rejected, filtered, late,
// duplicate), sorted by event time and split into legs. Then, for every
// boundary and every subscriber, each feature is one expression over a scan of
// the subscriber's legs in the window: no panes, no running sums, no state that
// is carried from one row to the next.
//
//	files -> texts -> records -> judged, sorted, unique -> legs of each subscriber
//	      -> for each boundary, subscriber, window: view of legs -> feature values
//
// Rules are evaluated the same way: for each second in which a subscriber had a
// leg, and each boundary, the features that they name are computed from the legs
// before that instant, and where an alert stands is read off everything that was
// found and said of the subscriber before, from the beginning.
//
// Where the contract leaves room, READINGS.md tells what was chosen here and
// what else could be meant. [Random] makes hostile traffic to compare on.
package oracle
