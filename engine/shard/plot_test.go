package shard

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// A tile that is filled column after column is what it is when it is filled row after
// row, whatever it was filled with before, and where there is nothing to count.
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
		over := func(int) bool { return false }
		g.readAll(who, at, over)
		s.items.release(s.people.at(who[0].slot))
		s.items.release(s.people.at(who[len(who)-1].slot))
		g.readAll(who, at, over)
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

// The rows of a boundary are what is read and computed of each subscriber alone, from the
// first day on, on which all windows have the same, to those on which none has.
func TestRows(t *testing.T) {
	for _, windows := range [][]string{{"1d", "3d", "7d"}, {"7d", "24h/1h", "3d", "1d", "30d"}, {"3d"}} {
		for _, features := range [][]string{nil, {"core"}, {"calls_out_per_day*", "calls_out_7d", "*ratio*_3d", "contacts_*", "calls_7d"}} {
			if len(windows) == 1 && len(features) > 1 {
				continue
			}
			w := world{windows: windows, features: features}.compiled(t)
			var s *Shard
			boundaries, same, others, some := 0, 0, 0, 0
			s = w.shard(t, 0, 1, func(f *feature.Frame) error {
				g := newGauge(s, &s.Plan.View, s.Plan.NewTile())
				g.aim(f.WindowEnd)
				g.tile.Rows = 1
				boundaries++
				for c, of := range f.Same {
					same, others = same+boolean(of != c), others+boolean(of == c)
				}
				for r, who := range s.emitter.who {
					g.read(0, who.slot, f.WindowEnd)
					want := make([]feature.Column, len(f.Columns))
					s.Plan.Compute(g.tile, want)
					for c := range want {
						x, xok := f.Columns[c].Value(r)
						y, yok := want[c].Value(0)
						if x != y || xok != yok {
							t.Fatalf("%v, boundary %d: %s of row %d is %v, want %v", windows, boundaries, s.Plan.Schema.Fields[c].Name, r, x, y)
						}
						some += boolean(y != 0)
					}
				}
				return nil
			})
			feed(t, s, mixed(7, 6000, days1, 12*days1))
			if err := s.finish(s.foldedTo); err != nil {
				t.Fatal(err)
			}
			if boundaries < 10 || some == 0 || len(windows) > 1 && same == 0 || others == 0 {
				t.Errorf("%v: %d boundaries, %d columns are others, %d are not, %d are not 0", windows, boundaries, same, others, some)
			}
		}
	}
}
