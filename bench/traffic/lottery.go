package traffic

import "math/bits"

// lottery draws subscribers of one habit with the probability of their weight,
// in constant time (Walker's alias method, in integers).
type lottery struct {
	tickets []ticket
	weight  uint64 // sum of all
}

// ticket is one column of the alias table: who with the chance keep / 2^32, else other.
type ticket struct{ keep, who, other uint32 }

func newLottery(subs []subscriber, weights []uint32, habit int) lottery {
	var l lottery
	for i := range subs {
		if subs[i].traits.habit() == habit {
			l.tickets = append(l.tickets, ticket{who: uint32(i)})
			l.weight += uint64(weights[i])
		}
	}
	n := uint64(len(l.tickets))
	scaled := make([]uint64, n) // weight * n; the mean is l.weight
	var small, large []uint32
	for i, t := range l.tickets {
		scaled[i] = uint64(weights[t.who]) * n
		if scaled[i] < l.weight {
			small = append(small, uint32(i))
		} else {
			large = append(large, uint32(i))
		}
	}
	for len(small) > 0 && len(large) > 0 {
		s, g := small[len(small)-1], large[len(large)-1]
		small = small[:len(small)-1]
		l.tickets[s].keep = part32(scaled[s], l.weight)
		l.tickets[s].other = l.tickets[g].who
		scaled[g] -= l.weight - scaled[s]
		if scaled[g] < l.weight {
			large = large[:len(large)-1]
			small = append(small, g)
		}
	}
	for _, i := range append(small, large...) {
		l.tickets[i].keep, l.tickets[i].other = 1<<32-1, l.tickets[i].who
	}
	return l
}

// part32 is a/b of 2^32, for a < b.
func part32(a, b uint64) uint32 {
	q, _ := bits.Div64(a>>32, a<<32, b)
	return uint32(q)
}

// draw returns the index of a subscriber; the lottery must not be empty.
func (l *lottery) draw(r *random) uint32 {
	u := r.u64()
	t := &l.tickets[(u>>32)*uint64(len(l.tickets))>>32]
	if uint32(u) < t.keep {
		return t.who
	}
	return t.other
}
