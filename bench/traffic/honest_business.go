package traffic

// Businesses whose calls look like fraud.

// playCourier: a parcel driver who calls the people at whose doors he stands:
// short calls to ever other numbers, from all over a region, six days a week.
// Some are called twice, some call back, the depot calls and is called. Half of
// them have the same phone for their private life.
func playCourier(k *casting, a *actor) {
	r := k.r
	if k.chance(500) {
		a.only()
	}
	a.disguises = []disguise{{span: always, cells: k.spots(r.between(25, 90), 240), stays: true}}
	m := &manner{shares: []uint16{uint16(r.between(580, 740)), 0, 35, 55}, talk: seconds(6, r.between(18, 40), 240)}
	m.shares[1] = 1000 - m.shares[0] - m.shares[2] - m.shares[3]
	saturday := uint64(r.between(0, 2)) * 35
	daily := uint64(r.between(30, 80)) * 1000
	var last who
	again := uint64(r.between(80, 200))
	a.acts = []act{
		{span: k.run, daily: daily, hours: &officeHours, weekend: saturday, do: func(g *Generator, a *actor, t *attempt) {
			t.a = a.me
			t.to(g.anybody(t, 450))
			g.place(t, m)
			g.callBack(a, t, 90)
			if t.disposition == NoAnswer && g.rand.in1000(again) {
				last = t.b
				a.add(event{at: t.at + t.ring + g.rand.between(20, 600)*1000, act: 1})
			}
		}},
		{do: func(g *Generator, a *actor, t *attempt) { // of the one who was not there
			t.a = a.me
			t.to(last)
			g.place(t, m)
		}},
		{span: k.run, daily: uint64(r.between(2000, 6000)), hours: &officeHours, weekend: saturday, do: callToFriends(2, &manner{})},
		{span: k.run, daily: uint64(r.between(2000, 6000)), hours: &officeHours, weekend: saturday, do: callFromFriends(2, &manner{})},
		{span: k.run, daily: uint64(r.between(10_000, 40_000)), hours: &officeHours, weekend: saturday, parallel: true, do: smallData(60)},
	}
	a.answer = answers(m)
}

// answers lets a answer calls back like other calls.
func answers(m *manner) func(*Generator, *actor, *attempt) {
	return func(g *Generator, a *actor, t *attempt) {
		t.to(a.me)
		g.place(t, m)
	}
}

// smallData is a session of some kilobytes.
func smallData(kilobytes int64) func(*Generator, *actor, *attempt) {
	return func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		g.bulk(t, g.rand.between(10, 900)*100, g.rand.between(1, 2*kilobytes), 40)
	}
}

// playCallCentre: agents behind one number who work down lists, and take calls.
func playCallCentre(k *casting, a *actor) {
	r := k.r
	a.only()
	m := &manner{shares: []uint16{uint16(r.between(340, 500)), 0, 60, 50}, talk: seconds(5, r.between(60, 180), 1800)}
	m.shares[1] = 1000 - m.shares[0] - m.shares[2] - m.shares[3]
	calls, list := r.between(150, 800), uint64(r.between(2000, 8000))
	in := calls * r.between(20, 60) / 100
	a.acts = []act{
		{span: k.run, daily: uint64(calls) * 1000, hours: &dayHours, weekend: uint64(r.between(0, 60)), parallel: true, do: func(g *Generator, a *actor, t *attempt) {
			t.a = a.me
			t.to(g.friendOf(a, g.rand.below(list)))
			g.place(t, m)
			g.callBack(a, t, 40)
		}},
		{span: k.run, daily: uint64(in) * 1000, hours: &dayHours, weekend: uint64(r.between(0, 40)), parallel: true, do: callFromFriends(list, &manner{shares: []uint16{930, 40, 20, 10}, talk: seconds(10, 200, 2400)})},
	}
	a.answer = answers(&manner{shares: []uint16{930, 40, 20, 10}, talk: seconds(10, 120, 1800)})
}

// playCallShop: booths and cards for people who call home: many calls abroad, by
// day, to many countries, of moderate length.
func playCallShop(k *casting, a *actor) {
	r := k.r
	a.only()
	countries := k.far(r.between(6, 15))
	m := &manner{shares: []uint16{640, 220, 50, 90}, talk: seconds(20, r.between(180, 420), 2700)}
	regulars := uint64(r.between(300, 1500))
	a.acts = []act{
		{span: k.run, daily: uint64(r.between(40, 180)) * 1000, hours: &shopHours, weekend: uint64(r.between(90, 160)), parallel: true, do: revenueCall(countries, regulars, m)},
		{span: k.run, daily: uint64(r.between(5, 30)) * 1000, hours: &shopHours, weekend: 100, parallel: true, do: callToFriends(60, &manner{})},
		{span: k.run, daily: uint64(r.between(2, 8)) * 1000, hours: &shopHours, weekend: 80, parallel: true, do: callFromFriends(30, &manner{})},
	}
}

// playHospital: a switchboard: calls out and in at all hours, several at a time.
func playHospital(k *casting, a *actor) {
	r := k.r
	a.only()
	calls, people := r.between(250, 1200), uint64(r.between(800, 4000))
	m := &manner{talk: seconds(8, r.between(60, 120), 2400)}
	a.acts = []act{
		{span: k.run, daily: uint64(calls) * 450, hours: &wakingHours, weekend: 55, parallel: true, do: callToFriends(people, m)},
		{span: k.run, daily: uint64(calls) * 550, hours: &wakingHours, weekend: 60, parallel: true, do: callFromFriends(people, &manner{shares: []uint16{900, 60, 30, 10}, talk: seconds(8, 90, 2400)})},
	}
}

// playAppointments: a practice or a workshop that writes to its customers the
// day before. Some answer.
func playAppointments(k *casting, a *actor) {
	r := k.r
	if k.chance(600) {
		a.only()
	}
	a.disguises = []disguise{{span: always, cells: k.spots(1, 1), stays: true}}
	customers, replies := uint64(r.between(1500, 6000)), uint64(r.between(40, 250))
	hours := [2]*[24]uint16{{9: 60, 10: 30, 11: 10}, {15: 10, 16: 50, 17: 50}}[r.below(2)]
	a.acts = []act{{span: k.run, daily: uint64(r.between(50, 420)) * 1000, hours: hours, weekend: 0, parallel: true, do: func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		t.to(g.friendOf(a, g.rand.below(customers)))
		g.text(t, 12)
		g.callBack(a, t, replies)
	}}}
	a.answer = func(g *Generator, a *actor, t *attempt) {
		t.to(a.me)
		g.text(t, 12)
	}
}

// playNewBusiness: a line that did not exist before and is busy from the first
// week: customers, suppliers, some of them abroad.
func playNewBusiness(k *casting, a *actor) {
	r := k.r
	a.only()
	from := k.day(k.begin(9)) + r.between(8, 12)*msHour
	to := k.run.to
	if !k.people.subs[a.me.index].traits.has(fixedLine) {
		a.disguises = []disguise{{span: always, cells: k.spots(r.between(2, 20), 30), stays: true}}
	}
	customers := uint64(r.between(80, 400))
	a.acts = []act{
		{span: span{from, to}, daily: uint64(r.between(15, 70)) * 1000, hours: &officeHours, weekend: uint64(r.between(0, 50)), do: callToFriends(customers, &manner{})},
		{span: span{from + 2*msDay, to}, daily: uint64(r.between(8, 50)) * 1000, hours: &officeHours, weekend: uint64(r.between(0, 50)), do: callFromFriends(customers, &manner{shares: []uint16{820, 90, 80, 10}})},
		{span: span{from, to}, daily: uint64(r.between(0, 5000)), hours: &officeHours, weekend: 10, do: revenueCall(k.far(2), 8, &manner{talk: seconds(20, 180, 1800)})},
	}
}
