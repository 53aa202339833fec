package window

// Fact is a set of things that are true of a leg.
type Fact uint64

// What the engine itself tells of each leg.
const (
	Voice     Fact = 1 << iota // a voice leg, slices and forwarded legs included
	Message                    // sms or mms, no continuation slice
	Data                       // a data leg, slices included
	Out                        // originating: the subscriber is the calling party
	In                         // terminating
	Whole                      // not a continuation slice
	Forwarded                  // the leg of a forwarding party
	Call                       // V of the feature catalogue: voice, whole, not forwarded
	Answered                   // disposition, whatever the service
	NoAnswer                   //
	Busy                       //
	Failed                     //
	Known                      // K of the catalogue: Call, a known outcome, a source that reports attempts
	Served                     // the subscriber is the served party of the record
	Overlaps                   // an answered Call, answered before the release of an earlier-released one
	HasGap                     // a Call or Message that follows an earlier one; Gap is set
)

// What the aggregators tell.
const (
	RingKnown      Fact = 1 << (iota + 16)
	ShortTalk           // talk time <= 6 s
	UnderMinute         // talk time < 60 s
	Dropped             // a drop cause
	Weekday             // started on a working day
	Daytime             // 09:00:00 <= start < 17:00:00
	Nocturnal           // start before 07:00:00 or from 19:00:00
	Night               // hours 0-5
	Morning             // hours 6-11
	Afternoon           // hours 12-17
	Evening             // hours 18-23
	AreasKnown          // both parties' areas are known
	AreasDiffer         // and differ
	ToService           // originating voice, to a short code or toll-free number
	ToUnknown           // ... or one party's country unknown
	International       // ... or toll countries differ
	Local               // ... or same known area
	National            // ... or none of these
	Premium             // originating voice to a premium number
	Hot                 // the called party is on the hot list
	Care                // the called party is a customer care line
	OffService          // home_numbers are configured and the call is not to a service
	OnNet               // and the called party is on them
	HasPeer             // the other party can be a contact
	AreaKnown           // the called party's area is known
	CountryKnown        // the called party's country is known
	Roams               // served and in a network that is not its own
	HasCell             // served and the record has a cell
	HasRegion           //
	HasIMEI             //
	HasIMSI             //
	RAT4G               //
	RAT5G               //
	HighValue           // charge >= high_value_charge
	Diverted            // forwarded voice, not to voicemail
	DivertedAbroad      // and to another toll country
)

// When returns f where c holds, else no fact. It takes no branch: what legs have next is not
// to be guessed.
func (f Fact) When(c bool) Fact {
	var x Fact
	if c {
		x = f
	}
	return x
}

// Given returns f where all of g are true, else no fact.
func (f Fact) Given(all, g Fact) Fact { return f.When(all&g == g) }

// Cond is a condition over facts: all of All, none of None.
type Cond struct{ All, None Fact }

// Holds reports whether c holds for f.
func (c Cond) Holds(f Fact) bool { return f&(c.All|c.None) == c.All }

// If returns the condition that all of f are true.
func If(f Fact) Cond { return Cond{All: f} }

// Not returns c with none of f true.
func (c Cond) Not(f Fact) Cond { c.None |= f; return c }
