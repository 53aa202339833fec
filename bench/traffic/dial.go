package traffic

// spread is a distribution of lengths: one half lies evenly between low and
// mid, the other above mid, ever thinner towards high.
type spread struct{ low, mid, high int64 }

func (s spread) draw(r *random) int64 {
	u := r.u64()
	if u>>63 == 0 {
		return s.low + int64(scale(u<<1, uint64(s.mid-s.low+1)))
	}
	return s.mid + int64(scale(scale(u<<1, r.u64()), uint64(s.high-s.mid+1)))
}

// seconds makes a spread of times in milliseconds.
func seconds(low, mid, high int64) spread { return spread{low * 1000, mid * 1000, high * 1000} }

// manner is how the calls of an act end.
type manner struct {
	shares []uint16 // of the dispositions, thousandths; nil = as with everybody
	talk   spread   // ms of those answered; zero = as with everybody
	ring   spread   // ms until the caller of an unanswered one gives up; zero = as with everybody
}

// place makes a call from t.a to t.b, whose class and country are set. A party
// in this network who talks to somebody else is engaged.
func (g *Generator) place(t *attempt, m *manner) {
	if t.b.home && g.people.subs[t.b.index].busyTo > t.at && !t.manyLines(g) {
		g.engaged(t)
	} else {
		g.end(t, m)
	}
	if t.disposition == Answered && m.talk.mid > 0 {
		t.talk = m.talk.draw(g.rand) / 100 * 100
	}
	if t.disposition == NoAnswer && m.ring.mid > 0 {
		t.cause, t.ring = 16, m.ring.draw(g.rand)/100*100
	}
	g.callRecords(t)
}

// manyLines reports whether the called party is a switchboard.
func (t *attempt) manyLines(g *Generator) bool {
	a := g.stage.actor(t.b)
	return a != nil && len(a.acts) > 0 && a.acts[0].parallel
}

func (g *Generator) end(t *attempt, m *manner) {
	g.outcome(t)
	if m.shares == nil {
		return
	}
	r := g.rand
	t.ring, t.talk = 0, 0
	switch t.disposition = Disposition(r.choose(m.shares)); t.disposition {
	case Answered:
		t.cause, t.ring, t.talk = answeredCause(r), g.ringing(t), g.talking(t)
	case NoAnswer:
		g.unanswered(t)
	case Busy:
		t.cause, t.ring = 17, r.between(3, 30)*100
	case Failed:
		t.cause, t.ring = failedCauses[r.skewed(uint64(len(failedCauses)))], r.between(0, 40)*100
	}
}

// to sets the called party and what kind of destination it is.
func (t *attempt) to(w who) {
	t.b, t.class = w, offNet
	if w.home {
		t.class = onNet
	}
}

// toAbroad makes a number of another country the called party.
func (t *attempt) toAbroad(f *foreign, n Number) {
	t.b, t.class, t.country = who{number: n}, international, f
}

// anybody draws somebody at random: a subscriber who has no life of a scenario
// alone, in a thousand times home cases, or somebody of another network.
func (g *Generator) anybody(t *attempt, home uint64) who {
	p, r := g.people, g.rand
	if r.in1000(home) {
		for range 8 {
			i := uint32(r.below(uint64(len(p.subs))))
			if p.subs[i].role == 0 {
				return p.customer(i)
			}
		}
	}
	return who{number: p.outsider(r.below(p.outsiders))}
}

// acquaintance draws one of the people whom a knows, the first ones more often.
func (g *Generator) acquaintance(a *actor, n uint64) who {
	return g.friendOf(a, g.rand.skewed(n))
}

// friendOf is somebody whom a knows: always the same for the same k.
func (g *Generator) friendOf(a *actor, k uint64) who {
	p := g.people
	u := mix(a.salt + k)
	if u%2 == 0 {
		if i := uint32(scale(mix(u), uint64(len(p.subs)))); p.subs[i].role == 0 {
			return p.customer(i)
		}
	}
	return who{number: p.outsider(mix(u) % p.outsiders)}
}

// line is number k of a's in another country.
func (a *actor) line(f *foreign, k uint64) Number {
	first, size := series{f.prefix, f.free}.numbers("")
	return Number(first + mix(a.salt^mix(k))%size)
}

// text sends an SMS from t.a to t.b.
func (g *Generator) text(t *attempt, failing uint64) {
	if t.b.home && g.people.subs[t.b.index].traits.has(fixedLine) {
		t.to(who{number: g.people.outsider(mix(uint64(t.b.number)) % g.people.outsiders)})
	}
	if t.disposition = Answered; g.rand.in1000(failing) {
		t.disposition, t.cause = Failed, 27
	}
	if t.a.home {
		r := g.blank(t, SMS)
		if !t.b.home {
			r.TrunkOut = t.route(t.b.number)
		}
		if !t.b.home || g.config.SplitLegs {
			r.Direction = Originating
		}
		where := g.serve(&r, t, t.a.index)
		r.Charge = 0
		if t.disposition == Answered {
			r.Charge = g.people.subs[t.a.index].messageTariff(SMS, t.class, where)
		}
		t.records = append(t.records, r)
	}
	if t.b.home && (!t.a.home || g.config.SplitLegs && t.disposition == Answered) {
		g.deliveryLeg(t, SMS, g.rand.between(4, 60)*100)
	}
}

// bulk makes a data session of t.a of some length and volume down and up.
func (g *Generator) bulk(t *attempt, length int64, kilobytes, upPercent int64) {
	r := g.blank(t, Data)
	r.Direction, r.Called = Originating, 0
	r.DurationMS = length / 100 * 100
	r.Down = kilobytes<<10 + g.rand.between(0, 1023)
	r.Up = r.Down*upPercent/100 + g.rand.between(40, 900)
	where := g.serve(&r, t, t.a.index)
	s := &g.people.subs[t.a.index]
	g.slices(t, &r, func(int64) int64 { return s.dataTariff(r.Up+r.Down, where) })
}
