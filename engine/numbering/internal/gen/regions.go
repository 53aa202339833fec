package main

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
	pn "github.com/nyaruka/phonenumbers"
)

// sorted walks m by ascending country code.
func sorted(m map[int][]*pn.PhoneMetadata) iter.Seq2[int, []*pn.PhoneMetadata] {
	return func(yield func(int, []*pn.PhoneMetadata) bool) {
		for _, code := range slices.Sorted(maps.Keys(m)) {
			if !yield(code, m[code]) {
				return
			}
		}
	}
}

func (p *plan) region(m *pn.PhoneMetadata) table.Region {
	r := table.Region{Name: m.GetId(), Code: strconv.Itoa(int(m.GetCountryCode())),
		Possible: lengths(m.GetGeneralDesc().GetPossibleLength()),
		Local:    lengths(m.GetGeneralDesc().GetPossibleLengthLocalOnly())}
	r.Before, r.Strips = strips(m)
	return r
}

func lengths(list []int32) (mask uint32) {
	for _, n := range list {
		mask |= 1 << n
	}
	return mask
}

// viability is the trie of the national numbers that the general pattern of m
// allows: the library's test of whether a prefix may be stripped.
func (p *plan) viability(m *pn.PhoneMetadata) child {
	yes := table.NewAnswer(0, 0, 0, 0, true)
	patterns := &product{patterns: []*automaton{newAutomaton(m.GetGeneralDesc().GetNationalNumberPattern(), false)}, general: []int{0}}
	id := p.valid.grow(patterns, func(string) table.Answer { return yes }, maxDigits)
	c := completion{trie: p.trie, from: p.valid, possible: func(int) bool { return false }, memo: map[[2]int32]child{}}
	return c.complete(id, 0)
}

// lay numbers nodes, leaves and answers and writes them into rows.
func (p *plan) lay(version string, root child, regions []table.Region, viable map[string]child) (*table.Table, error) {
	nodes := p.trie.nodes
	order := make([]int, len(nodes)) // node id -> row: the root first
	order[root] = 0
	next := 1
	for id := range nodes {
		if child(id) != root {
			order[id] = next
			next++
		}
	}
	if len(nodes)+len(p.trie.leaves) > 1<<16 {
		return nil, fmt.Errorf("%d nodes and leaves do not fit 16 bits", len(nodes)+len(p.trie.leaves))
	}
	place := func(c child) uint16 {
		if c < 0 {
			return uint16(len(nodes) + int(^c))
		}
		return uint16(order[c])
	}
	t := &table.Table{Version: version, Regions: regions, Answers: []table.Answer{0}}
	ids := map[table.Answer]uint16{0: 0}
	answer := func(a table.Answer) uint16 {
		if _, ok := ids[a]; !ok {
			ids[a] = uint16(len(t.Answers))
			t.Answers = append(t.Answers, a)
		}
		return ids[a]
	}
	t.Nodes = make([]uint16, len(nodes)*table.NodeRow)
	for id, n := range nodes {
		row := t.Nodes[order[id]*table.NodeRow:]
		for d, k := range n.kids {
			row[d] = place(k)
		}
		row[table.End] = answer(n.end)
	}
	for _, l := range p.trie.leaves {
		for _, a := range l {
			t.Leaves = append(t.Leaves, answer(a))
		}
	}
	for i := range t.Regions {
		t.Regions[i].Viable = place(viable[t.Regions[i].Name])
	}
	return t, nil
}
