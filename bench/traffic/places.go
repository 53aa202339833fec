package traffic

// A site is a radio site; each community has one, with sectorsPerSite cells.
// Cell n is sector n % sectorsPerSite of site n / sectorsPerSite. Sites stand
// in a row: neighbours share a location area, stretches of the row are the
// areas of the numbering plan, from a small one to a large one.
const (
	sectorsPerSite = 3
	sitesPerLAC    = 30
)

// area is the numbering area of site i of n.
func (p *population) area(i, n uint64) uint64 {
	a := uint64(len(p.outFixed.areas))
	return root(i * a * a / n)
}

// settle gives everybody a home and a place of work.
func (p *population) settle(t *communities) {
	for i := range p.subs {
		s := &p.subs[i]
		u := mix(p.salt ^ uint64(i)<<20)
		site := uint64(t.of[i])
		home := (site + u%4/3) % p.sites
		s.home = uint32(home*sectorsPerSite + u>>8%sectorsPerSite)
		work := home
		switch v := mix(u); {
		case u>>16%100 < 60: // the busy end of the region
			region := site / 100 * 100
			work = region + scale(scale(v, mix(v)), min(100, p.sites-region))
		case u>>16%100 < 85:
			work = scale(v, p.sites)
		}
		s.work = uint32(work*sectorsPerSite + u>>24%sectorsPerSite)
	}
}

// whereabouts are the shares of home, work and elsewhere, in thousandths.
var whereabouts = struct{ workday, evening, weekend, night []uint16 }{
	workday: []uint16{170, 660, 170},
	evening: []uint16{720, 70, 210},
	weekend: []uint16{560, 50, 390},
	night:   []uint16{160, 740, 100},
}

// locate returns the cell of subscriber i at a local time, ms. Fixed lines have none.
func (p *population) locate(r *random, i uint32, local int64) Cell {
	s := &p.subs[i]
	if s.traits.has(fixedLine) {
		return Cell{}
	}
	n := uint64(s.home)
	switch r.choose(presence(s.traits.habit(), local)) {
	case 1:
		n = uint64(s.work)
	case 2:
		all := p.sites * sectorsPerSite
		if n += r.skewed(60); r.in1000(100) {
			n = r.below(all)
		}
		n %= all
	}
	return p.cell(n)
}

func presence(habit int, local int64) []uint16 {
	day, hour := local/msDay, local%msDay/(60*msMinute)
	weekday := weekdayOf(day)
	weekend := weekday == 0 || weekday == 6
	switch {
	case habit == 2 && (hour < 6 || hour >= 21):
		return whereabouts.night
	case weekend:
		return whereabouts.weekend
	case habit != 2 && hour >= 8 && hour < 18:
		return whereabouts.workday
	}
	return whereabouts.evening
}

// cell is the identity of cell n: location areas of 30 sites, cell identities
// in no visible order.
func (p *population) cell(n uint64) Cell {
	return Cell{
		PLMN: p.plan.plmn,
		LAC:  uint16(1000 + n/sectorsPerSite/sitesPerLAC),
		CI:   uint16(10_000 + n*7919%55_000),
	}
}

// tripDays is how long a journey lasts.
const tripDays = 7

// trip returns the country where subscriber i is on a local day; nil = at home.
func (p *population) trip(i uint32, day int64) *foreign {
	t := p.subs[i].traits
	if t.has(fixedLine) {
		return nil
	}
	u := mix(p.salt ^ uint64(i)<<24)
	week := (uint64(day) + u%tripDays) / tripDays
	v := mix(u ^ week)
	often := uint64(15) // in a thousand weeks
	if t.has(migrant) {
		often = 45
	}
	if v%1000 >= often {
		return nil
	}
	if t.has(migrant) {
		return p.homeland(i)
	}
	return &p.abroad[scale(scale(mix(v), mix(v+1)), uint64(len(p.abroad)))]
}

// homeland is the country where a migrant's family lives.
func (p *population) homeland(i uint32) *foreign {
	return &p.abroad[mix(p.salt^uint64(i)<<28)%uint64(len(p.abroad))]
}

// visitedCell is a cell of a network abroad, around one of a few places.
func visitedCell(r *random, f *foreign, i uint32) Cell {
	place := mix(uint64(i)) % 12
	return Cell{PLMN: f.plmn, LAC: uint16(2000 + place*37), CI: uint16(20_000 + place*991 + r.skewed(20))}
}
