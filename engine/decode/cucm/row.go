package cucm

import (
	"bytes"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// splitCause is the cause of a call that a feature split.
const (
	splitCause = 393216
	maxQ850    = 127 // causes above it are Cisco's
)

// record is the fields of one row that are read.
type record struct {
	base []byte
	at   [fields]cdr.Span
}

func (r *record) text(f field) []byte { return r.at[f].Of(r.base) }

// split cuts line into fields. Where one holds doubled quotes, the fields point into a
// copy of the line at the end of text.
func (r *record) split(columns []field, line []byte, text *[]byte) (problem string) {
	*r = record{base: line}
	copied := false
	count := 0
	for at := 0; at <= len(line); count++ {
		cell, next, problem := nextCell(line, at)
		if problem != "" {
			return problem
		}
		at = next
		if count >= len(columns) || columns[count] == unused {
			continue
		}
		if cell.Doubled {
			if !copied {
				mark := len(*text)
				*text = append(*text, line...)
				r.base, copied = (*text)[mark:], true
			}
			cell.End = cell.Off + decode.Undouble(r.base[cell.Off:cell.End])
		}
		r.at[columns[count]] = cdr.Span{Off: uint32(cell.Off), Len: uint32(cell.End - cell.Off)}
	}
	if count != len(columns) {
		return fmt.Sprintf("%d fields, where the row of names has %d", count, len(columns))
	}
	return ""
}

// nextCell is decode.NextCell, faster for the cells that most are: short, without
// spaces in front or quotes inside.
func nextCell(line []byte, from int) (c decode.Cell, next int, problem string) {
	i, closing := from, byte(',')
	if i < len(line) && line[i] == '"' {
		i, closing = i+1, '"'
	}
	start := i
	for i < len(line) && line[i] != closing && line[i] != '"' {
		i++
	}
	switch {
	case closing == '"' && i < len(line) && (i+1 == len(line) || line[i+1] == ','):
		return decode.Cell{Off: start, End: i}, i + 2, ""
	case closing == ',' && (i == len(line) || line[i] == ',') && (i == start || line[start] != ' '):
		return decode.Cell{Off: start, End: i}, i + 1, ""
	}
	return decode.NextCell(line, from, ',')
}

// again tells a row of names or types in the middle of a file: several were put
// together.
func (r *record) again() bool {
	b := r.text(recordType)
	return len(b) > 2 && (bytes.EqualFold(b, []byte("cdrRecordType")) || bytes.EqualFold(b, []byte("INTEGER")))
}

// kind is what the record is of: 1 is the end of a call, 2 its quality, 0 its start,
// which nobody writes any more.
func (r *record) kind() int {
	switch b := r.text(recordType); {
	case len(b) == 1 && b[0] == '2':
		return typeQuality
	case len(b) == 1 && b[0] == '0':
		return typeOther
	}
	return typeCall
}

// row reads the fields into out, which then points into r.base.
func (r *record) row(out *decode.Row) (problem string) {
	out.Base, out.At = r.base, [decode.Columns]cdr.Span{}
	out.Reset()
	if problem = r.times(out); problem != "" {
		return problem
	}
	if problem = r.cause(out); problem != "" {
		return problem
	}
	out.Direction = decode.Both
	out.At[decode.CallingNumber] = r.party(calling, callingURI)
	out.At[decode.CalledNumber] = r.party(finalCalled, originalCalled, outpulsedCalled, finalCalledURI, originalCalledURI)
	out.At[decode.TrunkIn], out.At[decode.TrunkOut] = r.at[origDevice], r.at[destDevice]
	out.At[decode.RecordID] = r.at[pkid]
	out.Trim()
	r.identify(out)
	return ""
}

// times reads when the call began, was answered and ended.
func (r *record) times(out *decode.Row) (problem string) {
	began, problem := r.seconds("dateTimeOrigination", origination)
	if problem != "" {
		return problem
	}
	answered, problem := r.seconds("dateTimeConnect", connect)
	if problem != "" {
		return problem
	}
	ended, problem := r.seconds("dateTimeDisconnect", disconnect)
	if problem != "" {
		return problem
	}
	switch {
	case began != 0:
	case answered != 0:
		began = answered
	case ended != 0:
		began = ended
	default:
		return "dateTimeOrigination: is 0, and so are dateTimeConnect and dateTimeDisconnect"
	}
	out.Start = cdr.Millis(began)
	if answered == 0 {
		out.RingMS = milliseconds(ended - began)
		return ""
	}
	out.Outcome = cdr.Answered
	out.RingMS = milliseconds(answered - began)
	out.TalkMS = milliseconds(ended - answered)
	if b := r.text(duration); len(b) > 0 {
		if out.TalkMS, problem = decode.Seconds(b); problem != "" {
			return decode.Reason("duration", b, problem)
		}
	}
	return ""
}

// seconds reads an epoch time, 0 where there is none, as milliseconds.
func (r *record) seconds(name string, f field) (ms int64, problem string) {
	b := r.text(f)
	if len(b) == 0 {
		return 0, ""
	}
	s, problem := decode.Integer(b)
	if problem == "" && s > maxEpoch {
		problem = "is not a possible time"
	}
	if problem != "" {
		return 0, decode.Reason(name, b, problem)
	}
	return s * 1000, ""
}

const maxEpoch = decode.LastMilli / 1000

// milliseconds is a stretch of time, 0 where a clock went back.
func milliseconds(d int64) uint32 { return uint32(min(max(d, 0), decode.MaxSeconds*1000)) }

// cause reads why the call ended: the cause of the side that released.
func (r *record) cause(out *decode.Row) (problem string) {
	orig, problem := r.causeOf("origCause_value", origCause)
	if problem != "" {
		return problem
	}
	dest, problem := r.causeOf("destCause_value", destCause)
	if problem != "" {
		return problem
	}
	cause := orig
	if orig == 0 || orig == splitCause && dest != 0 {
		cause = dest
	}
	if cause <= maxQ850 {
		out.Cause = uint16(cause)
	}
	if orig == splitCause || dest == splitCause {
		out.Marks, out.Partial = cdr.Split, 1 // what came of the attempt is told by another record
	} else if out.Outcome != cdr.Answered {
		out.Outcome = decode.OutcomeOfQ850(out.Cause)
	}
	return ""
}

func (r *record) causeOf(name string, f field) (cause int64, problem string) {
	b := r.text(f)
	if len(b) == 0 {
		return 0, ""
	}
	if cause, problem = decode.Integer(b); problem != "" {
		return 0, decode.Reason(name, b, problem)
	}
	return cause, ""
}

// party is where the first of the fields stands that is not blank. An address without a
// scheme ends before its host.
func (r *record) party(candidates ...field) cdr.Span {
	for _, f := range candidates {
		text := r.text(f)
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		at := r.at[f]
		if host := bytes.IndexByte(text, '@'); host > 0 && bytes.IndexByte(text[:host], ':') < 0 {
			at.Len = uint32(host)
		}
		return at
	}
	return cdr.Span{}
}

// identify sets what tells the record from others, and what ties it to its call.
func (r *record) identify(out *decode.Row) {
	if id := r.text(pkid); len(id) > 0 {
		out.ID = cdr.Mix(cdr.Hash(id))
	}
	if len(r.text(callID)) == 0 {
		out.Marks = 0
		return
	}
	call := cdr.Mix(cdr.Hash(r.text(callID)))
	call = cdr.Mix(call + cdr.Hash(r.text(nodeID)))
	call = cdr.Mix(call + cdr.Hash(r.text(clusterID)))
	out.Call = max(call, 1)
	out.Marks |= cdr.Piece
}
