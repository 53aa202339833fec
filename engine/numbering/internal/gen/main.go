// Command gen writes the number plan's table, plan.bin, from the metadata that
// github.com/nyaruka/phonenumbers carries. It walks the digit tree of every
// country code, asks the library wherever its patterns can tell two numbers
// apart, and merges equal subtrees.
package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
	pn "github.com/nyaruka/phonenumbers"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen FILE")
		os.Exit(2)
	}
	t, err := build(libraryVersion())
	if err == nil {
		err = os.WriteFile(os.Args[1], table.Encode(t), 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
	fmt.Printf("%d nodes, %d leaves, %d answers, %d regions\n",
		len(t.Nodes)/table.NodeRow, len(t.Leaves)/table.LeafRow, len(t.Answers), len(t.Regions))
}

func libraryVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "github.com/nyaruka/phonenumbers" {
				return d.Path + " " + d.Version
			}
		}
	}
	return "github.com/nyaruka/phonenumbers"
}

// plan collects the parts of the table while it grows.
type plan struct {
	trie  *trie
	valid *forest
	codes map[int][]*pn.PhoneMetadata // by country code
	roots map[string]child            // by digits of the country code
}

func build(version string) (*table.Table, error) {
	all, err := pn.MetadataCollection()
	if err != nil {
		return nil, fmt.Errorf("read the metadata: %w", err)
	}
	p := &plan{trie: newTrie(), valid: newForest(), codes: map[int][]*pn.PhoneMetadata{}, roots: map[string]child{}}
	for _, m := range all.Metadata {
		code := int(m.GetCountryCode())
		p.codes[code] = append(p.codes[code], m)
	}
	for code, regions := range sorted(p.codes) {
		p.addCode(code, regions)
	}
	root := p.join("")
	var regions []table.Region
	viable := map[string]child{}
	for _, list := range sorted(p.codes) {
		for _, m := range list {
			if m.GetId() != "001" {
				regions = append(regions, p.region(m))
				viable[m.GetId()] = p.viability(m)
			}
		}
	}
	slices.SortFunc(regions, func(a, b table.Region) int { return strings.Compare(a.Name, b.Name) })
	return p.lay(version, root, regions, viable)
}

// addCode builds the trie of one country code.
func (p *plan) addCode(code int, regions []*pn.PhoneMetadata) {
	digits := strconv.Itoa(code)
	limit := maxDigits - len(digits)
	answer := func(national string) table.Answer { return ask(code, national) }
	patterns := newProduct(code, regions)
	id := p.valid.grow(patterns, answer, limit)
	least := len(digits)
	if code == 1 {
		least += 3
		id = p.valid.grow(patterns, nanp(p.valid, id), limit)
	}
	main, country := mainRegion(code, regions)
	c := completion{trie: p.trie, from: p.valid, code: len(digits), main: country, least: least, risky: highRisk(code), memo: map[[2]int32]child{},
		possible: func(n int) bool { return slices.Contains(main.GetGeneralDesc().GetPossibleLength(), int32(n)) }}
	p.roots[digits] = c.complete(id, len(digits))
}

// nanp answers for country code 1, where the first three digits decide about
// the area: they are one wherever any fixed or mobile line begins with them.
func nanp(f *forest, root int32) func(string) table.Answer {
	geographic := map[string]bool{}
	for i := range 1000 {
		id, npa := root, fmt.Sprintf("%03d", i)
		for _, d := range npa {
			id = f.nodes[id].kids[d-'0']
		}
		geographic[npa] = f.lines[id]
	}
	return func(national string) table.Answer {
		a := ask(1, national)
		if a == 0 {
			return 0
		}
		length := 0
		if geographic[national[:3]] {
			length = 3
		}
		return table.NewAnswer(a.Country(), a.Class(), 1, length, true)
	}
}

func mainRegion(code int, regions []*pn.PhoneMetadata) (*pn.PhoneMetadata, int) {
	name := pn.GetRegionCodeForCountryCode(code)
	for _, m := range regions {
		if m.GetId() == name && name != "001" {
			return m, table.CountryCode(name)
		}
	}
	return regions[0], table.CountryCode(strconv.Itoa(code))
}

// join puts the tries of all country codes that begin with prefix under one.
func (p *plan) join(prefix string) child {
	if root, ok := p.roots[prefix]; ok {
		return root
	}
	if len(prefix) == 3 {
		return p.trie.leaf(leaf{})
	}
	var n node
	for d := range n.kids {
		n.kids[d] = p.join(prefix + strconv.Itoa(d))
	}
	return p.trie.add(n, len(prefix))
}
