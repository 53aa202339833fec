package traffic

// Frauds that are paid for by the minute: somebody else's line calls numbers
// whose owner gets a share.

// playIRSF: a stolen SIM card or a taken-over account. Whoever has it calls a
// few ranges of numbers for as long as it lasts, which is until the operator
// notices, a day or two (C. Yates, Black Swan Telecom Journal, November 2012:
// up to six calls at a time by conference; i3forum, "Fraud classification";
// CFCA). Test calls come before in some cases (Sahin and Francillon, NDSS
// 2021). One in twelve goes slowly, so as not to be seen.
func playIRSF(k *casting, a *actor) {
	r := k.r
	day := k.begin(4)
	if k.chance(400) {
		day = k.weekday(day, 5+int(r.below(2)))
	}
	from := k.day(day) + 18*msHour + r.between(0, 10*60)*msMinute
	length := r.between(3*60, 36*60) * msMinute
	if k.chance(250) { // by day
		from -= r.between(4, 9) * msHour
	}
	lines := r.between(1, 6)
	minutes := r.between(4, 35)
	calls := lines * 60_000 * r.between(60, 95) / 100 / (minutes + 1) // an hour, thousandths
	if k.chance(83) {
		length, lines, minutes = r.between(3, 5)*msDay, 1, r.between(4, 9)
		calls = r.between(1500, 3000)
	}
	to := min(from+length, k.run.to)
	m := &manner{shares: []uint16{880, 50, 20, 50}, talk: seconds(30+6*minutes, 60*minutes, 3600)}
	ranges, lots := k.hot(1+int64(r.skewed(6))), uint64(r.between(2, 14))
	do := revenueCall(ranges, lots, m)
	a.acts = []act{{span: span{from, to}, daily: uint64(calls) * 24, weekend: 100, parallel: lines > 1, do: do}}
	if k.chance(300) {
		test := &manner{shares: []uint16{800, 100, 0, 100}, talk: seconds(4, 15, 60)}
		before := from - r.between(10, 90)*msMinute
		a.acts = append(a.acts, act{span: span{before, before + 8*msMinute}, daily: 24 * 60_000 / 8 * 3, weekend: 100, do: revenueCall(ranges, lots, test)})
	}
	if k.chance(650) {
		k.steal(a, from-2*msHour, to)
	}
}

// steal puts the SIM card of a into another device, for a time in which its
// owner has none: one in four is abroad.
func (k *casting) steal(a *actor, from, to int64) {
	back := to + k.r.between(1, 48)*msHour
	a.quiet(from, back)
	d := disguise{span: span{from, back}, imeis: k.phones(1), cells: k.spots(2, 6), stays: true}
	if k.chance(250) {
		d.abroad = k.far(1)[0]
	}
	a.disguises = append(a.disguises, d)
}

// revenueCall calls one of some lines in each of some ranges.
func revenueCall(ranges []*foreign, lines uint64, m *manner) func(*Generator, *actor, *attempt) {
	return func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		f := ranges[g.rand.skewed(uint64(len(ranges)))]
		t.toAbroad(f, a.line(f, g.rand.below(lines)))
		g.place(t, m)
	}
}

// playPBX: the telephone system of a company is broken into and used when
// nobody is there: from Friday evening, or night after night. Known cases are
// 166,000 dollars in a weekend of a firm of seven to Gambia, Somalia and the
// Maldives, 900,000 in four days to Somalia through eight lines. Seven in ten
// call for the revenue, the others sell the calls on to people who ring up
// relatives. The company's own calls go on.
func playPBX(k *casting, a *actor) {
	r := k.r
	day := k.weekday(k.begin(5), 5)
	from := k.day(day) + 18*msHour + r.between(0, 6*60)*msMinute
	to := k.day(day+2) + r.between(0, 30)*msHour
	hours, full := (*[24]uint16)(nil), int64(24)
	if k.chance(300) { // some nights, of any week
		day = k.begin(5)
		from, to = k.day(day)+20*msHour, k.day(day+int(r.between(2, 4)))+6*msHour
		hours, full = &nightHours, 9
	}
	to = min(to, k.run.to)
	channels := r.between(2, 12)
	minutes := r.between(2, 25)
	calls := channels * 60_000 * r.between(50, 95) / 100 / (minutes + 1)
	do := revenueCall(k.hot(1+int64(r.skewed(7))), uint64(r.between(3, 30)), &manner{shares: []uint16{800, 60, 40, 100}, talk: seconds(20, 60*minutes, 3600)})
	if k.chance(300) {
		calls = channels * 60_000 / 5
		do = resoldCall(k.far(r.between(2, 8)))
	}
	a.acts = []act{{span: span{from, to}, daily: uint64(calls * full), hours: hours, weekend: 100, parallel: true, do: do}}
	if k.chance(300) {
		before := from - r.between(5, 90)*msMinute
		a.acts = append(a.acts, act{span: span{before, before + 10*msMinute}, daily: 24 * 6 * 4_000, weekend: 100, do: do})
	}
}

// resoldCall is a call of somebody who bought it to somebody abroad.
func resoldCall(countries []*foreign) func(*Generator, *actor, *attempt) {
	m := &manner{shares: []uint16{540, 300, 60, 100}, talk: seconds(20, 240, 3000)}
	return func(g *Generator, a *actor, t *attempt) {
		t.a = a.me
		f := countries[g.rand.skewed(uint64(len(countries)))]
		t.toAbroad(f, a.line(f, g.rand.below(4000)))
		g.place(t, m)
	}
}

// playForwarding: a line is made to forward all its calls abroad, by a hacked
// mailbox or a subscriber talked into dialling the code. Then it is called,
// often by several at a time, and pays for the way on (FCC consumer guide "Voice
// mail hacking"; i3forum). Its own calls go out as ever; none comes in.
func playForwarding(k *casting, a *actor) {
	r := k.r
	from := k.day(k.begin(4)) + r.between(0, 24*60)*msMinute
	to := min(from+r.between(4, 72)*msHour, k.run.to)
	minutes := r.between(3, 25)
	calls := r.between(1, 5) * 60_000 * r.between(30, 80) / 100 / (minutes + 1)
	ranges := k.hot(1 + int64(r.skewed(3)))
	lines, callers := uint64(r.between(1, 6)), uint64(r.between(1, 6))
	talk := seconds(20, 60*minutes, 3600)
	a.hushed = append(a.hushed, hush{span: span{from, to}, in: true})
	a.acts = []act{{span: span{from, to}, daily: uint64(calls) * 24, weekend: 100, parallel: true, do: func(g *Generator, a *actor, t *attempt) {
		t.a, t.b, t.class = who{number: g.people.outsider(mix(a.salt+g.rand.below(callers)) % g.people.outsiders)}, a.me, offNet
		f := ranges[g.rand.skewed(uint64(len(ranges)))]
		g.divert(t, f, a.line(f, g.rand.below(lines)), talk)
	}}}
}

// divert is a call to t.b that goes on to a number abroad at once.
func (g *Generator) divert(t *attempt, f *foreign, n Number, talk spread) {
	r := g.rand
	t.disposition, t.cause, t.ring = Answered, 16, r.between(20, 90)*100
	t.talk = talk.draw(r) / 100 * 100
	g.callRecords(t)
	s := &g.people.subs[t.b.index]
	leg := g.blank(t, Voice)
	leg.ID = g.lastID + 2
	leg.Start, leg.RingMS, leg.DurationMS = t.at+500, t.ring-500, t.talk
	leg.Direction, leg.Forwarded = Originating, true
	leg.Calling, leg.Called = s.number, n
	leg.Charge = s.tariff(international, f, nil, t.talk)
	leg.TrunkOut = uint8(21 + mix(uint64(f.plmn))%6)
	if !s.traits.has(fixedLine) {
		leg.IMSI = g.people.imsi(t.b.index, t.day)
	}
	t.records = append(t.records, leg)
}
