package traffic

import (
	"slices"
	"strconv"
	"strings"
)

// plan is the part of a country's numbering plan that the traffic uses: blocks
// of the home network and blocks of everybody else. The ranges are real, so
// that numbers have the country, area and class they should.
type plan struct {
	country string
	code    string // country calling code
	plmn    PLMN   // the home network
	mobile  numbering
	fixed   numbering

	tollFree, premium           series
	voicemail, care, info, news uint64 // short codes; news sends messages
}

// numbering is a kind of number: code, area, block and what is left of size
// digits. areas is "" where a number does not tell its area.
type numbering struct {
	size        int    // national digits
	areas       string // area codes, by spaces
	home, other string // blocks by spaces
}

// series is all numbers of some digits after a prefix (national).
type series struct {
	prefix string
	free   int
}

// Countries returns the ISO codes of the built-in numbering plans.
func Countries() []string {
	var c []string
	for i := range plans {
		c = append(c, plans[i].country)
	}
	slices.Sort(c)
	return c
}

func findPlan(country string) (*plan, bool) {
	for i := range plans {
		if plans[i].country == country {
			return &plans[i], true
		}
	}
	return nil, false
}

// HomePrefixes returns the E.164 prefixes, with +, that hold the subscribers of
// the network in a country and nobody else; nil for an unknown country.
func HomePrefixes(country string) []string {
	p, ok := findPlan(country)
	if !ok {
		return nil
	}
	var out []string
	for _, n := range []numbering{p.mobile, p.fixed} {
		for _, area := range n.areaCodes() {
			for _, block := range strings.Fields(n.home) {
				out = append(out, "+"+p.code+area+block)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (n *numbering) areaCodes() []string {
	if n.areas == "" {
		return []string{""}
	}
	return strings.Fields(n.areas)
}

// pool deals out the numbers of some blocks, each index another number, in no
// visible order.
type pool struct {
	areas  []poolArea
	offset uint64
}

type poolArea struct {
	blocks []uint64 // first number of each block
	size   uint64   // numbers in a block
}

// poolStep is a prime, so that it walks through any pool whose size it does not divide.
const poolStep = 2_654_435_761

func newPool(code string, n numbering, blocks string, offset uint64) pool {
	p := pool{offset: offset % 1_000_000_007}
	for _, area := range n.areaCodes() {
		var a poolArea
		for _, block := range strings.Fields(blocks) {
			first, size := series{area + block, n.size - len(area) - len(block)}.numbers(code)
			a.blocks, a.size = append(a.blocks, first), size
		}
		p.areas = append(p.areas, a)
	}
	return p
}

// capacity is how many indexes there are, whatever the area.
func (p *pool) capacity() uint64 {
	least := ^uint64(0)
	for _, a := range p.areas {
		least = min(least, uint64(len(a.blocks))*a.size)
	}
	return least
}

// number returns the number of index i < capacity in an area (any number).
func (p *pool) number(area, i uint64) Number {
	a := &p.areas[area%uint64(len(p.areas))]
	j := (i*poolStep + p.offset) % (uint64(len(a.blocks)) * a.size)
	return Number(a.blocks[j/a.size] + j%a.size)
}

// numbers returns the first number of s and how many there are.
func (s series) numbers(code string) (first, size uint64) {
	size = 1
	for range s.free {
		size *= 10
	}
	v, err := strconv.ParseUint(code+s.prefix, 10, 64)
	if err != nil {
		panic("traffic: plan: " + err.Error())
	}
	return v * size, size
}
