// Package synthetic is a source of records that are never text: its decoder fills the
// columns of a batch itself, so that what is measured is the engine behind the decoder,
// with as many subscribers as wanted and no file.
//
// A block of it is the number of its first record and of the one behind its last; which
// record a number stands for follows from the number alone. So the traffic is the same
// whatever the blocks and the number of decoders.
//
// The records come in the order of their release, evenly over the days. Every subscriber
// makes as many calls as the others, at times drawn by lot, to its own peers, through its
// own cells: 70 % calls, of which three quarters are answered, 15 % messages, 15 % data.
// Those called are subscribers too, so a call has two legs that are folded.
package synthetic
