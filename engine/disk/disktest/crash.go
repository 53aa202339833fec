package disktest

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// Crash returns the file system as a new process finds it after a crash that
// comes now. keep is the percentage of what was not synced that survives, see
// the package; seed decides what, if it is neither 0 nor 100. m fails with
// ErrCrashed from now on; it may crash again, for another outcome.
func (m *Memory) Crash(keep int, seed uint64) *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.crashed = true
	c := crash{keep: keep, random: rand.New(rand.NewPCG(seed, 0)), nodes: map[*node]*node{}}
	return &Memory{root: c.survivor(m.root), crashAt: -1}
}

type crash struct {
	keep   int
	random *rand.Rand
	nodes  map[*node]*node // what became of whom
}

func (c *crash) kept() bool { return c.random.IntN(100) < c.keep }

// survivor is what a crash leaves of n.
func (c *crash) survivor(n *node) *node {
	if s := c.nodes[n]; s != nil {
		return s
	}
	s := &node{}
	c.nodes[n] = s
	if n.isDir() {
		s.names = c.entries(n)
		s.durable = maps.Clone(s.names)
		return s
	}
	s.data = c.content(n)
	s.save()
	return s
}

func (c *crash) entries(n *node) map[string]*node {
	names := maps.Clone(n.durable)
	for _, change := range n.pending {
		if c.kept() {
			apply(names, change)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		names[name] = c.survivor(names[name])
	}
	return names
}

// content is what a file holds after the crash.
func (c *crash) content(n *node) []byte {
	switch {
	case c.keep <= 0:
		return n.synced
	case c.keep >= 100:
		return n.data
	case n.same == len(n.synced) && n.same == len(n.data):
		return n.data // nothing to lose
	}
	part := n.same + c.random.IntN(max(0, len(n.data)-n.same)+1)
	switch c.random.IntN(5) {
	case 0:
		return n.synced
	case 1:
		return n.data
	case 2: // cut
		return n.data[:part]
	case 3: // its end was never written
		return append(slices.Clone(n.data[:part]), make([]byte, len(n.data)-part)...)
	}
	// What was cut is back under what was written.
	return append(slices.Clone(n.data), n.synced[min(len(n.data), len(n.synced)):]...)
}
