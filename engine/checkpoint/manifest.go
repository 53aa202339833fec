package checkpoint

import (
	"encoding/json"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/source"
)

// State says what became of the job.
type State string

// What became of the job.
const (
	StateNew      State = "new"      // nothing yet: epoch 0
	StateRunning  State = "running"  // it goes on, or it was stopped
	StateOpen     State = "open"     // its sources ended, the open period is left for the next ones
	StateFinished State = "finished" // it is over; Summary says how
)

// Manifest is a committed epoch: everything about it but what is in Files.
type Manifest struct {
	Version int       `json:"version"` // of the format; set by Commit
	Job     string    `json:"job"`     // what tells the job from others; its output directory knows it too
	Engine  string    `json:"engine"`  // the version of cdrstream that wrote it
	Epoch   uint64    `json:"epoch"`   // from 1; set by Commit
	Base    uint64    `json:"base"`    // the epoch that holds all subscribers, the first one of the chain; set by Commit
	State   State     `json:"state"`
	Written time.Time `json:"written"` // wall clock

	Settings []Setting     `json:"settings"`  // what decides the answer
	Latest   cdr.Millis    `json:"latest_ms"` // records later than this are rejected
	Sources  []SourceState `json:"sources"`   // in their order
	Copies   []string      `json:"copies"`    // files that were not read since another one holds the same
	Ledger   Ledger        `json:"ledger"`    // of all sources
	Frontier cdr.Millis    `json:"frontier_ms"`
	Clock    Clock         `json:"clock"`
	// OldestDay is the oldest day that still matters, in days since 1970-01-01: days
	// files that end before it are dropped.
	OldestDay      int32            `json:"oldest_day"`
	Rows           int64            `json:"rows"`             // feature rows written
	Subscribers    int64            `json:"subscribers"`      // in state
	Alerts         map[string]int64 `json:"alerts,omitempty"` // that began to fire or rose, by rule
	Storms         int64            `json:"storms,omitempty"`
	ElapsedSeconds float64          `json:"elapsed_seconds"`

	Files []FileInfo `json:"files"` // set by Commit; older ones first

	Out     string                   `json:"out,omitempty"`     // the output directory, an absolute path
	Staged  map[string][]disk.Staged `json:"staged,omitempty"`  // files of the epoch in Out that wait to be published, by sink
	Summary json.RawMessage          `json:"summary,omitempty"` // of a finished job; white space in it is not kept
}

// Setting is a setting that decides the answer: a job goes on only with the same.
type Setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// SourceState is how far a source has come.
type SourceState struct {
	Name     string          `json:"name"` // UTF-8
	Bookmark source.Bookmark `json:"bookmark"`
	Done     bool            `json:"done"` // read to its end
	Ledger   Ledger          `json:"ledger"`

	// States of programs that kept no accounts have none of these.
	Account *hygiene.Account  `json:"account,omitempty"` // of the whole source; its name and ledger are those above
	Parts   []hygiene.Account `json:"parts,omitempty"`   // of the files in the source that have begun and not ended
	Book    *hygiene.Book     `json:"book,omitempty"`    // of a live source
}

// Ledger accounts for every record.
type Ledger = hygiene.Ledger

// Clock is where the shards stand in event time, as shard.Clock.
type Clock struct {
	First    cdr.Millis `json:"first_ms"`
	Before   cdr.Millis `json:"before_ms"`
	Boundary cdr.Millis `json:"boundary_ms"`
	Today    int32      `json:"today"` // days since 1970-01-01
}

// FileInfo is a data file as MANIFEST names it.
type FileInfo struct {
	Name    string   `json:"name"` // in the directory
	Kind    FileKind `json:"kind"`
	Epoch   uint64   `json:"epoch"`              // that wrote it
	Base    bool     `json:"base,omitempty"`     // a StateFile of a base
	LastDay int32    `json:"last_day,omitempty"` // the latest day in a DaysFile, in days since 1970-01-01
	Size    int64    `json:"size"`               // bytes
	Sum     uint32   `json:"crc32c"`             // CRC-32C over its head and headers, as the package says
}

// Bytes is the size of all files that m names.
func (m *Manifest) Bytes() (n int64) {
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}
