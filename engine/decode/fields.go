package decode

import (
	"fmt"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Fields is a record of a text format under the names of the specification: the
// text of each column it has. It is reused from record to record: only Has
// need be right, At counts for columns in Has alone.
type Fields struct {
	Base []byte            // what At points into
	Has  uint32            // bit c set: the record has column c, empty or not
	At   [Columns]cdr.Span // text of each column in Base, unescaped
}

// Text is the text of column c without surrounding spaces; empty when the
// record lacks the column.
func (f *Fields) Text(c Column) []byte {
	if f.Has>>c&1 == 0 {
		return nil
	}
	s := f.At[c]
	b := f.Base[s.Off : s.Off+s.Len]
	if len(b) > 0 && (b[0] <= ' ' || b[len(b)-1] <= ' ') {
		return trim(b)
	}
	return b
}

// Row reads the fields into r, which then points into Base. The problem is a
// reason for rejection, "" when there is none.
func (f *Fields) Row(r *Row, clock *Clock) (problem string) {
	r.Reset()
	r.RecordID = f.Text(RecordID)
	r.Calling, r.Called = f.Text(CallingNumber), f.Text(CalledNumber)
	r.IMSI, r.IMEI, r.CellID = f.Text(IMSI), f.Text(IMEI), f.Text(CellID)
	r.TrunkIn, r.TrunkOut = f.Text(TrunkIn), f.Text(TrunkOut)
	if problem = f.times(r, clock); problem != "" {
		return problem
	}
	if problem = f.kinds(r); problem != "" {
		return problem
	}
	if f.Has&rareColumns != 0 {
		return f.rare(r)
	}
	return ""
}

func (f *Fields) times(r *Row, clock *Clock) (problem string) {
	b := f.Text(StartTime)
	if len(b) == 0 {
		return "start_time: is missing"
	}
	if r.Start, r.Offset, problem = clock.Parse(b); problem != "" {
		return reason(StartTime, b, problem)
	}
	if b = f.Text(RingSeconds); len(b) > 0 {
		if r.RingMS, problem = Seconds(b); problem != "" {
			return reason(RingSeconds, b, problem)
		}
	}
	if b = f.Text(DurationSeconds); len(b) > 0 {
		if r.TalkMS, problem = Seconds(b); problem != "" {
			return reason(DurationSeconds, b, problem)
		}
	}
	return ""
}

// kinds reads the columns that hold one of a few words. Only where there is no
// column for the disposition does a duration decide it.
func (f *Fields) kinds(r *Row) string {
	var ok bool
	if b := f.Text(Service); len(b) > 0 {
		if r.Service, ok = word(b, serviceExactly); !ok {
			return reason(Service, b, "is not voice, sms, mms or data")
		}
	}
	if b := f.Text(DirectionColumn); len(b) > 0 {
		if r.Direction, ok = word(b, directionExactly); !ok {
			return reason(DirectionColumn, b, "is not both, originating, terminating or none")
		}
	}
	if f.Has>>Disposition&1 == 0 {
		r.Outcome = cdr.NoAnswer
		if r.TalkMS > 0 {
			r.Outcome = cdr.Answered
		}
		return ""
	}
	b := f.Text(Disposition)
	if r.Outcome, ok = word(b, outcomeExactly); !ok {
		return reason(Disposition, b, "is not answered, no_answer, busy or failed")
	}
	return ""
}

const rareColumns = 1<<Cause | 1<<VisitedPLMN | 1<<RAT | 1<<UplinkBytes | 1<<DownlinkBytes |
	1<<Charge | 1<<Forwarded | 1<<PartialSequence

// rare reads the columns that many feeds do not have.
func (f *Fields) rare(r *Row) (problem string) {
	var ok bool
	var n int64
	if n, problem = f.integer(Cause, 1<<16-1); problem != "" {
		return problem
	}
	r.Cause = uint16(n)
	if b := f.Text(VisitedPLMN); len(b) > 0 {
		if len(b) != 5 && len(b) != 6 || digitsOf(b) != len(b) {
			return reason(VisitedPLMN, b, "is not the 5 or 6 digits of a network")
		}
		r.VisitedPLMN = b
	}
	if b := f.Text(RAT); len(b) > 0 {
		if r.RAT, ok = word(b, ratExactly); !ok {
			return reason(RAT, b, "is not 2g, 3g, 4g, 5g or wifi")
		}
	}
	if n, problem = f.integer(UplinkBytes, 1<<63-1); problem != "" {
		return problem
	}
	r.Up = uint64(n)
	if n, problem = f.integer(DownlinkBytes, 1<<63-1); problem != "" {
		return problem
	}
	r.Down = uint64(n)
	if b := f.Text(Charge); len(b) > 0 {
		if r.Charge, problem = Micros(b); problem != "" {
			return reason(Charge, b, problem)
		}
	}
	if b := f.Text(Forwarded); len(b) > 0 {
		if r.Forwarded, ok = word(b, boolExactly); !ok {
			return reason(Forwarded, b, "is not true or false")
		}
	}
	n, problem = f.integer(PartialSequence, 1<<32-1)
	r.Partial = uint32(n)
	return problem
}

func (f *Fields) integer(c Column, most int64) (int64, string) {
	b := f.Text(c)
	if len(b) == 0 {
		return 0, ""
	}
	v, problem := Integer(b)
	if problem == "" && v > most {
		problem = outOfRange
	}
	if problem != "" {
		return 0, reason(c, b, problem)
	}
	return v, ""
}

// reason says which value of a record is wrong and why. At most 64 bytes of the
// value are quoted.
func reason(c Column, value []byte, problem string) string {
	return fmt.Sprintf("%s: %s %s", c, Quote(value), problem)
}

// Quote is the beginning of a value, at most 64 bytes of it, fit for a message.
func Quote(value []byte) string {
	if len(value) > 64 {
		return strconv.Quote(string(value[:64])) + "..."
	}
	return strconv.Quote(string(value))
}
