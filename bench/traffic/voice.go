package traffic

// call draws an outgoing call of t.a.
func (g *Generator) call(t *attempt) {
	g.destination(t, true)
	if t.b.home && g.people.subs[t.b.index].busyTo > t.at {
		g.engaged(t)
	} else {
		g.outcome(t)
	}
	if t.b.home && (t.disposition == NoAnswer || t.disposition == Busy) {
		if g.people.subs[t.b.index].traits.has(forwarder) && g.rand.in1000(500) {
			g.forward(t)
			return
		}
	}
	g.callRecords(t)
}

// callIn draws a call from another network to t.a, who becomes the called party.
func (g *Generator) callIn(t *attempt) {
	t.b = t.a
	t.a = g.caller(t.b.index, t)
	g.outcome(t)
	g.callRecords(t)
}

// caller draws who calls or writes to subscriber i from outside.
func (g *Generator) caller(i uint32, t *attempt) who {
	p, r := g.people, g.rand
	far := uint64(12)
	if p.subs[i].traits.has(migrant) {
		far = 200
	}
	switch {
	case r.in1000(far):
		t.class, t.country = international, p.someCountry(r, i)
		return who{number: p.relative(r, i, t.country)}
	case r.in1000(20): // withheld
		t.class = offNet
		return who{}
	}
	t.class = offNet
	return who{number: p.outsideContact(r, i)}
}

// Shares of the dispositions in thousandths, by day and by night.
var (
	byDay     = []uint16{706, 208, 38, 48}
	byNight   = []uint16{520, 372, 36, 72}
	toService = []uint16{965, 15, 5, 15}
)

// outcome draws how a call ends, and with which cause and times.
func (g *Generator) outcome(t *attempt) {
	r := g.rand
	shares := byDay
	switch hour := t.local % msDay / (60 * msMinute); {
	case t.class == service || t.class == tollFree || t.class == premium:
		shares = toService
	case hour < 7 || hour >= 23:
		shares = byNight
	}
	t.disposition = Disposition(r.choose(shares))
	switch t.disposition {
	case Answered:
		t.cause = answeredCause(r)
		t.ring, t.talk = g.ringing(t), g.talking(t)
	case NoAnswer:
		g.unanswered(t)
	case Busy:
		t.cause, t.ring = 17, r.between(3, 30)*100
		t.insist = r.in1000(600)
	case Failed:
		t.cause, t.ring = failedCauses[r.skewed(uint64(len(failedCauses)))], r.between(0, 40)*100
	}
}

// engaged is the outcome of a call to somebody who talks to somebody else.
func (g *Generator) engaged(t *attempt) {
	switch t.disposition = Disposition(g.rand.choose([]uint16{30, 220, 750, 0})); t.disposition {
	case Answered: // call waiting
		t.cause, t.ring, t.talk = answeredCause(g.rand), g.ringing(t), g.talking(t)
	case NoAnswer:
		g.unanswered(t)
	default:
		t.cause, t.ring = 17, g.rand.between(3, 30)*100
		t.insist = g.rand.in1000(600)
	}
}

func (g *Generator) ringing(t *attempt) int64 {
	if t.class == service || t.class == tollFree || t.class == premium {
		return g.rand.between(5, 35) * 100
	}
	return g.rand.draw(&ringTenths) * 100
}

// talking is the conversation time: calls abroad are longer, those to machines shorter.
func (g *Generator) talking(t *attempt) int64 {
	ms := g.rand.draw(&talkTenths) * 100
	switch t.class {
	case international:
		return ms * 2
	case service:
		return ms/2/100*100 + 100
	}
	return ms
}

// answeredCause is 16 (normal clearing), 31, or that of a dropped call.
func answeredCause(r *random) uint16 {
	switch x := r.below(1000); {
	case x < 7:
		return droppedCauses[x]
	case x < 30:
		return 31
	}
	return 16
}

var (
	droppedCauses = [7]uint16{27, 38, 41, 41, 47, 102, 111}
	failedCauses  = [8]uint16{34, 1, 38, 27, 41, 28, 42, 3}
)

// unanswered is a call that rings out, that the caller gives up, that is
// declined, or whose called party cannot be reached.
func (g *Generator) unanswered(t *attempt) {
	r := g.rand
	switch x := r.below(1000); {
	case x < 470:
		t.cause, t.ring = 16, r.draw(&abandonTenths)*100
	case x < 760:
		t.cause, t.ring = 19, [...]int64{25_000, 30_000, 30_000, 45_000}[r.below(4)]+r.between(0, 9)*100
	case x < 870:
		t.cause, t.ring = 20, r.between(10, 60)*100
	case x < 930:
		t.cause, t.ring = 18, r.between(80, 150)*100
	default:
		t.cause, t.ring = 21, r.draw(&ringTenths)*50/100*100
	}
	t.remember, t.insist = r.in1000(550), r.in1000(250)
}

// forward turns an unanswered call into one that is answered elsewhere, by the
// mailbox or another phone; the forwarding party has a leg of its own for it.
func (g *Generator) forward(t *attempt) {
	p, r := g.people, g.rand
	before := t.ring
	t.disposition, t.cause, t.insist = Answered, answeredCause(r), false
	t.ring += r.between(10, 80) * 100
	t.talk = g.talking(t)
	g.callRecords(t)

	s := &p.subs[t.b.index]
	f := g.blank(t, Voice)
	f.ID = g.lastID + 2
	f.Start, f.RingMS, f.DurationMS = t.at+before, t.ring-before, t.talk
	f.Direction, f.Forwarded = Originating, true
	f.Calling, f.Called = s.number, Number(p.plan.voicemail)|shortCode
	f.Cause, f.Charge = t.cause, 0
	if r.in1000(400) {
		f.Called = p.outsideContact(r, t.b.index)
		f.TrunkOut = trunk(f.Called)
		f.Charge = s.tariff(offNet, nil, nil, t.talk)
	}
	if !s.traits.has(fixedLine) {
		f.IMSI = p.imsi(t.b.index, t.day)
	}
	t.records = append(t.records, f)
}
