package traffic

// Frauds with SIM cards.

// playSimbox: calls from abroad end here as calls of local SIM cards, in a box
// of ports with a device identity each, through which the cards rotate. They
// stand in one place, call out only, call ever other numbers, and neither write
// nor surf (Murynets et al., "Analysis and detection of SIMbox fraud in mobility
// networks", INFOCOM 2014; Kouam, Viana and Tchana, "SIMBox bypass frauds in
// cellular networks", 2021). One box in five imitates people: a few messages
// between its cards, some calls in, several cells.
func playSimbox(k *casting, a *actor) {
	const cards = 7
	box := newRandom(k.config.Seed, k.salt^uint64(k.nth/cards))
	in := *k
	in.r = box // what all cards of the box have in common
	day := in.begin(7)
	places, ports := in.spots(box.between(1, 3), 6), in.phones(box.between(3, 8))
	hop, actsHuman := box.between(3, 24)*msHour, box.in1000(200)

	r := k.r
	a.only()
	from := k.day(day) + r.between(0, 40)*msHour
	to := k.until(from, r.between(3, 16))
	a.disguises = []disguise{{span: always, imeis: ports, hop: hop, cells: places, stays: true}}
	m := &manner{shares: []uint16{uint16(r.between(420, 620)), 0, 50, 90}, talk: seconds(8, r.between(50, 150), 1800)}
	m.shares[1] = 1000 - m.shares[0] - m.shares[2] - m.shares[3]
	repeats := uint64(r.between(50, 200))
	a.acts = []act{{span: span{from, to}, daily: uint64(r.between(60, 280)) * 1000, hours: &wakingHours, weekend: 110, do: func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		if t.to(g.anybody(t, 700)); g.rand.in1000(repeats) {
			t.to(g.acquaintance(a, 60))
		}
		g.place(t, m)
	}}}
	if actsHuman {
		a.acts = append(a.acts,
			act{span: span{from, to}, daily: uint64(r.between(500, 3000)), hours: &wakingHours, weekend: 100, do: textToFriends(5)},
			act{span: span{from, to}, daily: uint64(r.between(1000, 4000)), hours: &wakingHours, weekend: 100, do: callFromFriends(8, &manner{talk: seconds(5, 20, 90)})})
	}
}

// textToFriends writes to one of a few people.
func textToFriends(n uint64) func(*Generator, *actor, *attempt) {
	return func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		t.to(g.acquaintance(a, n))
		g.text(t, 12)
	}
}

// callFromFriends is a call of one of some people.
func callFromFriends(n uint64, m *manner) func(*Generator, *actor, *attempt) {
	return func(g *Generator, a *actor, t *attempt) {
		t.a = g.acquaintance(a, n)
		g.callTo(a, t, m)
	}
}

// callTo is a call of t.a to a, unless t.a is busy.
func (g *Generator) callTo(a *actor, t *attempt, m *manner) {
	if t.a.home && g.people.subs[t.a.index].busyTo > t.at {
		return
	}
	t.to(a.me)
	if !t.a.home {
		t.class = offNet
	}
	g.place(t, m)
}

// playHopping: one card that goes through a rack of handsets, to look like
// several people, for campaigns of calls to strangers over weeks. Known from
// labelled subscribers with five devices a month and more, and a hundred
// numbers called; some hop twice a day, some every third.
func playHopping(k *casting, a *actor) {
	r := k.r
	a.only()
	day := k.begin(20)
	if last := k.config.Days - 21; day > last {
		day = max(1, last)
	}
	from := k.day(day) + r.between(8, 18)*msHour
	to := k.until(from, r.between(16, 27))
	a.disguises = []disguise{{span: always, imeis: k.phones(r.between(6, 24)), hop: r.between(8, 60) * msHour, cells: k.spots(r.between(2, 25), 40), stays: true}}
	strangers := uint64(r.between(400, 900))
	m := &manner{talk: seconds(4, r.between(20, 80), 900)}
	a.acts = []act{
		{span: span{from, to}, daily: uint64(r.between(14, 70)) * 1000, hours: &dayHours, weekend: uint64(r.between(20, 100)), do: func(g *Generator, a *actor, t *attempt) {
			t.a = a.me
			if t.to(g.acquaintance(a, 40)); g.rand.in1000(strangers) {
				t.to(g.anybody(t, 600))
			}
			g.place(t, m)
		}},
		{span: span{from, to}, daily: uint64(r.between(500, 6000)), hours: &wakingHours, weekend: 80, do: callFromFriends(40, m)},
		{span: span{from, to}, daily: uint64(r.between(0, 5000)), hours: &wakingHours, weekend: 100, do: textToFriends(20)},
	}
}

// playSwap: the number is moved to a card of somebody else, who passes for its
// owner. The owner's phone is dead until it is noticed; the thief gets the bank's
// codes and makes what calls they need, then uses the line for money: abroad or
// premium (Lee, Kaiser, Mayer and Narayanan, SOUPS 2020; ENISA, "Countering
// SIM-swapping", 2021). In the end the owner gets a third card.
func playSwap(k *casting, a *actor) {
	r, p := k.r, k.people
	swap := k.day(k.begin(5)) + r.between(7, 23)*msHour + r.between(0, 59)*msMinute
	use := swap + r.between(10, 240)*msMinute
	hours := r.between(2, 20)
	end := min(use+hours*msHour, k.run.to)
	back := min(end+r.between(1, 40)*msHour, k.run.to)
	a.quiet(swap, back)
	a.disguises = []disguise{
		{span: span{swap, back}, imeis: k.phones(1), imsi: p.card(a.me.index, 50), cells: k.spots(3, 12), stays: true},
		{span: span{back, always.to}, imsi: p.card(a.me.index, 51)},
	}
	m := &manner{shares: []uint16{820, 80, 20, 80}, talk: seconds(20, r.between(60, 600), 2400)}
	do := revenueCall(k.hot(1+int64(r.skewed(3))), uint64(r.between(2, 10)), m)
	if k.chance(350) { // to accomplices, or to banks and brokers abroad
		do = revenueCall(k.far(1+int64(r.skewed(3))), uint64(r.between(2, 6)), m)
	}
	calls := r.between(8, 40)
	a.acts = []act{
		{span: span{swap, min(swap+3*msHour, back)}, daily: uint64(r.between(3, 15)) * 8000, weekend: 100, do: codeFromBank},
		{span: span{use, end}, daily: uint64(calls * 24_000 / hours), weekend: 100, do: do},
	}
}

// codeFromBank is a message of a service.
func codeFromBank(g *Generator, a *actor, t *attempt) {
	t.a, t.b, t.class = who{number: Number(g.people.plan.news) | shortCode}, a.me, service
	g.text(t, 5)
}

// playRoaming: a card that was stolen or subscribed to abroad, in a network
// whose records come home late (GSMA NRTRDE was made for it): calls for hours,
// data without end, or both, until somebody stops it.
func playRoaming(k *casting, a *actor) {
	r := k.r
	from := k.day(k.begin(5)) + r.between(8, 30)*msHour
	to := min(from+r.between(14, 96)*msHour, k.run.to)
	there := k.far(1)[0]
	back := to + r.between(1, 48)*msHour
	a.quiet(from-2*msHour, back)
	d := disguise{span: span{from - 2*msHour, back}, abroad: there}
	if k.chance(700) {
		d.imeis = k.phones(1)
	}
	a.disguises = []disguise{d}
	sort := r.below(3) // calls, data, both
	if sort != 1 {
		minutes := r.between(3, 25)
		m := &manner{shares: []uint16{800, 100, 20, 80}, talk: seconds(20, 60*minutes, 3600)}
		calls := 60_000 * r.between(35, 90) / 100 / (minutes + 1)
		targets := append(k.hot(1), k.far(3)...)
		a.acts = append(a.acts, act{span: span{from, to}, daily: uint64(calls) * 20, hours: &wakingHours, weekend: 100, do: revenueCall(targets, 12, m)})
	}
	if sort != 0 {
		megabytes := r.between(4, 30) * 1000 / 40 // of 40 sessions a day
		a.acts = append(a.acts, act{span: span{from, to}, daily: 40_000, hours: &wakingHours, weekend: 100, parallel: true, do: func(g *Generator, a *actor, t *attempt) {
			t.a = a.me
			g.bulk(t, seconds(60, 900, 3000).draw(g.rand), g.rand.between(megabytes/4, megabytes*7/4)*1000, 8)
		}})
	}
}

// playSubscription: a line in a false name that is never going to be paid for.
// It calls abroad and premium from the first days on, harder every day, mostly
// without being called, until the first bill falls due (CFCA: subscription and
// application fraud).
func playSubscription(k *casting, a *actor) {
	r := k.r
	a.only()
	day := k.begin(8)
	from := k.day(day) + r.between(9, 20)*msHour
	to := k.until(from, r.between(7, 24))
	minutes := r.between(4, 15)
	m := &manner{shares: []uint16{760, 120, 30, 90}, talk: seconds(20, 60*minutes, 3600)}
	calls := 1000 * r.between(70, 300) * 100 / 76 / minutes
	do := revenueCall(append(k.hot(int64(r.below(3))), k.far(r.between(1, 4))...), uint64(r.between(5, 30)), m)
	first := min(from+r.between(6, 40)*msHour, to)
	a.acts = []act{
		{span: span{from, first}, daily: uint64(calls) / 2, hours: &wakingHours, weekend: 100, do: do},
		{span: span{first, to}, daily: uint64(calls), hours: &wakingHours, weekend: 110, do: do},
		{span: span{from, to}, daily: uint64(r.between(500, 4000)), hours: &wakingHours, weekend: 100, do: callToFriends(6, &manner{})},
		{span: span{from, to}, daily: uint64(r.between(500, 3000)), hours: &wakingHours, weekend: 100, do: callFromFriends(6, &manner{})},
	}
}

// callToFriends calls one of a few people.
func callToFriends(n uint64, m *manner) func(*Generator, *actor, *attempt) {
	return func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		t.to(g.acquaintance(a, n))
		g.place(t, m)
	}
}
