// Package cdr is the vocabulary everybody shares: what a call-detail record is
// once it has been decoded. It imports the standard library alone and knows
// nothing of files, formats, windows or features.
//
// A record tells one attempt: who called whom, when it was seized and released,
// how it ended. It carries up to two legs, the originating leg of the calling
// party and the terminating leg of the called party; each updates the
// subscriber it belongs to. Records travel in a [Batch], columns of plain
// integers, a block at a time.
package cdr
