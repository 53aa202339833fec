package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/cdrstream/cdrstream/engine/source"
)

// Bookmark returns where the next record begins, the End of the last block, and
// what the file looks like up to there; see [source.Source]. It reads 128 KiB of
// the file again, and in the block only if Options ask for the Content and
// something was passed over. Standard input and pipes have no bookmarks.
func (f *File) Bookmark() (source.Bookmark, error) {
	if err := f.again(); err != nil {
		return source.Bookmark{}, err
	}
	f.start()
	if f.kind == foreign || f.lost() || errors.Is(f.end, fs.ErrClosed) {
		return source.Bookmark{}, f.failure()
	}
	e, err := f.evidence()
	if err != nil {
		return source.Bookmark{}, f.noBookmark(err)
	}
	return source.Bookmark{Position: f.pos, Evidence: e.String()}, nil
}

func (f *File) evidence() (e *evidence, err error) {
	ahead := f.raw.n.Load()
	e = &evidence{kind: f.kind, read: ahead}
	if f.kind == plain {
		e.read = f.pos.Offset
	}
	if f.framing != nil {
		e.framed = framedWhole
		if f.cut {
			e.framed = framedCut
		}
	}
	if f.raw.sum != nil {
		if err := f.raw.catchUp(); err != nil {
			return nil, err
		}
		e.sum, e.summed = *f.raw.sum, true
	}
	if e.head, e.tail, err = ends(f.raw.at, f.raw.base, e.read); err != nil {
		return nil, err
	}
	if e.size, err = f.raw.size(); err == nil && e.size < max(ahead, e.sum.n) {
		err = io.ErrUnexpectedEOF
	}
	return e, err
}

// catchUp takes into the sum what was passed over by a Seek, so that what is
// read next follows without a gap.
func (c *counter) catchUp() error {
	n := c.n.Load()
	if c.sum.n >= n {
		return nil
	}
	_, err := io.Copy(c.sum, c.section(c.sum.n, n))
	if err == nil && c.sum.n < n {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// Resume goes on at b, a Bookmark of this file, perhaps of another process; see
// [source.Source]. A plain file may have grown since then. The content of a
// compressed one is decompressed from the start up to there.
func (f *File) Resume(ctx context.Context, b source.Bookmark) error {
	e, err := f.check(b)
	if err != nil {
		f.lose(err)
		return err
	}
	if f.raw.sum != nil && e.summed {
		*f.raw.sum = e.sum
	}
	if err := f.Seek(ctx, b.Position); err != nil {
		return err
	}
	f.cut = e.framed == framedCut
	return nil
}

// Check is Resume without going anywhere: it tells whether the file still is
// what b was taken of. It may come before Head, so that a file that was replaced
// is called that before its beginning is found strange.
func (f *File) Check(b source.Bookmark) error {
	_, err := f.check(b)
	return err
}

func (f *File) check(b source.Bookmark) (*evidence, error) {
	if err := f.again(); err != nil {
		return nil, err
	}
	f.start()
	e, err := parseEvidence(b.Evidence)
	if err == nil && e.kind == plain && e.read != b.Position.Offset {
		err = fmt.Errorf("evidence %q is not of byte %d", b.Evidence, b.Position.Offset)
	}
	if err != nil {
		return nil, f.cannotReach(b.Position, err)
	}
	what, err := f.differs(e)
	if err != nil {
		return nil, f.cannotReach(b.Position, err)
	}
	if what != "" {
		return nil, &damage{text: f.label() + ": " + what + ": " + putBack, cause: errChanged}
	}
	return e, nil
}

// MayGrow reports whether b was taken of a file to which more may be appended: a
// plain one.
func MayGrow(b source.Bookmark) bool {
	e, err := parseEvidence(b.Evidence)
	return err == nil && e.kind == plain
}

// differs says in what the file differs from the evidence, "" if in nothing that
// matters.
func (f *File) differs(e *evidence) (string, error) {
	size, err := f.raw.size()
	if err != nil {
		return "", err
	}
	switch {
	case size < e.size:
		return fmt.Sprintf("shrank: it holds %d bytes, and held %d when it was read", size, e.size), nil
	case f.kind != e.kind && e.read > 0:
		return fmt.Sprintf("was replaced: it is %v, and was %v when it was read", f.kind, e.kind), nil
	case size > e.size && e.kind != plain:
		return fmt.Sprintf("was replaced or changed: it holds %d bytes, and held %d when it was read; a compressed file cannot be continued", size, e.size), nil
	}
	head, tail, err := ends(f.raw.at, f.raw.base, e.read)
	switch {
	case err != nil:
		return "", err
	case head != e.head:
		return fmt.Sprintf("was replaced or changed: its first %d bytes are not those that were read", min(e.read, endSize)), nil
	case tail != e.tail:
		return fmt.Sprintf("was replaced or changed: its bytes %d to %d are not those that were read", e.read-min(e.read, endSize), e.read), nil
	}
	if e.kind != plain || size == e.read {
		return "", nil
	}
	switch e.framed {
	case framedWhole:
		return "", nil
	case framedCut:
		return fmt.Sprintf("has grown, but the last record that was read from it, up to byte %d, was cut short: what follows would begin within a record", e.read), nil
	}
	return f.within(e.read)
}

// within says that offset n of a plain file, up to which it was read, is within
// a line, "" if it is not: the last line had no end, and then the file grew.
func (f *File) within(n int64) (string, error) {
	const mark = "\xef\xbb\xbf" // a byte order mark is passed over like a header, and has no line end
	last := make([]byte, min(n, int64(len(mark))))
	if _, err := io.ReadFull(f.raw.section(n-int64(len(last)), n), last); err != nil {
		return "", err
	}
	if n == 0 || last[len(last)-1] == '\n' || n == int64(len(mark)) && string(last) == mark {
		return "", nil
	}
	return fmt.Sprintf("has grown, but the last line that was read from it, up to byte %d, had no line end: what follows would begin within a line", n), nil
}

// putBack is what to do about a file that is not what it was.
const putBack = "put the file back as it was, or start over with another state directory"

var (
	errChanged  = errors.New("not the file that was read")
	errReadOnce = errors.New("cannot be read again")
)

// again is the error for a source that cannot be read again.
func (f *File) again() error {
	if f.name != Stdin && f.raw.base >= 0 && f.raw.at != nil {
		return nil
	}
	text := f.label() + " cannot be read again, which going on from a checkpoint needs: write it to a file first and name that"
	return &damage{text: text, cause: errReadOnce}
}

func (f *File) noBookmark(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &damage{text: f.label() + ": shrank while it was being read: " + putBack, cause: err}
	}
	return &damage{text: fmt.Sprintf("%s: reading it again for a checkpoint failed (%v): check the disk, then run the same command again", f.label(), cause(err)), cause: err}
}

// Reopen is Open for a file that a checkpoint knows and that was not read to its
// end: when it is not there, it has vanished, and the error says what to do.
func Reopen(path string, o Options) (*File, error) {
	f, err := Open(path, o)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &damage{text: path + ": vanished before it was read to its end: " + putBack, cause: err}
	}
	return f, err
}
