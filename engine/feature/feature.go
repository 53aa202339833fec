package feature

import "github.com/cdrstream/cdrstream/engine/window"

// Scope says for which windows a feature exists.
type Scope uint8

// The scopes.
const (
	EachWindow  Scope = iota
	DayWindows        // windows of local days
	LongWindows       // windows of several local days
	NoWindow          // one column, no suffix
	Fixed             // a column that every row has; it needs no computing
)

// Feature is one entry of the catalogue.
type Feature struct {
	Name    string
	Unit    string // calls, seconds, ratio, bytes, days ...
	Formula string // for people, in the words of the catalogue
	Type    Type
	Core    bool // written by default, for the windows of days
	Scope   Scope
	Calc    Calc
}

// Family is an aggregator and the features over its measures (they may read
// measures of other families too, by name).
type Family interface {
	window.Aggregator
	// Name is the family's name, the folder it lives in.
	Name() string
	Features() []Feature
}

// Calc is a shape of formula. A term is measure names joined by + and -, each
// with spaces around it: "calls_out + calls_in".
type Calc interface {
	// terms returns all terms of the formula.
	terms() []string
	// bind returns the closure that computes the column, given where the
	// measures of its window and their sums stand in a tile.
	bind(b *binder) compute
}

// compute appends the values of t's rows to out.
type compute func(t *Tile, out *Column)

// binder finds the columns of a tile for one window.
type binder struct {
	column func(window int, measure string) int
	sum    func(window int, term string) int
	window int
	days   int // of the window, 0 unless it is of days
	week   int // the windows 7d and 30d, for trends
	month  int
}

// term is the column of a term.
func (b *binder) term(text string) int { return b.termOf(text, b.window) }

func (b *binder) termOf(text string, window int) int {
	if names, minus := measuresOf(text); len(names) == 1 && !minus[0] {
		return b.column(window, names[0])
	}
	return b.sum(window, text)
}

// Total is the sum of a term.
type Total struct{ Of string }

// Scaled is a sum divided by a constant: milliseconds as seconds, micro-units as
// currency. Type float64.
type Scaled struct {
	Of string
	By float64
}

// Ratio is Of / Over, divided by By if that is not 0; null when Over is 0.
type Ratio struct {
	Of, Over string
	By       float64
}

// Peak is the measure Of (a Max) divided by By; null when the count Over is 0.
type Peak struct {
	Of, Over string
	By       float64
}

// Deviation is the population standard deviation, divided by By, of values with
// the sum Of, the sum of squares Squares and the count Over; null when Over is
// 0. It is computed from exact integers: sqrt(S2/n - (S/n)^2).
type Deviation struct {
	Of, Squares, Over string
	By                float64
}

// PerDay is a sum divided by the days of the window.
type PerDay struct{ Of string }

// Trend is (x over 7d / 7) / ((x over 30d - x over 7d) / 23); null while the
// subscriber is known for less than 30 days, or when the divisor is 0.
type Trend struct{ Of string }

// Age is a count of days from the row itself.
type Age struct{ Of AgeColumn }

// AgeColumn names the ages a tile holds.
type AgeColumn uint8

// The ages, in whole local days to the local date of window_end - 1 ms.
const (
	Tenure        AgeColumn = iota // since the first leg
	SinceActivity                  // since the last leg
	SinceOutgoing                  // since the last originating leg
	SinceIMSI                      // since the last change of a known IMSI
	Ages
)

// NoAge stands for an age that does not exist.
const NoAge = int64(-1 << 63)
