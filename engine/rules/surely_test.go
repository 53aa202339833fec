package rules

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/feature"
)

// plain writes a number as rules do: of few features, in few words.
func (a *author) plain(depth int) string {
	if depth == 0 || a.IntN(3) == 0 {
		if a.IntN(2) == 0 {
			s, _ := a.literal()
			return s
		}
		s, _ := a.feature(feature.Int64, feature.Float64)
		return s
	}
	x, y := a.plain(depth-1), a.plain(depth-1)
	switch a.IntN(4) {
	case 0:
		return fmt.Sprintf("%s(%s, %s)", []string{"min", "max"}[a.IntN(2)], x, y)
	case 1:
		return fmt.Sprintf("(%s %s %s)", x, []string{"+", "-"}[a.IntN(2)], y)
	}
	return fmt.Sprintf("(%s %s %s)", x, []string{"*", "/"}[a.IntN(2)], y)
}

func (a *author) plainCondition(depth int) string {
	if depth == 0 || a.IntN(3) == 0 {
		return fmt.Sprintf("%s %s %s", a.plain(2), a.sign(), a.plain(2))
	}
	x, y := a.plainCondition(depth-1), a.plainCondition(depth-1)
	return []string{"(" + x + " and " + y + ")", "(" + x + " or " + y + ")", "not (" + x + ")"}[a.IntN(3)]
}

// What surely holds in a box holds everywhere in it.
func TestSurely(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	held, not := 0, 0
	for i := range uint64(4000) {
		a := &author{Rand: rand.New(rand.NewPCG(seed, i)), values: map[string]meaning{}}
		file := fmt.Sprintf("groups:\n- name: g\n  rules:\n  - id: r\n    expr: %q\n    min_support: %q\n", a.plainCondition(2), a.plainCondition(1))
		s, _, err := Parse("r.yaml", []byte(file), Options{Fields: authorFields})
		if err != nil {
			if strings.Contains(err.Error(), "depends on no feature") {
				continue
			}
			t.Fatalf("seed %d, case %d: %v\n%s", seed, i, err, file)
		}
		r, v := s.Rules[0], NewVector(s)
		b := Box{make([]float64, len(s.Columns)), make([]float64, len(s.Columns))}
		for range 20 {
			for c := range s.Columns {
				b.Low[c] = float64(a.IntN(5)) - float64(a.IntN(2))/3
				b.High[c] = b.Low[c] + float64(a.IntN(3))*a.Float64()
			}
			sure := r.Surely(&b)
			for range 8 {
				for c := range s.Columns {
					v.Set(c, []float64{b.Low[c], b.High[c], b.Low[c] + (b.High[c]-b.Low[c])*a.Float64()}[a.IntN(3)])
				}
				holds := r.Level(v) == alert.Full
				if sure && !holds {
					t.Fatalf("seed %d, case %d: it does not hold for %v, in %v\n%s", seed, i, v.Values, b, file)
				}
				held += boolean(sure)
				not += boolean(holds && !sure)
			}
		}
	}
	if held < 10_000 || not < 1000 {
		t.Errorf("seed %d: sure of %d, not sure of %d that hold", seed, held, not)
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
