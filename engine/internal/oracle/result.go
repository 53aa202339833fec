package oracle

import "time"

// File is one source: canonical CSV, or JSON lines, as plain bytes.
type File struct {
	Name string
	Data []byte
	JSON bool
}

// Row is the feature vector of one subscriber at one boundary. Values are
// int64, float64 or bool, nil for null, by column name (calls_out_7d, home).
type Row struct {
	Subscriber string
	WindowEnd  time.Time // UTC
	Values     map[string]any
}

// Reject is one record that was set aside. Line counts the lines of the file
// from 1, header and blank lines included.
type Reject struct {
	File   string
	Line   int
	Reason string
}

// Result is all that a replay answers.
type Result struct {
	Rows           []Row    // by window end, then subscriber; empty when Config.Each took them
	Alerts         []*Alert // by event time, rule, subscriber
	Ledger         map[string]int64
	Sources        map[string]map[string]int64 // by file name, keys as in Ledger
	Disorder       map[string]time.Duration    // by file name: furthest an accepted or late record lay behind the mark
	Rejects        []Reject
	Late           []Reject
	DuplicateFiles []string
	Subscribers    int // that ever had a leg folded
	First, Last    time.Time
	Contested      int // duplicates whose text differs from their twin's: which one survives is not for this package to say
}

// Ledger lines, in the order in which a record is judged.
const (
	read      = "read"
	rejected  = "rejected"
	filtered  = "filtered"
	late      = "late"
	duplicate = "duplicate"
	accepted  = "accepted"
	buffered  = "buffered"
)

// newLedger has every line at 0.
func newLedger() map[string]int64 {
	return map[string]int64{read: 0, rejected: 0, filtered: 0, late: 0, duplicate: 0, accepted: 0, buffered: 0}
}
