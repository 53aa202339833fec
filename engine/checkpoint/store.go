package checkpoint

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// maxChain is the most epochs from a base to the newest delta: a state of which
// little changes must not be strewn over ever more files.
const maxChain = 256

// Store is a state directory, locked. Open, Begin, Commit and Collect follow each
// other; Blocks and Order may be called by several goroutines at once before
// Begin is.
type Store struct {
	fs       disk.FS
	dir      string
	lock     io.Closer
	buffer   int       // of each file being written, in bytes
	manifest *Manifest // committed; of epoch 0 before the first
	garbage  []string  // names that the MANIFEST before named and manifest does not
	failed   error     // of a Commit; what MANIFEST says is unknown since
}

// Open makes dir if need be, locks it and checks that it is what its MANIFEST
// says, as far as sizes go: Blocks and Order check the contents of what they
// read, Verify everything. It removes what epochs that were not committed left.
//
// Errors wrap ErrLocked, ErrForeign, *DamageError or *VersionError, or are those
// of fsys. After an error the directory is as it was, but for LOCK.
func Open(fsys disk.FS, dir string) (*Store, error) {
	if err := refuseForeign(fsys, dir); err != nil {
		return nil, err
	}
	if err := fsys.Mkdir(dir); err != nil {
		return nil, wrap("make", err)
	}
	lock, err := fsys.Lock(filepath.Join(dir, lockName))
	if errors.Is(err, disk.ErrLocked) {
		return nil, fmt.Errorf("%s: %w", dir, ErrLocked)
	}
	if err != nil {
		return nil, wrap("lock", err)
	}
	s := &Store{fs: fsys, dir: dir, lock: lock, buffer: bufferLen}
	if err := s.load(); err != nil {
		lock.Close()
		return nil, err
	}
	return s, nil
}

// refuseForeign looks before LOCK is made in a directory of something else.
func refuseForeign(fsys disk.FS, dir string) error {
	names, err := fsys.List(dir)
	if errors.Is(err, syscall.ENOTDIR) {
		return fmt.Errorf("%s is a file: %w", dir, ErrForeign)
	}
	if err != nil {
		return wrap("read", err)
	}
	if c := sortNames(names); len(c.foreign) > 0 {
		return fmt.Errorf("%s holds %s: %w", dir, some(c.foreign), ErrForeign)
	}
	return nil
}

// load reads MANIFEST, or writes the first one, and tidies up.
func (s *Store) load() error {
	names, err := s.fs.List(s.dir)
	if err != nil {
		return wrap("read", err)
	}
	there := sortNames(names)
	s.manifest, err = readManifest(s.fs, s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return s.found(there)
	}
	if err != nil {
		return err
	}
	for _, f := range s.manifest.Files {
		if err := checkSize(s.fs, s.dir, f); err != nil {
			return err
		}
	}
	// Whoever renamed MANIFEST may have died before the name was durable. It has to
	// be before anybody acts on it, let alone removes what its predecessor named.
	if err := s.fs.SyncDir(s.dir); err != nil {
		return wrap("read", err)
	}
	return s.tidy(there)
}

// found makes an empty directory a state directory.
func (s *Store) found(there content) error {
	if len(there.data) > 0 {
		return missingManifest(s.dir)
	}
	if err := s.tidy(there); err != nil {
		return err
	}
	s.manifest = &Manifest{Version: Version, State: StateNew}
	if err := writeManifest(s.fs, s.dir, s.manifest); err != nil {
		return wrap("set up", err)
	}
	return nil
}

// tidy removes what MANIFEST does not name.
func (s *Store) tidy(there content) error {
	named := map[string]bool{}
	if s.manifest != nil {
		for _, f := range s.manifest.Files {
			named[f.Name] = true
		}
	}
	for _, name := range there.data {
		if !named[name] {
			s.garbage = append(s.garbage, name)
		}
	}
	if there.temp {
		s.garbage = append(s.garbage, tempName)
	}
	return s.Collect()
}

// checkSize compares the size of a file with that in MANIFEST.
func checkSize(fsys disk.FS, dir string, f FileInfo) error {
	path := filepath.Join(dir, f.Name)
	size, err := fsys.Size(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &DamageError{path, 0, "the file is missing"}
	case err != nil:
		return wrap("read", err)
	case size != f.Size:
		return &DamageError{path, min(size, f.Size), fmt.Sprintf("the file has %d bytes, it was written with %d", size, f.Size)}
	}
	return nil
}

func (s *Store) path(name string) string { return filepath.Join(s.dir, name) }

// Manifest is the committed epoch, nil before the first. It belongs to the Store.
func (s *Store) Manifest() *Manifest {
	if s.manifest.Epoch == 0 {
		return nil
	}
	return s.manifest
}

// WantBase reports whether the next epoch should hold all subscribers: there is
// no base, the deltas have outgrown it, or there are too many of them.
func (s *Store) WantBase() bool {
	m := s.manifest
	var base, deltas int64
	for _, f := range m.Files {
		switch {
		case f.Kind == StateFile && f.Base:
			base += f.Size
		case f.Kind == StateFile:
			deltas += f.Size
		}
	}
	return m.Base == 0 || deltas > base || m.Epoch-m.Base >= maxChain
}

// Collect removes what the committed MANIFEST no longer names.
func (s *Store) Collect() error {
	if s.failed != nil {
		return s.failed
	}
	for len(s.garbage) > 0 {
		if err := s.fs.Remove(s.path(s.garbage[0])); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return wrap("tidy", err)
		}
		s.garbage = s.garbage[1:]
	}
	return nil
}

// Close lets other processes in. What was not committed stays for the next Open
// to remove.
func (s *Store) Close() error { return s.lock.Close() }
