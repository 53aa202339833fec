package traffic

// attempt is one use of the network while it is being drawn. Nothing of the
// population changes before it is known that its records can be taken.
type attempt struct {
	at    int64 // seizure, ms
	local int64 // the same on the wall clock
	day   int64 // local days since 1970

	a, b     who // the parties
	class    class
	country  *foreign // of an international call
	callBack bool     // a calls b back

	disposition Disposition
	cause       uint16
	ring, talk  int64  // ms
	remember    bool   // b may call a back
	insist      bool   // a may call b again
	actor       *actor // whose planted attempt it is, nil = an ordinary one

	records []Record
	copies  []copyOf
	cost    int64 // records and duplicates
}

// who is a party: a customer (known by index) or a number.
type who struct {
	number Number
	index  uint32
	home   bool
}

// class is what kind of destination a call goes to.
type class uint8

const (
	onNet class = iota
	offNet
	international
	service // a short code
	tollFree
	premium
)

// draw draws an attempt at an instant by or to somebody of a habit. The last
// resorts for a network whose users are all busy: ignoreBusy, then plain, an
// attempt of one record that ends at once.
func (g *Generator) draw(at int64, habit int, ignoreBusy, plain bool) *attempt {
	t := &g.attempt
	*t = attempt{at: at, local: g.clock.local(at), records: t.records[:0], copies: t.copies[:0]}
	t.day = t.local / msDay
	i := g.people.lotteries[habit].draw(g.rand)
	s := &g.people.subs[i]
	me := who{number: s.number, index: i, home: true}
	kind := g.rand.choose(habits[habit].kinds[:])
	if s.traits.has(fixedLine) && kind > kindCallIn {
		kind = kindCall
	}
	if plain {
		kind = kindCall
	}
	if (kind == kindCall || kind == kindCallIn) && s.busyTo > at && !ignoreBusy {
		return nil
	}
	t.a = me
	switch {
	case plain:
		g.elsewhere(t)
		t.disposition, t.cause = Failed, 34
		g.callRecords(t)
	case kind == kindCall:
		g.call(t)
	case kind == kindCallIn:
		g.callIn(t)
	case kind == kindMessage || kind == kindPicture:
		g.message(t, kind == kindPicture)
	case kind == kindMessageIn:
		g.messageIn(t)
	default:
		g.session(t)
	}
	if g.stage.silences(g.rand, t) {
		if t.callBack {
			s.next = 0
		}
		return nil
	}
	return t
}

// destination draws whom t.a calls or writes to.
func (g *Generator) destination(t *attempt, voice bool) {
	p, r := g.people, g.rand
	s := &p.subs[t.a.index]
	if s.next != 0 && r.in1000(600) {
		t.b, t.callBack = p.customer(s.next-1), true
		return
	}
	kinds := usualCalls
	switch {
	case voice && s.traits.has(migrant):
		kinds = migrantCalls
	case !voice:
		kinds = messages
	}
	switch t.class = class(r.choose(kinds)); t.class {
	case onNet:
		j, ok := p.contact(r, t.a.index)
		if !ok || r.in1000(30) { // somebody new
			j = uint32(r.below(uint64(len(p.subs))))
		}
		if t.b = p.customer(j); j == t.a.index {
			g.elsewhere(t)
		}
	case offNet:
		t.b.number = p.outsideContact(r, t.a.index)
	case international:
		t.country = p.someCountry(r, t.a.index)
		t.b.number = p.relative(r, t.a.index, t.country)
	case service:
		codes := [...]uint64{p.plan.voicemail, p.plan.voicemail, p.plan.voicemail, p.plan.care, p.plan.info}
		t.b.number = Number(codes[r.below(uint64(len(codes)))]) | shortCode
	case tollFree:
		t.b.number = p.line(r, p.plan.tollFree)
	case premium:
		t.b.number = p.line(r, p.plan.premium)
	}
}

// elsewhere makes another network the destination.
func (g *Generator) elsewhere(t *attempt) {
	t.class, t.callBack = offNet, false
	t.b = who{number: g.people.outsideContact(g.rand, t.a.index)}
}

// Shares of the classes, in thousandths, in their order.
var (
	usualCalls   = []uint16{788, 168, 6, 22, 13, 3}
	migrantCalls = []uint16{688, 140, 140, 18, 11, 3}
	messages     = []uint16{800, 185, 15}
)

func (p *population) customer(i uint32) who {
	return who{number: p.subs[i].number, index: i, home: true}
}

// someCountry draws the other end of an international call.
func (p *population) someCountry(r *random, i uint32) *foreign {
	if p.subs[i].traits.has(migrant) && r.in1000(900) {
		return p.homeland(i)
	}
	return &p.abroad[r.skewed(uint64(len(p.abroad)))]
}

// relative draws one of the people whom subscriber i knows in a country.
func (p *population) relative(r *random, i uint32, f *foreign) Number {
	first, size := series{f.prefix, f.free}.numbers("")
	return Number(first + mix(p.salt^(uint64(i)<<8+r.skewed(6)))%size)
}

// line draws one of the 200 lines of a range that are in use, some more than others.
func (p *population) line(r *random, s series) Number {
	first, size := s.numbers(p.plan.code)
	return Number(first + mix(p.salt^r.skewed(200))%size)
}
