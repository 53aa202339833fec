package ts32298

import (
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// dialled is the number that was called: the translated one where there is one, the
// one that was connected where there is no other. nil when there is none.
func (r *record) dialled() []byte {
	for _, f := range [...]field{translatedNumber, calledNumber, connectedNumber} {
		if b := r.get(f); len(b) > 1 {
			return b
		}
	}
	return nil
}

// parties sets both numbers.
func (r *record) parties(calling, called []byte) {
	r.directory(decode.CallingNumber, calling)
	r.directory(decode.CalledNumber, called)
}

// served sets what the record tells of the served party and the switch.
func (r *record) served() {
	if r.has(servedIMSI) {
		r.tbcd(decode.IMSI, r.of(servedIMSI))
	}
	if r.has(servedIMEI) {
		r.tbcd(decode.IMEI, r.of(servedIMEI))
	}
	if r.has(location) {
		r.cell(r.of(location))
	}
	if r.has(systemType) {
		r.row.RAT = r.access(r.of(systemType))
	}
	if r.full {
		r.trunk(decode.TrunkIn, r.get(incomingTrunk))
		r.trunk(decode.TrunkOut, r.get(outgoingTrunk))
	}
}

// cell reads a LocationAreaAndCell into PLMN-LAC-CI, in decimal. The network is the one
// told, and visited then, or else the switch's own, if that is known.
func (r *record) cell(b []byte) {
	lac, ci, network := place(b)
	from := len(r.text)
	r.text = decode.AppendPLMN(r.text, network)
	if len(r.text) > from {
		r.set(decode.VisitedPLMN, from)
	} else {
		r.text = append(r.text, r.home...)
	}
	if len(lac) == 0 || len(lac) > 4 || len(ci) == 0 || len(ci) > 4 {
		return
	}
	if len(r.text) > from {
		r.text = append(r.text, '-')
	}
	r.text = strconv.AppendUint(r.text, unsigned(lac), 10)
	r.text = append(r.text, '-')
	r.text = strconv.AppendUint(r.text, unsigned(ci), 10)
	r.set(decode.CellID, from)
}

// place takes a LocationAreaAndCell apart.
func place(b []byte) (lac, ci, network []byte) {
	if len(b) >= 8 && b[0] == 0x80 && b[1] == 2 && b[4] == 0x81 && b[5] == 2 { // as most are written
		if lac, ci = b[2:4], b[6:8]; len(b) == 8 {
			return lac, ci, nil
		}
		if len(b) == 13 && b[8] == 0x82 && b[9] == 3 {
			return lac, ci, b[10:]
		}
	}
	for w := ber.Walk(b); w.Next(); {
		switch w.Tag {
		case ber.Context(0):
			lac = w.Content
		case ber.Context(1):
			ci = w.Content
		case ber.Context(2):
			network = w.Content
		}
	}
	return lac, ci, network
}

// unsigned is the number that at most eight octets make.
func unsigned(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// access reads a SystemType.
func (r *record) access(b []byte) cdr.RAT {
	switch v, ok := ber.Uint(b); {
	case ok && v == 0:
		return cdr.RATUnknown
	case ok && v == 1: // Iu: UTRAN
		return cdr.RAT3G
	case ok && v == 2: // GERAN
		return cdr.RAT2G
	}
	r.note(decode.UnknownValue)
	return cdr.RATUnknown
}

// trunk reads a TrunkGroup: a number or a name.
func (r *record) trunk(c decode.Column, b []byte) {
	w := ber.Walk(b)
	if !w.Next() {
		return
	}
	from := len(r.text)
	if v, ok := ber.Uint(w.Content); w.Tag == ber.Context(0) && ok {
		r.text = strconv.AppendUint(r.text, v, 10)
	} else {
		r.text = append(r.text, w.Content...)
	}
	r.set(c, from)
}

// diagnose reads Diagnostics, a CHOICE: the cause of Q.850, 0 when it is told in other
// terms, and how the attempt failed where that says it better than the cause.
func (r *record) diagnose(b []byte) (cause uint16, failure cdr.Outcome) {
	w := ber.Walk(b)
	if !w.Next() {
		return 0, cdr.OutcomeUnknown
	}
	switch w.Tag {
	case ber.Context(0), ber.Context(2): // TS 24.008 and Q.767: causes of Q.850
		cause = q850(w.Content)
		if cause == 0 {
			r.note(decode.UnknownValue)
			return 0, cdr.Failed
		}
		return cause, decode.OutcomeOfQ850(cause)
	case ber.Context(1):
		v, _ := ber.Uint(w.Content)
		return mapError(v)
	}
	return 0, cdr.Failed
}

// q850 reads a cause. Some switches write it as it stands on the wire, with the
// extension bit set. 0 is none.
func q850(b []byte) uint16 {
	if len(b) == 2 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) != 1 {
		return 0
	}
	return uint16(b[0] & 0x7F)
}

// mapError is what a local error of MAP (TS 29.002, 17.6.6) says in terms of Q.850,
// where it can be said.
func mapError(v uint64) (cause uint16, failure cdr.Outcome) {
	switch v {
	case 1: // unknownSubscriber
		return 1, cdr.Failed
	case 27: // absentSubscriber
		return 20, cdr.NoAnswer
	case 45: // busySubscriber
		return 17, cdr.Busy
	case 46: // noSubscriberReply
		return 19, cdr.NoAnswer
	}
	return 0, cdr.Failed
}
