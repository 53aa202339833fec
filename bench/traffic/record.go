package traffic

import "strconv"

// Service is the kind of usage.
type Service uint8

// The services.
const (
	Voice Service = iota
	SMS
	MMS
	Data
)

// Direction says whose legs a record carries.
type Direction uint8

// The directions.
const (
	Both Direction = iota
	Originating
	Terminating
)

// Disposition is how an attempt ended.
type Disposition uint8

// The dispositions.
const (
	Answered Disposition = iota
	NoAnswer
	Busy
	Failed
)

// RAT is the radio technology; the zero value is a fixed line.
type RAT uint8

// The radio technologies.
const (
	RATNone RAT = iota
	RAT2G
	RAT3G
	RAT4G
	RAT5G
	RATWiFi
)

// Number is a party: E.164 digits as a decimal number, or a short code with
// the top bit set. 0 is a withheld or missing number.
type Number uint64

const shortCode = Number(1) << 63

// Append appends the number as records hold it: + and the digits, a short code
// as it is dialled, nothing for 0.
func (n Number) Append(dst []byte) []byte {
	switch {
	case n == 0:
		return dst
	case n&shortCode != 0:
		return strconv.AppendUint(dst, uint64(n&^shortCode), 10)
	}
	return strconv.AppendUint(append(dst, '+'), uint64(n), 10)
}

// String is the text that Append writes.
func (n Number) String() string { return string(n.Append(nil)) }

// PLMN is a network, MCC and MNC as a decimal number of 5 or 6 digits. 0 = none.
type PLMN uint32

// Cell is a radio cell, written PLMN-LAC-CI. The zero value is none.
type Cell struct {
	PLMN    PLMN
	LAC, CI uint16
}

// Record is one record, before it becomes text.
type Record struct {
	ID         uint64 // counted from 1 in the order of seizure; all records of a call share it
	Start      int64  // seizure, ms since 1970 UTC
	Written    int64  // when the switch writes it, ms since 1970 UTC
	RingMS     int64  // -1 = absent
	DurationMS int64  // -1 = absent

	Calling, Called Number
	IMEI, IMSI      uint64 // 15 digits each, 0 = absent
	Up, Down        int64  // bytes, -1 = absent
	Charge          int64  // millionths of the currency, -1 = absent

	Cell    Cell
	Visited PLMN   // 0 = at home
	Cause   uint16 // Q.850, 0 = absent
	Partial uint16 // number of the slice from 1, 0 = a whole record

	TrunkIn, TrunkOut uint8 // routes to other networks, 0 = absent

	Service     Service
	Direction   Direction
	Disposition Disposition
	RAT         RAT
	Forwarded   bool
	Duplicate   bool   // the second copy of a record
	Malformed   Damage // how the text comes out damaged
	scar        uint32 // where the damage is, when it is in a random place
	planted     bool   // of an actor's scenario
}

// Release returns the event time of r in ms since 1970: the end of a call or
// session, the instant of a message.
func (r *Record) Release() int64 {
	switch {
	case r.Service == SMS || r.Service == MMS:
		return r.Start
	case r.Disposition == Answered:
		return r.Start + max(r.RingMS, 0) + max(r.DurationMS, 0)
	}
	return r.Start + max(r.RingMS, r.DurationMS, 0)
}
