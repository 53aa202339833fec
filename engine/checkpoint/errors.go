package checkpoint

import (
	"errors"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/disk"
)

var (
	// ErrLocked is what Open wraps when another process uses the directory.
	ErrLocked = errors.New("another process uses this state directory: wait until it ends, or name another directory")
	// ErrForeign is what Open wraps when the directory holds files that are none of
	// this package's.
	ErrForeign = errors.New("this is no state directory: name another, or an empty one")
	// ErrNoState is what Read and Verify wrap when the directory is not there, or
	// there is no MANIFEST in it nor anything else of a state directory.
	ErrNoState = errors.New("no state directory: name one that was given to --state")
)

// DamageError says that a file of a state directory is not what was written.
type DamageError struct {
	File   string // its path
	Offset int64  // where the part begins that failed its check, in bytes
	What   string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("%s: damaged at byte %d: %s: restore the directory from a copy, or start over without it", e.File, e.Offset, e.What)
}

// VersionError says that a file was written in a format newer than this program
// knows.
type VersionError struct {
	File    string // its path
	Version int    // of its format
	Engine  string // the version of cdrstream that wrote it, as far as is known
}

func (e *VersionError) Error() string {
	by := ""
	if e.Engine != "" {
		by = " by cdrstream " + e.Engine
	}
	return fmt.Sprintf("%s: written%s in version %d of the format, this program reads versions up to %d: use that cdrstream or a newer one", e.File, by, e.Version, Version)
}

// wrap says of an error of the file system, which names the file, what was being
// done to the directory, and what to do.
func wrap(verb string, err error) error {
	return fmt.Errorf("%s the state directory: %w: %s", verb, err, disk.Remedy(err))
}
