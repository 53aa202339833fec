package cdr

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

// Batch holds decoded records in columns; row i is element i of each. It is
// owned by the chunk that carries it and reused: nobody keeps a slice of it
// beyond the chunk. Only records that were neither rejected nor filtered are in
// it, in the order of the source.
type Batch struct {
	Calling, Called           []Number // 0 = absent. Keys: E.164 digits, short code, name, or IMSI
	CallingPlace, CalledPlace []Place
	Start, Release            []Millis // seizure; event time
	HighWater                 []Millis // latest Release in rows 0..i of this batch
	RingMS, TalkMS            []uint32 // RingUnknown when unknown; TalkMS as recorded, whatever the outcome
	Flags                     []Flags
	Identity                  []uint64 // hash of record_id, direction and partial_sequence, else of the raw record
	RawHash                   []uint64
	Call                      []uint64 // hash of the call this row is one of several rows of, 0 = none; see Decoder docs
	Cell, Region, IMEI, IMSI  []uint64 // hashes or packed digits of the served party's, 0 = absent
	VisitedMCC                []uint16 // 0 = absent; above 999 where a country is known by letters
	Up, Down                  []uint64 // bytes
	Charge                    []int64  // micro-units
	Cause                     []uint16 // Q.850, 0 = absent
	Offset                    []int16  // minutes east of UTC as written in the record, or NoOffset
	Raw                       []Span   // where the record stands in its block
	Line                      []uint32 // its line, counted from 0 at the start of the block
	ID                        []Span   // its record_id in Text, empty where it has none or nobody wants it

	Names []NameRef // ascending by Row: the text of every party that is a name
	Text  []byte    // what ID and Names point into
}

// Len is the count of rows.
func (b *Batch) Len() int { return len(b.Start) }

// Reset empties b and keeps its memory.
func (b *Batch) Reset() {
	b.Calling, b.Called = b.Calling[:0], b.Called[:0]
	b.CallingPlace, b.CalledPlace = b.CallingPlace[:0], b.CalledPlace[:0]
	b.Start, b.Release, b.HighWater = b.Start[:0], b.Release[:0], b.HighWater[:0]
	b.RingMS, b.TalkMS, b.Flags = b.RingMS[:0], b.TalkMS[:0], b.Flags[:0]
	b.Identity, b.RawHash, b.Call = b.Identity[:0], b.RawHash[:0], b.Call[:0]
	b.Cell, b.Region, b.IMEI, b.IMSI = b.Cell[:0], b.Region[:0], b.IMEI[:0], b.IMSI[:0]
	b.VisitedMCC, b.Up, b.Down = b.VisitedMCC[:0], b.Up[:0], b.Down[:0]
	b.Charge, b.Cause, b.Offset = b.Charge[:0], b.Cause[:0], b.Offset[:0]
	b.Raw, b.Line, b.ID = b.Raw[:0], b.Line[:0], b.ID[:0]
	b.Names, b.Text = b.Names[:0], b.Text[:0]
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
	b.Calling, b.Called = append(b.Calling, r.Calling), append(b.Called, r.Called)
	b.CallingPlace, b.CalledPlace = append(b.CallingPlace, r.CallingPlace), append(b.CalledPlace, r.CalledPlace)
	b.Start, b.Release, b.HighWater = append(b.Start, r.Start), append(b.Release, r.Release), append(b.HighWater, high)
	b.RingMS, b.TalkMS, b.Flags = append(b.RingMS, r.RingMS), append(b.TalkMS, r.TalkMS), append(b.Flags, r.Flags)
	b.Identity, b.RawHash, b.Call = append(b.Identity, r.Identity), append(b.RawHash, r.RawHash), append(b.Call, r.Call)
	b.Cell, b.Region = append(b.Cell, r.Cell), append(b.Region, r.Region)
	b.IMEI, b.IMSI = append(b.IMEI, r.IMEI), append(b.IMSI, r.IMSI)
	b.VisitedMCC, b.Up, b.Down = append(b.VisitedMCC, r.VisitedMCC), append(b.Up, r.Up), append(b.Down, r.Down)
	b.Charge, b.Cause, b.Offset = append(b.Charge, r.Charge), append(b.Cause, r.Cause), append(b.Offset, r.Offset)
	b.Raw, b.Line = append(b.Raw, r.Raw), append(b.Line, r.Line)
	if r.Calling.IsName() {
		b.addName(row, false, r.CallingName)
	}
	if r.Called.IsName() {
		b.addName(row, true, r.CalledName)
	}
	b.ID = append(b.ID, b.addText(r.ID))
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
