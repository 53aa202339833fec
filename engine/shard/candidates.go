package shard

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// candidate is a subscriber that gets a row.
type candidate struct {
	sort uint64 // orders digits as text; noDigits for all others, see compare
	slot uint32
}

const noDigits = ^uint64(0)

// sortKey orders numbers as their text: digits left-aligned, then by length.
func sortKey(n cdr.Number) uint64 {
	if n.IsName() || n.IsIMSI() {
		return noDigits
	}
	v := n.Value()
	for range 16 - n.Len() {
		v *= 10
	}
	return v<<5 | uint64(n.Len())
}

// sort puts who in the order of their text.
func (s *Shard) sort(who []candidate) {
	sortByKey(who)
	n := len(who)
	for n > 0 && who[n-1].sort == noDigits {
		n--
	}
	others := who[n:]
	if len(others) == 0 {
		return
	}
	slices.SortFunc(others, s.compare)
	if t, _ := s.text(nil, s.people.at(others[0].slot).key); string(t) < ":" { // the byte after 9
		slices.SortFunc(who, s.compare)
	}
}

func (s *Shard) compare(a, b candidate) int {
	if a.sort != noDigits && b.sort != noDigits {
		return cmp.Compare(a.sort, b.sort)
	}
	ta, _ := s.text(nil, s.people.at(a.slot).key)
	tb, _ := s.text(nil, s.people.at(b.slot).key)
	return bytes.Compare(ta, tb)
}

// fewSorted candidates are sorted by comparing them.
const fewSorted = 32

// sortByKey sorts who by their keys, in place: into buckets by the first eight bits in
// which they differ, then each bucket.
func sortByKey(who []candidate) {
	if len(who) <= fewSorted {
		insert(who)
		return
	}
	var differ uint64
	for _, c := range who {
		differ |= c.sort ^ who[0].sort
	}
	if differ == 0 {
		return
	}
	shift := max(0, bits.Len64(differ)-8) & 63
	var next, ends [256]int
	for _, c := range who {
		ends[c.sort>>shift&255]++
	}
	n := 0
	for b := range ends {
		next[b] = n
		n += ends[b]
		ends[b] = n
	}
	for b := range 256 {
		for next[b] < ends[b] {
			c := who[next[b]]
			for d := int(c.sort >> shift & 255); d != b; d = int(c.sort >> shift & 255) {
				c, who[next[d]] = who[next[d]], c
				next[d]++
			}
			who[next[b]] = c
			next[b]++
		}
	}
	from := 0
	for _, end := range ends {
		sortByKey(who[from:end])
		from = end
	}
}

func insert(who []candidate) {
	for i := 1; i < len(who); i++ {
		c, at := who[i], i
		for ; at > 0 && who[at-1].sort > c.sort; at-- {
			who[at] = who[at-1]
		}
		who[at] = c
	}
}
