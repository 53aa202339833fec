package spool

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// markerName is a file in the directory that holds an identity made once. It tells a
// directory that is empty from one that is not mounted, where every file would
// seem to be gone, and whoever reads the directory holds its lock.
const markerName = ".cdrstream"

const idDigits = 32

// marker knows the identity of a directory.
type marker struct {
	path string
	id   string
	lock io.Closer // nil: the file system has no locks
}

// mark takes the directory for this process, and gives it an identity unless it has one.
func mark(o *Options) (*marker, error) {
	m := &marker{path: filepath.Join(o.Dir, markerName)}
	var err error
	switch m.lock, err = o.FS.Lock(m.path); {
	case errors.Is(err, disk.ErrLocked):
		return nil, fmt.Errorf("spool %s: is being read by another process or source: each file can be read by one alone, give the other a directory of its own", o.Dir)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("spool %s: is not writable (%w): %s", o.Dir, bare(err), disk.Remedy(err))
	case err != nil:
		m.lock = nil
		o.Log(fmt.Sprintf("spool %s: the file system does not lock (%v): make sure that nobody else reads the directory", o.Dir, bare(err)))
	}
	if err := m.identify(o.FS); err != nil {
		m.close()
		return nil, fmt.Errorf("spool %s: %s: %w: see to the file system", o.Dir, markerName, bare(err))
	}
	return m, nil
}

// identify reads the identity, or makes one.
func (m *marker) identify(fsys disk.FS) error {
	text, err := os.ReadFile(m.path)
	if err == nil && len(text) > 0 {
		m.id = string(bytes.TrimSpace(text))
		if !isID(m.id) {
			return errors.New("holds something that this program did not write there")
		}
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var random [idDigits / 2]byte
	rand.Read(random[:])
	m.id = hex.EncodeToString(random[:])
	return rewrite(fsys, m.path, []byte(m.id+"\n"))
}

// present reports whether the directory is there: whether what is not found in it
// is gone.
func (m *marker) present() bool {
	text, err := os.ReadFile(m.path)
	return err == nil && string(bytes.TrimSpace(text)) == m.id
}

func (m *marker) close() error {
	if m.lock == nil {
		return nil
	}
	l := m.lock
	m.lock = nil
	return l.Close()
}

func isID(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == idDigits/2 && hex.EncodeToString(b) == s
}

// rewrite makes a file hold text, durably, whatever it held.
func rewrite(fsys disk.FS, path string, text []byte) error {
	f, err := fsys.Extend(path)
	if err != nil {
		return err
	}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.Write(text)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return fsys.SyncDir(filepath.Dir(path))
}
