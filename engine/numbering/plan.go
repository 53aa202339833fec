package numbering

import (
	_ "embed"
	"encoding/binary"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
)

//go:embed plan.bin
var planFile string

// Plan tells country, area, class and configured lists of numbers. It is
// immutable: any number of goroutines may use it.
type Plan struct {
	nodes   []uint16 // rows of nodeRow
	leaves  []uint16 // rows of table.LeafRow
	answers []table.Answer
	leads   []Lead      // of each answer, and last one that says to ask
	fives   [][8]uint16 // of the first five digits, the leads of numbers of 8 to 15
	regions []table.Region
	head    [100000]uint16 // where the first five digits lead: nearly always to a leaf
	inner   uint16         // children below it are nodes, from there on leaves
	toll    [1024]cdr.Country
	names   map[cdr.Area]string // areas that were given by name
	marks   marks
	home    bool
}

const (
	nodeRow       = 16 // a power of two, table.NodeRow of it used
	maxDigits     = 16 // of a cdr.Number
	lookupShort   = 6  // digits up to which Lookup takes a number for a short code
	areaBits      = 22 // of a cdr.Area; the country is above
	namedArea     = 1 << 21
	codedAreaMask = namedArea - 1
)

// New loads the number plan and adds what is configured. An error names the
// entry that cannot be read.
func New(o Options) (*Plan, error) {
	t, err := table.Decode(planFile)
	if err != nil {
		return nil, err
	}
	p := &Plan{leaves: t.Leaves, answers: t.Answers, regions: t.Regions, home: len(o.Home) > 0}
	p.inner = uint16(len(t.Nodes) / table.NodeRow)
	p.nodes = make([]uint16, int(p.inner)*nodeRow)
	for i := range int(p.inner) {
		copy(p.nodes[i*nodeRow:], t.Nodes[i*table.NodeRow:(i+1)*table.NodeRow])
	}
	p.lead(0, 0, 5)
	for _, a := range t.Answers {
		p.leads = append(p.leads, leadOf(a))
	}
	p.leads = append(p.leads, Lead{Odd: OddAsk})
	p.lead8()
	p.toll = tollCountries()
	if p.marks, p.names, err = o.marks(); err != nil {
		return nil, err
	}
	return p, nil
}

// lead fills the head behind the digits before, which lead to at, for so many more.
func (p *Plan) lead(at uint16, before, more int) {
	if more == 0 {
		p.head[before] = at
		return
	}
	for digit := range 10 {
		p.lead(p.descend(at, digit), before*10+digit, more-1)
	}
}

// lead8 finds where five digits lead numbers of each length.
func (p *Plan) lead8() {
	p.fives = make([][8]uint16, len(p.head))
	for i, at := range p.head {
		for k := range p.fives[i] {
			p.fives[i][k] = uint16(len(p.leads) - 1)
			if at >= p.inner {
				p.fives[i][k] = p.leaves[int(at-p.inner)*table.LeafRow+8+k]
			}
		}
	}
}

// descend returns the child of at for a digit; a leaf is its own child.
func (p *Plan) descend(at uint16, digit int) uint16 {
	if at >= p.inner {
		return at
	}
	return p.nodes[int(at)*nodeRow+digit]
}

// Lookup returns the place of n. Up to six digits are a short code; names and
// IMSIs have no place.
func (p *Plan) Lookup(n cdr.Number) cdr.Place {
	if n.IsName() || n.IsIMSI() || n.Len() == 0 {
		return 0
	}
	if n.Len() <= lookupShort {
		return p.short(n)
	}
	count := n.Len()
	left := n.Value() * pow10[(maxDigits-count)&15] // the first digit is the highest of 16
	var digits [maxDigits]byte
	binary.LittleEndian.PutUint64(digits[:8], eightDigits(left/1e8)|asciiZeros)
	binary.LittleEndian.PutUint64(digits[8:], eightDigits(left%1e8)|asciiZeros)
	return p.Place(n, digits[:count])
}

// short is the place of a short code.
func (p *Plan) short(n cdr.Number) cdr.Place {
	if p.marks.empty() {
		return cdr.NewPlace(0, 0, cdr.ClassShortCode, 0)
	}
	return cdr.NewPlace(0, 0, cdr.ClassShortCode, p.marks.of(n).short())
}

// Place is Lookup of a number that is no short code; digits are its text.
func (p *Plan) Place(n cdr.Number, digits []byte) cdr.Place {
	a := p.answer(digits)
	place := cdr.NewPlace(cdr.Country(a.Country()), 0, cdr.Class(a.Class()), 0)
	if a.HasArea() {
		place |= cdr.Place(areaOf(a, digits))
	}
	if p.marks.empty() {
		return place
	}
	return marked(place, p.marks.of(n))
}

// Heads are numbers of 8 to 15 digits: of each the values of the first eight, the first
// one lowest, and in the high half of the lowest byte how many digits there are.
type Heads [64]uint64

// HeadOf is the head of a number of so many digits, of which text is the first eight.
func HeadOf(text uint64, digits int) uint64 { return text&0x0F0F0F0F0F0F0F0F | uint64(digits)<<4 }

// Places sets the places of those numbers of heads, the called or the calling ones of
// rows, that are in the set which, and takes those of the others. It returns the sets of
// those of no country and of those that must be asked for by [Plan.Lookup]. Heads of
// numbers that are not in the set may be of any others, or 0.
func (p *Plan) Places(rows *[64]cdr.Row, called bool, heads *Heads, which uint64) (unknown, slow uint64) {
	if !p.marks.empty() {
		return 0, which
	}
	var places [64]cdr.Place
	slow = p.areas(&places, heads)
	for k, place := range places { // to find the next one of the set takes longer than to look at each
		unknown |= (uint64(place.Country()) - 1) >> 63 << (k & 63)
		place &= -cdr.Place(which >> (k & 63) & 1)
		if called {
			rows[k].CalledPlace = place
		} else {
			rows[k].CallingPlace = place
		}
	}
	slow &= which
	return unknown & which &^ slow, slow
}

// areas finds the places of numbers, but for those that their heads do not tell.
func (p *Plan) areas(places *[64]cdr.Place, heads *Heads) (slow uint64) {
	for k, x := range heads {
		five := x&0x0F0F0F0F0F*10 + x&0xF0F0F0F0F>>8
		l := &p.leads[p.fives[five&0xFF*1000+five>>16&0xFF*10+x>>32&0xF][x>>4&7]]
		x &= 0x0F0F0F0F0F0F0F0F
		places[k] = l.Place + cdr.Place(eightBytes(x<<(l.Shift&63)&l.Mask))
		slow |= l.Odd / OddAsk << (k & 63)
	}
	return slow
}

// Leads are the tables that lead from the first five digits of a number of 8 to 15 to its
// place, for who does the same as [Plan.Places] another way.
type Leads struct {
	Fives   [][8]uint16 // by five digits, by how many digits there are above 8: one of Answers
	Answers []Lead
}

// Leads returns the tables; ok is false where the place of a number depends on more.
func (p *Plan) Leads() (l Leads, ok bool) {
	return Leads{Fives: p.fives, Answers: p.leads}, p.marks.empty()
}

// Lead is an answer, ready for numbers of which the first eight digits tell the area. To
// Place is added the number whose digits are the values of those eight, a byte each and
// the first one lowest, moved up by Shift bits, as far as they are in Mask.
type Lead struct {
	Place cdr.Place // with the area of a code of zeros
	Mask  uint64    // of the digits of the area code, moved up to end with the eighth
	Shift uint64
	Odd   uint64 // OddCountry, OddAsk
}

// What is odd about a lead.
const (
	OddCountry = 1 << iota // there is no country
	OddAsk                 // it takes more digits to tell: ask Lookup
)

func leadOf(a table.Answer) Lead {
	q := Lead{Place: cdr.NewPlace(cdr.Country(a.Country()), 0, cdr.Class(a.Class()), 0)}
	if a.Country() == 0 {
		q.Odd = OddCountry
	}
	from, length := a.Area()
	if length == 0 {
		return q
	}
	if from+length > 8 {
		q.Odd |= OddAsk
	}
	q.Place |= cdr.Place(a.Country()) << areaBits
	q.Place += cdr.Place(pow10[length])
	q.Shift, q.Mask = uint64(8*(8-from-length))&63, ^uint64(0)<<(64-8*length)
	return q
}

// eightBytes is the number whose digits are the bytes of x, the first one lowest.
func eightBytes(x uint64) uint64 {
	const lanes = 0x000000FF_000000FF
	x = x*10 + x>>8
	return (x&lanes*(100+1_000_000<<32) + x>>16&lanes*(1+10_000<<32)) >> 32
}

// marked is a place with what is configured.
func marked(place cdr.Place, m mark) cdr.Place {
	class, area := place.Class(), place.Area()
	if m.premium() {
		class = cdr.ClassPremium
	}
	if m.area() != 0 {
		area = m.area()
	}
	return cdr.NewPlace(place.Country(), area, class, m.lists())
}

// answer walks the trie: five digits at once, then one by one.
func (p *Plan) answer(digits []byte) table.Answer {
	if len(digits) < 5 {
		return p.walk(0, digits, 0)
	}
	x := binary.LittleEndian.Uint32(digits) & 0x0F0F0F0F
	x = x*10 + x>>8 // two pairs of digits
	at := p.head[x&0xFF*1000+x>>16&0xFF*10+uint32(digits[4]&15)]
	if at < p.inner {
		return p.walk(at, digits, 5)
	}
	return p.answers[p.leaves[int(at-p.inner)*table.LeafRow+len(digits)]]
}

// walk goes on from at with the digits from the i-th on.
func (p *Plan) walk(at uint16, digits []byte, i int) table.Answer {
	for ; at < p.inner; i++ {
		if i >= len(digits) {
			return p.answers[p.nodes[int(at)*nodeRow+table.End]]
		}
		at = p.nodes[int(at)*nodeRow+int(digits[i]&15)]
	}
	return p.answers[p.leaves[int(at-p.inner)*table.LeafRow+len(digits)]]
}

// areaOf is the area of the number written digits: the digits that answer a
// says are the area code, behind a leading 1, so that leading zeros count, below
// the country.
func areaOf(a table.Answer, digits []byte) cdr.Area {
	from, length := a.Area()
	if length == 0 {
		return 0
	}
	code := cdr.Area(1)
	for i := from; i < from+length; i++ {
		code *= 10
		if i < len(digits) {
			code += cdr.Area(digits[i] & 15)
		}
	}
	return cdr.Area(a.Country())<<areaBits | code
}

// HasHome reports whether home_numbers are configured.
func (p *Plan) HasHome() bool { return p.home }

// CountryName is the ISO region of c, the country code of a country of no region
// (881), or "" for an unknown country.
func (p *Plan) CountryName(c cdr.Country) string { return table.CountryName(int(c)) }

// AreaName is the text of an area for people: US/212, or the configured name.
func (p *Plan) AreaName(a cdr.Area) string {
	if a == 0 || a&namedArea != 0 {
		return p.names[a]
	}
	code := strconv.Itoa(int(a & codedAreaMask))
	return p.CountryName(cdr.Country(a>>areaBits)) + "/" + code[1:]
}

// Toll is the country that c shares its tolls with: a call within it is not
// international.
func (p *Plan) Toll(c cdr.Country) cdr.Country { return p.toll[c&1023] }

func tollCountries() (toll [1024]cdr.Country) {
	for c := range toll {
		toll[c] = cdr.Country(c)
	}
	for _, set := range [][]string{{"US", "PR", "VI", "GU", "MP", "AS"}, {"GB", "GG", "JE", "IM"}, {"NO", "SJ"}, {"FI", "AX"}, {"IT", "VA"}} {
		for _, name := range set {
			toll[table.CountryCode(name)] = cdr.Country(table.CountryCode(set[0]))
		}
	}
	return toll
}
