package disktest

import (
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// node is a file or a directory.
type node struct {
	names   map[string]*node // of a directory; nil: a file
	durable map[string]*node // as of the last SyncDir
	pending []change         // since then

	data   []byte
	synced []byte // as of the last Sync; may share its bytes with data
	same   int    // so many bytes of synced were neither overwritten nor cut since
	cut    int    // so many were not cut

	// Bytes that a failed Sync gave up: until they are written anew, later Syncs
	// prove nothing.
	lost, lostEnd int

	locked bool
}

// change is what one operation did to the names of a directory. A crash keeps
// all of it or nothing.
type change []entry

type entry struct {
	name string
	node *node // nil: the name goes
}

func newDir() *node { return &node{names: map[string]*node{}, durable: map[string]*node{}} }

func (n *node) isDir() bool { return n.names != nil }

// change gives names to nodes, or takes them away.
func (n *node) change(c ...entry) {
	apply(n.names, c)
	n.pending = append(n.pending, c)
}

// settle gives name to child, durably.
func (n *node) settle(name string, child *node) {
	n.names[name], n.durable[name] = child, child
	for i, c := range n.pending {
		n.pending[i] = slices.DeleteFunc(c, func(e entry) bool { return e.name == name })
	}
}

func (n *node) sync() {
	for _, c := range n.pending {
		apply(n.durable, c)
	}
	n.pending = nil
}

func apply(names map[string]*node, c change) {
	for _, e := range c {
		if e.node == nil {
			delete(names, e.name)
		} else {
			names[e.name] = e.node
		}
	}
}

// find returns the node at path.
func (m *Memory) find(path string) (*node, error) {
	n := m.root
	for name := range strings.SplitSeq(strings.Trim(clean(path), "/"), "/") {
		if name == "" {
			break // the root itself
		}
		if !n.isDir() {
			return nil, syscall.ENOTDIR
		}
		if n = n.names[name]; n == nil {
			return nil, syscall.ENOENT
		}
	}
	return n, nil
}

// place returns the directory that path is in, and its name there.
func (m *Memory) place(path string) (dir *node, name string, err error) {
	path = clean(path)
	dir, err = m.find(filepath.Dir(path))
	if err == nil && !dir.isDir() {
		err = syscall.ENOTDIR
	}
	return dir, filepath.Base(path), err
}

// write puts p at offset at.
func (n *node) write(at int64, p []byte) {
	n.touch(at)
	n.grow(at)
	k := copy(n.data[at:], p)
	n.data = append(n.data, p[k:]...)
	if end := int(at) + len(p); int(at) <= n.lost && end > n.lost {
		n.lost = end
	}
}

// truncate makes n size bytes long.
func (n *node) truncate(size int64) {
	n.touch(size)
	n.grow(size)
	n.data = n.data[:size]
	n.cut = min(n.cut, int(size))
	n.lostEnd = min(n.lostEnd, int(size))
}

// touch notes that bytes from offset at on change. What was synced keeps its own.
func (n *node) touch(at int64) {
	if at < int64(n.same) {
		n.same = int(at)
		n.data = slices.Clone(n.data)
	}
}

// grow fills up with zeros to size.
func (n *node) grow(size int64) {
	if gap := size - int64(len(n.data)); gap > 0 {
		n.data = append(n.data, make([]byte, gap)...)
	}
}

// save is a Sync that works.
func (n *node) save() {
	if n.lost < n.lostEnd {
		return
	}
	n.synced = n.data[:len(n.data):len(n.data)]
	n.data = n.synced
	n.same, n.cut = len(n.synced), len(n.synced)
}

// giveUp is a Sync that fails.
func (n *node) giveUp() {
	if n.lost >= n.lostEnd {
		n.lost = n.same
	}
	n.lost, n.lostEnd = min(n.lost, n.same), len(n.data)
}
