package window

import (
	"fmt"
	"math/bits"
	"slices"
)

// Program is the measures of a layout and the item sets, compiled for folding:
// for each class of legs (the same facts, as far as any measure looks) the list
// of words to change and of stamps to set. There are some hundreds of classes
// in practice; each is compiled when its first leg arrives.
type Program struct {
	layouts []Layout
	days    int // the layout that is of days, -1 none
	touches [Items][]touch
	looks   Fact // all facts that any condition looks at

	keys    []Fact // open addressing: a class's facts, shifted left and marked
	ids     []int32
	classes []class
	ops     []Op
	recipes recipes       // by class: what it does to a day
	seen    []classSights // by class
	more    []Sight       // see classSights
	times   int           // classes were numbered

	kinds   []kind
	kindIDs map[string]int32 // by what it does
}

// Op is one change of a row: add Quantities[Of] << Shift to a word.
type Op struct {
	Word  uint16
	Shift uint8
	Do    Action
	Of    Quantity
}

// Action says how an Op changes a word.
type Action uint8

// The actions.
const (
	Add    Action = iota // word += q << shift
	Square               // words += q * q
	Raise                // word = max(word, q)
	Set                  // the count in the word becomes 1
)

type touch struct {
	when Cond
	seen Stamp
}

type class struct {
	ops  [maxGrids][2]int32 // where each layout's ops begin and end
	kind int32
}

// kind is classes that change the rows of all grids of exact panes alike. Kinds are
// numbered for good.
type kind struct {
	ops   [maxGrids][]Op
	reads []Quantity // that the ops add, One excepted
}

const (
	maxGrids   = MaxGrids
	maxClasses = 1 << 14
)

// NewProgram compiles nothing yet; layouts are those of the grids, in order,
// distinct the distinct measures of all windows.
func NewProgram(layouts []Layout, days int, distinct []Measure) *Program {
	p := &Program{layouts: layouts, days: days, kindIDs: map[string]int32{"": NoKind}}
	if days >= 0 {
		p.recipes.words, p.recipes.all = layouts[days].pairs, layouts[days].Words
	}
	for _, l := range layouts {
		for _, m := range l.Measures {
			p.looks |= m.When.All | m.When.None
		}
	}
	for _, m := range distinct {
		if m.Seen != 0 {
			p.touches[m.Item] = append(p.touches[m.Item], touch{m.When, m.Seen})
			p.looks |= m.When.All | m.When.None
		}
	}
	p.forget()
	return p
}

func (p *Program) forget() {
	p.keys, p.ids = make([]Fact, 2*maxClasses), make([]int32, 2*maxClasses)
	p.classes, p.ops, p.seen, p.more = p.classes[:0], p.ops[:0], p.seen[:0], p.more[:0]
	p.recipes.forget()
	p.times++
}

// Numbering changes whenever classes are numbered anew.
func (p *Program) Numbering() int { return p.times }

// LooksAt reports whether any measure looks at f.
func (p *Program) LooksAt(f Fact) bool { return p.looks&f != 0 }

// Looks returns the facts that some measure looks at.
func (p *Program) Looks() Fact { return p.looks }

// Classify fills out with the class of each leg of l. Classes are numbered anew
// whenever there are too many of them, so out is good until the next call.
func (p *Program) Classify(l *Legs, out *[MaxLegs]int32) {
	if len(p.classes) > maxClasses-MaxLegs {
		p.forget()
	}
	for i, f := range l.Facts[:l.N] {
		out[i] = p.class(f & p.looks)
	}
}

// known marks a taken place of the table: Fact uses 52 bits.
const known Fact = 1 << 63

func (p *Program) class(f Fact) int32 {
	hi, lo := bits.Mul64(uint64(f)^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	mask := uint64(len(p.keys) - 1)
	for at := (hi ^ lo) & mask; ; at = (at + 1) & mask {
		switch p.keys[at] {
		case f | known:
			return p.ids[at]
		case 0:
			id := p.compile(f)
			p.keys[at], p.ids[at] = f|known, id
			return id
		}
	}
}

func (p *Program) compile(f Fact) int32 {
	var c class
	for g := range p.layouts {
		c.ops[g][0] = int32(len(p.ops))
		for i, m := range p.layouts[g].Measures {
			if m.When.Holds(f) {
				p.ops = append(p.ops, opOf(m, p.layouts[g].Fields[i]))
			}
		}
		c.ops[g][1] = int32(len(p.ops))
	}
	if p.days >= 0 {
		p.recipes.add(p.ops[c.ops[p.days][0]:c.ops[p.days][1]])
	}
	p.seen = append(p.seen, p.sees(f))
	c.kind = p.kindOf(&c)
	p.classes = append(p.classes, c)
	return int32(len(p.classes) - 1)
}

// Kinds that are no numbers.
const (
	NoKind   = int32(-1) // of the legs that change nothing in panes of exact length
	TooMany  = int32(-2) // of those that are of a new kind when there are MaxKinds
	MaxKinds = 1 << 14   // there are some hundreds in practice
)

// kindOf finds or makes the kind of a class.
func (p *Program) kindOf(c *class) int32 {
	var k kind
	var text []byte
	for g := range p.layouts {
		if g == p.days {
			continue
		}
		k.ops[g] = slices.Clone(p.ops[c.ops[g][0]:c.ops[g][1]])
		for _, op := range k.ops[g] {
			text = fmt.Appendf(text, "%d %v,", g, op)
			if op.Of != One && !slices.Contains(k.reads, op.Of) {
				k.reads = append(k.reads, op.Of)
			}
		}
	}
	id, ok := p.kindIDs[string(text)]
	switch {
	case !ok && len(p.kinds) == MaxKinds:
		return TooMany
	case !ok:
		id = int32(len(p.kinds))
		p.kinds, p.kindIDs[string(text)] = append(p.kinds, k), id
	}
	return id
}

// Kind returns the kind of class c, or NoKind or TooMany. Unlike classes, kinds keep
// their numbers, so there is an end to them.
func (p *Program) Kind(c int32) int32 { return p.classes[c].kind }

// KindOps returns what a leg of kind k changes in a row of grid g, which is not of
// days.
func (p *Program) KindOps(k int32, g int) []Op { return p.kinds[k].ops[g] }

// Reads returns the quantities that the ops of kind k look at, One excepted.
func (p *Program) Reads(k int32) []Quantity { return p.kinds[k].reads }

func opOf(m Measure, f Field) Op {
	op := Op{Word: uint16(f.Word), Shift: f.Shift, Of: m.Of}
	switch m.Kind {
	case Count:
		op.Of = One
	case Days:
		op.Do = Set
	case Squares:
		op.Do = Square
	case Max:
		op.Do = Raise
	}
	return op
}

// Ops returns what a leg of class c changes in a row of grid g.
func (p *Program) Ops(c int32, g int) []Op {
	r := &p.classes[c].ops[g]
	return p.ops[r[0]:r[1]]
}

// Fold adds a leg of class c with the quantities q to the row of a day.
func (p *Program) Fold(row []uint64, c int32, q *Quantities) { p.recipes.fold(row, c, q) }

// Apply changes row as ops say, for a leg with the quantities q.
func Apply(row []uint64, ops []Op, q *Quantities) {
	for _, op := range ops {
		v := q[op.Of&(quantities-1)]
		switch op.Do {
		case Add:
			row[op.Word] += v << op.Shift
		case Square:
			hi, lo := bits.Mul64(v, v)
			row[op.Word] += lo & (1<<32 - 1)
			row[op.Word+1] += lo >> 32
			row[op.Word+2] += hi
		case Raise:
			row[op.Word] = max(row[op.Word], v)
		case Set:
			row[op.Word] |= 1 << op.Shift
		}
	}
}
