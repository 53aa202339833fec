package disktest

import (
	"maps"
	"path"
	"slices"
)

// ReadFile returns the content of the file at path. It is no operation, and
// works after a crash, as Files and WriteFile do.
func (m *Memory) ReadFile(path string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.find(path)
	if err != nil {
		return nil, wrap("read", path, err)
	}
	return slices.Clone(n.data), nil
}

// WriteFile makes a durable file, or the content of one that is there, as if it
// had always been so. Its directory must be there.
func (m *Memory) WriteFile(path string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.make(path, false)
	if err != nil {
		return wrap("write", path, err)
	}
	n.data, n.same = slices.Clone(data), 0
	n.save()
	dir, name, _ := m.place(path)
	dir.settle(name, n)
	return nil
}

// Files lists the paths of all files below dir, sorted and relative to it.
func (m *Memory) Files(dir string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.find(dir)
	if err != nil {
		return nil
	}
	return n.files("", nil)
}

func (n *node) files(at string, list []string) []string {
	for _, name := range slices.Sorted(maps.Keys(n.names)) {
		if child := n.names[name]; child.isDir() {
			list = child.files(path.Join(at, name), list)
		} else {
			list = append(list, path.Join(at, name))
		}
	}
	return list
}
