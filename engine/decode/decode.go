// Package decode says what a decoder of a record format is and holds what decoders
// share: numbers, times, digits in octets, texts of JSON, the words of reasons, and the
// rules that turn fields into a [cdr.Record].
//
// A decoder is two pure steps. Open reads what precedes the first record of a
// file (a header row, a type row) into an immutable [Layout]. Decode turns one
// block of whole records into a batch; blocks may be decoded at the same time
// by several goroutines. Nothing that is wrong with a record is an error: the
// record is set aside in the [Tally] with its reason, the rest still counts.
//
// Records are lines, unless the decoder is [Framed]: then its [Framing] cuts them.
// Besides records a tally counts what package hygiene keeps accounts of: what is odd
// ([Note]), types of records ([Typed]), control totals ([Totals]), and what a file
// says of itself ([Claims]).
package decode

import (
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// Source tells a decoder how to read the records of one source.
type Source struct {
	Name        string
	Zone        *time.Location        // of local times without offset
	Numbers     *numbering.Normalizer // number rules of the source
	Originating bool                  // fold originating legs of this source
	Terminating bool                  // fold terminating legs
	Attempts    bool                  // the source reports unanswered attempts
	Wholesale   bool                  // charges between operators count as charge, where a format has them
	EventStart  bool                  // event time is the start, not the release
	HomePLMNs   []string              // MCC+MNC digits
	DropCauses  []uint16              // Q.850 causes of dropped calls
	Latest      *Limit                // an event time after this is rejected; nil: none is
	KeepIDs     bool                  // batches hold the text of record_id
	KeepUnused  bool                  // batches hold records without a leg that is folded, too: to show them
	Regions     map[string]string     // cell_id to region; nil = PLMN-LAC of PLMN-LAC-CI
	Lateness    cdr.Millis            // how long records wait for others; 0, not told: see Writer.Close
}

// Layout is what Open learnt about a file. It is immutable.
type Layout any

// Match is how sure a decoder is that it reads a file.
type Match struct {
	Score int    // 0 no, 100 certain
	Why   string // "header row names start_time, calling_number", for people
}

// Decoder reads one record format.
type Decoder interface {
	// Name is the format's name for --format.
	Name() string
	// About says in half a line what it reads, for lists of formats.
	About() string
	// Detect looks at the first bytes of a file (up to 64 KiB, cut anywhere).
	Detect(head []byte) Match
	// Open reads what precedes the first record. head is the beginning of the
	// file as Detect gets it; skip is how many bytes of it are not records.
	Open(head []byte, s *Source) (l Layout, skip int, err error)
	// Decode appends the records of block to out and counts all it saw in t.
	// It keeps no reference to block and allocates nothing once out is warm.
	Decode(l Layout, block []byte, out *cdr.Batch, t *Tally)
}

// Reject is one record that could not be read.
type Reject struct {
	Raw    cdr.Span
	Line   uint32 // counted from 0 at the start of the block
	Reason string
}

// Tally is what a decoder counted in a block. Read = rows of the batch added +
// Filtered + len(Rejects).
type Tally struct {
	Read     int64 // records seen: no header lines, no blank lines
	Filtered int64 // well-formed, but no leg of them is to be folded
	Lines    int64 // line feeds in the block; of a [Framed] format, records
	Rejects  []Reject

	Totals Totals
	Notes  [Notes]int64    // how often each was made
	Types  [maxTypes]int64 // records of each type, see [Typed]; rejected and filtered ones too where their type is known
	Claims Claims          // what a trailer in the block claims; others have Has = 0

	// Scratch is memory that a decoder wants to have again for its next block. What it
	// finds may be another decoder's.
	Scratch any
}

// Reset empties t and keeps its memory.
func (t *Tally) Reset() { *t = Tally{Rejects: t.Rejects[:0], Scratch: t.Scratch} }
