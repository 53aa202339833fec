package feature

import "github.com/cdrstream/cdrstream/engine/cdr"

// Type is the type of a column.
type Type uint8

// The column types.
const (
	Int64 Type = iota
	Float64
	Bool
)

// Field describes one feature column of the output.
type Field struct {
	Name    string // calls_out_7d
	Type    Type
	Unit    string // calls, seconds, ratio, bytes, days ...
	Formula string
	Window  string // 7d; empty for features without a window
	Sparse  bool   // mostly zero: encode with a dictionary
	Wide    bool   // large and spread integers: encode as deltas
}

// Schema is the columns of all frames of a job, after the fixed ones:
// subscriber, window_end, home, observed_days, approx.
type Schema struct {
	Fields []Field
}

// Column holds one feature of the rows of a Frame. Exactly one of Ints, Floats
// and Bools is used, as Field.Type says; its length is Frame.Rows.
type Column struct {
	Ints   []int64
	Floats []float64 // never NaN or infinite where valid; 0 where null
	Bools  []bool
	Valid  []byte // bit i (least significant first) set: row i has a value. Empty: all have
	Nulls  int
}

// Frame is a run of rows of one boundary from one shard, sorted by subscriber
// (bytes). It is reused: whoever receives it keeps no reference to it or its
// slices after returning.
type Frame struct {
	Shard     int
	Epoch     uint64 // the epoch that its rows belong to, from 1
	WindowEnd cdr.Millis
	Date      string // local date of WindowEnd - 1 ms, YYYY-MM-DD
	Rows      int

	SubscriberOffsets []int32 // Rows + 1 offsets into SubscriberText
	SubscriberText    []byte
	Home              []bool
	ObservedDays      []int64
	Approx            []bool
	Columns           []Column // Columns[i] belongs to Schema.Fields[i]
	Same              []int    // Columns[i] is Columns[Same[i]], memory and all; the same in all frames of a boundary. Empty: each is another

	Last bool // the last frame of this boundary from this shard
}

// Subscriber returns the text of row i's subscriber.
func (f *Frame) Subscriber(i int) []byte {
	return f.SubscriberText[f.SubscriberOffsets[i]:f.SubscriberOffsets[i+1]]
}
