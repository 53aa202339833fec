package traffic

// span is a stretch of time, ms since 1970, its end not included. The zero
// value is empty.
type span struct{ from, to int64 }

func (s span) has(at int64) bool { return at >= s.from && at < s.to }

// always is every time there is.
var always = span{-1 << 62, 1 << 62}

// actor is a subscriber with a part in a scenario, or a number of another
// network that has one.
type actor struct {
	scenario *scenario
	me       who
	salt     uint64
	acts     []act
	answer   func(g *Generator, a *actor, t *attempt) // how a call back to it goes; t.a and t.b are set

	hushed    []hush
	disguises []disguise

	events []event // in order: of the hours drawn so far, and calls back
	hour   int64   // events before it are drawn
	truth  Truth
	watch  watch
}

// act is a stretch of attempts of one sort.
type act struct {
	span
	daily    uint64      // attempts on a weekday, thousandths
	hours    *[24]uint16 // weights of the local hours; nil = all alike
	weekend  uint64      // of a weekday, on Saturdays and Sundays, percent
	parallel bool        // several calls at a time; else one after the other
	steady   bool        // at even intervals: a machine
	do       func(g *Generator, a *actor, t *attempt)
}

// event is an attempt to come.
type event struct {
	at   int64
	act  int    // index, or callingBack
	peer uint32 // subscriber who calls back
}

const callingBack = -1

// hush takes ordinary attempts away from a subscriber: in thousandths, keepFrom
// of them stay at its beginning, keepTo at its end, in between a straight line.
type hush struct {
	span
	keepFrom, keepTo uint64
	out, in          bool // which: those it makes, those it gets
}

// keeps reports whether an attempt at an instant stays.
func (h *hush) keeps(r *random, at int64) bool {
	keep := h.keepFrom
	if h.keepFrom != h.keepTo {
		part := uint64(at-h.from) * 1000 / uint64(h.to-h.from)
		keep = (h.keepFrom*(1000-part) + h.keepTo*part) / 1000
	}
	return keep > 0 && r.in1000(keep)
}

// silences reports whether an ordinary attempt does not take place because of
// the part of somebody in it.
func (s *stage) silences(r *random, t *attempt) bool {
	if s == nil {
		return false
	}
	return s.hushes(r, t.a, t.at, true) || s.hushes(r, t.b, t.at, false)
}

func (s *stage) hushes(r *random, w who, at int64, out bool) bool {
	a := s.actor(w)
	if a == nil {
		return false
	}
	for i := range a.hushed {
		h := &a.hushed[i]
		if (out && h.out || !out && h.in) && h.has(at) && !h.keeps(r, at) {
			return true
		}
	}
	return false
}

// only makes the scenario all that a ever does.
func (a *actor) only() {
	a.hushed = append(a.hushed, hush{span: always, out: true, in: true})
}

// quiet stops the ordinary life of a for a while.
func (a *actor) quiet(from, to int64) {
	a.hushed = append(a.hushed, hush{span: span{from, to}, out: true, in: true})
}

// disguise replaces, for a while, what the records say of a subscriber's
// device, card and place.
type disguise struct {
	span
	imeis  []uint64 // nil = its own
	hop    int64    // ms that one is used; 0 = the first only
	imsi   uint64   // 0 = its own
	cells  []uint32 // nil = where it usually is
	stays  bool     // never abroad
	abroad *foreign // where it is
}

// disguise returns that of subscriber i at an instant, nil = none.
func (s *stage) disguise(i uint32, at int64) *disguise {
	if s == nil {
		return nil
	}
	a := s.actor(who{index: i, home: true})
	if a == nil {
		return nil
	}
	for k := range a.disguises {
		if a.disguises[k].has(at) {
			return &a.disguises[k]
		}
	}
	return nil
}

// device is the one in use at an instant.
func (d *disguise) device(salt uint64, at int64) uint64 {
	if d.hop == 0 {
		return d.imeis[0]
	}
	return d.imeis[mix(salt^uint64(at/d.hop))%uint64(len(d.imeis))]
}

// serveDisguised is serve for a subscriber in disguise; device and card are
// filled in.
func (g *Generator) serveDisguised(r *Record, t *attempt, i uint32, d *disguise) *foreign {
	p := g.people
	if d.imeis != nil {
		r.IMEI = d.device(mix(p.salt^uint64(i)), t.at)
	}
	if d.imsi != 0 {
		r.IMSI = d.imsi
	}
	f := d.abroad
	if f == nil && !d.stays && d.cells == nil {
		f = p.trip(i, t.day)
	}
	switch {
	case f != nil:
		r.Cell, r.Visited = visitedCell(g.rand, f, i), f.plmn
	case d.cells != nil:
		r.Cell = p.cell(uint64(d.cells[g.rand.below(uint64(len(d.cells)))]))
	default:
		r.Cell = p.locate(g.rand, i, t.local)
	}
	return f
}
