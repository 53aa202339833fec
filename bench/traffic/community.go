package traffic

// meanCommunity is how many subscribers live together, on average.
const meanCommunity = 80

// communities cuts the subscribers into neighbourhoods of 20 to 140.
type communities struct {
	first []uint32 // first subscriber of each; one more at the end
	of    []uint32 // community of each subscriber
}

func newCommunities(r *random, n int) *communities {
	t := &communities{of: make([]uint32, n)}
	for i := 0; i < n; {
		t.first = append(t.first, uint32(i))
		size := 20 + int(r.below(121))
		if n-i-size < 20 {
			size = n - i
		}
		for range size {
			t.of[i] = uint32(len(t.first) - 1)
			i++
		}
	}
	t.first = append(t.first, uint32(n))
	return t
}

// connect makes the graph of contacts. Every subscriber chooses some friends,
// three in four in the community; a friendship is mutual, so that it stands in
// both lists, early in both or late in both: calls go back and forth. The more
// active choose more. Edge k of subscriber i is a function of the two, so that
// it can be asked for twice and need not be kept.
func (p *population) connect(t *communities, weights []uint32) {
	most := 0
	for i := range p.subs {
		k := p.friends(i, weights[i])
		most = max(most, k)
		for e := range k {
			if j := p.friend(t, i, e); j != i {
				p.subs[i].degree++
				p.subs[j].degree++
			}
		}
	}
	total := uint32(0)
	for i := range p.subs {
		p.subs[i].contacts = total
		total += uint32(p.subs[i].degree)
		p.subs[i].degree = 0
	}
	p.contacts = make([]uint32, total)
	for e := range most {
		for i := range p.subs {
			if e < p.friends(i, weights[i]) {
				if j := p.friend(t, i, e); j != i {
					p.befriend(i, j)
					p.befriend(j, i)
				}
			}
		}
	}
}

func (p *population) befriend(i, j int) {
	s := &p.subs[i]
	p.contacts[s.contacts+uint32(s.degree)] = uint32(j)
	s.degree++
}

// friends is how many friends subscriber i chooses: 3 to 60.
func (p *population) friends(i int, weight uint32) int {
	return 3 + int(mix(p.salt^uint64(i))%4) + 2*int(root(uint64(weight)>>13))
}

// friend is friend k of subscriber i, which may be i itself.
func (p *population) friend(t *communities, i, k int) int {
	u := mix(p.salt + uint64(i)<<8 + uint64(k))
	v, w := mix(u), mix(u+1)
	n := uint64(len(p.subs))
	switch {
	case u%100 < 75:
		c := t.of[i]
		first, size := uint64(t.first[c]), uint64(t.first[c+1]-t.first[c])
		return int(first + (uint64(i)-first+1+scale(scale(v, w), size))%size)
	case u%100 < 90: // the neighbourhood
		return int((uint64(i) + scale(scale(v, w), min(n, 4000))) % n)
	}
	return int(scale(v, n))
}

// contact draws one of the contacts of subscriber i, the first ones most often.
func (p *population) contact(r *random, i uint32) (uint32, bool) {
	s := &p.subs[i]
	if s.degree == 0 {
		return 0, false
	}
	return p.contacts[s.contacts+uint32(r.skewed(uint64(s.degree)))], true
}

// outsideContact draws one of the outsiders whom subscriber i knows. Neighbours
// know some of the same ones.
func (p *population) outsideContact(r *random, i uint32) Number {
	k := r.skewed(24)
	who := uint64(i)<<5 + k
	if k%4 == 3 {
		who = p.salt ^ uint64(p.subs[i].home)<<5 + k
	}
	return p.outsider(mix(who) % p.outsiders)
}
