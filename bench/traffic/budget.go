package traffic

import "math/bits"

// budget spreads what is to be made over the minutes, by the rhythm. It is in
// records when their count was given, else in attempts. What a minute makes too
// much or too little of is made up for by the rest, so the sum is exact.
type budget struct {
	exact bool
	left  int64
	share uint64 // weight of the minutes to come
}

// minuteWeights fills w with the weight of each habit in the minute that starts
// at t, and returns their sum.
func (g *Generator) minuteWeights(t int64, w *[len(habits)]uint64) uint64 {
	local := g.clock.local(t)
	day, minute := local/msDay, int(local%msDay/msMinute)
	// Days and minutes differ a little from each other for no reason.
	luck := 90 + mix(g.people.salt^uint64(day))%21
	luck *= 85 + mix(g.people.salt^uint64(t/msMinute))%31
	sum := uint64(0)
	for h := range habits {
		w[h] = habits[h].at(weekdayOf(day), minute) * g.weights[h] * luck >> 10
		sum += w[h]
	}
	return sum
}

// newBudget also sets g.weights: how much of all usage is that of each habit,
// of 65,536.
func (g *Generator) newBudget() budget {
	all := uint64(0)
	for h := range habits {
		all += g.people.lotteries[h].weight
	}
	for h := range habits {
		g.weights[h] = uint64(part32(g.people.lotteries[h].weight, all+1) >> 16)
	}
	b := budget{exact: g.config.Records > 0, left: g.config.Records}
	if !b.exact {
		b.left = int64(g.config.Subscribers) * int64(g.config.Days) * RecordsPerDay
	}
	var w [len(habits)]uint64
	for t := g.minute; t < g.to; t += msMinute {
		b.share += g.minuteWeights(t, &w)
	}
	return b
}

// quota takes the share of a minute of the given weight out of the minutes to
// come and returns how much it is to make: its part of what is left, rounded up
// or down by chance.
func (b *budget) quota(r *random, weight uint64) int64 {
	if b.share == 0 || b.left <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(b.left), weight)
	lo, carry := bits.Add64(lo, r.below(b.share), 0)
	if b.share == weight {
		b.share = 0
		return b.left
	}
	q, _ := bits.Div64(hi+carry, lo, b.share)
	b.share -= weight
	return min(int64(q), b.left)
}

// price is what an attempt takes out of the budget; planted ones are on top.
func (b *budget) price(t *attempt) int64 {
	switch {
	case t.actor != nil:
		return 0
	case b.exact:
		return t.cost
	}
	return 1
}
