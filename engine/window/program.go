package window

import (
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

	table   []entry // open addressing; a power of two
	classes []class
	changes [maxGrids][]span // by class: its steps, but for days
	recipes recipes          // of days
	ofKind  []int32          // by class
	ops     []Op
	steps   pool
	seen    []classSights // by class
	more    []Sight       // see classSights
	times   int           // classes were numbered

	kinds   []kind
	kindIDs map[string]int32 // by what it does: see appendOps
	text    []byte
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

// entry is a class in the table, found by its facts. Every leg looks one up, so the table
// is no larger than it has to be.
type entry struct {
	facts Fact // marked; 0: none
	id    int32
}

type class struct {
	ops [maxGrids][2]int32 // where each layout's ops begin and end
}

// kind is classes that change the rows of all grids of exact panes alike. Kinds are
// numbered for good.
type kind struct {
	steps [maxGrids][]Step
	reads []Quantity // that the ops add, One excepted
}

const (
	maxGrids   = MaxGrids
	maxClasses = 1 << 14
	fewClasses = 1 << 9
)

// NewProgram compiles nothing yet; layouts are those of the grids, in order,
// distinct the distinct measures of all windows.
func NewProgram(layouts []Layout, days int, distinct []Measure) *Program {
	p := &Program{layouts: layouts, days: days, kindIDs: map[string]int32{"": NoKind}}
	if days >= 0 {
		p.recipes = newRecipes(&layouts[days])
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
	p.table = make([]entry, fewClasses)
	p.classes, p.ops, p.seen, p.more, p.ofKind = p.classes[:0], p.ops[:0], p.seen[:0], p.more[:0], p.ofKind[:0]
	for g := range p.changes {
		p.changes[g] = p.changes[g][:0]
	}
	p.steps = pool{known: map[string]span{}}
	p.recipes.forget()
	p.times++
}

// Numbering changes whenever classes are numbered anew.
func (p *Program) Numbering() int { return p.times }

// Classes is how many classes there are. They are numbered from 0.
func (p *Program) Classes() int32 { return int32(len(p.classes)) }

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
	mask := uint64(len(p.table) - 1)
	for at := home(f); ; at++ {
		e := &p.table[at&mask]
		switch e.facts {
		case f | known:
			return e.id
		case 0:
			*e = entry{f | known, p.compile(f)}
			id := e.id
			if 2*len(p.classes) > len(p.table) {
				p.widen()
			}
			return id
		}
	}
}

func home(f Fact) uint64 {
	hi, lo := bits.Mul64(uint64(f&^known)^0x9e3779b97f4a7c15, 0xd6e8feb86659fd93)
	return hi ^ lo
}

// widen doubles the table.
func (p *Program) widen() {
	old := p.table
	p.table = make([]entry, 2*len(old))
	mask := uint64(len(p.table) - 1)
	for _, e := range old {
		if e.facts == 0 {
			continue
		}
		at := home(e.facts)
		for p.table[at&mask].facts != 0 {
			at++
		}
		p.table[at&mask] = e
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
	for g := range p.layouts {
		if ops := p.ops[c.ops[g][0]:c.ops[g][1]]; g == p.days {
			p.recipes.add(ops, &p.steps)
		} else {
			p.changes[g] = append(p.changes[g], p.steps.add(ops))
		}
	}
	p.seen = append(p.seen, p.sees(f))
	p.classes, p.ofKind = append(p.classes, c), append(p.ofKind, p.kindOf(&c))
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
	p.text = p.text[:0]
	for g := range p.layouts {
		if ops := p.ops[c.ops[g][0]:c.ops[g][1]]; g != p.days && len(ops) > 0 {
			p.text = appendOps(append(p.text, byte(g), byte(len(ops)), byte(len(ops)>>8)), ops)
		}
	}
	id, ok := p.kindIDs[string(p.text)]
	switch {
	case !ok && len(p.kinds) == MaxKinds:
		return TooMany
	case !ok:
		id = int32(len(p.kinds))
		p.kinds, p.kindIDs[string(p.text)] = append(p.kinds, p.newKind(c)), id
	}
	return id
}

// newKind makes the kind of a class.
func (p *Program) newKind(c *class) (k kind) {
	for g := range p.layouts {
		if g == p.days {
			continue
		}
		ops := p.ops[c.ops[g][0]:c.ops[g][1]]
		k.steps[g] = stepsOf(ops)
		for _, op := range ops {
			if op.Of != One && !slices.Contains(k.reads, op.Of) {
				k.reads = append(k.reads, op.Of)
			}
		}
	}
	return k
}

// Kind returns the kind of class c, or NoKind or TooMany. Unlike classes, kinds keep
// their numbers, so there is an end to them.
func (p *Program) Kind(c int32) int32 { return p.ofKind[c] }

// KindOf is what Kind returns, by class. It belongs to the program.
func (p *Program) KindOf() []int32 { return p.ofKind }

// Kinds is how many kinds there are, MaxKinds at most. They are numbered from 0.
func (p *Program) Kinds() int32 { return int32(len(p.kinds)) }

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

// Ops returns what a leg of class c changes in a row of grid g, measure by measure.
func (p *Program) Ops(c int32, g int) []Op {
	r := &p.classes[c].ops[g]
	return p.ops[r[0]:r[1]]
}
