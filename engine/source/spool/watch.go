package spool

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/cdrstream/cdrstream/engine/source"
)

// watcher looks through the directory. Its goroutine alone touches it.
type watcher struct {
	o       *Options
	present func() bool                       // see marker
	lstat   func(string) (fs.FileInfo, error) // os.Lstat, but in tests

	files  map[name]*watched
	round  int
	failed map[string]bool // what is in trouble that was logged

	// Of this round.
	found   []found
	partial bool // a directory could not be looked into
}

// watched is a file in the directory.
type watched struct {
	state
	since    time.Time // it has been so since then
	complete bool      // that was told, and it is looked at no more
	round    int       // in which it was seen last
}

// found is a file that is complete.
type found struct {
	name name
	state
}

// look goes through the directory once. It returns what has become complete since the
// last time, and whether all of the directory could be seen. again names the files of
// which what was told does not count any more.
func (w *watcher) look(ctx context.Context, again []name) (fresh []found, whole bool) {
	for _, n := range again {
		if f := w.files[n]; f != nil && f.complete { // else its time is running
			delete(w.files, n)
		}
	}
	w.round++
	w.found, w.partial = nil, false
	if !w.present() {
		w.trouble(w.o.Dir, "is not there, or is another directory than it was (its file "+markerName+" tells): waiting for it; mount it, or put it back")
		return nil, false
	}
	w.directory(ctx, "")
	if w.partial || ctx.Err() != nil {
		return w.found, false
	}
	for n, f := range w.files {
		if f.round != w.round {
			delete(w.files, n)
		}
	}
	for path := range w.failed {
		w.o.Log("spool " + w.o.Dir + ": " + path + ": is there again")
	}
	clear(w.failed)
	return w.found, true
}

// trouble logs what hinders looking, once until all is well again.
func (w *watcher) trouble(path, what string) {
	w.partial = true
	if !w.failed[path] {
		w.failed[path] = true
		w.o.Log("spool " + w.o.Dir + ": " + path + ": " + what)
	}
}

// directory looks at the files in a directory and those below; its name ends with a
// slash unless it is empty.
func (w *watcher) directory(ctx context.Context, below name) {
	path := filepath.Join(w.o.Dir, filepath.FromSlash(string(below)))
	entries, err := list(path)
	removed := below != "" && errors.Is(err, fs.ErrNotExist) // its owner may do that
	if err != nil && !removed {
		w.trouble(path, "cannot be read ("+bare(err).Error()+"): trying again; see to its permissions and the file system")
	}
	for _, e := range entries {
		if ctx.Err() != nil {
			return
		}
		n := below + name(e.Name())
		switch {
		case source.PassedOver(e.Name()):
		case e.IsDir():
			w.directory(ctx, n+"/")
		case e.Type().IsRegular():
			w.file(n)
		default:
			w.other(n)
		}
	}
}

// other passes over a link, a pipe and the like, and says so once.
func (w *watcher) other(n name) {
	f := w.files[n]
	if f == nil {
		f = &watched{complete: true}
		w.files[n] = f
		w.o.Log("spool " + w.o.Dir + ": " + string(n) + ": is passed over: it is no regular file")
	}
	f.round = w.round
}

// list returns what is in a directory, in any order.
func list(path string) ([]fs.DirEntry, error) {
	d, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	entries, err := d.ReadDir(-1)
	if err == io.EOF {
		err = nil
	}
	return entries, err
}

// file looks at a file, unless it is known to be complete.
func (w *watcher) file(n name) {
	f := w.files[n]
	if f != nil && f.complete {
		f.round = w.round
		return
	}
	path := filepath.Join(w.o.Dir, filepath.FromSlash(string(n)))
	st, err := w.lstat(path)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			w.trouble(path, "cannot be looked at ("+bare(err).Error()+"): trying again; see to the file system")
		}
		return
	}
	if !st.Mode().IsRegular() {
		return
	}
	now := time.Now()
	if f == nil || f.state != stateOf(st) {
		f = &watched{state: stateOf(st), since: now}
		w.files[n] = f
	}
	f.round = w.round
	if now.Sub(f.since) >= w.o.quiet(f.Size) {
		f.complete = true
		w.found = append(w.found, found{n, f.state})
	}
}

// quiet is how long a file of a size has to be unchanged.
func (o *Options) quiet(size int64) time.Duration {
	if size == 0 {
		return emptyQuiet * o.Quiet
	}
	return o.Quiet
}
