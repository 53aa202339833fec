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
	if keep >= 100 {
		return &Memory{root: c.twin(m.root), crashAt: -1}
	}
	return &Memory{root: c.survivor(m.root), crashAt: -1}
}

type crash struct {
	keep   int
	random *rand.Rand
	nodes  map[*node]*node // what became of whom
}

func (c *crash) kept() bool { return c.random.IntN(100) < c.keep }

// twin is n as another process sees it: nothing is lost, nor more durable.
func (c *crash) twin(n *node) *node {
	if n == nil || c.nodes[n] != nil {
		return c.nodes[n]
	}
	t := &node{same: n.same, cut: n.cut, lost: n.lost, lostEnd: n.lostEnd}
	c.nodes[n] = t
	if !n.isDir() {
		t.data, t.synced = slices.Clone(n.data), n.synced
		return t
	}
	t.names, t.durable = c.twins(n.names), c.twins(n.durable)
	for _, change := range n.pending {
		copied := slices.Clone(change)
		for i := range copied {
			copied[i].node = c.twin(copied[i].node)
		}
		t.pending = append(t.pending, copied)
	}
	return t
}

func (c *crash) twins(names map[string]*node) map[string]*node {
	twins := map[string]*node{}
	for name, n := range names {
		twins[name] = c.twin(n)
	}
	return twins
}

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
	if c.keep <= 0 {
		return n.synced
	}
	// So many bytes it had and kept; what was overwritten of them is old or new.
	had := min(n.cut, len(n.synced))
	kept := slices.Clone(n.data[:had])
	if n.same < had {
		old := n.same + c.random.IntN(had-n.same+1)
		copy(kept[old:], n.synced[old:had])
	}
	return append(kept, c.tail(n.data[had:], n.synced[had:])...)
}

// tail is what becomes of the bytes after those that a file kept.
func (c *crash) tail(now, before []byte) []byte {
	part := now[:c.random.IntN(len(now)+1)]
	switch c.random.IntN(5) {
	case 0:
		return before
	case 1:
		return now
	case 2:
		return part
	case 3: // the length was written, the bytes were not
		return append(slices.Clone(part), make([]byte, len(now)-len(part))...)
	}
	// What was cut is back under what was written.
	return append(slices.Clone(now), before[min(len(now), len(before)):]...)
}
