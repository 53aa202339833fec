// Package samples makes records of every format, for benchmarks and tests of commands:
// record i of a format is always the same, and its neighbours differ from it as calls of
// a switch do, in parties, time and duration.
//
// A format is a line in [All] and a function that appends a record.
package samples
