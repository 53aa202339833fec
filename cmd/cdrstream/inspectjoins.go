package main

import (
	"bytes"
	"maps"
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
)

// joined is what inspect remembers of calls that are told in several records. A run
// joins them over all files, in the order of time; here it is those of one file, in its
// order.
type joined struct {
	splits  map[uint64]uint32 // how many pieces of a call there were
	answers map[uint64]*answer
	ended   map[uint64]bool
}

// answer is one that waits for its end.
type answer struct {
	at    source.Position
	line  []byte
	batch cdr.Batch
	row   decode.Row
}

// maxJoined is how many calls are remembered; after that each record is shown for itself.
const maxJoined = 1 << 18

func newJoined() joined {
	return joined{splits: map[uint64]uint32{}, answers: map[uint64]*answer{}, ended: map[uint64]bool{}}
}

const (
	noEnd    = "the answer of a call whose end is not in this file: replay waits for it"
	noEndYet = "the answer of a call whose end is not among the records that --limit lets be read"
	noAnswer = "the end of a call whose answer is not in this file: replay may have it from another"
	isCopy   = "a copy: the call has an answer, or is over"
)

// join sees a record that belongs together with others. It returns the record to show,
// or why there is none to show now; both are empty for an answer that has to wait.
func (j *joined) join(b *cdr.Batch, row *decode.Row, at source.Position, line []byte) (_ *cdr.Batch, _ *decode.Row, why string) {
	call, full := b.Call[0], len(j.splits)+len(j.answers)+len(j.ended) >= maxJoined
	switch b.Rows[0].Flags & cdr.Joined {
	case cdr.Piece, cdr.Piece | cdr.Split:
		if n := j.splits[call]; n > 0 || b.Rows[0].Flags.Has(cdr.Split) && !full {
			j.splits[call], row.Partial = n+1, n+1
		}
	case cdr.Opens:
		if j.answers[call] != nil || j.ended[call] {
			return nil, nil, isCopy
		}
		if full {
			return nil, nil, noEnd
		}
		a := &answer{at: at, line: bytes.Clone(line), row: *row}
		a.batch.AppendRow(b, 0)
		a.row.Base = bytes.Clone(row.Base)
		j.answers[call] = a
		return nil, nil, ""
	case cdr.Closes:
		return j.end(b, call, full)
	default:
		if j.answers[call] != nil || j.ended[call] {
			return nil, nil, isCopy
		}
		j.ended[call] = !full
	}
	return b, row, ""
}

// end makes a record of an answer and its end.
func (j *joined) end(b *cdr.Batch, call uint64, full bool) (_ *cdr.Batch, _ *decode.Row, why string) {
	a := j.answers[call]
	switch {
	case a == nil && j.ended[call]:
		return nil, nil, isCopy
	case a == nil:
		return nil, nil, noAnswer
	}
	delete(j.answers, call)
	if !full {
		j.ended[call] = true
	}
	answered := a.batch.Rows[0].Start
	if ring := a.batch.Rows[0].RingMS; ring != cdr.RingUnknown {
		answered += cdr.Millis(ring)
	}
	a.batch.Rows[0].TalkMS = uint32(min(max(b.Rows[0].Start-answered, 0), math.MaxUint32))
	a.batch.Rows[0].Release = b.Rows[0].Release
	f := a.batch.Rows[0].Flags
	a.batch.Rows[0].Flags = f.With(f.Service(), cdr.Answered, f.RAT())
	return &a.batch, &a.row, ""
}

// open returns the answers that still wait, in the order of the file.
func (j *joined) open() []*answer {
	return slices.SortedFunc(maps.Values(j.answers), func(a, b *answer) int { return int(a.at.Line - b.at.Line) })
}
