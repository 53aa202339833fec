package traffic

// Machines with a subscription. They have no other life.

// playAlarmLine: an alarm system that reports to its centre, by a short call or
// a few bytes, at even intervals day and night, and when something happens.
func playAlarmLine(k *casting, a *actor) {
	r := k.r
	a.only()
	centre := who{number: k.people.line(newRandom(k.config.Seed, k.salt), k.people.plan.tollFree)}
	m := &manner{shares: []uint16{975, 5, 10, 10}, talk: seconds(3, 7, 20)}
	report := func(g *Generator, a *actor, t *attempt) {
		t.a, t.b, t.class = a.me, centre, tollFree
		g.place(t, m)
	}
	if !k.people.subs[a.me.index].traits.has(fixedLine) {
		a.disguises = []disguise{{span: always, cells: k.spots(1, 1), stays: true}}
		if k.chance(500) {
			a.acts = append(a.acts, act{span: k.run, daily: uint64(r.between(24, 288)) * 1000, weekend: 100, steady: true, do: smallData(3)})
		}
	}
	a.acts = append(a.acts,
		act{span: k.run, daily: uint64([...]int64{1, 4, 24, 48, 96, 144}[r.below(6)]) * 1000, weekend: 100, steady: true, do: report},
		act{span: k.run, daily: uint64(r.between(20, 300)), weekend: 100, do: report})
}

// playIoT: a meter that stands, or a tracker that drives, and reports by data;
// its owner's server writes it a message now and then.
func playIoT(k *casting, a *actor) {
	r := k.r
	a.only()
	cells := k.spots(1+int64(r.below(2)), 2)
	if k.chance(400) {
		cells = k.spots(r.between(20, 120), 400)
	}
	a.disguises = []disguise{{span: always, cells: cells, stays: true}}
	a.acts = []act{
		{span: k.run, daily: uint64([...]int64{1, 24, 48, 96, 288, 480}[r.below(6)]) * 1000, weekend: 100, steady: true, do: smallData(8)},
		{span: k.run, daily: uint64(r.between(50, 1500)), weekend: 100, do: func(g *Generator, a *actor, t *attempt) {
			t.a, t.b, t.class = who{number: g.people.outsider(mix(a.salt) % g.people.outsiders)}, a.me, offNet
			g.text(t, 5)
		}},
	}
}

// playProbe: a test device of the operator or of a contractor that calls,
// writes and loads by the clock, always the same few numbers.
func playProbe(k *casting, a *actor) {
	r := k.r
	a.only()
	a.disguises = []disguise{{span: always, cells: k.spots(1, 1), stays: true}}
	m := &manner{shares: []uint16{970, 5, 5, 20}, talk: seconds(5, r.between(8, 30), 60)}
	numbers := uint64(r.between(2, 9))
	a.acts = []act{
		{span: k.run, daily: uint64(r.between(48, 480)) * 1000, weekend: 100, steady: true, do: callToFriends(numbers, m)},
		{span: k.run, daily: uint64(r.between(12, 100)) * 1000, weekend: 100, steady: true, do: textToFriends(numbers)},
		{span: k.run, daily: uint64(r.between(24, 200)) * 1000, weekend: 100, steady: true, parallel: true, do: smallData(2000)},
	}
	if k.chance(400) {
		a.acts = append(a.acts, act{span: k.run, daily: uint64(r.between(4, 24)) * 1000, weekend: 100, steady: true, do: revenueCall(k.far(3), 1, m)})
	}
	if k.chance(500) {
		a.acts = append(a.acts, act{span: k.run, daily: uint64(r.between(12, 100)) * 1000, weekend: 100, steady: true, do: callFromFriends(numbers, m)})
	}
}
