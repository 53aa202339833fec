package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// Row is one record with its values read but the source's rules not yet applied.
// Decoders of any format fill it and hand it to [Rules.Append]. The texts point
// into the block (or a copy of it) and are empty when absent.
type Row struct {
	RecordID        []byte
	Calling, Called []byte // as written
	CallingInternational,
	CalledInternational bool // the format's type of number says so
	IMSI, IMEI, CellID []byte // of the served party
	VisitedPLMN        []byte // 5 or 6 digits
	TrunkIn, TrunkOut  []byte

	Start          cdr.Millis
	RingMS, TalkMS uint32 // RingMS may be cdr.RingUnknown
	Offset         int16  // as in cdr.Batch
	Service        cdr.Service
	Direction      Direction
	Outcome        cdr.Outcome // by the format's marker, see the package's word on outcomes
	RAT            cdr.RAT
	Forwarded      bool
	Cause          uint16
	Partial        uint32 // partial_sequence
	Up, Down       uint64
	Charge         int64 // micro-units

	ID   uint64 // hash of what identifies the record where RecordID alone does not, else 0
	Call uint64 // as in cdr.Batch
}

// Reset makes r a voice record of which nothing is known.
func (r *Row) Reset() {
	*r = Row{RingMS: cdr.RingUnknown, Offset: cdr.NoOffset}
}

// release is the event time: when the record's usage ended.
func (r *Row) release() cdr.Millis {
	talk := cdr.Millis(r.TalkMS)
	ring := cdr.Millis(0)
	if r.RingMS != cdr.RingUnknown {
		ring = cdr.Millis(r.RingMS)
	}
	switch {
	case r.Service == cdr.Data:
		return r.Start + talk
	case r.Service != cdr.Voice:
		return r.Start
	case r.Outcome == cdr.Answered || r.Outcome == cdr.OutcomeUnknown:
		return r.Start + ring + talk
	}
	return r.Start + max(ring, talk)
}

// direction is the record's direction after defaults.
func (r *Row) direction() Direction {
	switch {
	case r.Direction != DirectionDefault:
		return r.Direction
	case r.Service == cdr.Data:
		return Originating
	}
	return Both
}

// legs says which legs the record carries, and marks a served called party.
func (r *Row) legs(d Direction) cdr.Flags {
	switch {
	case d == Terminating:
		return cdr.Terminating | cdr.ServedCalled
	case d == NoLegs:
		return 0
	case d == Originating || r.Service == cdr.Data:
		return cdr.Originating
	}
	return cdr.Originating | cdr.Terminating
}

// identity hashes record_id, direction and partial_sequence, or without
// record_id stands on the hash of the raw record.
func (r *Row) identity(d Direction, raw uint64) uint64 {
	id := r.ID
	if id == 0 {
		if len(r.RecordID) == 0 {
			return raw
		}
		id = cdr.Hash(r.RecordID)
	}
	return cdr.Mix(id + uint64(d)<<32 + uint64(r.Partial))
}
