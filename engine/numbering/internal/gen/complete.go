package main

import "github.com/cdrstream/cdrstream/engine/numbering/internal/table"

// leaf answers by the count of digits of the number.
type leaf [table.LeafRow]table.Answer

// node is a node of the finished trie, whose children are always there.
type node struct {
	kids [10]child
	end  table.Answer
}

// child is a node (>= 0) or a leaf (its complement).
type child int32

// trie is the finished trie of all numbers, valid or not, equal parts once.
type trie struct {
	nodes   []node
	leaves  []leaf
	nodeIDs map[node]child
	leafIDs map[leaf]child
}

func newTrie() *trie {
	return &trie{nodeIDs: map[node]child{}, leafIDs: map[leaf]child{}}
}

func (t *trie) leaf(l leaf) child {
	if id, ok := t.leafIDs[l]; ok {
		return id
	}
	id := ^child(len(t.leaves))
	t.leaves, t.leafIDs[l] = append(t.leaves, l), id
	return id
}

// add returns the node n that stands behind depth digits, or the leaf that says
// the same when only the length matters from there on.
func (t *trie) add(n node, depth int) child {
	same := n.kids[0] < 0
	for _, k := range n.kids {
		same = same && k == n.kids[0]
	}
	if same {
		l := t.leaves[^n.kids[0]]
		l[depth] = n.end
		return t.leaf(l)
	}
	if id, ok := t.nodeIDs[n]; ok {
		return id
	}
	id := child(len(t.nodes))
	t.nodes, t.nodeIDs[n] = append(t.nodes, n), id
	return id
}

// completion gives every number of a country code an answer: valid ones their
// own; others, when their length is possible, what all valid numbers share that
// begin with the longest beginning they have in common with any.
type completion struct {
	trie     *trie
	from     *forest
	code     int // digits of the country code
	main     int // country where valid numbers disagree
	possible func(national int) bool
	least    int  // digits of a beginning that tells anything, more than the country code where areas decide
	risky    bool // premium even where the length is impossible
	memo     map[[2]int32]child
}

func (c *completion) complete(id int32, depth int) child {
	at := [2]int32{id, int32(depth)}
	if done, ok := c.memo[at]; ok {
		return done
	}
	v, common := c.from.nodes[id], c.from.common[id]
	n := node{end: v.end}
	if n.end == 0 {
		n.end = c.guess(common, depth, depth)
	}
	for d, k := range v.kids {
		switch {
		case depth == maxDigits:
			n.kids[d] = c.trie.leaf(leaf{})
		case k == 0:
			n.kids[d] = c.guesses(common, depth)
		default:
			n.kids[d] = c.complete(k, depth+1)
		}
	}
	done := c.trie.add(n, depth)
	c.memo[at] = done
	return done
}

// guesses is the leaf of all numbers that share depth digits with valid ones.
func (c *completion) guesses(common traits, depth int) child {
	var l leaf
	for n := depth + 1; n <= maxDigits; n++ {
		l[n] = c.guess(common, depth, n)
	}
	return c.trie.leaf(l)
}

// guess answers for an invalid number of n digits, depth of which begin valid
// numbers with these common traits.
func (c *completion) guess(t traits, depth, n int) table.Answer {
	country, class, from, length := t.country, max(t.class, 0), t.areaFrom, t.areaLen
	if depth < c.least {
		country, class = 0, 0
	}
	if country <= 0 {
		country = c.main
	}
	if from < 0 || length < 0 || from+length > depth {
		from, length = 0, 0
	}
	if length == 0 {
		from = 0
	}
	if c.possible(n - c.code) {
		return table.NewAnswer(country, class, from, length, false)
	}
	if c.risky {
		return table.NewAnswer(0, class, 0, 0, false)
	}
	return 0
}
