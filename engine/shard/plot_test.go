package shard

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// A tile that is filled column after column is what it is when it is filled row after
// row.
func TestTileColumns(t *testing.T) {
	for _, windows := range [][]string{{"1d", "3d", "7d"}, {"24h/1h", "1d", "7d"}, {"7d"}} {
		w := world{windows: windows, emit: "366d"}.compiled(t)
		s := w.shard(t, 0, 1, nowhere)
		feed(t, s, mixed(5, 6000, days1, 12*days1))
		s.fold()
		g, at := &s.emitter.gauge, s.foldedTo
		g.aim(at)
		var who []candidate
		s.people.each(func(slot uint32, p *person) { who = append(who, candidate{slot: slot}) })
		who = who[:min(len(who), feature.TileRows)]
		g.tile.Rows = len(who)
		got, want := make([]feature.Column, len(s.Plan.Schema.Fields)), make([]feature.Column, len(s.Plan.Schema.Fields))
		g.readAll(who, at)
		s.Plan.Compute(g.tile, got)
		for r, c := range who {
			g.read(r, c.slot, at)
		}
		s.Plan.Compute(g.tile, want)
		some := 0
		for c := range want {
			for r := range who {
				x, xok := got[c].Value(r)
				y, yok := want[c].Value(r)
				if x != y || xok != yok {
					t.Fatalf("%v: %s of row %d is %v, want %v", windows, s.Plan.Schema.Fields[c].Name, r, x, y)
				}
				some += boolean(y != 0)
			}
		}
		if some == 0 {
			t.Fatal("nothing but zeros")
		}
	}
}
