package window

// Sight is what a leg sees of a set: which leg of its batch it is, the set, and the
// stamps that it sets.
type Sight uint32

const (
	sightLeg = 16
	sightSet = 8
)

// Leg returns the number of the leg in its batch.
func (s Sight) Leg() int { return int(s >> sightLeg) }

// Set returns the set.
func (s Sight) Set() Item { return Item(s >> sightSet) }

// Seen returns the stamps.
func (s Sight) Seen() Stamp { return Stamp(s) }

// Sights are what the legs of a batch see, one leg after the other: at most one of each
// set.
type Sights struct {
	all  [MaxLegs * int(Items)]Sight
	from [MaxLegs + 1]uint32 // where those of a leg begin
}

// Of returns what the legs between from and to see.
func (s *Sights) Of(from, to int) []Sight { return s.all[s.from[from]:s.from[to]] }

// classSights is what the legs of a class see: the first sights, which are all for nearly every
// class, and where the others stand.
type classSights struct {
	first [4]Sight
	n     uint32
	more  int32
}

// sees returns what legs with the facts f see.
func (p *Program) sees(f Fact) (x classSights) {
	x.more = int32(len(p.more))
	for set := range Items {
		s := Sight(0)
		for _, t := range p.touches[set] {
			if t.when.Holds(f) {
				s |= Sight(t.seen)
			}
		}
		if s == 0 {
			continue
		}
		s |= Sight(set) << sightSet
		if x.n < uint32(len(x.first)) {
			x.first[x.n] = s
		} else {
			p.more = append(p.more, s)
		}
		x.n++
	}
	return x
}

// Watch fills out with what the legs of l see, of the classes given. It does the same for
// all classes but rare ones: which comes next is not to be guessed.
func (p *Program) Watch(l *Legs, classes *[MaxLegs]int32, out *Sights) {
	at := uint32(0)
	for i, c := range classes[:l.N] {
		x, leg := &p.seen[c], Sight(i)<<sightLeg
		out.from[i] = at
		to := (*[len(x.first)]Sight)(out.all[at:])
		for k, s := range x.first {
			to[k] = s | leg
		}
		for k := len(x.first); k < int(x.n); k++ {
			out.all[int(at)+k] = p.more[int(x.more)+k-len(x.first)] | leg
		}
		at += x.n
	}
	out.from[l.N] = at
}
