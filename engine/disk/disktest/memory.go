package disktest

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// ErrCrashed is what the operation at which a crash comes returns, and all later
// ones.
var ErrCrashed = errors.New("the machine has crashed")

// Fault is a disk that fails.
type Fault struct {
	At     int   // number of the operation
	Err    error // what it returns, wrapped: syscall.ENOSPC, syscall.EIO ...
	Writes bool  // only Write and Sync fail: the first of them from At on
	Lasts  bool  // all later ones fail too
}

// Memory is a file system in memory. It may be used by several goroutines.
//
// Operations are the methods of disk.FS, each directory that Create and Extend
// make on the way, the methods of disk.File but Seek, and each Read. A Write that
// fails by a Fault has written half; other operations that fail have done
// nothing. After a Sync that failed, later ones of the same file succeed and do
// nothing, as with kernels that take the pages for written, until the bytes that
// were given up have been written anew, or cut off.
type Memory struct {
	mu      sync.Mutex
	root    *node
	history []operation
	crashAt int // -1: never
	takes   bool
	crashed bool
	fault   Fault // Err nil: none
}

var _ disk.FS = (*Memory)(nil)

type operation struct{ verb, path string }

// New returns an empty file system. Relative paths begin at its root.
func New() *Memory { return &Memory{root: newDir(), crashAt: -1} }

// CrashAt makes operation n and all later ones fail with ErrCrashed. Operation n
// takes effect all the same if takes.
func (m *Memory) CrashAt(n int, takes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.crashAt, m.takes = n, takes
}

// Fail makes operations fail.
func (m *Memory) Fail(f Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = f
}

// Ops is the number of operations so far, and the number of the next one.
func (m *Memory) Ops() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.history)
}

// Op says what operation n was: "sync /out/a".
func (m *Memory) Op(n int) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if n < 0 || n >= len(m.history) {
		return fmt.Sprintf("none (there were %d)", len(m.history))
	}
	return m.history[n].verb + " " + m.history[n].path
}

// do numbers an operation and lets it take effect, unless it is to fail.
func (m *Memory) do(verb, path string, effect func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.perform(verb, path, effect, nil)
}

// perform is do for a holder of mu. broken is what happens when a fault comes.
func (m *Memory) perform(verb, path string, effect func() error, broken func()) error {
	if m.crashed {
		return &fs.PathError{Op: verb, Path: path, Err: ErrCrashed}
	}
	n := len(m.history)
	m.history = append(m.history, operation{verb, path})
	if n == m.crashAt {
		m.crashed = true
		if m.takes {
			_ = effect() // whoever asked is dead
		}
		return &fs.PathError{Op: verb, Path: path, Err: ErrCrashed}
	}
	if err := m.broken(n, verb); err != nil {
		if broken != nil {
			broken()
		}
		return &fs.PathError{Op: verb, Path: path, Err: err}
	}
	return effect()
}

// broken returns the fault that operation n meets.
func (m *Memory) broken(n int, verb string) error {
	f := &m.fault
	if f.Err == nil || n < f.At || f.Writes && verb != "write" && verb != "sync" {
		return nil
	}
	err := f.Err
	switch {
	case f.Lasts:
	case f.Writes || n == f.At:
		f.Err = nil
	default:
		return nil
	}
	return err
}

func clean(path string) string { return filepath.Clean("/" + path) }
