package window

import "fmt"

// Field is where the value of a measure stands in a row.
type Field struct {
	Word  int
	Shift uint8 // counts stand two to a word
	Mask  uint64
}

// Layout says where each measure of a grid stands in its rows: counts first, two to a
// word, then what takes words of its own. Those that are brief stand at both ends.
type Layout struct {
	Measures []Measure // without the distinct ones
	Fields   []Field   // of each measure; Squares take three words, 32 bits in each of the lower two
	Words    int       // length of a row
	Lasting  Extent    // the words of those that are not brief
	Maxima   []int     // words that hold a maximum: they do not add
	isMax    []bool    // by word
	pairs    int       // words 0..pairs-1 hold one or two counts each
	given    []Measure // what it was made of
}

// Extent is words of a row, from one to before another.
type Extent struct{ From, To int }

// Len is how many words there are.
func (x Extent) Len() int { return x.To - x.From }

// Of returns these words of a row.
func (x Extent) Of(row []uint64) []uint64 { return row[x.From:x.To] }

// NewLayout lays out the measures that are kept per pane; distinct ones are not, and none is
// brief. They keep the order given, counts before others.
func NewLayout(measures []Measure) Layout {
	return NewDayLayout(measures, func(Measure) bool { return false })
}

// NewDayLayout is NewLayout where some counts and sums are brief: no window sums up several
// panes of them.
func NewDayLayout(measures []Measure, brief func(Measure) bool) (l Layout) {
	l.given = measures
	half := l.placeCounts(measures, 0, brief)
	half += half & 1
	l.Lasting.From = half / 2
	half = l.placeCounts(measures, half, func(m Measure) bool { return !brief(m) })
	l.pairs = (half + 1) / 2
	l.Words = l.pairs
	lasts := func(m Measure) bool { return m.Kind != Sum || !brief(m) }
	l.placeWords(measures, lasts)
	l.Lasting.To = l.Words
	l.placeWords(measures, func(m Measure) bool { return !lasts(m) })
	l.isMax = make([]bool, l.Words)
	for _, w := range l.Maxima {
		l.isMax[w] = true
	}
	return l
}

// placeCounts gives those of some counts that are wanted their places from one half of a word
// on, and returns the first half behind them.
func (l *Layout) placeCounts(some []Measure, half int, want func(Measure) bool) int {
	for _, m := range some {
		if (m.Kind == Count || m.Kind == Days) && want(m) {
			l.place(m, Field{Word: half / 2, Shift: uint8(half%2) * 32, Mask: 1<<32 - 1})
			half++
		}
	}
	return half
}

// placeWords gives those of some measures that are wanted, and take whole words, their places.
func (l *Layout) placeWords(some []Measure, want func(Measure) bool) {
	for _, m := range some {
		words := map[Kind]int{Sum: 1, Max: 1, Squares: 3}[m.Kind]
		if words == 0 || !want(m) {
			continue
		}
		if m.Kind == Max {
			l.Maxima = append(l.Maxima, l.Words)
		}
		l.place(m, Field{Word: l.Words, Mask: ^uint64(0)})
		l.Words += words
	}
}

func (l *Layout) place(m Measure, f Field) {
	l.Measures = append(l.Measures, m)
	l.Fields = append(l.Fields, f)
}

// WithoutBrief is the layout of the same measures if none of them is brief.
func (l *Layout) WithoutBrief() Layout { return NewLayout(l.given) }

// OfLasting is the layout of the lasting words alone: what is packed or added up of a row
// that is closed.
func (l *Layout) OfLasting() (x Layout) {
	x.Words, x.pairs = l.Lasting.Len(), max(0, l.pairs-l.Lasting.From)
	x.Lasting.To, x.isMax = x.Words, make([]bool, x.Words)
	for i, f := range l.Fields {
		if l.Lasting.From <= f.Word && f.Word < l.Lasting.To {
			f.Word -= l.Lasting.From
			x.place(l.Measures[i], f)
		}
	}
	for _, w := range l.Maxima {
		x.Maxima = append(x.Maxima, w-l.Lasting.From)
		x.isMax[w-l.Lasting.From] = true
	}
	return x
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
