package profile

import (
	"strconv"
	"strings"
)

// jsonStep is one step of a path: into a member, or into an element.
type jsonStep struct {
	name    string
	element bool
	index   int // of the element; -1 is the last
}

// parsePath reads a.b[0]["c.d"].
func parsePath(path string) (steps []jsonStep, problem string) {
	for rest := path; rest != ""; {
		var step jsonStep
		switch {
		case rest[0] == '[':
			step, rest, problem = parseBracket(rest)
		case len(steps) > 0 && rest[0] != '.':
			problem = "behind a bracket comes a dot, another bracket or the end"
		default:
			rest = strings.TrimPrefix(rest, ".")
			n := strings.IndexAny(rest, ".[")
			if n < 0 {
				n = len(rest)
			}
			if step.name, rest = rest[:n], rest[n:]; step.name == "" {
				problem = "a name is empty"
			}
		}
		if problem != "" {
			return nil, problem
		}
		steps = append(steps, step)
	}
	if len(steps) > maxJSONDepth {
		return nil, "it has more than 64 steps"
	}
	return steps, ""
}

// parseBracket reads [0] or ["name"].
func parseBracket(s string) (step jsonStep, rest, problem string) {
	if quoted, err := strconv.QuotedPrefix(s[1:]); err == nil {
		rest = s[1+len(quoted):]
		step.name, err = strconv.Unquote(quoted)
		if err != nil || !strings.HasPrefix(rest, "]") {
			return step, "", `write ["name"]`
		}
		return step, rest[1:], ""
	}
	text, rest, ok := strings.Cut(s[1:], "]")
	n, err := strconv.Atoi(text)
	if !ok || err != nil || n < -1 || n > 999 {
		return step, "", "an element is a number from 0 to 999, or -1 for the last one, in brackets"
	}
	return jsonStep{element: true, index: n}, rest, ""
}

// jsonTree is the paths of a profile put together.
type jsonTree struct {
	members  map[string]*jsonTree
	names    []string // of members, in order
	elements map[int]*jsonTree
	indexes  []int
	cells    []int
}

func (t *jsonTree) add(steps []jsonStep, cell int) {
	if len(steps) == 0 {
		t.cells = append(t.cells, cell)
		return
	}
	step := steps[0]
	if t.members == nil {
		t.members, t.elements = map[string]*jsonTree{}, map[int]*jsonTree{}
	}
	next := t.members[step.name]
	if step.element {
		next = t.elements[step.index]
	}
	if next == nil {
		next = &jsonTree{}
		if step.element {
			t.elements[step.index], t.indexes = next, append(t.indexes, step.index)
		} else {
			t.members[step.name], t.names = next, append(t.names, step.name)
		}
	}
	next.add(steps[1:], cell)
}

// jsonNode is a place in records that paths lead to or through. Its members and
// elements are numbers of nodes.
type jsonNode struct {
	lengths  uint64 // bit n: a member's name has n bytes, 63 or more of them
	members  []jsonMember
	elements []jsonElement
	cells    []int // of the value here
	below    []int // the same, and those of all nodes below
}

type jsonMember struct {
	name string
	node int
}

type jsonElement struct{ index, node int }

// compile lists the nodes, the root first.
func (t *jsonTree) compile() []jsonNode {
	var all []jsonNode
	t.list(&all)
	return all
}

func (t *jsonTree) list(all *[]jsonNode) int {
	at := len(*all)
	*all = append(*all, jsonNode{})
	node := jsonNode{cells: t.cells, below: append([]int(nil), t.cells...)}
	for _, name := range t.names {
		n := t.members[name].list(all)
		node.members = append(node.members, jsonMember{name: name, node: n})
		node.lengths |= 1 << min(len(name), 63)
		node.below = append(node.below, (*all)[n].below...)
	}
	for _, i := range t.indexes {
		n := t.elements[i].list(all)
		node.elements = append(node.elements, jsonElement{index: i, node: n})
		node.below = append(node.below, (*all)[n].below...)
	}
	(*all)[at] = node
	return at
}

// member is the node of a member, -1 if none is wanted.
func (n *jsonNode) member(name []byte) int {
	if n.lengths>>min(len(name), 63)&1 == 0 {
		return -1
	}
	for i := range n.members {
		if n.members[i].name == string(name) {
			return n.members[i].node
		}
	}
	return -1
}
