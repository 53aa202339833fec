// Package engine is the data path of cdrstream, and this page its architecture.
//
//	source --blocks--> decode --batches--> order --runs--> shards: fold -> window -> rows ----------> sinks
//	   ^                        |                            |           \-> rules -> alerts -> muster --^
//	   +------ free chunk <-----+<-- free batches (folded) <-+
//
// A chunk is a block of raw records, a batch the records decoded from it. A fixed set
// of chunks goes round: when none is free, reading waits. A chunk is free when the records of
// the next one were judged and what the frontier passed with them is released: until then the
// order may look at the raw text of its own, to tell duplicates, and what waits even then is
// hashed. What is decoded stays in its batch: runs tell where
// their records stand, and which legs they have, and a batch is used again when all shards
// have folded what they had of it.
//
// A block ends where a record does. Records are lines, or what the framing of the format
// cuts (decode.Framing): by lengths, descriptor words, brackets. The source cuts the
// blocks with it, and the decoder cuts a block with the same, so a block is cut so that
// what follows it decides nothing about what is in it.
//
// Read: one goroutine reads the source that is furthest behind in event time, so
// that any number of files merge by time. Decode: chunk i goes to decoder i % D;
// blocks decode in parallel because what precedes the first record was read into
// an immutable layout. Order: one goroutine takes the chunks in the order they
// were read, judges each record once (rejected, filtered, late), keeps those
// that must wait, drops duplicates, makes one record of a call's answer and its end
// and slices of the pieces of one that was split (package order), and releases the rest
// in the order of event time and identity. It keeps the ledger. Fold: every shard sees
// every run and takes the legs of its own subscribers. Behind the order there is no disorder,
// so state only ever moves forward, and legs of the same panes can be gathered
// and folded subscriber by subscriber: while one shard folds the others gather, and steps
// for it wait. A few steps ahead are enough: where shards keep all processors busy, decoding
// goes on when one of them has nothing to do, see lead.go. Rows: when the frontier reaches a boundary a
// shard computes its rows and writes them to the sinks itself.
//
// Rules: a shard evaluates them over the same state and the same features as the rows:
// activity rules for a subscriber after each second of event time in which it had a
// leg, boundary rules for everybody in state at each boundary. Most subscribers are far
// from every rule and cost a comparison each; see package shard. At a boundary the
// shards meet in a poll: whether a rule would fire for too many at once, which is one
// alert of a storm instead of all of them, takes the sum of what they have counted. Each
// writes its rows meanwhile, so that the first to count need not wait for the last. The
// muster holds the alerts of all shards until each is past their event time, and
// hands them to the sinks in one order, event time, rule, subscriber, each batch with
// the epoch that commits it.
//
// Accounts: what a decoder counts of a block, what it finds odd and what the file claims of
// itself are added up by file or stream where records are judged, saved with the ledger, and
// held against each other by package hygiene when the file has ended, which may warn. A file of a
// replay has ended with its input, one of a spool when the spool says so, at a barrier. The
// register, if there is one, takes the files that have ended with the epoch of that barrier.
//
// Checkpoints: when it is time, the reader raises a barrier in place of a block. It
// passes through the data path, and each stage leaves in it what it stands at then:
// the reader where every input was read to, the order what waits and the ledger,
// the shards their subscribers and what rules remember of them, which they save while
// they go on. When all have,
// the epoch that the barrier ended is committed: what the sinks were given in it
// becomes durable, then the state and the manifest, then rows and alerts visible. A job
// without checkpoints is the same with a single barrier, at its end. Another
// process that is given the state goes on as if there had been no other.
//
// Live: inputs without an end do not make the reader wait. It asks them in turn for what
// is there, those furthest behind first, and sleeps until one calls. An input that is
// ahead of the others is left alone while half of the buffer is full of it. One that
// has been idle for so long that the others are no longer to wait for it is told to
// the order in place of a block, so that the decision has its place among the records. A shard
// folds at once what it has when nothing else waits, and between two pieces of work
// answers who asks for the features of a subscriber. Once an epoch is committed the
// inputs learn that what was read up to its barrier is safe.
//
// The answer is a function of the records read. Nothing in it depends on block
// size, on the number of decoders or shards, on the order in which chunks of
// different files arrive, on where a process ended and another went on, or on time.
//
// The floors, from the bottom; a package imports only from floors below it:
//
//	cdr disk                               record, batch, number: the vocabulary; files that survive
//	numbering window order source          number plan; measures and panes; event-time order
//	feature decode alert                   the catalogue; what a decoder is; what a rule says, and when
//	hygiene                                accounts of files, and whether they agree with what is claimed
//	rules decode/* source/* checkpoint     rule files; formats; files, spools, NATS; the state directory
//	shard                                  state
//	engine                                 this page
//	aggregators/* sinks/*                  families of features; outputs
//	cmd/cdrstream bench                    flags, configuration, wiring
package engine
