package window

import "fmt"

// Field is where the value of a measure stands in a row.
type Field struct {
	Word  int
	Shift uint8 // counts stand two to a word
	Mask  uint64
}

// Layout says where each measure of a grid stands in its rows.
type Layout struct {
	Measures []Measure // without the distinct ones
	Fields   []Field   // of each measure; Squares take three words, 32 bits in each of the lower two
	Words    int       // length of a row
	Maxima   []int     // words that hold a maximum: they do not add
	isMax    []bool    // by word
	pairs    int       // words 0..pairs-1 hold two counts each
}

// NewLayout lays out the measures that are kept per pane; distinct ones are not.
// Counts come first, two to a word, in the order given.
func NewLayout(measures []Measure) Layout {
	var l Layout
	half := 0
	place := func(m Measure, f Field) {
		l.Measures = append(l.Measures, m)
		l.Fields = append(l.Fields, f)
	}
	for _, m := range measures {
		if m.Kind == Count || m.Kind == Days {
			place(m, Field{Word: half / 2, Shift: uint8(half%2) * 32, Mask: 1<<32 - 1})
			half++
		}
	}
	l.pairs = (half + 1) / 2
	l.Words = l.pairs
	for _, m := range measures {
		switch m.Kind {
		case Sum, Max:
			place(m, Field{Word: l.Words, Mask: ^uint64(0)})
			if m.Kind == Max {
				l.Maxima = append(l.Maxima, l.Words)
			}
			l.Words++
		case Squares:
			place(m, Field{Word: l.Words, Mask: ^uint64(0)})
			l.Words += 3
		}
	}
	l.isMax = make([]bool, l.Words)
	for _, w := range l.Maxima {
		l.isMax[w] = true
	}
	return l
}

// Index returns the number of the measure called name.
func (l *Layout) Index(name string) (int, bool) {
	for i := range l.Measures {
		if l.Measures[i].Name == name {
			return i, true
		}
	}
	return 0, false
}

// Value returns field f of row. Of squares it is the lowest 64 bits, see [SquaresAt].
func (f Field) Value(row []uint64) uint64 { return row[f.Word] >> f.Shift & f.Mask }

// SquaresAt returns the sum of squares at word w of row as 128 bits.
func SquaresAt(row []uint64, w int) (hi, lo uint64) {
	lo = row[w]
	mid := row[w+1]
	hi = row[w+2]
	sum := lo + mid<<32
	if sum < lo {
		hi++
	}
	return hi + mid>>32, sum
}

// String lists the layout, for people.
func (l *Layout) String() string {
	s := ""
	for i, m := range l.Measures {
		s += fmt.Sprintf("%3d.%-2d %s\n", l.Fields[i].Word, l.Fields[i].Shift, m.Name)
	}
	return s
}
