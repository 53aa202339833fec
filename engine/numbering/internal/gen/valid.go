package main

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/numbering/internal/table"
)

const maxDigits = 16 // of a number, country code included

// Values of a trait that is none.
const (
	open     = -1 // no number seen
	disagree = -2
)

// traits are what all valid numbers below a node have in common.
type traits struct{ country, class, areaFrom, areaLen int }

func (t *traits) meet(o traits) {
	for _, f := range []struct{ a, b *int }{{&t.country, &o.country}, {&t.class, &o.class}, {&t.areaFrom, &o.areaFrom}, {&t.areaLen, &o.areaLen}} {
		switch {
		case *f.a == open:
			*f.a = *f.b
		case *f.b != open && *f.a != *f.b:
			*f.a = disagree
		}
	}
}

// valid is a node of the trie of the valid numbers: children are indexes, 0 is
// none.
type valid struct {
	end  table.Answer
	kids [10]int32
}

// forest holds the valid tries of all country codes, equal subtrees once.
type forest struct {
	nodes  []valid
	common []traits
	lines  []bool // a fixed or mobile line is below
	ids    map[valid]int32
}

func newForest() *forest {
	return &forest{nodes: make([]valid, 1), common: []traits{{open, open, open, open}}, lines: []bool{false}, ids: map[valid]int32{{}: 0}}
}

func (f *forest) add(v valid) int32 {
	if id, ok := f.ids[v]; ok {
		return id
	}
	t := traits{open, open, open, open}
	line := v.end != 0 && (v.end.Class() == int(cdr.ClassGeographic) || v.end.Class() == int(cdr.ClassMobile))
	if v.end != 0 {
		from, length := v.end.Area()
		t = traits{v.end.Country(), v.end.Class(), from, length}
	}
	for _, k := range v.kids {
		t.meet(f.common[k])
		line = line || f.lines[k]
	}
	id := int32(len(f.nodes))
	f.nodes, f.common, f.lines, f.ids[v] = append(f.nodes, v), append(f.common, t), append(f.lines, line), id
	return id
}

type spot struct {
	v     vector
	depth int
}

// grow builds the trie of the valid national numbers of p.
func (f *forest) grow(p *product, answer func(national string) table.Answer, limit int) int32 {
	memo := map[spot]int32{}
	text := make([]byte, 0, maxDigits)
	var walk func(v vector) int32
	walk = func(v vector) int32 {
		if p.dead(v) {
			return 0
		}
		at := spot{v, len(text)}
		if id, ok := memo[at]; ok {
			return id
		}
		var n valid
		if len(text) > 0 && p.accepts(v) {
			n.end = answer(string(text))
		}
		for d := 0; d < 10 && len(text) < limit; d++ {
			text = append(text, byte('0'+d))
			n.kids[d] = walk(p.step(v, d))
			text = text[:len(text)-1]
		}
		id := f.add(n)
		memo[at] = id
		return id
	}
	return walk(p.start())
}
