package spool

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// mover moves files away. It serves one Ack.
type mover struct {
	o     *Options
	day   string // YYYY-MM-DD
	lstat func(string) (fs.FileInfo, error)

	targets, sources map[string]bool // directories that names came into and were taken from
}

// move gives the file at path, which is r, its last place. When it fails nothing was
// moved.
func (m *mover) move(path string, r *read) (err error) {
	m.sources[filepath.Dir(path)] = true
	below := filepath.FromSlash(string(r.Name))
	switch {
	case r.Reason != "":
		_, err = m.place(path, filepath.Join(m.o.Quarantine, below), r.Reason+"\n")
		return err
	case m.o.Done == Delete:
		return m.o.FS.Remove(path)
	}
	to, err := m.place(path, filepath.Join(m.o.Archive, m.day, below), "")
	if err != nil {
		return err
	}
	if st, err := m.lstat(to); err == nil && stateOf(st) != r.state {
		m.o.Log(fmt.Sprintf("spool %s: %s was written to while it was being archived: what came behind byte %d of %s was not read", m.o.Dir, path, r.Size, to))
	}
	return nil
}

// place moves a file to the name to, or one with a number behind it when that is taken, and
// puts the reason beside it if there is one. It returns the name.
func (m *mover) place(path, to, reason string) (string, error) {
	dir := filepath.Dir(to)
	if err := m.o.FS.Mkdir(dir); err != nil {
		return "", err
	}
	to, err := m.free(to, reason)
	if err != nil {
		return "", err
	}
	m.targets[dir] = true
	if reason != "" {
		if err := rewrite(m.o.FS, to+reasonSuffix, []byte(reason)); err != nil {
			return "", err
		}
	}
	return to, m.o.FS.Rename(path, to)
}

const reasonSuffix = ".reason"

// free returns a name that nothing has. Nobody but this process makes names there, so it is
// free until it is used.
func (m *mover) free(to, reason string) (string, error) {
	for try, n := to, 1; ; try, n = fmt.Sprintf("%s.%d", to, n), n+1 {
		taken, err := m.taken(try, reason)
		if err != nil || !taken {
			return try, err
		}
	}
}

// taken reports whether a name cannot be had. A reason without a file, left by a crash, may
// be there: if it is the same one.
func (m *mover) taken(to, reason string) (bool, error) {
	if _, err := m.lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return err == nil, err
	}
	if reason == "" {
		return false, nil
	}
	f, err := m.o.FS.Open(to + reasonSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, int64(len(reason))+1))
	return !bytes.HasPrefix([]byte(reason), text), err
}

// sync makes durable what was moved: first where names came to, so that no file is
// in neither place.
func (m *mover) sync() error {
	for _, dirs := range []map[string]bool{m.targets, m.sources} {
		for _, dir := range slices.SortedFunc(maps.Keys(dirs), strings.Compare) {
			if err := m.o.FS.SyncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}
