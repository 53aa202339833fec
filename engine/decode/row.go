package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// Row is one record with the source's rules not yet applied: the texts of its
// columns, without spaces around them, and the values read from them. Decoders of text formats under the
// names of the specification set the texts and call [Row.Read]; others set the
// texts of those columns that stay text (the numbers and identities) and the
// Values themselves. A Row is reused from record to record; it holds one
// pointer, so that this costs little.
type Row struct {
	Base []byte            // what At points into
	At   [Columns]cdr.Span // text of each column; of no length where the record lacks it
	Has  uint32            // bit c set: the record has column c, empty or not
	Values
}

// Values are what is read from the texts of a record, or known otherwise.
type Values struct {
	Start          cdr.Millis
	RingMS, TalkMS uint32 // RingMS may be cdr.RingUnknown
	Up, Down       uint64
	Charge         int64  // micro-units
	Partial        uint32 // partial_sequence
	Offset         int16  // as in cdr.Batch
	Cause          uint16
	Service        cdr.Service
	Direction      Direction
	Outcome        cdr.Outcome // by the format's marker
	RAT            cdr.RAT
	Forwarded      bool

	// The format's type of number says that the number is international.
	CallingInternational, CalledInternational bool

	Marks cdr.Flags // of cdr.Joined: how the record belongs to others of its Call

	ID   uint64 // hash of what identifies the record where record_id alone does not, else 0
	Call uint64 // as in cdr.Batch
}

// Reset makes v the values of a voice record of which nothing is known.
func (v *Values) Reset() { *v = Values{RingMS: cdr.RingUnknown, Offset: cdr.NoOffset} }

// Text is the text of column c, empty when there is none.
func (r *Row) Text(c Column) []byte {
	s := r.At[c]
	if s.Len == 0 {
		return nil
	}
	return r.Base[s.Off:][:s.Len]
}

// Trim cuts spaces and tabs off both ends of every text.
func (r *Row) Trim() {
	for c := NoColumn + 1; c < Columns; c++ {
		s := &r.At[c]
		for s.Len > 0 && blank(r.Base[s.Off]) {
			s.Off, s.Len = s.Off+1, s.Len-1
		}
		for s.Len > 0 && blank(r.Base[s.Off+s.Len-1]) {
			s.Len--
		}
	}
}

func blank(c byte) bool { return c == ' ' || c == '\t' }

// release is the event time: when the record's usage ended.
func (v *Values) release() cdr.Millis {
	talk := cdr.Millis(v.TalkMS)
	ring := cdr.Millis(0)
	if v.RingMS != cdr.RingUnknown {
		ring = cdr.Millis(v.RingMS)
	}
	switch {
	case v.Service == cdr.Data:
		return v.Start + talk
	case v.Service != cdr.Voice:
		return v.Start
	case v.Outcome == cdr.Answered || v.Outcome == cdr.OutcomeUnknown:
		return v.Start + ring + talk
	}
	return v.Start + max(ring, talk)
}

// direction is the record's direction after defaults.
func (v *Values) direction() Direction {
	switch {
	case v.Direction != DirectionDefault:
		return v.Direction
	case v.Service == cdr.Data:
		return Originating
	}
	return Both
}

// legs says which legs the record carries, and marks a served called party.
func (v *Values) legs(d Direction) cdr.Flags {
	switch {
	case d == Terminating:
		return cdr.Terminating | cdr.ServedCalled
	case d == NoLegs:
		return 0
	case d == Originating || v.Service == cdr.Data:
		return cdr.Originating
	}
	return cdr.Originating | cdr.Terminating
}

// identity hashes record_id, direction and partial_sequence, or without
// record_id stands on the hash of the raw record.
func (r *Row) identity(d Direction, raw uint64) uint64 {
	id := r.ID
	if id == 0 {
		text := r.Text(RecordID)
		if len(text) == 0 {
			return raw
		}
		id = cdr.Hash(text)
	}
	return cdr.Mix(id + uint64(d)<<32 + uint64(r.Partial))
}
