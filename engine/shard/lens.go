package shard

import (
	"github.com/cdrstream/cdrstream/engine/feature"
)

// lens computes some of the features that rules name, of a subscriber at a time: those
// of one rule, so that it costs no more than what the rule looks at.
type lens struct {
	gauge   gauge
	fields  []int // what the columns are, in the set's columns
	columns []feature.Column
}

// newLenses makes the lenses of all rules. They share a tile.
func (j *judge) newLenses() {
	tile := j.shard.Plan.Rules.NewTile()
	for _, r := range j.set.Rules {
		j.lenses = append(j.lenses, j.newLens(r.Named, tile))
		j.telling = append(j.telling, j.newLens(j.set.Told(r), tile))
	}
}

func (j *judge) newLens(fields []int, t *feature.Tile) lens {
	t.Rows = 1
	v := j.shard.Plan.Rules.Only(fields)
	return lens{newGauge(j.shard, &v, t), fields, make([]feature.Column, len(fields))}
}

// see puts the features that l computes into the vector, for the subscriber of x.
func (j *judge) see(x suspect, l *lens) {
	g, s := &l.gauge, j.shard
	g.aim(x.t)
	g.tile.SetFixed(0, s.people.at(x.slot).marks&home != 0, int64(s.today-j.firstDay()))
	g.read(0, x.slot, x.t)
	for i := range l.columns {
		l.columns[i].Reset()
	}
	g.view.Compute(g.tile, l.columns)
	for i, f := range l.fields {
		v, ok := l.columns[i].Value(0)
		j.vector.Values[f], j.vector.Null[f] = v, !ok
	}
}
