package shard

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// noting are the ways to note legs. Not ok: some are wide or read too much.
var noting = []struct {
	name string
	note func(*journals, *window.Legs, []int32, cdr.Millis) bool
}{{"fast", (*journals).noteFast}, {"narrow", (*journals).noteNarrow}}

// However legs are noted, it is what noteAny notes: of all kinds, of none and of such as no
// journal takes.
func TestNote(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	w := world{windows: []string{"1h/5m", "24h/1h", "1d"}}.compiled(t)
	wides, narrows := 0, 0
	for round := range 400 {
		j := w.shard(t, 0, 1, nowhere).journals
		kinds, classes := kindsOf(t, j.program)
		j.learn()
		if round%3 == 0 {
			kinds, classes = fewReads(j.program, kinds, classes)
			j.long = false
		}
		if round%4 == 1 {
			j.forms[kinds[1]-noForm] = j.forms[0]
		}
		start := cdr.Millis(r.Int64N(1<<42)) - 1<<41
		l, of := &window.Legs{N: r.IntN(window.MaxLegs + 1)}, new([window.MaxLegs]int32)
		wide := false
		for i := range l.N {
			k := r.IntN(len(kinds))
			for q := range l.Quantities[i] { // those that nobody reads too
				l.Quantities[i][q] = r.Uint64() >> r.IntN(64)
			}
			if reads := readsOf(j.program, kinds[k]); r.IntN(300) > 0 || round%2 == 0 {
				for _, q := range reads {
					l.Quantities[i][q] >>= 32
				}
			}
			for _, q := range j.forms[kinds[k]-noForm].reads {
				wide = wide || q != window.One && l.Quantities[i][q] > 1<<32-1
			}
			l.Quantities[i][window.One] = 1
			of[i], l.Release[i] = classes[k], start+cdr.Millis(r.IntN(1<<timeBits))
		}
		j.noteAny(l, of[:], start)
		n := j.notes.spots[l.N].words()
		spots, words := slices.Clone(j.notes.spots[:l.N+1]), slices.Clone(j.notes.words[:n])
		for _, way := range noting {
			clear(j.notes.words[:])
			clear(j.notes.spots[:])
			switch ok := way.note(j, l, of[:], start); {
			case !ok && !wide && !j.long, ok && wide:
				t.Fatalf("seed %d, round %d: %s says %v, wide legs: %v", seed, round, way.name, ok, wide)
			case !ok:
				wides++
			case !slices.Equal(j.notes.spots[:l.N+1], spots) || !slices.Equal(j.notes.words[:n], words):
				t.Fatalf("seed %d, round %d: %s notes other legs than noteAny", seed, round, way.name)
			default:
				narrows++
			}
		}
	}
	if wides == 0 || narrows == 0 {
		t.Errorf("%d batches were not noted, %d were", wides, narrows)
	}
}

// readsOf is what legs of a kind read.
func readsOf(p *window.Program, kind int32) []window.Quantity {
	if kind == window.NoKind {
		return nil
	}
	return p.Reads(kind)
}

// BenchmarkNote notes batches of legs that read few quantities: ns/leg.
func BenchmarkNote(b *testing.B) {
	for _, way := range noting {
		b.Run(way.name, func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			w := world{windows: []string{"1h/5m", "24h/1h", "1d"}}.compiled(b)
			j := w.shard(b, 0, 1, nowhere).journals
			_, classes := kindsOf(b, j.program)
			j.learn()
			j.long = false
			l, of := &window.Legs{N: window.MaxLegs}, new([window.MaxLegs]int32)
			for i := range l.N {
				of[i], l.Quantities[i] = classes[r.IntN(len(classes))], window.Quantities{1, 2, 3, 4, 5, 6, 7, 8}
			}
			for b.Loop() {
				way.note(j, l, of[:], 0)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*l.N), "ns/leg")
		})
	}
}
