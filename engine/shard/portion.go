package shard

import (
	"math"
	"slices"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// A rule that wants a share of something mostly wants much of it, too: of a hundred calls and
// a share of short ones of nine tenths, ninety are short. How many these are can be bounded
// where shares cannot, in windows of hours, and legs that leave the window make them no more.

// portion is what follows from two clauses: that of a share, and of how much at least the
// whole is.
type portion struct {
	basis feature.Basis
	atom  rules.Atom
}

// portionsOf finds what the shares that a rule wants come to.
func (j *judge) portionsOf(set *rules.Set, g rules.Gate) (all []portion) {
	basis := func(c rules.Clause) feature.Basis { return j.shard.Plan.Basis(set.Columns[c[0].Column]) }
	for _, share := range g {
		if len(share) != 1 || basis(share).Kind != feature.Quotient {
			continue
		}
		for _, whole := range g {
			if len(whole) != 1 {
				continue
			}
			if p, ok := portionOf(basis(share), basis(whole), share[0], whole[0]); ok {
				all = append(all, p)
			}
		}
	}
	return all
}

func portionOf(share, whole feature.Basis, part, least rules.Atom) (p portion, ok bool) {
	if part.Op != rules.GE && part.Op != rules.GT || whole.Window != share.Window || !slices.Equal(whole.Of, share.Over) {
		return p, false
	}
	if whole.Kind != feature.Sum && whole.Kind != feature.Items { // there are no more items than legs
		return p, false
	}
	lo, _ := limits(least.Op, least.Value, whole.By)
	want := math.Ceil(part.Value * share.By * float64(lo) * (1 - nearly))
	p.basis = feature.Basis{Kind: feature.Sum, Window: share.Window, Of: share.Of, By: 1}
	p.atom = rules.Atom{Op: rules.GE, Value: want}
	return p, lo > 0 && want > 0
}

// addPortions adds what the shares that a rule wants come to.
func (j *judge) addPortions(g *gate, all []portion) {
	for _, x := range all {
		if p, ok := j.newProbe(x.basis, x.atom, false); ok {
			p.bound = true
			g.coarse = append(g.coarse, []probe{p})
		}
		if p, ok := j.newProbe(x.basis, x.atom, true); ok && j.isFine(&p) {
			p.bound, p.fine = true, true
			g.fine = append(g.fine, []probe{p})
		}
	}
}
