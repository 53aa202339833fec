package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// outcomes tells the outcomes of records without a disposition.
func (s *Sheet) outcomes() {
	for k := s.from; k < s.to; k++ {
		at := k & (tileRows - 1)
		outcome := cdr.NoAnswer
		if s.columns.talkMS[at] > 0 {
			outcome = cdr.Answered
		}
		s.outcome[at] = uint8(outcome)
	}
}

// usageRules are what follows from service, direction and outcome alone, as Values
// tells it.
type usageRules struct {
	direction [8][4]uint8     // by what the record says and its service
	legs      [8][4]cdr.Flags // by direction and service
	time      [4][8]timing    // by service and outcome
}

// timing are masks of what lies between the start of a usage and its release.
type timing struct{ ring, talk, longer uint32 }

var usages = makeUsageRules()

func makeUsageRules() (u usageRules) {
	for service := range u.time {
		v := Values{Service: cdr.Service(service), RingMS: 1, TalkMS: 2}
		for d := DirectionDefault; d <= NoLegs; d++ {
			v.Direction = d
			u.direction[d][service] = uint8(v.direction())
			u.legs[d][service] = v.legs(d)
		}
		for outcome := range u.time[service] {
			v.Outcome = cdr.Outcome(outcome)
			u.time[service][outcome] = [...]timing{{}, {}, {longer: ^uint32(0)}, {ring: ^uint32(0), talk: ^uint32(0)}}[v.release()]
			if v.Service == cdr.Data {
				u.time[service][outcome] = timing{talk: ^uint32(0)}
			}
		}
	}
	return u
}

// derive finds direction, flags and release of all rows, and which of them are of
// no interest.
func (s *Sheet) derive(u *Rules) {
	t, drops := &s.columns, u.drops
	drops[0] &^= 1 // no cause is none
	for k := s.from; k < s.to; k++ {
		at := k & (tileRows - 1)
		service, outcome := s.service[at]&3, s.outcome[at]&7
		d := usages.direction[s.direction[at]&7][service]
		s.direction[at] = d
		legs := usages.legs[d&7][service]
		calling, called := t.calling[at], t.called[at]
		if imsi := t.imsi[at]; imsi != 0 {
			p := parties{calling: calling, called: called}
			p.serve(legs, cdr.Number(imsi))
			calling, called = p.calling, p.called
			t.calling[at], t.called[at] = calling, called
		}
		if calling|called == 0 {
			s.doubt(k)
		}
		ring, talk := t.ringMS[at], t.talkMS[at]
		if ring == cdr.RingUnknown {
			ring = 0
		}
		m := &usages.time[service][outcome]
		t.release[at] = t.start[at] + cdr.Millis(ring&m.ring) + cdr.Millis(talk&m.talk) + cdr.Millis(max(ring, talk)&m.longer)
		legs &= u.folded | cdr.ServedCalled
		if legs&(cdr.Originating|cdr.Terminating) == 0 && !u.s.KeepUnused {
			s.skip |= 1 << (k & 63)
		}
		if calling == 0 {
			legs &^= cdr.Originating
		}
		if called == 0 {
			legs &^= cdr.Terminating
		}
		f := legs.With(cdr.Service(service), cdr.Outcome(outcome), cdr.RAT(s.rat[at])) | u.marks
		forwarded := cdr.Flags(0)
		if s.forwarded[at] != 0 {
			forwarded = cdr.Forwarded
		}
		slice := cdr.Flags(0)
		if s.partial[at] > 1 {
			slice = cdr.Slice
		}
		f |= forwarded | slice
		f |= cdr.DropCause * cdr.Flags(drops[t.cause[at]>>6&1]>>(t.cause[at]&63)&1)
		if c := t.cause[at]; c >= 128 {
			f &^= cdr.DropCause
			if u.dropped(c) {
				f |= cdr.DropCause
			}
		}
		t.flags[at] = f
	}
	if u.s.EventStart {
		t.release = t.start
	}
	if u.s.Latest != nil {
		s.checkLatest(u.s.Latest)
	}
}

// checkLatest makes odd what is too far in the future.
func (s *Sheet) checkLatest(l *Limit) {
	for k := s.from; k < s.to; k++ {
		if l.Before(s.columns.release[k&(tileRows-1)]) {
			s.doubt(k)
		}
	}
}

// networks completes the flags of the rows with an IMSI or a visited network.
func (s *Sheet) networks(u *Rules, rows missed, imsi, plmn strip) {
	for rows != 0 {
		k := rows.next()
		var home, visited []byte
		if imsi.has() {
			home = s.of(imsi, k)
		}
		if plmn.has() {
			visited = s.of(plmn, k)
		}
		s.columns.flags[k] |= u.network(home, visited)
	}
}
