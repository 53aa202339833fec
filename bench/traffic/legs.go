package traffic

// blank is a record of t without the served party's part.
func (g *Generator) blank(t *attempt, s Service) Record {
	return Record{
		ID: g.lastID + 1, Start: t.at, RingMS: -1, DurationMS: -1, Up: -1, Down: -1, Charge: -1,
		Calling: t.a.number, Called: t.b.number, Service: s, Disposition: t.disposition, Cause: t.cause,
		planted: t.actor != nil,
	}
}

// serve fills in the part of a record that belongs to its served party.
func (g *Generator) serve(r *Record, t *attempt, i uint32) *foreign {
	p := g.people
	s := &p.subs[i]
	if s.traits.has(fixedLine) {
		return nil
	}
	r.IMEI, r.IMSI = p.imei(i, t.day), p.imsi(i, t.day)
	r.RAT = s.radio(g.rand, r.Service)
	if d := g.stage.disguise(i, t.at); d != nil {
		return g.serveDisguised(r, t, i, d)
	}
	f := p.trip(i, t.day)
	if f == nil {
		r.Cell = p.locate(g.rand, i, t.local)
	} else {
		r.Cell, r.Visited = visitedCell(g.rand, f, i), f.plmn
	}
	return f
}

// callRecords writes the records of a voice call: one with direction both or
// two inside the network, else the leg of the party that is a customer.
func (g *Generator) callRecords(t *attempt) {
	if t.a.home {
		r := g.blank(t, Voice)
		r.RingMS, r.DurationMS = t.ring, t.talk
		if !t.b.home {
			r.TrunkOut = t.route(t.b.number)
		}
		if !t.b.home || g.config.SplitLegs {
			r.Direction = Originating
		}
		where := g.serve(&r, t, t.a.index)
		g.slices(t, &r, func(talk int64) int64 {
			return g.people.subs[t.a.index].tariff(t.class, t.country, where, talk)
		})
	}
	if t.b.home && (!t.a.home || g.config.SplitLegs) {
		g.terminatingLeg(t)
	}
}

// terminatingLeg writes the record of the called party. The call reaches it a
// moment after the seizure, or not at all.
func (g *Generator) terminatingLeg(t *attempt) {
	setup := int64(0)
	if t.a.home {
		setup = g.rand.between(3, 15) * 100
		if t.ring < setup {
			return
		}
	}
	r := g.blank(t, Voice)
	r.Start += setup
	r.RingMS, r.DurationMS = t.ring-setup, t.talk
	r.Direction = Terminating
	if !t.a.home {
		r.TrunkIn = t.route(t.a.number)
	}
	where := g.serve(&r, t, t.b.index)
	g.slices(t, &r, func(talk int64) int64 {
		if where == nil {
			return -1
		}
		return talk / 1000 * roamingRate / 4
	})
}

// slices appends r whole or, when it is long and partial records are wanted, in
// slices. Each slice is charged for itself.
func (g *Generator) slices(t *attempt, r *Record, charge func(talk int64) int64) {
	most := g.config.Partials.Milliseconds()
	if most == 0 || r.DurationMS <= most {
		r.Charge = charge(max(r.DurationMS, 0))
		t.records = append(t.records, *r)
		return
	}
	left, up, down := r.DurationMS, r.Up, r.Down
	whole, cause := left, r.Cause
	for n := uint16(1); left > 0; n++ {
		r.Partial, r.DurationMS, r.Cause = n, min(left, most), 0
		left -= r.DurationMS
		if r.Service == Data {
			r.Up, r.Down = up*r.DurationMS/whole, down*r.DurationMS/whole
		}
		if left == 0 {
			r.Cause = cause
		}
		r.Charge = charge(r.DurationMS)
		t.records = append(t.records, *r)
		r.Start += max(r.RingMS, 0) + r.DurationMS
		if r.Service == Voice {
			r.RingMS = 0
		}
	}
}

// route is the trunk group to or from another network.
func (t *attempt) route(n Number) uint8 {
	switch t.class {
	case international:
		return uint8(21 + mix(uint64(t.country.plmn))%6)
	case service:
		return 0
	}
	return trunk(n)
}

// trunk is the trunk group of a national number.
func trunk(n Number) uint8 { return uint8(1 + mix(uint64(n/1_000_000))%12) }
