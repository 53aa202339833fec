package window

import (
	"math/rand/v2"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// someMeasures looks at many facts, so that nearly every leg is a class of its
// own.
func someMeasures(r *rand.Rand) (kept, distinct []Measure) {
	fact := func() Fact { return 1 << r.IntN(52) }
	for i := range 60 {
		m := Measure{Name: string(rune('A' + i)), Kind: Kind(r.IntN(int(Distinct))), Of: Quantity(r.IntN(int(quantities)))}
		m.When = If(fact())
		switch r.IntN(3) {
		case 0:
			m.When.All |= fact()
		case 1:
			m.When.None |= fact() &^ m.When.All
		}
		kept = append(kept, m)
	}
	kept[0].When = Cond{} // of every leg
	for i := range 12 {
		m := Measure{Name: string(rune('a' + i)), Kind: Distinct, Item: 1 + Item(r.IntN(int(Items)-1)), Seen: 1 << r.IntN(4), When: If(fact()).Not(fact())}
		m.When.None &^= m.When.All
		distinct = append(distinct, m)
	}
	distinct = append(distinct, Measure{Name: "both", Kind: Distinct, Item: PeerItem, Both: Stamp0 | Stamp1})
	return kept, distinct
}

// naiveApply is what folding one leg means.
func naiveApply(l *Layout, row []uint64, f Fact, q *Quantities) {
	for i, m := range l.Measures {
		if f&m.When.All != m.When.All || f&m.When.None != 0 {
			continue
		}
		at := l.Fields[i]
		v := q[m.Of]
		switch m.Kind {
		case Count:
			row[at.Word] += 1 << at.Shift
		case Days:
			if at.Value(row) == 0 {
				row[at.Word] += 1 << at.Shift
			}
		case Sum:
			row[at.Word] += v
		case Max:
			if v > row[at.Word] {
				row[at.Word] = v
			}
		case Squares:
			row[at.Word] += v * v & (1<<32 - 1) // values below 2^32
			row[at.Word+1] += v * v >> 32
		}
	}
}

// Classes change rows as each measure's condition says, on more classes than a
// program remembers, so that it forgets and numbers them anew.
func TestProgram(t *testing.T) {
	const seed = 7
	r := rand.New(rand.NewPCG(seed, 1))
	kept, distinct := someMeasures(r)
	layouts := []Layout{NewLayout(kept), NewLayout(kept[10:25])}
	const days = 1
	p := NewProgram(layouts, days, distinct)
	legs, classes, sights, seen := new(Legs), new([MaxLegs]int32), new(Sights), map[Fact]bool{}
	forgot := 0
	for batch := range 2 * maxClasses * 4 / 3 / MaxLegs {
		legs.N = MaxLegs - batch%40 // the last places hold old legs
		for i := range legs.N {
			legs.Facts[i] = Fact(r.Uint64() & (1<<52 - 1))
			if i%4 == 3 {
				legs.Facts[i] = legs.Facts[r.IntN(i)]
			}
			for q := range quantities {
				legs.Quantities[i][q] = r.Uint64N(1 << 30)
			}
			legs.Quantities[i][One] = 1
			seen[legs.Facts[i]] = true
		}
		before := len(p.classes)
		p.Classify(legs, classes)
		if len(p.classes) < before {
			forgot++
		}
		checkFold(t, &layouts[1-days], legs, func(row []uint64, i int) { Apply(row, p.Steps(classes[i], 1-days), &legs.Quantities[i]) })
		checkFold(t, &layouts[days], legs, func(row []uint64, i int) { p.Fold(row, classes[i:i+1], legs.Quantities[i:i+1]) })
		p.Watch(legs, classes, sights)
		checkSights(t, sights, distinct, legs, r.IntN(legs.N))
		if t.Failed() {
			t.Fatalf("seed %d, batch %d", seed, batch)
		}
	}
	if len(seen) <= maxClasses || forgot == 0 {
		t.Errorf("%d classes, forgotten %d times: this does not try the forgetting", len(seen), forgot)
	}
}

func checkFold(t *testing.T, l *Layout, legs *Legs, fold func(row []uint64, i int)) {
	t.Helper()
	got, want := make([]uint64, l.Words), make([]uint64, l.Words)
	for i := range legs.N {
		fold(got, i)
		naiveApply(l, want, legs.Facts[i], &legs.Quantities[i])
		for w := range got {
			if got[w] != want[w] {
				t.Errorf("leg %d, word %d: %d, want %d", i, w, got[w], want[w])
				return
			}
		}
	}
}

// checkSights checks what each leg has seen, and that the legs up to some are together
// what they are alone.
func checkSights(t *testing.T, sights *Sights, distinct []Measure, legs *Legs, some int) {
	t.Helper()
	if n := len(sights.Of(0, some)) + len(sights.Of(some, legs.N)); n != len(sights.Of(0, legs.N)) {
		t.Errorf("%d sights, apart %d", len(sights.Of(0, legs.N)), n)
	}
	for i := range legs.N {
		var want [Items]Stamp
		for _, m := range distinct {
			if m.Seen != 0 && m.When.Holds(legs.Facts[i]) {
				want[m.Item] |= m.Seen
			}
		}
		var got [Items]Stamp
		for _, x := range sights.Of(i, i+1) {
			got[x.Set()] = x.Seen()
			if x.Leg() != i {
				t.Errorf("a sight of leg %d is said to be of %d", i, x.Leg())
			}
		}
		if got != want {
			t.Errorf("leg %d sets the stamps %04b, by set of items, want %04b", i, got, want)
			return
		}
	}
}

// A program tells which facts it looks at and which items a leg sees, and no others.
func TestProgramLooks(t *testing.T) {
	p := NewProgram([]Layout{NewLayout([]Measure{{Name: "a", When: If(Voice).Not(Busy)}})}, -1,
		[]Measure{{Name: "d", Kind: Distinct, Item: CellItem, Seen: Stamp0, When: If(HasCell)}, {Name: "b", Kind: Distinct, Item: PeerItem, Both: Stamp1}})
	for f, want := range map[Fact]bool{Voice: true, Busy: true, HasCell: true, Out: false, Overlaps: false} {
		if p.LooksAt(f) != want {
			t.Errorf("looks at %x: %v", uint64(f), !want)
		}
	}
	l, classes, sights := &Legs{N: 1}, new([MaxLegs]int32), new(Sights)
	l.Facts[0] = HasCell
	p.Classify(l, classes)
	p.Watch(l, classes, sights)
	if s := sights.Of(0, 1); len(s) != 1 || s[0].Set() != CellItem || s[0].Seen() != Stamp0 {
		t.Errorf("sees %v", s)
	}
}

// Folding allocates nothing once its classes are known.
func TestFoldAllocations(t *testing.T) {
	kept, distinct := someMeasures(rand.New(rand.NewPCG(3, 3)))
	layouts := []Layout{NewLayout(kept)}
	p := NewProgram(layouts, 0, distinct)
	legs, classes, sights := new(Legs), new([MaxLegs]int32), new(Sights)
	b := &cdr.Batch{}
	for i := range MaxLegs {
		b.Append(&cdr.Record{Calling: cdr.Number(i + 1), Called: 7, TalkMS: 1000, Flags: cdr.Originating.With(cdr.Voice, cdr.Answered, 0)})
	}
	row := make([]uint64, layouts[0].Words)
	if n := testing.AllocsPerRun(20, func() {
		legs.N = 0
		for i := range MaxLegs {
			legs.Add(&b.Rows[i], -Side(i&1))
		}
		p.Classify(legs, classes)
		p.Watch(legs, classes, sights)
		p.Fold(row, classes[:legs.N], legs.Quantities[:legs.N])
	}); n > 0 {
		t.Errorf("%v objects a batch", n)
	}
}

// Kinds keep their numbers for good and come to an end; classes begin anew.
func TestProgramKinds(t *testing.T) {
	const bits = 15 // twice as many kinds as there may be
	var kept []Measure
	for i := range bits {
		kept = append(kept, Measure{Name: string(rune('A' + i)), When: If(1 << i)})
	}
	p := NewProgram([]Layout{NewLayout(kept), NewLayout(kept[:1])}, 1, nil)
	l, classes := new(Legs), [MaxLegs]int32{}
	kindOf := map[Fact]int32{}
	many := 0
	for round := range 2 {
		for from := Fact(0); from < 1<<bits; from += MaxLegs {
			for l.N = 0; l.N < MaxLegs; l.N++ {
				l.Facts[l.N] = from + Fact(l.N)
			}
			p.Classify(l, &classes)
			for i, c := range classes {
				k := p.Kind(c)
				if known, ok := kindOf[l.Facts[i]]; ok && k != known {
					t.Fatalf("round %d: legs with the facts %x are of kind %d, were of %d", round, l.Facts[i], k, known)
				}
				if kindOf[l.Facts[i]] = k; k == TooMany {
					many++
				}
			}
		}
	}
	if kindOf[0] != NoKind || many != 2*(1<<bits-1-MaxKinds) {
		t.Errorf("legs without facts are of kind %d; %d legs are of too many kinds", kindOf[0], many)
	}
}
