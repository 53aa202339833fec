package traffic

// message draws an SMS or MMS that t.a sends.
func (g *Generator) message(t *attempt, picture bool) {
	g.destination(t, false)
	if t.b.home && g.people.subs[t.b.index].traits.has(fixedLine) {
		g.elsewhere(t)
	}
	kind := SMS
	if picture {
		kind = MMS
	}
	g.delivery(t)
	t.remember = t.b.home && t.disposition == Answered && g.rand.in1000(450)
	r := g.blank(t, kind)
	if !t.b.home {
		r.TrunkOut = t.route(t.b.number)
	}
	if !t.b.home || g.config.SplitLegs {
		r.Direction = Originating
	}
	where := g.serve(&r, t, t.a.index)
	r.Charge = 0
	if t.disposition == Answered {
		r.Charge = g.people.subs[t.a.index].messageTariff(kind, t.class, where)
	}
	t.records = append(t.records, r)
	if t.b.home && g.config.SplitLegs && t.disposition == Answered {
		g.deliveryLeg(t, kind, g.rand.between(4, 60)*100)
	}
}

// messageIn draws a message from another network or from a service to t.a.
func (g *Generator) messageIn(t *attempt) {
	t.b = t.a
	t.a = g.caller(t.b.index, t)
	if g.rand.in1000(250) || t.a.number == 0 {
		t.a.number, t.class = Number(g.people.plan.news)|shortCode, service
	}
	g.delivery(t)
	g.deliveryLeg(t, SMS, 0)
}

func (g *Generator) delivery(t *attempt) {
	if t.disposition = Answered; g.rand.in1000(12) {
		t.disposition, t.cause = Failed, 27
	}
}

// deliveryLeg writes the record of the receiver of a message.
func (g *Generator) deliveryLeg(t *attempt, kind Service, delay int64) {
	r := g.blank(t, kind)
	r.Start += delay
	r.Direction = Terminating
	if !t.a.home {
		r.TrunkIn = t.route(t.a.number)
	}
	g.serve(&r, t, t.b.index)
	t.records = append(t.records, r)
}

// session draws a data session of t.a.
func (g *Generator) session(t *attempt) {
	r := g.blank(t, Data)
	r.Direction, r.Called = Originating, 0
	r.DurationMS = g.rand.draw(&sessionTenths) * 100
	r.Down = g.rand.draw(&sessionKB)<<10 + g.rand.between(0, 1023)
	where := g.serve(&r, t, t.a.index)
	if r.RAT == RAT2G {
		r.Down /= 20
	}
	r.Up = r.Down/g.rand.between(4, 24) + g.rand.between(200, 5000)
	g.slices(t, &r, func(int64) int64 {
		return g.people.subs[t.a.index].dataTariff(r.Up+r.Down, where)
	})
}
