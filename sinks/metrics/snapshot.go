package metrics

import (
	"math"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Unknown is an event time that there is not: a source that has yielded nothing yet
// has no mark. It is left out of what is exported, as is Endless.
const Unknown cdr.Millis = math.MinInt64

// Endless is the frontier behind the end of all inputs.
const Endless cdr.Millis = math.MaxInt64

// Snapshot is what is exported of a job, as of one scrape. It holds values only;
// whoever made it gives it away.
type Snapshot struct {
	Version string    // of the program
	Started time.Time // of the job in this process; zero: not yet
	Workers int       // shards

	Sources []Source // in the order of the job. Names differ

	Frontier  cdr.Millis // everything before it is folded; Unknown, Endless
	Watermark cdr.Millis // the highest mark of all sources; Unknown

	Waiting      int64 // records in the reorder buffer
	WaitingLimit int64 // at which the job stops

	Subscribers int64 // in state
	StateBytes  int64 // memory that they take
	Rows        int64 // feature rows written since the job began, in earlier processes too

	Alerts map[string]int64 // by rule: how many began to fire, or rose, since the job began. Every loaded rule is there
	Storms int64

	Checkpoint   Checkpoint
	BackPressure time.Duration // in all, in this process: the reader had a block, and waited for a free chunk
	Outboxes     []Outbox      // of sinks that send from one. Names differ
}

// Source is what is exported of a source. The counts are those of the ledger, since
// the job began, in earlier processes too; read = accepted + duplicate + late +
// rejected + filtered + buffered.
type Source struct {
	Name string // bounded: a stream, a directory; never the name of each file of it
	Kind string // file, jetstream, nats, spool

	Accepted, Duplicate, Late, Rejected, Filtered int64
	Buffered                                      int64 // of it in the reorder buffer
	Read                                          int64

	Bytes    int64 // of records read
	Lag      int64 // messages, or files, not yet read; negative: unknown
	Headroom int64 // messages that may expire before one is lost; negative: nothing expires, or unknown

	Mark  cdr.Millis // its highest event time; Unknown
	Idle  bool       // it does not hold the frontier back now
	Idled int64      // how often it became so, in this process

	Notes        map[string]int64 // that were made of its records, by name
	Types        map[string]int64 // records of each type, of a format that has any
	Warnings     map[string]int64 // about it and its files, by code
	MissingFiles int64            // by their sequence numbers
	Silent       bool             // it had no record for longer than it may

	Quarantined int64 // files that could not be read, in this process; negative: it has no files
}

// Checkpoint is what is exported of checkpoints.
type Checkpoint struct {
	Epoch     uint64        // the last that was committed; 0: none
	Committed time.Time     // when; zero: never, nor by an earlier process
	Took      time.Duration // the last one, from the barrier to the manifest; 0: none in this process
	Bytes     int64         // of the files that the last one needs; 0: none in this process
	Failures  int64         // in this process
}

// Outbox is what a sink has still to send, and what became of the rest in this process.
type Outbox struct {
	Sink     string
	Bytes    int64
	Segments int64     // files
	Oldest   time.Time // when the oldest of it was committed; zero: nothing waits, or unknown

	Sent    int64 // rows or alerts that were acknowledged
	Dead    int64 // those that never will be, and were put aside
	Retries int64 // requests that failed and are to be repeated
}
