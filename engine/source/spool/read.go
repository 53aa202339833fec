package spool

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"github.com/cdrstream/cdrstream/engine/source"
)

// current is the file that is being read.
type current struct {
	name name
	path string
	state
	info   fs.FileInfo   // when it was opened
	src    source.Source // nil: it failed, and is tried again
	layout any
	again  bool // it was read to its end before, and has changed since

	begun  bool            // a block of it was read since it was opened
	first  source.Position // of that block in the file
	shift  source.Position // from positions in the file to those of the spool
	placed bool            // next is known
	next   source.Position // in the file, of the next record
	ended  bool            // its end came with its last block
	tries  int             // how often it failed since it last yielded something
}

// Read returns the next block of the file that is being read, or the first one of the
// next; see [source.Live]. Its error means that a file was lost or changed before
// all of it was read: no later process can go on either.
func (s *Spool) Read(ctx context.Context, buf []byte) (source.Block, error) {
	none := func(err error) (source.Block, error) {
		return source.Block{Data: buf[:0], Start: s.pos, End: s.pos}, err
	}
	if s.broken != nil {
		return none(s.broken)
	}
	for {
		if err := ctx.Err(); err != nil {
			return none(err)
		}
		there, err := s.advance(ctx)
		if err != nil {
			return none(err)
		}
		if !there {
			return none(source.ErrNone)
		}
		b, err := s.cur.src.Read(ctx, buf)
		buf = b.Buffer(buf)
		if len(b.Data) > 0 || len(b.Oversize) > 0 {
			s.cur.ended = err == io.EOF
			return s.handOut(b), nil
		}
		if err := s.after(ctx, err); err != nil {
			return none(err)
		}
	}
}

// advance makes sure that there is an open file with more in it. If there is none
// the reader is woken once there is.
func (s *Spool) advance(ctx context.Context) (there bool, err error) {
	for {
		if s.cur != nil && s.cur.ended {
			if err := s.finish(); err != nil {
				return false, err
			}
		}
		switch {
		case s.cur == nil:
			return s.next(ctx)
		case s.cur.src != nil:
			return true, nil
		case !s.pause():
			return false, nil
		}
		if err := s.reopen(ctx); err != nil {
			return false, err
		}
	}
}

// pause reports whether a file that failed is due to be tried again.
func (s *Spool) pause() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = !s.poked
	return s.poked
}

// after deals with what Read of the file returned instead of a block.
func (s *Spool) after(ctx context.Context, err error) error {
	switch {
	case err == io.EOF:
		return s.finish()
	case err == nil: // a block without a record
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return s.fail(err)
}

// handOut makes a block of the file one of the spool.
func (s *Spool) handOut(b source.Block) source.Block {
	c := s.cur
	if !c.begun {
		c.begun, c.first = true, b.Start
		if len(b.Oversize) > 0 {
			c.first = b.Oversize[0].At
		}
		c.shift = source.Position{Offset: s.pos.Offset - c.first.Offset, Line: s.pos.Line - c.first.Line}
	}
	c.placed, c.next, c.tries = true, b.End, 0
	b.In = b.Start
	b.Start, b.End = c.outer(b.Start), c.outer(b.End)
	b.Name, b.Layout = c.path, c.layout
	s.pos = b.End
	s.mu.Lock()
	s.stats.Bytes += int64(len(b.Data))
	s.halted = false
	s.mu.Unlock()
	return b
}

func (c *current) outer(p source.Position) source.Position {
	return source.Position{Offset: p.Offset + c.shift.Offset, Line: p.Line + c.shift.Line}
}

func (c *current) inner(p source.Position) source.Position {
	return source.Position{Offset: p.Offset - c.shift.Offset, Line: p.Line - c.shift.Line}
}

// finish ends the file that is being read. What it is known by later is how it was
// when it was opened: if it has changed meanwhile it is looked at anew.
func (s *Spool) finish() error {
	c := s.cur
	r := &read{entry: entry{Name: c.name, state: c.state}}
	var err error
	if r.Bookmark, err = c.src.Bookmark(); err != nil {
		if !passing(err) {
			return err
		}
		r.Bookmark = source.Bookmark{Position: c.next}
	}
	st, err := s.lstat(c.path)
	switch {
	case s.gone(err):
		s.log(c.path + ": vanished while it was being read; all of it was read, but it cannot be archived")
	case err != nil: // Ack looks again
	case os.SameFile(st, c.info) && st.Size() < c.Size:
		return s.lost(c.path, "shrank while it was being read")
	case stateOf(st) != c.state:
		s.lookAgain(c.name)
	}
	s.close()
	s.end(r, c.layout, c.again)
	return nil
}

// done remembers a file of which nothing is to be read.
func (s *Spool) done(r *read) { s.end(r, nil, false) }

// end remembers a file of which nothing is to be read any more.
func (s *Spool) end(r *read, layout any, again bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.read[r.Name] = r
	s.ended = append(s.ended, source.Part{
		Name: s.path(r.Name), Evidence: r.Bookmark.Evidence, Layout: layout, Again: again, Reason: r.Reason,
	})
	s.reading, s.halted = "", false
	delete(s.tries, r.Name)
	switch {
	case r.Reason != "":
		s.stats.Quarantined++
	case !again:
		s.stats.Files++
	}
}

// Ended returns the files that were read to their end since the last call, or given up;
// see [source.Parted].
func (s *Spool) Ended() []source.Part {
	s.mu.Lock()
	defer s.mu.Unlock()
	ended := s.ended
	s.ended = nil
	return ended
}

// quarantine gives a file up.
func (s *Spool) quarantine(n name, st state, reason string) {
	reason = strings.ToValidUTF8(reason, "?") // it becomes JSON
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "") + "..."
	}
	path := s.path(n)
	s.log(path + ": cannot be read, and goes to " + s.o.Quarantine + ": " + strings.TrimPrefix(reason, path+": "))
	s.done(&read{entry: entry{Name: n, state: st}, Reason: reason})
}

// fail deals with an error of reading the file. What the file system refuses
// may come back; what is wrong with the content stays.
func (s *Spool) fail(err error) error {
	c := s.cur
	if gone := s.stillThere(); gone != nil {
		return gone
	}
	if c.src != nil {
		c.src.Close()
		c.src = nil
	}
	if c.tries++; passing(err) && c.tries < maxTries {
		if c.tries == 1 {
			s.log(c.path + ": reading failed (" + err.Error() + "): trying again")
		}
		s.mu.Lock()
		s.halted, s.poked = true, false
		s.mu.Unlock()
		return nil
	}
	s.cur = nil
	s.quarantine(c.name, c.state, err.Error())
	return nil
}

// stillThere fails if the file that is being read is known to be gone or to be
// another one.
func (s *Spool) stillThere() error {
	c := s.cur
	st, err := s.lstat(c.path)
	switch {
	case s.gone(err):
		return s.lost(c.path, "vanished before it was read to its end")
	case err != nil:
		return nil // nothing is known
	case !os.SameFile(st, c.info):
		return s.lost(c.path, "was replaced while it was being read")
	case st.Size() < c.Size:
		return s.lost(c.path, "shrank while it was being read")
	}
	return nil
}

// reopen goes on in a file that failed.
func (s *Spool) reopen(ctx context.Context) error {
	c := s.cur
	st, err := s.lstat(c.path)
	switch {
	case s.gone(err):
		return s.lost(c.path, "vanished before it was read to its end")
	case err != nil:
		return s.fail(err)
	case stateOf(st) != c.state:
		return s.lost(c.path, "was changed while it was being read")
	}
	c.info = st // a file server that comes back may number its files anew
	src, layout, err := s.o.Open(ctx, c.path)
	if err == nil && src == nil {
		return s.lost(c.path, "was emptied while it was being read")
	}
	if err == nil && c.placed {
		if err = src.Seek(ctx, c.next); err != nil {
			src.Close()
		}
	}
	switch {
	case err == nil:
		c.src, c.layout = src, layout
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		return s.fail(err)
	}
	return nil
}

// passing reports an error of the file system that may be another one later: that of
// a file server that is down, of too many open files.
func passing(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && !errors.Is(err, fs.ErrPermission) &&
		errno != syscall.EISDIR && errno != syscall.ENOTDIR && errno != syscall.ENAMETOOLONG
}
