package cdr

// Flags holds what a record says in a few bits each: service, legs, outcome,
// radio technology and marks.
type Flags uint32

// Service is the kind of usage.
type Service uint8

// The services.
const (
	Voice Service = iota
	SMS
	MMS
	Data
)

// Outcome is how an attempt ended. OutcomeUnknown is none of the four.
type Outcome uint8

// The outcomes (SPEC: disposition).
const (
	OutcomeUnknown Outcome = iota
	Answered
	NoAnswer
	Busy
	Failed
)

// RAT is the radio technology.
type RAT uint8

// The radio technologies.
const (
	RATUnknown RAT = iota
	RAT2G
	RAT3G
	RAT4G
	RAT5G
	RATWiFi
)

const (
	serviceShift = 0 // 2 bits
	outcomeShift = 2 // 3 bits
	ratShift     = 5 // 3 bits
)

// The marks.
const (
	Originating      Flags = 1 << (iota + 8) // carries the leg of the calling party
	Terminating                              // carries the leg of the called party
	ServedCalled                             // the called party is the served one, else the calling party
	Forwarded                                // the leg of a forwarding party
	Slice                                    // a continuation slice of a long call
	AttemptsReported                         // the source reports unanswered attempts too
	Roams                                    // the served party is in a network that is not its own
	ServedHome                               // the served party's IMSI is of a home network
	DropCause                                // the cause is one of the configured drop causes

	Piece  // one record of a call that may leave several: a continuation slice once the call was Split
	Split  // the call goes on in another record
	Opens  // the answer of a call, whose end is another record: its outcome is unknown until then
	Closes // the end of a call. With Opens: all of a call of which there may be copies
)

// Joined are the marks of records that belong together with others of the same
// Batch.Call, which is not 0. Package order takes them off: behind it every record
// stands for itself.
const Joined = Piece | Split | Opens | Closes

// With returns f with its service, outcome and radio technology set.
func (f Flags) With(s Service, o Outcome, r RAT) Flags {
	return f&^(1<<8-1) | Flags(s)<<serviceShift | Flags(o)<<outcomeShift | Flags(r)<<ratShift
}

// Service returns the service.
func (f Flags) Service() Service { return Service(f >> serviceShift & 3) }

// Outcome returns the outcome.
func (f Flags) Outcome() Outcome { return Outcome(f >> outcomeShift & 7) }

// RAT returns the radio technology.
func (f Flags) RAT() RAT { return RAT(f >> ratShift & 7) }

// Has reports whether all marks of m are set.
func (f Flags) Has(m Flags) bool { return f&m == m }
