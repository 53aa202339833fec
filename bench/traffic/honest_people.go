package traffic

// People whose calls look like fraud. They lead their ordinary lives besides.

// playMigrant: somebody from another country who calls home when it is day
// there, or when it is cheap: late in the evening and at night, for long.
func playMigrant(k *casting, a *actor) {
	r := k.r
	home := k.people.homeland(a.me.index)
	m := &manner{shares: []uint16{620, 270, 40, 70}, talk: seconds(60, r.between(300, 1200), 5400)}
	hours := &[24]uint16{0: 80, 1: 60, 2: 30, 3: 10, 21: 40, 22: 80, 23: 100}
	a.acts = []act{{span: k.run, daily: uint64(r.between(800, 4000)), hours: hours, weekend: 150, do: func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		t.toAbroad(home, a.line(home, g.rand.skewed(5)))
		g.place(t, m)
	}}}
}

// playHoliday: one or two weeks abroad, with the usual calls and messages, some
// more to the family and the hotel, maps and photographs.
func playHoliday(k *casting, a *actor) {
	r := k.r
	length := r.between(6, 14)
	from := k.day(int(r.between(1, int64(max(1, k.config.Days-8))))) + r.between(8, 20)*msHour
	to := k.until(from, length)
	there := k.far(1)[0]
	a.disguises = []disguise{{span: span{from, to}, abroad: there}}
	megabytes := r.between(100, 1500) / 12
	a.acts = []act{
		{span: span{from, to}, daily: 12_000, hours: &wakingHours, weekend: 100, parallel: true, do: func(g *Generator, a *actor, t *attempt) {
			t.a = a.me
			g.bulk(t, seconds(20, 300, 1800).draw(g.rand), g.rand.between(megabytes/5, megabytes*9/5)*1000, 25)
		}},
		{span: span{from, to}, daily: uint64(r.between(500, 3000)), hours: &wakingHours, weekend: 100, do: callToFriends(4, &manner{})},
		{span: span{from, to}, daily: uint64(r.between(300, 2000)), hours: &shopHours, weekend: 100, do: revenueCall([]*foreign{there}, 10, &manner{talk: seconds(10, 60, 600)})},
	}
}

// playVoting: somebody who votes again and again for a singer: calls of seconds
// to one premium number on the evenings of a show, which all have in common.
func playVoting(k *casting, a *actor) {
	r := k.r
	show := k.weekday(int(newRandom(k.config.Seed, k.salt).between(1, 7)), 6)
	number := k.people.line(newRandom(k.config.Seed, k.salt), k.people.plan.premium)
	m := &manner{shares: []uint16{720, 20, 230, 30}, talk: seconds(6, 14, 30)}
	for day := show; day < k.config.Days; day += 7 {
		if len(a.acts) > 0 && k.chance(350) {
			continue
		}
		from := k.day(day) + 20*msHour + 30*msMinute
		votes := int64(2 + r.skewed(40))
		a.acts = append(a.acts, act{span: span{from, min(from+2*msHour, k.run.to)}, daily: uint64(votes) * 12_000, weekend: 100, do: func(g *Generator, a *actor, t *attempt) {
			t.a, t.b, t.class = a.me, who{number: number}, premium
			g.place(t, m)
		}})
	}
}
