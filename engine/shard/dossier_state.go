package shard

import (
	"encoding/binary"

	"github.com/cdrstream/cdrstream/engine/alert"
)

// append appends d as record.go describes it.
func (d *dossier) append(b []byte) []byte {
	b = append(b, d.first[:]...)
	b = binary.AppendUvarint(b, uint64(len(d.tracks)))
	for i := range d.tracks {
		b = binary.AppendUvarint(b, uint64(d.tracks[i].rule))
		b = alert.AppendTrack(b, d.tracks[i].Track)
	}
	return b
}

// loadDossier reads what rules remember of a subscriber, nil if they do not.
func (s *Shard) loadDossier(r *reader, flags byte) *dossier {
	switch {
	case flags&savedWatched == 0 || r.failed != "":
		return nil
	case s.judge == nil:
		r.fail("rules remember a subscriber, but there are none")
		return nil
	}
	d := &dossier{}
	copy(d.first[:], r.take(len(d.first)))
	for n, last := r.uvarint(), -1; n > 0 && r.failed == ""; n-- {
		rule := int(min(r.uvarint(), 1<<31))
		if rule <= last || rule >= len(s.judge.set.Rules) {
			r.fail("what rules remember is damaged")
			return nil
		}
		d.load(r, rule)
		last = rule
	}
	if len(d.tracks) == 0 || (d.open > 0) != (d.first != alert.ID{}) {
		r.fail("what rules remember is damaged")
	}
	return d
}

// load reads the track of a rule.
func (d *dossier) load(r *reader, rule int) {
	if r.failed != "" {
		return
	}
	tr, rest, err := alert.ReadTrack(r.data[r.at:r.end])
	if err != nil {
		r.fail(err.Error())
		return
	}
	r.at = r.end - len(rest)
	d.tracks = append(d.tracks, track{rule: rule, Track: tr})
	if tr.Phase == alert.Open {
		d.open++
	}
}
