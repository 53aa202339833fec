// Package engine is the data path of cdrstream, and this page its architecture.
//
//	source --blocks--> decode --batches--> order --runs--> shards: fold -> window -> rows --> sinks
//	   ^                                                     |
//	   +------------- free chunk (all shards done) <---------+
//
// A chunk is a block of raw records and the columns decoded from it. A fixed set
// of chunks goes round: when none is free, reading waits.
//
// Read: one goroutine reads the source that is furthest behind in event time, so
// that any number of files merge by time. Decode: chunk i goes to decoder i % D;
// blocks decode in parallel because what precedes the first record was read into
// an immutable layout. Order: one goroutine takes the chunks in the order they
// were read, judges each record once (rejected, filtered, late), keeps those
// that must wait, drops duplicates, and releases the rest in the order of event
// time and identity. It keeps the ledger. Fold: every shard sees every run and
// takes the legs of its own subscribers. Behind the order there is no disorder,
// so state only ever moves forward, and legs of the same panes can be gathered
// and folded subscriber by subscriber. Rows: when the frontier reaches a boundary a
// shard computes its rows and writes them to the sinks itself.
//
// The answer is a function of the records read. Nothing in it depends on block
// size, on the number of decoders or shards, on the order in which chunks of
// different files arrive, or on time.
//
// The floors, from the bottom; a package imports only from floors below it:
//
//	cdr                                    record, batch, number: the vocabulary
//	numbering window order source          number plan; measures and panes; event-time order
//	feature decode                         the catalogue; what a decoder is
//	shard decode/* source/*                state; formats; files
//	engine                                 this page
//	aggregators/* sinks/*                  families of features; outputs
//	cmd/cdrstream bench                    flags, configuration, wiring
package engine
