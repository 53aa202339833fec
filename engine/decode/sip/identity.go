package sip

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Texts that stand for a value that the server could not write.
const (
	notUTF8     = "NON-UTF8"
	invalidJSON = "INVALID_JSON"
)

func unwritten(b []byte) bool { return string(b) == notUTF8 || string(b) == invalidJSON }

// party is where a party stands, nowhere if it is not told.
func (r *record) party(f field) cdr.Span {
	if unwritten(r.text(f)) {
		return cdr.Span{}
	}
	return r.at[f]
}

// identify sets what ties the line to others of its call, and what tells it from others.
func (r *record) identify(out *decode.Row, k kind, status uint16) (problem string) {
	id := r.text(callID)
	if len(id) == 0 || unwritten(id) {
		if k == kindCall || k == kindMessage {
			return ""
		}
		return decode.Reason("callid", id, "is none: nothing tells which call this is of")
	}
	if k == kindMessage {
		return "" // of several within one Call-ID the line tells
	}
	call := cdr.Mix(cdr.Hash(id))
	from, to := cdr.Mix(cdr.Hash(r.text(fromTag))), cdr.Mix(cdr.Hash(r.text(toTag)))
	out.Call = max(cdr.Mix(call+from+to), 1)
	switch k {
	case kindAnswer:
		out.Marks = cdr.Opens
	case kindEnd:
		out.Marks = cdr.Closes
	default:
		out.Marks = cdr.Opens | cdr.Closes
	}
	if k == kindAttempt {
		call = cdr.Mix(call + from) // the To tag may be missing in one of two logs
	} else {
		call = out.Call
	}
	out.ID = cdr.Mix(call + uint64(k)<<32 + uint64(status))
	return ""
}
