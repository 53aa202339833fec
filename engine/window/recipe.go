package window

import "slices"

// recipes are what legs change in a row of days. Which class comes next is not to be
// guessed, so it is the same for all of them, as far as it can be: a recipe adds to all
// counts, 0 to most, and to four words a quantity or nothing.
//
// A leg adds at most 1 to a count. So what some legs add is first added up in registers, in
// four bits for each count, and goes to the row when these are full or the legs at an end.
// The counts of word w of a row stand in word w/8 of those: the one in its lower half at bit
// w%8*4, the one in its upper half 32 bits higher.
type recipes struct {
	layout *Layout
	marks  []Field          // of the days that legs mark
	of     []int32          // by class: its recipe
	all    []recipe         // each is there once, however many classes share it
	known  map[string]int32 // by text of the ops that they are made of
	text   []byte
}

// recipe is what legs of some classes change. It is a line of the cache.
type recipe struct {
	counts [packedWords]uint64
	sums   [4]sum
	also   uint64 // a bit for each of recipes.marks that they set, and hasRest
	rest   span   // of the pool: steps that are none of these
	_      uint64
}

const (
	packedWords = 3
	packedHalf  = 8            // words of a row in one packed word
	packedMask  = 0xf<<32 | 15 // of one of them
	fullCounts  = 15           // legs

	maxMarks = 32
	hasRest  = 1 << 63
)

// sum adds a quantity to a word: which word, low half; which quantity; and, the sign, that it
// does at all.
type sum int32

const (
	sumOf   = 16
	sumAdds = -1 << 31
)

func sumTo(word uint16, of Quantity) sum { return sumAdds | sum(of)<<sumOf | sum(word) }

func (x sum) word() uint16 { return uint16(x) }

// of is what x adds for a leg with the quantities q.
func (x sum) of(q *Quantities) uint64 { return q[x>>sumOf&(sum(quantities)-1)] & uint64(x>>31) }

func newRecipes(l *Layout) recipes {
	x := recipes{layout: l}
	for i, m := range l.Measures {
		if m.Kind == Days && len(x.marks) < maxMarks {
			x.marks = append(x.marks, l.Fields[i])
		}
	}
	return x
}

func (x *recipes) forget() {
	x.of, x.all, x.known = x.of[:0], x.all[:0], map[string]int32{}
}

// add adds a class, whose legs do ops.
func (x *recipes) add(ops []Op, steps *pool) {
	x.text = appendOps(x.text[:0], ops)
	n, ok := x.known[string(x.text)]
	if !ok {
		n = int32(len(x.all))
		x.all = append(x.all, x.newRecipe(ops, steps))
		x.known[string(x.text)] = n
	}
	x.of = append(x.of, n)
}

func (x *recipes) newRecipe(ops []Op, steps *pool) (r recipe) {
	var rest []Op
	sums := 0
	for _, op := range ops {
		w := int(op.Word)
		mark := slices.Index(x.marks, Field{Word: w, Shift: op.Shift, Mask: 1<<32 - 1})
		switch {
		case op.Do == Add && w < min(x.layout.pairs, packedWords*packedHalf):
			r.counts[w/packedHalf] += 1 << (w%packedHalf*4 + int(op.Shift))
		case op.Do == Add && w >= x.layout.pairs && sums < len(r.sums):
			r.sums[sums] = sumTo(op.Word, op.Of)
			sums++
		case op.Do == Set && mark >= 0:
			r.also |= 1 << mark
		default:
			rest = append(rest, op)
		}
	}
	for ; sums < len(r.sums); sums++ {
		// Nothing is added here, and not to one word: a change of a word waits for the one before.
		r.sums[sums] = sum(min(sums, x.layout.Words-1))
	}
	if r.rest = steps.add(rest); r.rest.n > 0 {
		r.also |= hasRest
	}
	return r
}

// Fold changes row, which is of days, for some legs of the classes given.
func (p *Program) Fold(row []uint64, classes []int32, legs []Quantities) {
	if p.recipes.layout.Words == 0 {
		return // all measures are distinct ones
	}
	for len(classes) > fullCounts {
		p.fold(row, classes[:fullCounts], legs)
		classes, legs = classes[fullCounts:], legs[fullCounts:]
	}
	p.fold(row, classes, legs)
}

// fold is Fold for as many legs as packed counts can take. Sums are a loop of their own: for
// both in one there would not be registers enough.
func (p *Program) fold(row []uint64, classes []int32, legs []Quantities) {
	x := &p.recipes
	packed, also := x.count(classes)
	addPacked(row[:x.layout.pairs], packed)
	x.addSums(row, classes, legs)
	for i, f := range x.marks {
		row[f.Word] |= also >> i & 1 << f.Shift
	}
	if also&hasRest == 0 {
		return
	}
	for i, class := range classes {
		Apply(row, p.steps.of(x.all[x.of[class]].rest), &legs[i])
	}
}

// count adds up the packed counts of legs of the classes given, and collects what they also do.
func (x *recipes) count(classes []int32) (packed [packedWords]uint64, also uint64) {
	of, all := x.of, x.all
	var a, b, c uint64
	for _, class := range classes {
		r := &all[of[class]]
		a += r.counts[0]
		b += r.counts[1]
		c += r.counts[2]
		also |= r.also
	}
	return [packedWords]uint64{a, b, c}, also
}

// addPacked adds packed counts to the words of a row that they are of.
func addPacked(row []uint64, packed [packedWords]uint64) {
	for _, k := range packed {
		if len(row) < packedHalf {
			for w := range row {
				row[w] += k >> (w * 4) & packedMask
			}
			return
		}
		to := (*[packedHalf]uint64)(row)
		to[0] += k & packedMask
		to[1] += k >> 4 & packedMask
		to[2] += k >> 8 & packedMask
		to[3] += k >> 12 & packedMask
		to[4] += k >> 16 & packedMask
		to[5] += k >> 20 & packedMask
		to[6] += k >> 24 & packedMask
		to[7] += k >> 28 & packedMask
		row = row[packedHalf:]
	}
}

// addSums adds to row what legs of the classes given sum up.
func (x *recipes) addSums(row []uint64, classes []int32, legs []Quantities) {
	of, all := x.of, x.all
	legs = legs[:len(classes)]
	for i, class := range classes {
		sums, q := &all[of[class]].sums, &legs[i]
		a := sums[0]
		row[a.word()] += a.of(q)
		b := sums[1]
		row[b.word()] += b.of(q)
		c := sums[2]
		row[c.word()] += c.of(q)
		d := sums[3]
		row[d.word()] += d.of(q)
	}
}
