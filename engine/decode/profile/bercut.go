package profile

import (
	"fmt"
	"strconv"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// berCutter cuts records of basic encoding rules.
type berCutter struct {
	frames   *ber.Stream
	types    []berType
	skip     int
	nodes    []berNode
	roots    []int // of the types, then that of other records; empty: no source has a path
	leaves   []berLeaf
	typeCell int // -1: no source is the type
}

func (c *berCutter) open(head []byte) (cutter, int, error) { return c, min(c.skip, len(head)), nil }
func (c *berCutter) framing() decode.Framing               { return c.frames }

// begins reports whether b begins like a record: with the tag of one, and a length.
func (c *berCutter) begins(b []byte) bool {
	h, problem := ber.ReadHeader(b)
	if problem != ber.None || !h.Constructed || h.Length == 0 && !h.Indefinite {
		return false
	}
	return len(c.types) == 0 || c.typeOf(h.Tag) < len(c.types)
}

// typeOf is the index of the type of records with a tag, len(types) if none has it.
func (c *berCutter) typeOf(t ber.Tag) int {
	for i := range c.types {
		if c.types[i].tag == t {
			return i
		}
	}
	return len(c.types)
}

// berWalk is a walk through one record.
type berWalk struct {
	*berCutter
	r    *record
	sums [maxSums]uint64
	have uint32 // bit n: there is sum n
}

func (c *berCutter) cut(r *record) (problem string) {
	r.bare()
	outer := ber.Walk(r.raw)
	if !outer.Next() {
		return "this is no element: " + string(outer.Problem)
	}
	kind := c.typeOf(outer.Tag)
	if c.typeCell >= 0 {
		c.nameType(r, kind, outer.Tag)
	}
	if len(c.roots) == 0 {
		return ""
	}
	w := berWalk{berCutter: c, r: r}
	if problem = w.walk(outer.Content, c.roots[kind]); problem != "" {
		return problem
	}
	w.total()
	return ""
}

func (c *berCutter) nameType(r *record, kind int, t ber.Tag) {
	from := r.begin()
	if kind < len(c.types) {
		r.buf = append(r.buf, c.types[kind].name...)
	} else {
		r.buf = appendTag(r.buf, t)
	}
	r.made(c.typeCell, from)
}

// walk sets the cells of what stands in content, which is within the element of a node.
func (w *berWalk) walk(content []byte, node int) (problem string) {
	n := &w.nodes[node]
	elements := ber.Walk(content)
	for elements.Next() {
		at := n.child(elements.Tag)
		if at == 0 {
			continue
		}
		child := &w.nodes[at]
		for _, i := range child.leaves {
			if problem = w.leaf(i, elements.Content); problem != "" {
				return problem
			}
		}
		if child.within && elements.Constructed {
			if problem = w.walk(elements.Content, int(at)); problem != "" {
				return problem
			}
		}
	}
	if elements.Problem != ber.None {
		return "an element is malformed: " + string(elements.Problem)
	}
	return ""
}

// leaf takes the content of an element for cell i.
func (w *berWalk) leaf(i int, content []byte) (problem string) {
	l := &w.leaves[i]
	switch l.pick {
	case pickFirst:
		if w.r.cells[i].there {
			return ""
		}
	case pickCount:
		w.sums[l.sum]++
		w.have |= 1 << l.sum
		return ""
	case pickSum:
		n, ok := ber.Uint(content)
		if !ok {
			n, ok = number(content)
		}
		if w.sums[l.sum] += n; !ok || w.sums[l.sum] < n {
			return fmt.Sprintf("tag %s: %s is not a number that can be added", l.path, hexText(content))
		}
		w.have |= 1 << l.sum
		return ""
	}
	from, ok := w.r.begin(), false
	if w.r.buf, ok = l.read(w.r.buf, content); !ok {
		return fmt.Sprintf("tag %s: %s is not %s", l.path, hexText(content), l.as)
	}
	w.r.made(i, from)
	return ""
}

// total writes the sums and counts.
func (w *berWalk) total() {
	if w.have == 0 {
		return
	}
	for i := range w.leaves {
		l := &w.leaves[i]
		if l.pick != pickSum && l.pick != pickCount || w.have>>l.sum&1 == 0 {
			continue
		}
		from := w.r.begin()
		w.r.buf = strconv.AppendUint(w.r.buf, w.sums[l.sum], 10)
		w.r.made(i, from)
	}
}

// hexText is the beginning of octets, for messages.
func hexText(b []byte) string {
	if len(b) > 32 {
		return fmt.Sprintf("%x...", b[:32])
	}
	return fmt.Sprintf("%x", b)
}
