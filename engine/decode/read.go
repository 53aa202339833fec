package decode

import (
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Read sets the Values of r from its texts. The problem is a reason for
// rejection, "" when there is none.
func (r *Row) Read(clock *Clock) (problem string) {
	r.Reset()
	if problem = r.readTimes(clock); problem != "" {
		return problem
	}
	if problem = r.readKinds(); problem != "" {
		return problem
	}
	if r.Has&callColumns != 0 {
		if problem = r.readCall(); problem != "" {
			return problem
		}
	}
	if r.Has&servedColumns != 0 {
		return r.readServed()
	}
	return ""
}

func (r *Row) readTimes(clock *Clock) (problem string) {
	b := r.Text(StartTime)
	if len(b) == 0 {
		return "start_time: is missing"
	}
	if r.Start, r.Offset, problem = clock.Parse(b); problem != "" {
		return reason(StartTime, b, problem)
	}
	if b = r.Text(RingSeconds); len(b) > 0 {
		if r.RingMS, problem = Seconds(b); problem != "" {
			return reason(RingSeconds, b, problem)
		}
	}
	if b = r.Text(DurationSeconds); len(b) > 0 {
		if r.TalkMS, problem = Seconds(b); problem != "" {
			return reason(DurationSeconds, b, problem)
		}
	}
	return ""
}

// readKinds reads the columns that hold one of a few words. Only where there is
// no column for the disposition does a duration decide it.
func (r *Row) readKinds() string {
	var ok bool
	if b := r.Text(Service); len(b) > 0 {
		if r.Service, ok = readService(b); !ok {
			return reason(Service, b, "is not voice, sms, mms or data")
		}
	}
	if b := r.Text(DirectionColumn); len(b) > 0 {
		if r.Direction, ok = readDirection(b); !ok {
			return reason(DirectionColumn, b, "is not both, originating, terminating or none")
		}
	}
	if r.Has>>Disposition&1 == 0 {
		r.Outcome = cdr.NoAnswer
		if r.TalkMS > 0 {
			r.Outcome = cdr.Answered
		}
		return ""
	}
	if b := r.Text(Disposition); len(b) > 0 {
		if r.Outcome, ok = readOutcome(b); !ok {
			return reason(Disposition, b, "is not answered, no_answer, busy or failed")
		}
	}
	return ""
}

// callColumns are columns that many feeds do not have, about the call itself.
const callColumns = 1<<Cause | 1<<Charge | 1<<Forwarded | 1<<PartialSequence

func (r *Row) readCall() (problem string) {
	var ok bool
	if b := r.Text(Cause); len(b) > 0 {
		n, problem := integer(Cause, b, 1<<16-1)
		if problem != "" {
			return problem
		}
		r.Cause = uint16(n)
	}
	if b := r.Text(Charge); len(b) > 0 {
		if r.Charge, problem = Micros(b); problem != "" {
			return reason(Charge, b, problem)
		}
	}
	if b := r.Text(Forwarded); len(b) > 0 {
		if r.Forwarded, ok = readBool(b); !ok {
			return reason(Forwarded, b, "is not true or false")
		}
	}
	if b := r.Text(PartialSequence); len(b) > 0 {
		n, problem := integer(PartialSequence, b, 1<<32-1)
		r.Partial = uint32(n)
		return problem
	}
	return ""
}

// servedColumns are columns that many feeds do not have, about the served party.
const servedColumns = 1<<VisitedPLMN | 1<<RAT | 1<<UplinkBytes | 1<<DownlinkBytes

func (r *Row) readServed() (problem string) {
	var ok bool
	if b := r.Text(VisitedPLMN); len(b) > 0 && (len(b) != 5 && len(b) != 6 || digitsOf(b) != len(b)) {
		return reason(VisitedPLMN, b, "is not the 5 or 6 digits of a network")
	}
	if b := r.Text(RAT); len(b) > 0 {
		if r.RAT, ok = readRAT(b); !ok {
			return reason(RAT, b, "is not 2g, 3g, 4g, 5g or wifi")
		}
	}
	if b := r.Text(UplinkBytes); len(b) > 0 {
		n, problem := integer(UplinkBytes, b, MaxBytes)
		if problem != "" {
			return problem
		}
		r.Up = uint64(n)
	}
	if b := r.Text(DownlinkBytes); len(b) > 0 {
		n, problem := integer(DownlinkBytes, b, MaxBytes)
		r.Down = uint64(n)
		return problem
	}
	return ""
}

func integer(c Column, b []byte, most int64) (int64, string) {
	v, problem := Integer(b)
	if problem == "" && v > most {
		problem = outOfRange
	}
	if problem != "" {
		return 0, reason(c, b, problem)
	}
	return v, ""
}

func reason(c Column, value []byte, problem string) string { return Reason(c.String(), value, problem) }

// Reason says which value of a record is wrong and why, for [Writer.Reject]. name is
// what the format calls it. At most 64 bytes of the value are quoted.
func Reason(name string, value []byte, problem string) string {
	return name + ": " + Quote(value) + " " + problem
}

// Quote is the beginning of a value, at most 64 bytes of it, fit for a message.
func Quote(value []byte) string {
	if len(value) > 64 {
		return strconv.Quote(string(value[:64])) + "..."
	}
	return strconv.Quote(string(value))
}
