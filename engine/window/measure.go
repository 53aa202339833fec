package window

// Kind says how the values of a measure combine.
type Kind uint8

// The kinds.
const (
	Count    Kind = iota // how many legs; 32 bits
	Sum                  // of a quantity; 64 bits
	Squares              // sum of the squares of a quantity; 96 bits
	Max                  // of a quantity
	Days                 // 1 in each pane that has such a leg: days, on a grid of days
	Distinct             // items seen
)

// Item names a set of things a subscriber has seen, each remembered with when
// it was last seen in up to four ways (its stamps).
type Item uint8

// The item sets.
const (
	NoItem      Item = iota
	PeerItem         // the other party's number
	AreaItem         // the called party's area
	CountryItem      // the called party's country
	VisitedItem      // the visited country (MCC)
	CellItem         // cell_id
	RegionItem       //
	IMEIItem         //
	IMSIItem         //
	Items            // how many there are
)

// Stamp is a set of the ways an item can have been seen.
type Stamp uint8

// The stamps of an item. What they mean belongs to the set: for peers any
// contact, a call to them, a call from them, a message to them.
const (
	Stamp0 Stamp = 1 << iota
	Stamp1
	Stamp2
	Stamp3
)

// Measure is what a window knows of a subscriber in one number. It is a
// condition over the facts of a leg and what to do with a leg for which it
// holds.
type Measure struct {
	Name string
	Kind Kind
	When Cond
	Of   Quantity // Sum, Squares, Max
	Item Item     // Distinct: the set
	Seen Stamp    // Distinct: which stamp such a leg sets ...
	Both Stamp    // ... or, with no Seen, which stamps an item must all have within the window to count
}

// Aggregator is one family of measures.
type Aggregator interface {
	// Measures lists the measures of the family.
	Measures() []Measure
	// Mark adds the facts that the family's measures need to each leg of l; those
	// that are not l.Wanted it may leave out. It is called once per batch, by one
	// goroutine per instance, and not at all where none is wanted.
	Mark(l *Legs)
	// Tells returns all facts that Mark may add.
	Tells() Fact
}
