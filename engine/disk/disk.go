// Package disk is the file system as those see it who write what must survive a
// crash: checkpoints and sinks. It is small on purpose. A crash may come between
// any two of its operations, and the tests of this project let it come there,
// with an implementation in memory that keeps only what was synced (disktest).
//
// What survives a crash is what POSIX promises and no more: the content of a file
// up to its last Sync, and a name in a directory once that directory was synced.
// Directories are an exception for the ease of callers: those that Create, Extend
// and Mkdir make are durable when they return.
//
// An error of any operation ends the program that wrote: it is never retried,
// since the state of the pages behind a failed sync is unknown. Remedy says what
// its user should do.
//
// Checksums are CRC-32C (Castagnoli, RFC 3720), made while a file is written.
package disk

import (
	"errors"
	"io"
)

// ErrLocked is what Lock returns when somebody else holds the lock.
var ErrLocked = errors.New("locked by another process")

// FS is a file system. Its methods may be called by several goroutines. Paths are
// those of package path/filepath. Errors are those of package os, so that
// errors.Is finds fs.ErrNotExist, fs.ErrExist, syscall.ENOSPC and the like.
type FS interface {
	// Create makes a file that must not be there yet (fs.ErrExist), and missing
	// directories above it.
	Create(path string) (File, error)
	// Extend opens a file for writing at its beginning, and makes it, and missing
	// directories above it, when it is not there.
	Extend(path string) (File, error)
	// Open opens a file for reading.
	Open(path string) (io.ReadSeekCloser, error)
	// Size is the length of a file in bytes; fs.ErrNotExist when it is not there.
	Size(path string) (int64, error)
	// Mkdir makes a directory, and missing ones above it, durably. It is no error
	// when it is there.
	Mkdir(path string) error
	// Rename gives the file at from the name to, in place of a file that had it.
	// It is durable when the directories of both have been synced; within one
	// directory a crash leaves one name or the other.
	Rename(from, to string) error
	// Link gives a file a second name; fs.ErrExist when to is there.
	Link(from, to string) error
	// Remove removes a file or an empty directory.
	Remove(path string) error
	// List returns the sorted names in a directory; none when it is not there.
	List(dir string) ([]string, error)
	// SyncDir makes the names in a directory durable.
	SyncDir(dir string) error
	// Lock makes the file at path, if need be, in a directory that must be there,
	// and keeps others from locking it, in this process and in others, until the
	// result is closed or the process ends. ErrLocked when somebody holds it. Its
	// holder may remove the file.
	Lock(path string) (io.Closer, error)
}

// File is a file being written. It serves one goroutine. It holds no buffer.
type File interface {
	io.WriteSeeker
	Truncate(size int64) error
	// Sync makes the content durable, but not the name.
	Sync() error
	Close() error
}

// Staged is a complete and durable file that waits to be published, as a
// checkpoint remembers it.
type Staged struct {
	Path string `json:"path"`   // relative to the output directory, with slashes
	Size int64  `json:"size"`   // bytes
	Sum  uint32 `json:"crc32c"` // CRC-32C of its content
}
