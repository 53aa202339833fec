package cdr

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/internal/huge"
)

// Millis is a point in event time: milliseconds since 1970-01-01 UTC.
type Millis int64

// RingUnknown is the ring time of a record that does not tell it.
const RingUnknown = ^uint32(0)

// NoOffset is the UTC offset of a record that does not carry one.
const NoOffset = int16(-32768)

// Span is a stretch of bytes within a block.
type Span struct{ Off, Len uint32 }

// Of returns the bytes of s in block.
func (s Span) Of(block []byte) []byte { return block[s.Off : s.Off+s.Len] }

// NameRef is the text of one party whose Number is a name.
type NameRef struct {
	Row    int32
	Called bool // else calling
	Text   Span // in Batch.Text
}

// Row is what the fold looks at of a record, and what records are ordered by. Legs are
// gathered from rows in the order of their subscribers, each from another place of
// memory: a row takes two cache lines, the second of which says what is of the served
// party alone, so that the other one's leg does without it.
type Row struct {
	Release, Start            Millis // event time; seizure
	Calling, Called           Number // 0 = absent. Keys: E.164 digits, short code, name, or IMSI
	CallingPlace, CalledPlace Place
	RingMS, TalkMS            uint32 // RingUnknown when unknown; TalkMS as recorded, whatever the outcome
	Flags                     Flags
	Offset                    int16  // minutes east of UTC as written in the record, or NoOffset
	VisitedMCC                uint16 // 0 = absent; above 999 where a country is known by letters

	Identity                 uint64 // hash of record_id, direction and partial_sequence, else of the raw record
	Cell, Region, IMEI, IMSI uint64 // hashes or packed digits of the served party's, 0 = absent
	Up, Down                 uint64 // bytes
	Charge                   int64  // micro-units
}

// Batch holds decoded records: what the fold wants of each in Rows, the rest in columns,
// of which row i is element i. It has one owner at a time and is reused: nobody keeps a
// slice of it beyond that. Only records that were neither rejected nor filtered are in
// it, in the order of the source.
type Batch struct {
	Rows      []Row
	HighWater []Millis  // latest Release in rows 0..i of this batch
	RawHash   []uint64  // of the record as it stands, 0 where it was not made: see HashOf
	Call      []uint64  // hash of the call this row is one of several rows of, 0 = none; see Decoder docs
	Cause     []uint16  // Q.850, 0 = absent
	Raw       []Span    // where the record stands in its block
	Line      []uint32  // its line, counted from 0 at the start of the block
	ID        []Span    // its record_id in Text, empty where it has none or nobody wants it
	Parties   []Parties // of the first rows; see HashParties

	Names []NameRef // ascending by Row: the text of every party that is a name
	Text  []byte    // what ID and Names point into

	// Block is what Raw points into, for as long as it is there: who hands a batch on says
	// until when. It is not the batch's own.
	Block []byte
}

// Parties are the hashes of the numbers of a record's parties. No two numbers have the same.
type Parties struct{ Calling, Called uint64 }

// PartiesOf are those of x.
func PartiesOf(x *Row) Parties { return Parties{x.Calling.Hash(), x.Called.Hash()} }

// HashParties makes b.Parties those of all rows: decoders leave them out.
func (b *Batch) HashParties() {
	from := len(b.Parties)
	b.Parties = slices.Grow(b.Parties, len(b.Rows)-from)[:len(b.Rows)]
	for i := from; i < len(b.Rows); i++ {
		b.Parties[i] = PartiesOf(&b.Rows[i])
	}
}

// NewBatch returns an empty batch with room for n rows.
func NewBatch(n int) *Batch { return NewBatches(1, n)[0] }

// NewBatches returns so many empty batches with room for n rows each. Where that is much,
// it is in huge pages: legs are gathered from all over it, and memory comes faster so.
func NewBatches(batches, n int) []*Batch {
	all := make([]*Batch, batches)
	rows, high, hashes, calls := huge.Slice[Row](batches*n), huge.Slice[Millis](batches*n), huge.Slice[uint64](batches*n), huge.Slice[uint64](batches*n)
	causes, raws, lines, ids := huge.Slice[uint16](batches*n), huge.Slice[Span](batches*n), huge.Slice[uint32](batches*n), huge.Slice[Span](batches*n)
	parties := huge.Slice[Parties](batches * n)
	for i := range all {
		from, to := i*n, (i+1)*n
		all[i] = &Batch{
			Rows: rows[from:from:to], HighWater: high[from:from:to], RawHash: hashes[from:from:to], Call: calls[from:from:to],
			Cause: causes[from:from:to], Raw: raws[from:from:to], Line: lines[from:from:to], ID: ids[from:from:to],
			Parties: parties[from:from:to],
		}
	}
	return all
}

// Len is the count of rows.
func (b *Batch) Len() int { return len(b.Rows) }

// Reset empties b and keeps its memory.
func (b *Batch) Reset() {
	b.Rows, b.HighWater = b.Rows[:0], b.HighWater[:0]
	b.RawHash, b.Call, b.Cause = b.RawHash[:0], b.Call[:0], b.Cause[:0]
	b.Raw, b.Line, b.ID, b.Parties = b.Raw[:0], b.Line[:0], b.ID[:0], b.Parties[:0]
	b.Names, b.Text, b.Block = b.Names[:0], b.Text[:0], nil
}

// HashOf is the hash of record r as it stands. While the block is there it makes what was
// not made.
func (b *Batch) HashOf(r int) uint64 {
	if h := b.RawHash[r]; h != 0 || b.Block == nil {
		return h
	}
	return Hash(b.Raw[r].Of(b.Block))
}

// Record is one row of a Batch, for tests, inspection and whoever handles
// records one at a time. Names are given as text.
type Record struct {
	Calling, Called           Number
	CallingName, CalledName   []byte // set when the Number is a name
	CallingPlace, CalledPlace Place
	Start, Release            Millis
	RingMS, TalkMS            uint32
	Flags                     Flags
	Identity, RawHash, Call   uint64
	Cell, Region, IMEI, IMSI  uint64
	VisitedMCC                uint16
	Up, Down                  uint64
	Charge                    int64
	Cause                     uint16
	Offset                    int16
	Raw                       Span
	Line                      uint32
	ID                        []byte
}

// Append adds r as the last row of b. HighWater follows from Release.
func (b *Batch) Append(r *Record) {
	row := int32(b.Len())
	high := r.Release
	if row > 0 && b.HighWater[row-1] > high {
		high = b.HighWater[row-1]
	}
	b.Rows = append(b.Rows, Row{
		Release: r.Release, Identity: r.Identity, Start: r.Start,
		Calling: r.Calling, Called: r.Called, CallingPlace: r.CallingPlace, CalledPlace: r.CalledPlace,
		RingMS: r.RingMS, TalkMS: r.TalkMS, Flags: r.Flags, Offset: r.Offset, VisitedMCC: r.VisitedMCC,
		Cell: r.Cell, Region: r.Region, IMEI: r.IMEI, IMSI: r.IMSI, Up: r.Up, Down: r.Down, Charge: r.Charge,
	})
	b.HighWater, b.RawHash, b.Call = append(b.HighWater, high), append(b.RawHash, r.RawHash), append(b.Call, r.Call)
	b.Cause, b.Raw, b.Line = append(b.Cause, r.Cause), append(b.Raw, r.Raw), append(b.Line, r.Line)
	if r.Calling.IsName() {
		b.addName(row, false, r.CallingName)
	}
	if r.Called.IsName() {
		b.addName(row, true, r.CalledName)
	}
	b.ID = append(b.ID, b.addText(r.ID))
	b.HashParties()
}

func (b *Batch) addName(row int32, called bool, text []byte) {
	b.Names = append(b.Names, NameRef{Row: row, Called: called, Text: b.addText(text)})
}

func (b *Batch) addText(text []byte) Span {
	if len(text) == 0 {
		return Span{}
	}
	s := Span{Off: uint32(len(b.Text)), Len: uint32(len(text))}
	b.Text = append(b.Text, text...)
	return s
}
