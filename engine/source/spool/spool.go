package spool

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/cdrstream/cdrstream/engine/source"
)

// Spool is a directory as a source. Read, Seek, Bookmark, Resume, Notify and Close
// are for one goroutine, Ack for another, Name, Lag and Stats for any.
type Spool struct {
	o       Options
	compare func(a, b string) int
	marker  *marker
	lstat   func(string) (fs.FileInfo, error)
	stop    func() // ends the goroutine that polls, and waits for it; nil: there is none

	// Of the reader.
	pos    source.Position // of the next record
	cur    *current        // nil: no file is being read
	broken error           // a failed Resume, see source.Source

	acking sync.Mutex      // one Ack at a time
	stuck  map[string]bool // directories that files could not be moved out of; logged. Of Ack

	mu      sync.Mutex
	wake    func()
	idle    bool           // Read returned ErrNone, and nobody has called wake since
	halted  bool           // the file that is being read failed, and is tried again
	poked   bool           // after the next poll: there was one
	reading name           // the file that is being read; empty: none
	unknown bool           // the last look through the directory did not see all of it
	ready   []found        // complete files, in reverse order: the next is the last
	read    map[name]*read // read to their end, not yet moved away
	again   []name         // files that the watcher is to look at anew
	tries   map[name]int   // how often a file could not be opened
	ended   []source.Part  // since Ended was asked
	stats   Stats
}

// Stats are counts since the process began, but for Waiting.
type Stats struct {
	Files       int64 // read to their end, empty ones too
	Quarantined int64 // that could not be read, or not to their end
	Waiting     int64 // complete, not read yet
	Bytes       int64 // of records that were handed out, decompressed
}

var _ source.Parted = (*Spool)(nil)

// New takes a directory for this process and makes those that files are moved to. It
// reads nothing. Its errors are of the configuration: what, where, what to do.
func New(o Options) (*Spool, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := o.prepare(); err != nil {
		return nil, err
	}
	m, err := mark(&o)
	if err != nil {
		return nil, err
	}
	return &Spool{
		o: o, compare: inOrder(o.Order), marker: m, lstat: os.Lstat,
		read: map[name]*read{}, tries: map[name]int{}, stuck: map[string]bool{},
		unknown: true,
	}, nil
}

// Name is the directory.
func (s *Spool) Name() string { return s.o.Dir }

// Notify begins to look for files; see [source.Live].
func (s *Spool) Notify(wake func()) {
	s.mu.Lock()
	s.wake = wake
	s.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	s.stop = func() { cancel(); <-done }
	go func() {
		defer close(done)
		s.poll(ctx)
	}()
}

// poll looks through the directory again and again.
func (s *Spool) poll(ctx context.Context) {
	w := &watcher{o: &s.o, present: s.marker.present, lstat: s.lstat, files: map[name]*watched{}, failed: map[string]bool{}}
	tick := time.NewTicker(s.o.Poll)
	defer tick.Stop()
	for {
		fresh, whole := w.look(ctx, s.takeAgain())
		if ctx.Err() != nil {
			return
		}
		s.tell(fresh, whole)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (s *Spool) takeAgain() []name {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := s.again
	s.again = nil
	return again
}

// tell takes what a look through the directory found, and wakes the reader.
func (s *Spool) tell(fresh []found, whole bool) {
	s.mu.Lock()
	fresh = slices.DeleteFunc(fresh, func(f found) bool {
		r := s.read[f.name]
		return f.name == s.reading || r != nil && r.state == f.state
	})
	if len(fresh) > 0 {
		s.ready = append(fresh, s.ready...) // of two that have a name the newer one counts
		slices.SortStableFunc(s.ready, func(a, b found) int { return s.compare(string(b.name), string(a.name)) })
		s.ready = slices.CompactFunc(s.ready, func(a, b found) bool { return a.name == b.name })
	}
	s.poked, s.unknown = true, !whole
	s.mu.Unlock()
	s.rouse()
}

// rouse wakes a reader that found nothing.
func (s *Spool) rouse() {
	s.mu.Lock()
	more := len(s.ready) > 0 && len(s.read) < maxRead || s.halted && s.poked
	wake := s.idle && more && s.wake != nil
	s.idle = s.idle && !wake
	s.mu.Unlock()
	if wake {
		s.wake() // set once, before this goroutine began
	}
}

// Lag tells how many complete files wait; see [source.Live]. Nothing expires.
func (s *Spool) Lag() source.Lag {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unknown {
		return source.Lag{Waiting: -1, Headroom: -1}
	}
	return source.Lag{Waiting: int64(len(s.ready)), Headroom: -1}
}

// Stats are what was done so far.
func (s *Spool) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.stats
	st.Waiting = int64(len(s.ready))
	return st
}

// Seek goes to a position within the file that is being read. Other files may be gone.
func (s *Spool) Seek(ctx context.Context, p source.Position) error {
	switch {
	case p == s.pos:
		return nil
	case s.cur == nil || s.cur.src == nil || !s.cur.begun || p.Offset < s.cur.first.Offset+s.cur.shift.Offset:
		return fmt.Errorf("spool %s: cannot go to byte %d: a spool goes back only within the file that is being read", s.o.Dir, p.Offset)
	}
	inner := s.cur.inner(p)
	if err := s.cur.src.Seek(ctx, inner); err != nil {
		return err
	}
	s.pos, s.cur.next, s.cur.ended = p, inner, false
	s.cur.placed = true
	return nil
}

// Close stops looking and lets go of the directory. It does not Ack.
func (s *Spool) Close() error {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	err := s.close()
	if closed := s.marker.close(); err == nil {
		err = closed
	}
	return err
}

// close closes the file that is being read.
func (s *Spool) close() error {
	c := s.cur
	s.cur = nil
	if c == nil || c.src == nil {
		return nil
	}
	return c.src.Close()
}
