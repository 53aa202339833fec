package shard

import (
	"slices"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// dossier is what rules remember of a subscriber. Few have one.
type dossier struct {
	first  alert.ID   // the first firing of the open case
	open   int        // tracks that are firing
	tracks []track    // ascending by rule
	rests  cdr.Millis // until then no track changes while no activity rule holds
}

// track is what is remembered of one rule.
type track struct {
	rule int // in the set
	alert.Track
	sure  bool       // while the calm lasts the rule holds, see hold.go: Held may be too early ...
	until cdr.Millis // ... for legs before
}

// rests is until when no track of a subscriber changes while no activity rule holds.
func (j *judge) rests(slot uint32, who *person) cdr.Millis {
	if who.marks&watched == 0 {
		return order.End
	}
	return j.dossiers.find(slot).rests
}

// rest finds until when d rests.
func (j *judge) rest(d *dossier) {
	d.rests = order.End
	for i := range d.tracks {
		switch x := &d.tracks[i]; {
		case x.sure:
			d.rests = min(d.rests, x.until)
		case j.set.Rules[x.rule].On == rules.Activity:
			d.rests = min(d.rests, j.set.Rules[x.rule].Rests(x.Track))
		}
	}
}

// find returns the place of a rule's track, and whether it is there.
func (d *dossier) find(rule int) (int, bool) {
	return slices.BinarySearchFunc(d.tracks, rule, func(t track, rule int) int { return t.rule - rule })
}

// recall returns what is remembered of a rule for a subscriber.
func (j *judge) recall(slot uint32, rule int) (tr alert.Track, known bool) {
	if d := j.dossiers.find(slot); d != nil {
		if i, ok := d.find(rule); ok {
			return d.tracks[i].Track, true
		}
	}
	return alert.NewTrack(), false
}

// ruling is what an evaluation makes of a track.
type ruling struct {
	next   alert.Track
	report alert.Report
	fires  bool // it begins to
}

// weigh evaluates a rule for the subscriber of x. At a boundary, where nothing has happened, activity rules are not evaluated. Not ok:
// nothing was remembered, and nothing is to be.
func (j *judge) weigh(x suspect, rule int) (m ruling, ok bool) {
	r := j.set.Rules[rule]
	tr, known := j.recall(x.slot, rule)
	if x.leg < 0 && r.On == rules.Activity {
		m.next, m.report = r.Pass(tr, x.t)
	} else {
		j.see(x, &j.lenses[rule])
		level := r.Level(&j.vector)
		if !known && (level == alert.Quiet || j.exempt(x.slot, rule)) {
			return ruling{}, false
		}
		p := r.At(x.t, j.shard.first)
		m.next, m.report = p.Step(tr, x.t, level)
	}
	m.fires = m.report.Any && m.report.State == alert.Firing && tr.Phase != alert.Open
	return m, true
}

// step evaluates a rule for the subscriber of x, remembers what has become of its
// track and reports what comes of it. storm: what would fire is suppressed, and the
// track stays as it is.
func (j *judge) step(x suspect, rule int, storm bool) error {
	m, ok := j.weigh(x, rule)
	if !ok {
		return nil
	}
	if m.fires && storm {
		m.report.State = alert.Suppressed
		return j.report(x, rule, m.report, j.dossiers.find(x.slot))
	}
	d := j.dossier(x.slot)
	if m.fires {
		if d.open == 0 {
			d.first = j.id(x, rule)
		}
		d.open++
	}
	if m.report.Any {
		if err := j.report(x, rule, m.report, d); err != nil {
			return err
		}
	}
	if m.report.Any && m.report.State == alert.Resolved {
		if d.open--; d.open == 0 {
			d.first = alert.ID{}
		}
	}
	d.set(rule, m.next, j.set.Rules[rule].Forgettable(m.next, x.t))
	j.file(x.slot, d)
	return nil
}

// dossier returns the dossier of a subscriber, which is about to change.
func (j *judge) dossier(slot uint32) *dossier {
	who := j.shard.people.at(slot)
	if who.epoch != j.shard.epoch {
		j.shard.change(slot, who)
	}
	if d := j.dossiers.find(slot); d != nil {
		return d
	}
	return &dossier{}
}

// set remembers the track of a rule, unless it is as good as none.
func (d *dossier) set(rule int, tr alert.Track, forget bool) {
	i, there := d.find(rule)
	switch {
	case there && forget:
		d.tracks = slices.Delete(d.tracks, i, i+1)
	case there:
		d.tracks[i] = track{rule: rule, Track: tr}
	case !forget:
		d.tracks = slices.Insert(d.tracks, i, track{rule: rule, Track: tr})
	}
}

// file keeps the dossier of a subscriber, if anything is in it.
func (j *judge) file(slot uint32, d *dossier) {
	who := j.shard.people.at(slot)
	if len(d.tracks) == 0 {
		j.dossiers.drop(slot)
		who.marks &^= watched
		return
	}
	j.dossiers.keep(slot, d)
	j.rest(d)
	who.marks |= watched
	who.calm = 0
}

// discard forgets all that rules remember of a subscriber.
func (s *Shard) discard(slot uint32, who *person) {
	if who.marks&watched != 0 {
		s.judge.dossiers.drop(slot)
		who.marks &^= watched
	}
}

// exempt reports whether a rule does not apply to a subscriber.
func (j *judge) exempt(slot uint32, rule int) bool {
	j.text, _ = j.shard.text(j.text[:0], j.shard.people.at(slot).key) // report says if it is lost
	return j.set.Rules[rule].Exempt(j.text)
}

func (j *judge) id(x suspect, rule int) alert.ID {
	r := j.set.Rules[rule]
	j.text, _ = j.shard.text(j.text[:0], j.shard.people.at(x.slot).key)
	return alert.NewID(r.ID, r.Version, string(j.text), x.t)
}

// secondOf is the instant from which on the records of an evaluated second are.
func secondOf(end cdr.Millis) cdr.Millis { return end - second }
