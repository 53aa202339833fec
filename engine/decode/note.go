package decode

// Note is something odd about a record that counts all the same. Operators want to
// know how often it happens: it tells of a new release of a switch, a clock, a
// configuration.
type Note uint8

// The notes.
const (
	UnknownTag    Note = iota // an element, column or member that no known release of the format has
	UnknownValue              // a value of an enumeration that no known release has
	ZeroAnswer                // answered, and no time was talked
	LongCall                  // more than 24 hours
	UnknownNumber             // a number of no known country
	AmbiguousTime             // a local time that the end of summer time makes come twice
	OddClock                  // the record contradicts the configured time zone
	OpenCall                  // a call of which the end never came, or an end without a call
	Notes                     // how many there are
)

var noteNames = [Notes]string{
	"unknown_tags", "unknown_values", "zero_second_answers", "calls_over_24h", "unknown_numbers",
	"ambiguous_times", "odd_clocks", "open_calls",
}

// String is the note's name in the summary and in metrics.
func (n Note) String() string { return noteNames[n] }

// Claims is what a file tells of itself: in its header, or in a trailer behind its
// records.
type Claims struct {
	Has      Claim  `json:"has"`
	Records  int64  `json:"records,omitempty"`  // how many there are
	Sequence int64  `json:"sequence,omitempty"` // number of the file among those of its switch
	Lost     int64  `json:"lost,omitempty"`     // records that the switch could not write, at least
	TalkMS   int64  `json:"talk_ms,omitempty"`  // sum of the durations
	Charge   int64  `json:"charge,omitempty"`   // sum of the charges, micro-units
	Switch   string `json:"switch,omitempty"`   // who numbers the files; empty: the name of the file has to tell
}

// Claim is a set of the fields of Claims.
type Claim uint8

// The claims.
const (
	ClaimRecords Claim = 1 << iota
	ClaimSequence
	ClaimLost
	ClaimTalk
	ClaimCharge
)

// Merge takes over what o claims.
func (c *Claims) Merge(o Claims) {
	if o.Has&ClaimRecords != 0 {
		c.Records = o.Records
	}
	if o.Has&ClaimSequence != 0 {
		c.Sequence = o.Sequence
	}
	if o.Has&ClaimLost != 0 {
		c.Lost = o.Lost
	}
	if o.Has&ClaimTalk != 0 {
		c.TalkMS = o.TalkMS
	}
	if o.Has&ClaimCharge != 0 {
		c.Charge = o.Charge
	}
	if o.Switch != "" {
		c.Switch = o.Switch
	}
	c.Has |= o.Has
}

// Claimer is a decoder of a format whose files begin with claims.
type Claimer interface {
	Claims(l Layout) Claims
}

// maxTypes is how many types of records a format may tell apart.
const maxTypes = 32

// Typed is a decoder of a format with several types of records.
type Typed interface {
	// Types are the names of the types, at most 32: Tally.Types counts them in this order.
	Types() []string
}
