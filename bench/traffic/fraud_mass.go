package traffic

// Frauds and nuisances that live on numbers of calls or messages.

// playWangiri: one ring and off, to make people call back. Three in five come
// from abroad or from numbers that only look so, through the international
// gateway; the rest from a SIM card of this network. Storms of hours, hundreds
// to thousands of people each (Prasad et al., "Who's Calling?", USENIX Security
// 2020; FCC on one-ring scams: ring once or twice, often at night). A few call
// back.
func playWangiri(k *casting, a *actor) {
	r := k.r
	country := k.hot(1)[0]
	if a.me = (who{number: a.line(country, 0)}); k.chance(400) {
		a.me = k.ownLine(a)
		a.disguises = []disguise{{span: always, imeis: k.phones(1), cells: k.spots(1, 1), stays: true}}
	}
	failed, answered := uint16(r.between(15, 80)), uint16(r.between(8, 30))
	m := &manner{shares: []uint16{answered, 970 - failed - answered, 30, failed}, talk: seconds(1, 2, 6),
		ring: spread{1200, r.between(2000, 3400), 6000}}
	calls, back := 1000*r.between(300, 2500), uint64(r.between(5, 35))
	for day, n := k.begin(5), r.between(1, 4); n > 0; day, n = day+1, n-1 {
		from := k.day(day) + r.between(0, 20)*msHour
		length := r.between(2, 6) * msHour
		a.acts = append(a.acts, act{span: span{from, min(from+length, k.run.to)}, daily: uint64(calls * 24 * msHour / length), weekend: 100, parallel: true, do: func(g *Generator, a *actor, t *attempt) {
			g.oneRing(a, t, country, m, back)
		}})
	}
	premium := &manner{shares: []uint16{950, 20, 0, 30}, talk: seconds(8, 45, 600)}
	a.answer = func(g *Generator, a *actor, t *attempt) {
		if t.to(a.me); !a.me.home {
			t.toAbroad(country, a.me.number)
		}
		g.place(t, premium)
	}
}

// ownLine finds a mobile line that does nothing else.
func (k *casting) ownLine(a *actor) who {
	i, ok := k.find(&scenario{who: anyMobile})
	if !ok {
		return a.me
	}
	a.only()
	return k.people.customer(i)
}

// oneRing is a call of a to somebody. What comes from abroad is in the gateway's
// record, which is the leg of both.
func (g *Generator) oneRing(a *actor, t *attempt, country *foreign, m *manner, back uint64) {
	t.a = a.me
	if a.me.home {
		t.to(g.anybody(t, 600))
		g.place(t, m)
	} else {
		t.b, t.class, t.country = g.anybody(t, 1000), international, country
		g.place(t, m)
		t.atGateway(g)
	}
	g.callBack(a, t, back)
}

// atGateway makes the record of a call from abroad that of the international
// gateway, which carries both legs but no cell and no device.
func (t *attempt) atGateway(g *Generator) {
	if len(t.records) == 0 {
		return
	}
	leg := t.records[0]
	leg.IMEI, leg.IMSI, leg.RAT, leg.Cell, leg.Visited, leg.Charge = 0, 0, RATNone, Cell{}, 0, -1
	if g.config.SplitLegs {
		leg.Direction = Originating
		t.records = append(t.records, leg)
		return
	}
	leg.Direction = Both
	t.records = append(t.records[:0], leg)
}

// playRobocall: a dialler plays a recording to whoever answers; most hang up
// within seconds, some listen, mailboxes take it all. Weeks of some hundred to
// some thousand calls a day in working hours, hardly a number twice (Prasad et
// al., USENIX Security 2020).
func playRobocall(k *casting, a *actor) {
	r := k.r
	a.only()
	from := k.day(k.begin(7)) + r.between(8, 15)*msHour
	to := k.until(from, r.between(3, 20))
	m := &manner{shares: []uint16{uint16(r.between(280, 480)), 0, 40, 70}, talk: seconds(1, r.between(6, 18), 50)}
	m.shares[1] = 1000 - m.shares[0] - m.shares[2] - m.shares[3]
	calls := 250 + int64(r.skewed(2200))
	a.disguises = []disguise{{span: always, imeis: k.phones(1), cells: k.spots(2, 6), stays: true}}
	a.acts = []act{{span: span{from, to}, daily: uint64(calls) * 1000, hours: &dayHours, weekend: uint64(r.between(0, 80)), parallel: true, do: func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		t.to(g.anybody(t, 500))
		g.place(t, m)
		g.callBack(a, t, 3)
	}}}
	a.answer = func(g *Generator, a *actor, t *attempt) {
		t.to(a.me)
		g.place(t, m)
	}
}

// playSMSSpam: a prepaid card, often in a modem, that writes to as many numbers
// as it can before it is cut off, from one place; hardly anybody answers
// (Murynets and Piqueras Jover, "Crime scene investigation: SMS spam data
// analysis", IMC 2012; GSMA spam reporting).
func playSMSSpam(k *casting, a *actor) {
	r := k.r
	a.only()
	day := k.begin(5)
	from := k.day(day) + r.between(0, 18)*msHour
	to := k.until(from, r.between(1, 10))
	messages := 250 + int64(r.skewed(5000))
	replies := uint64(r.between(2, 12))
	hours := &wakingHours
	if k.chance(300) {
		hours = nil
	}
	a.disguises = []disguise{{span: always, imeis: k.phones(r.between(1, 3)), hop: r.between(6, 48) * msHour, cells: k.spots(2, 4), stays: true}}
	a.acts = []act{{span: span{from, to}, daily: uint64(messages) * 1000, hours: hours, weekend: 100, parallel: true, do: func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		t.to(g.anybody(t, 550))
		g.text(t, 35)
		g.callBack(a, t, replies)
	}}}
	a.answer = func(g *Generator, a *actor, t *attempt) {
		t.to(a.me)
		g.text(t, 12)
	}
}
