package shard

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// Rules that want many contacts want more than most subscribers ever have. The items of one set
// that a subscriber is known to have seen, in whatever window and way, are its stock: nothing that
// is counted of them is more. So a rule that wants more than the stock does not hold, however many
// legs come, and need not be looked at before the item comes that makes the stock as large. How
// large it is stands in the block anyway, see items, and the eye looks at that only when so many
// new items have come, of any set, that it may be as large. Who has a big set has no stock: the
// calm of those who come to have one ends.

// endlessStock is a stock that no block has room for.
const endlessStock = math.MaxUint8

var _ = [1]struct{}{}[4*maxFours/endlessStock]

// findStock finds the set that most rules want many of.
func (j *judge) findStock() {
	var wanted [window.Items]int
	most := 0
	if j.shard.days == nil || !j.shard.days.linked {
		return // rows have no place for it
	}
	for _, r := range j.activity {
		each(j.gates[r].coarse, func(p *probe) {
			if many := p.kind == feature.Items && p.lo >= few || p.kind == paired && p.rising(); p.item != window.NoItem && many {
				wanted[p.item]++
			}
		})
	}
	for set, n := range wanted {
		if n > most {
			j.stock, most = window.Item(set), n
		}
	}
}

// stockOf is the stock that a subscriber has at least for whom the rule of g holds.
func (j *judge) stockOf(g *gate) (n int64) {
	for _, c := range g.coarse {
		if p := &c[0]; len(c) == 1 && p.item == j.stock && p.item != window.NoItem && (p.kind == feature.Items || p.kind == feature.Sum && p.bound) {
			n = max(n, p.lo)
		}
	}
	return n
}

// newsTo is how many new items it takes to have a stock of n.
func (x *glance) newsTo(n int64) int32 {
	if !x.stocked {
		return 0
	}
	return int32(min(max(n-x.seen(x.judge.stock), 0), mostCalm))
}

// newsUntil is newsTo for a stock with which a calm ends.
func (x *glance) newsUntil(stock uint8) int32 {
	if stock == endlessStock {
		return mostCalm
	}
	return x.newsTo(int64(stock))
}

// stockAfter is the stock after so many new items.
func (x *glance) stockAfter(news int32) uint8 {
	if !x.stocked {
		return endlessStock
	}
	return uint8(min(x.seen(x.judge.stock)+int64(news), endlessStock))
}

// stockUntil is the stock with which the calm of the subscriber of v ends: one that has none
// known ends with the next item.
func (s *Shard) stockUntil(v *visit) uint8 {
	switch j := s.judge; {
	case j.stock == window.NoItem || v.who.marks&big != 0:
		return endlessStock
	case v.row != nil:
		return s.days.rest(v.row).calm()
	case v.newcomer:
		return j.newcomer.rest.calm()
	}
	return 0
}
