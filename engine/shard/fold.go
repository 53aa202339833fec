package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/fetch"
	"github.com/cdrstream/cdrstream/engine/window"
)

// visit is a subscriber whose legs are folded.
type visit struct {
	slot     uint32
	from, to int    // its legs in the batch
	hash     uint64 // of its number
	who      *person
	row      []uint64   // its days; nil: there are none
	items    []uint64   // its block of items likewise
	next     int        // the first of its legs that is not folded ...
	folded   int        // ... and that its days and hours lack
	newcomer bool       // its first leg has no row yet
	rests    cdr.Millis // until then no track changes while no activity rule holds
	last     cdr.Millis // the leg before its first one
}

// foldBatch adds the batch to the state and empties it. All of its legs lie in the same
// day and period. They are the first ones of order, which tells the legs of the queue,
// sorted: what depends on the leg alone is found for all of them first, then the
// subscribers are visited one after the other.
func (s *Shard) foldBatch(order []sortable) error {
	l := s.legs
	s.group()
	s.recallAll()
	for _, f := range s.marking {
		f.Mark(l)
	}
	s.program.Classify(l, &s.classes)
	s.program.Watch(l, &s.classes, s.sights)
	if s.journals != nil {
		s.journals.note(l, s.classes[:], s.dayStart)
	}
	if s.judge != nil {
		s.judge.calms.weighLegs(s)
	}
	s.identified = anySet(l.IMSI[:l.N])
	s.items.stamps.ofDay(s.stamps[:], l.Release[:l.N], s.today, s.dayStart)
	if err := s.visitAll(order); err != nil {
		return err
	}
	l.N = 0
	return nil
}

// visitAll visits the subscribers of the batch. Where rules have to look at one before its
// next legs are folded it is put aside until all others are as far, and what they look at is
// asked for meanwhile. Then rules look at all of these, one after the other.
func (s *Shard) visitAll(order []sortable) error {
	s.due = s.due[:0]
	s.bring(0, near)
	for i := range s.visits {
		s.bring(i+near, i+near+1)
		if v := &s.visits[i]; s.visit(v, order) {
			s.bringRest(v)
			s.due = append(s.due, v)
		}
	}
	for len(s.due) > 0 {
		for _, v := range s.due {
			if err := s.judgeLeg(v, order); err != nil {
				return err
			}
		}
		s.due = slices.DeleteFunc(s.due, func(v *visit) bool { return !s.goOn(v, order) })
	}
	return nil
}

// group finds the subscribers of the batch, new ones where there are none. It first asks
// for the place where each should stand, then for who most likely does: a look-up that
// waits for memory and then goes wrong would keep the next ones from starting.
func (s *Shard) group() {
	l := s.legs
	s.visits = s.visits[:0]
	for from := 0; from < l.N; {
		n, to := l.Subject[from], from+1
		for to < l.N && l.Subject[to] == n {
			to++
		}
		h := n.Hash()
		s.begins(h, from, to)
		s.table.fetch(h)
		from = to
	}
	for i := range s.visits {
		v := &s.visits[i]
		if v.slot, v.who = s.table.guess(v.hash); v.who != nil {
			fetch.Line(&v.who.key)   // its first line ...
			fetch.Line(&v.who.marks) // ... and its last
			if s.overlapping {
				fetch.Line(s.over.at(v.slot))
			}
		}
	}
	for i := range s.visits {
		v := &s.visits[i]
		if v.who == nil || v.who.key != l.Subject[v.from] {
			s.seek(v)
		}
		if v.who.marks&watched != 0 {
			s.judge.dossiers.near(v.slot)
		}
	}
}

// begins appends a visit with the legs between from and to. It is filled where it stands: to
// copy it as soon as it was made would be to wait for it.
func (s *Shard) begins(hash uint64, from, to int) {
	n := len(s.visits)
	s.visits = s.visits[:n+1]
	v := &s.visits[n]
	v.from, v.to, v.next, v.folded, v.hash = from, to, from, from, hash
	v.who, v.row, v.items, v.newcomer = nil, nil, nil, false
}

// seek finds the subscriber of a visit, a new one if there is none.
func (s *Shard) seek(v *visit) {
	n, ok := s.legs.Subject[v.from], false
	if v.slot, ok = s.table.find(n); !ok {
		v.slot = s.add(n, s.legs.Release[v.from])
	}
	v.who = s.people.at(v.slot)
}

// near is how many visits before a subscriber is visited its state is asked for; nearItemWords
// how much of its items: all of most blocks. Of a large one few lines are wanted, and who asks
// for more lines than a processor can wait for has to wait to ask.
const (
	near          = 4
	nearItemWords = 128
)

// bring asks for the state that some visits will change, as far as there are so many.
func (s *Shard) bring(from, to int) {
	for i := from; i < min(to, len(s.visits)); i++ {
		v := &s.visits[i]
		if v.who.row != 0 {
			v.row = s.days.rows.at(v.who.row)
			fetch.Words(v.row[:s.days.sums])
		}
		if v.who.small() {
			v.items = s.items.words(v.who)
			fetch.Words(v.items[:min(len(v.items), nearItemWords)])
		}
		if v.who.marks&watched != 0 {
			s.judge.dossiers.fetch(v.slot)
		}
	}
}

// bringRest asks for what rules look at of the subscriber of v, and the fold of its legs did
// not.
func (s *Shard) bringRest(v *visit) {
	if v.row != nil {
		fetch.Words(v.row[s.days.sums:])
	}
	if v.who.small() {
		if items := s.items.words(v.who); len(items) > nearItemWords {
			fetch.Words(items[nearItemWords:])
		}
	}
}

// recallAll is recall for all visits.
func (s *Shard) recallAll() {
	if s.overlapping {
		s.calls.find(s.legs)
	}
	for i := range s.visits {
		s.recall(&s.visits[i])
	}
}

// recall tells each leg of v what it has to know of the legs before it. Nothing of a
// subscriber changes before: a save that is going on takes it as it was.
func (s *Shard) recall(v *visit) {
	l, who := s.legs, v.who
	if who.epoch != s.epoch {
		s.change(v.slot, who)
	}
	if !s.overlapping && !s.gaps {
		return
	}
	last, talked := who.last(), who.talked()
	if last == never {
		last = l.Release[v.from]
	}
	if !s.longGone(last, l.Release[v.to-1]) {
		s.recallSome(v, v.from, v.to, talked)
		return
	}
	for i := v.from; i < v.to; i++ {
		if s.longGone(last, l.Release[i]) {
			talked = never
			if s.overlapping {
				*s.over.at(v.slot) = overlaps{never, never}
			}
		}
		last, talked = l.Release[i], s.recallSome(v, i, i+1, talked)
	}
}

// recallSome is recall for the legs between from and to, between which nobody is forgotten.
// It takes and returns when the last call or message was.
func (s *Shard) recallSome(v *visit, from, to int, talked cdr.Millis) cdr.Millis {
	l := s.legs
	if s.overlapping {
		s.calls.overlap(s.over.at(v.slot), l.Facts[:], from, to)
	}
	if s.gaps {
		return s.gap(from, to, talked)
	}
	return talked
}

// gap tells the legs between from and to how long before them the last call or message was,
// when that was at talked before the first of them, and returns when it was after them.
func (s *Shard) gap(from, to int, talked cdr.Millis) cdr.Millis {
	l := s.legs
	for i := from; i < to; i++ {
		if l.Facts[i]&(window.Call|window.Message) == 0 {
			continue
		}
		if t := l.Release[i]; talked != never {
			l.Facts[i] |= window.HasGap
			l.Quantities[i][window.Gap] = uint64(t - talked)
		}
		talked = l.Release[i]
	}
	return talked
}

// longGone reports whether a subscriber whose last leg was at last is forgotten by t.
func (s *Shard) longGone(last, t cdr.Millis) bool { return last != never && t-last > s.Retain }

// visit folds the legs of v, and reports whether rules have to look at the subscriber before
// more of them are.
// Where nobody looks it makes no difference in which order what they do is done: it is
// one thing after the other for all of them or, where somebody may look, for those up to
// the leg after which that is; the rows are left until somebody does.
func (s *Shard) visit(v *visit, order []sortable) (due bool) {
	s.eye.turnTo(s.items, v.who, v.items)
	if s.judgesActivity() {
		s.expect(v)
		return s.foldUntilDue(v, order)
	}
	s.meet(v, v.from, v.to)
	s.foldRows(v, v.to)
	s.foldItems(v.from, v.to)
	if s.judge != nil {
		s.judge.calms.count(v.who, v.from, v.to)
	}
	return false
}

// goOn is visit for the legs behind one after which rules have looked.
func (s *Shard) goOn(v *visit, order []sortable) (due bool) {
	if v.next == v.to {
		return false
	}
	s.eye.turn(s.items, v.who)
	return s.foldUntilDue(v, order)
}

// foldUntilDue folds the legs of v that are not folded, up to the one after which rules have to
// look, and reports whether there is one.
func (s *Shard) foldUntilDue(v *visit, order []sortable) (due bool) {
	if v.who.calm > 0 {
		s.eye.heed(s.stockUntil(v), s.judge.stock)
	}
	for !due && v.next < v.to {
		v.next = s.foldCalm(v, v.next)
		due = s.isDue(v, v.next-1, order)
	}
	s.foldRows(v, v.next)
	return due
}

// foldRows adds the legs of v before the one at to, which it has not added yet, to its days
// and hours.
func (s *Shard) foldRows(v *visit, to int) {
	from := v.folded
	if v.folded = to; from >= to {
		return
	}
	if s.days != nil {
		s.foldDays(v, from, to)
		if s.judge != nil {
			s.swell(v)
		}
	}
	if len(s.exact) > 0 {
		s.foldHours(v, from, to)
	}
}

// meet updates who the subscriber is and when it was last seen, after the legs between
// from and to. What kind of leg comes next is not to be guessed: what most of them do is
// done in the end, or without a branch.
func (s *Shard) meet(v *visit, from, to int) {
	l, who, last := s.legs, v.who, v.who.last()
	facts, talked := window.Fact(0), never
	for i := from; i < to; i++ {
		t, f := l.Release[i], l.Facts[i]
		if s.longGone(last, t) {
			s.forget(v)
			facts, talked = 0, never
		}
		facts |= f
		if f&(window.Call|window.Message) != 0 {
			talked = t
		}
		if who.marks&home == 0 && s.makesHome(f, l.Flags[i], l.SubjectPlace[i]) {
			who.marks |= home
			s.madeHome(who)
		}
		if id := l.IMSI[i]; id != 0 && id != who.imsi && f&window.Whole != 0 {
			s.changeIMSI(who, id)
		}
		last = t
	}
	who.setLast(last)
	if talked != never {
		who.setTalked(talked)
	}
	if who.days[outDay] != shortOf(s.today) && facts&window.Out != 0 {
		who.days[outDay] = shortOf(s.today)
		if s.judge != nil && s.judge.calms.out {
			who.calm = 0
		}
	}
}

// madeHome changes what rules know of who, who has become a customer.
func (s *Shard) madeHome(who *person) {
	who.quiet = 0
	if !s.judgesActivity() {
		return
	}
	s.judge.join(who)
	if s.judge.calms.home {
		who.calm = 0
	}
}

// changeIMSI makes id the IMSI of who.
func (s *Shard) changeIMSI(who *person, id uint64) {
	if who.imsi != 0 {
		who.days[imsiDay], who.calm = shortOf(s.today), 0
	}
	who.imsi = id
}

// forget makes a subscriber that returns after its time anew. What windows hold
// of it leaves them by itself: where days have 25 hours a window may reach back
// farther than retain.
func (s *Shard) forget(v *visit) {
	who := v.who
	who.setLast(never)
	who.setTalked(never)
	who.imsi, who.calm, who.quiet = 0, 0, 0
	who.days = [3]shortDay{shortOf(s.today), shortOf(noDay), shortOf(noDay)}
	who.marks &^= home | fresh
	s.discard(v.slot, who)
}

// foldDays adds the legs of v between from and to to its open day.
func (s *Shard) foldDays(v *visit, from, to int) {
	d := s.days
	if v.row == nil {
		v.who.row = d.rows.get()
		v.row = d.rows.at(v.who.row)
		d.isIdle(v.row, s.today)
		if v.newcomer {
			*d.rest(v.row) = s.judge.newcomer.rest
		}
	}
	s.program.Fold(v.row, s.classes[from:to], s.legs.Quantities[from:to])
}

// foldItems stamps what the legs between from and to have seen.
func (s *Shard) foldItems(from, to int) {
	for sights := s.sights.Of(from, to); len(sights) > 0; {
		sights = sights[s.see(sights):]
	}
}

// see stamps what sights tell of, and tells how many they were: all of them, but no more than
// up to one that changes or ends the calm of the subscriber.
func (s *Shard) see(sights []window.Sight) (n int) {
	who, calm := s.eye.who, s.eye.who.calm
	for n < len(sights) && who.calm == calm && !s.eye.ended {
		list := s.seen[:min(len(sights)-n, len(s.seen))]
		s.spell(list, sights[n:])
		n += s.eye.seeAll(list)
	}
	return n
}

// spell makes sightings of some sights.
func (s *Shard) spell(list []sighting, sights []window.Sight) {
	for k, x := range sights[:len(list)] {
		i := x.Leg() & (window.MaxLegs - 1)
		key := s.keys.of(s.legs, x.Set(), i)
		list[k] = sighting{key, hashOf(key), s.stamps[i], x.Seen()}
	}
}
