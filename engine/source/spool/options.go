package spool

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
	"unicode"

	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/source"
)

// What becomes of files that were read.
const (
	Archive = "archive"
	Delete  = "delete"
)

// In which order files are read.
const (
	ByName     = "name"     // of their directories and themselves, byte by byte
	BySequence = "sequence" // the same, but runs of digits are numbers: cdr-9 comes before cdr-10
)

const (
	emptyQuiet = 12   // times Quiet is how long an empty file waits
	maxRead    = 4096 // files that were read and wait for an Ack; each is some 300 bytes of a bookmark
	maxReason  = 1000 // bytes of a reason
	maxTries   = 100  // polls after which a file that the file system does not yield goes to the quarantine
)

// Options say what is read and where it goes.
type Options struct {
	Dir string // must be there, and writable

	// Open opens one file behind its header, and returns with it how its records are
	// read: the Layout of its blocks. No source and no error: there is not one
	// record in it. A last line without its end must be read as a record: files are
	// complete. An error that wraps a syscall.Errno, permissions apart, is one of
	// the file system, and Open is tried again later; any other one of the file, which
	// goes to the quarantine.
	Open func(ctx context.Context, path string) (src source.Source, layout any, err error)

	Quiet      time.Duration // how long a file has to be unchanged; 0: it is complete when it is there
	Poll       time.Duration // how often the directory is looked at; default 1 s
	Order      string        // ByName (default) or BySequence
	Done       string        // Archive (default) or Delete
	Archive    string        // where to; default Dir/.archive. On the file system of Dir
	Quarantine string        // default Dir/.quarantine. On the file system of Dir
	FS         disk.FS       // moves files away; default that of the system, for this user alone
	Log        func(string)  // one line each; default: none. Any goroutine may call it
}

// DefaultQuiet is a good Quiet where files are written in place.
const DefaultQuiet = 5 * time.Second

func (o Options) withDefaults() Options {
	o.Dir = filepath.Clean(o.Dir)
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	if o.Order == "" {
		o.Order = ByName
	}
	if o.Done == "" {
		o.Done = Archive
	}
	if o.Archive == "" {
		o.Archive = filepath.Join(o.Dir, ".archive")
	}
	if o.Quarantine == "" {
		o.Quarantine = filepath.Join(o.Dir, ".quarantine")
	}
	if o.FS == nil {
		o.FS = disk.New(0o600, 0o700)
	}
	log := o.Log
	o.Log = func(line string) {
		if log != nil {
			log(strings.Map(printable, line))
		}
	}
	return o
}

// printable keeps a line of the log one line, whatever the name of a file holds.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return '?'
	}
	return r
}

// check looks at what does not depend on the file system.
func (o *Options) check() error {
	switch {
	case o.Open == nil:
		return errors.New("spool: something that opens files is needed")
	case o.Quiet < 0:
		return fmt.Errorf("spool %s: the quiet period %s is negative: write 0s or more", o.Dir, o.Quiet)
	case o.Order != ByName && o.Order != BySequence:
		return fmt.Errorf("spool %s: the order %q is unknown: write %s or %s", o.Dir, o.Order, ByName, BySequence)
	case o.Done != Archive && o.Done != Delete:
		return fmt.Errorf("spool %s: there is no way to be done with a file called %q: write %s or %s", o.Dir, o.Done, Archive, Delete)
	}
	for _, to := range o.targets() {
		if err := o.outside(to); err != nil {
			return err
		}
	}
	return nil
}

// targets are the directories that files are moved to.
func (o *Options) targets() []string {
	if o.Done == Delete {
		return []string{o.Quarantine}
	}
	return []string{o.Archive, o.Quarantine}
}

// outside makes sure that what was moved to the directory to is not found again.
func (o *Options) outside(to string) error {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return err
	}
	if to, err = filepath.Abs(to); err != nil {
		return err
	}
	below, err := filepath.Rel(dir, to)
	if err != nil || !filepath.IsLocal(below) {
		return nil
	}
	for _, part := range strings.Split(below, string(filepath.Separator)) {
		if part != "." && source.PassedOver(part) {
			return nil
		}
	}
	return fmt.Errorf("spool %s: files that were moved to %s would be read again: choose a directory outside, or a hidden one", o.Dir, to)
}

// prepare makes the directories that files are moved to. They must be on the file
// system of Dir: only there a move is one step.
func (o *Options) prepare() error {
	home, err := os.Stat(o.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("spool %s: no such directory: make it, or correct the path", o.Dir)
	case err != nil:
		return fmt.Errorf("spool %s: %w: see to the file system", o.Dir, bare(err))
	case !home.IsDir():
		return fmt.Errorf("spool %s: is no directory: correct the path", o.Dir)
	}
	for _, to := range o.targets() {
		if err := o.FS.Mkdir(to); err != nil {
			return fmt.Errorf("spool %s: files that were read cannot be moved to %s (%w): %s", o.Dir, to, bare(err), disk.Remedy(err))
		}
		st, err := os.Stat(to)
		if err != nil {
			return fmt.Errorf("spool %s: %w", o.Dir, err)
		}
		if device(st) != device(home) {
			return fmt.Errorf("spool %s: %s is on another file system, and files are not copied: choose a directory on the same one", o.Dir, to)
		}
	}
	return nil
}

// device is the same for files of one file system. Its type differs between systems.
func device(st fs.FileInfo) any {
	if sys, ok := st.Sys().(*syscall.Stat_t); ok {
		return sys.Dev
	}
	return nil
}

// bare is err without the path, which the message has named.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
