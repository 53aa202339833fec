package shard

// expect makes ready for the legs of v, after each of which rules may look.
func (s *Shard) expect(v *visit) {
	j, who := s.judge, v.who
	v.rests = j.rests(v.slot, who)
	last := who.last()
	v.last = last
	if v.row == nil && last == never {
		j.welcome(v.slot, who, s.legs.Release[v.from])
		v.newcomer = s.days != nil && s.days.linked
	}
	if who.calm > 0 && last != never && last < s.dayStart && !j.outlasts(who) {
		who.calm = 0 // windows of days have moved
	}
}

// foldCalm adds legs of v from from on to who the subscriber is and to its items, up to one
// after which rules may look, and returns the next one. A rare leg takes away the quiet mark
// that meet may give, so it is counted behind that.
func (s *Shard) foldCalm(v *visit, from int) (to int) {
	to, ended := s.glimpse(v, from, s.ahead(v, from))
	s.meet(v, from, to)
	s.judge.calms.count(v.who, from, to)
	if ended && v.who.calm > 0 {
		v.who.spend()
	}
	return to
}

// ahead returns the first leg of v, from from on, after which rules may look, and one more,
// as far as new items do not matter.
func (s *Shard) ahead(v *visit, from int) (to int) {
	j, who, l := s.judge, v.who, s.legs
	last := who.last()
	if last == never {
		last = l.Release[from]
	}
	mayEnd := j.calms.home && who.marks&home == 0 || j.calms.out && who.out() != s.today
	if who.calm == 0 || mayEnd || s.longGone(last, l.Release[v.to-1]) {
		return from + 1
	}
	to = j.calms.until(who, from, v.to)
	for to-1 > from && l.Release[to-2]+second >= v.rests {
		to--
	}
	if !s.identified {
		return to
	}
	return untilIMSI(l.IMSI[from:to], who.imsi) + from
}

// untilIMSI returns the first of some IMSIs that is known and another one than known, and one
// more; if there is none how many there are. Which legs have one is not to be guessed.
func untilIMSI(ids []uint64, known uint64) int {
	others := uint64(0)
	for _, id := range ids {
		others |= min(id, id^known)
	}
	if others == 0 {
		return len(ids)
	}
	for i, id := range ids {
		if min(id, id^known) != 0 {
			return i + 1
		}
	}
	return len(ids)
}

// glimpse stamps what the legs between from and to have seen. If a new item ends the calm or
// shortens it so that it ends before, no more than up to there. It returns the next leg, and
// whether an item ended the calm.
func (s *Shard) glimpse(v *visit, from, to int) (next int, ended bool) {
	who, seen := v.who, 0
	for sights := s.sights.Of(from, to); len(sights) > 0; {
		calm := who.calm
		n := s.see(sights)
		switch {
		case s.eye.ended:
			s.eye.ended, ended = false, true
			to = sights[n-1].Leg() + 1
		case who.calm != calm:
			to = max(sights[n-1].Leg()+1, s.judge.calms.until(who, from, to))
		default:
			return to, ended
		}
		seen += n
		sights = s.sights.Of(from, to)[seen:]
	}
	return to, ended
}

// anySet reports whether some word is not 0.
func anySet(words []uint64) bool {
	all := uint64(0)
	for _, w := range words {
		all |= w
	}
	return all != 0
}
