package file

import (
	"context"
	"io"
	"os"
	"sync/atomic"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
)

// Stdin is the path that stands for standard input.
const Stdin = "-"

// Options are the sizes a File works with. The zero value means the defaults.
type Options struct {
	BlockSize int  // bytes a block has room for; default 1 MiB. A longer record makes its block grow
	MaxRecord int  // longest record in bytes, without its line end; default 1 MiB. Longer ones are skipped
	Content   bool // keep a hash of all bytes read, for Bookmark
	LeaveTail bool // leave a last line without its end unread in a plain file: the rest of it may come
}

func (o Options) withDefaults() Options {
	if o.BlockSize <= 0 {
		o.BlockSize = 1 << 20
	}
	if o.MaxRecord <= 0 {
		o.MaxRecord = 1 << 20
	}
	return o
}

// File is one file, or standard input, as a source of records. It is used by
// one goroutine, but for Name, Size and Consumed, which any may call.
type File struct {
	name   string
	o      Options
	closer io.Closer // nil if the reader is not ours to close
	size   int64
	raw    counter // the bytes as stored

	kind    kind
	in      io.Reader // the decoded stream; nil before start
	release func()    // gives back what the decompressor holds; may be nil
	decoded int64     // bytes read from in
	end     error     // how in ended: nil not yet, io.EOF, or what broke it

	// store[off:] was read from in and not yet handed out. What stands before
	// off is the same stream, so that a block may give back its tail.
	store []byte
	off   int

	framing decode.Framing // nil: records are lines
	cut     bool           // the last framed record was no whole one: the stream ended within it

	pos  source.Position // of the next record
	long *longLine       // the oversize record that is being passed over
}

var _ source.Source = (*File)(nil)

// Open opens the file at path, or standard input for "-". What it holds is
// looked at only by the first Head, Read or Seek.
func Open(path string, o Options) (*File, error) {
	if path == Stdin {
		return New(Stdin, os.Stdin, o), nil
	}
	disk, err := os.Open(path)
	if err != nil {
		return nil, trouble(path, err)
	}
	info, err := disk.Stat()
	if err == nil && info.IsDir() {
		err = errIsDirectory
	}
	if err != nil {
		disk.Close()
		return nil, trouble(path, err)
	}
	f := New(path, disk, o)
	f.closer = disk
	if info.Mode().IsRegular() {
		f.size = info.Size()
	}
	return f, nil
}

// New makes a source of what r yields from where it stands. If r is an
// io.Seeker that can seek, so can the source; else it seeks forward only.
// Close does not close r.
func New(name string, r io.Reader, o Options) *File {
	f := &File{name: name, o: o.withDefaults(), size: -1, raw: counter{r: r}}
	f.raw.at, _ = r.(io.ReaderAt)
	if o.Content {
		f.raw.sum = &checksum{}
	}
	f.raw.base = -1
	if s, ok := r.(io.Seeker); ok {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			f.raw.base = at
		}
	}
	return f
}

// Frame makes the records that follow what framing cuts; nil: lines. It is called
// before the first Read, Seek or Resume.
func (f *File) Frame(framing decode.Framing) { f.framing = framing }

// Name is the path as it was given.
func (f *File) Name() string { return f.name }

// Size is the size of the file on disk in bytes, compressed bytes for a
// compressed one, when it was opened; -1 if it has none (standard input, a pipe).
func (f *File) Size() int64 { return f.size }

// Consumed is how many bytes of the file have been read, on the scale of Size.
func (f *File) Consumed() int64 { return f.raw.n.Load() }

// Position is where the next record begins.
func (f *File) Position() source.Position { return f.pos }

// Ack does nothing: a file stays where it is.
func (f *File) Ack(context.Context, source.Bookmark) error { return nil }

// Close gives back what the File holds. Later reads fail.
func (f *File) Close() error {
	f.stop()
	f.in, f.end = eof{}, os.ErrClosed
	if f.closer == nil {
		return nil
	}
	c := f.closer
	f.closer = nil
	return c.Close()
}

// counter reads r and counts what it yields.
type counter struct {
	r    io.Reader
	n    atomic.Int64 // bytes past base
	base int64        // offset of r at which the source begins; -1: r cannot seek
	at   io.ReaderAt  // r; nil if it cannot do this
	sum  *checksum    // of what was read; nil if nobody wants it
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if c.sum != nil {
		c.sum.add(c.n.Load(), p[:n])
	}
	c.n.Add(int64(n))
	return n, err
}

// seek moves to offset bytes past the beginning of the source.
func (c *counter) seek(offset int64) error {
	_, err := c.r.(io.Seeker).Seek(c.base+offset, io.SeekStart)
	if err == nil {
		c.n.Store(offset)
	}
	return err
}

// length is how many bytes the source has now.
func (c *counter) length() (int64, error) {
	end, err := c.r.(io.Seeker).Seek(0, io.SeekEnd)
	return end - c.base, err
}

// size is how many bytes the source has now. It goes on where it was.
func (c *counter) size() (int64, error) {
	end, err := c.length()
	if err != nil {
		return 0, err
	}
	return end, c.seek(c.n.Load())
}

// section is bytes from..to-1 of the source, whatever was read of it.
func (c *counter) section(from, to int64) *io.SectionReader {
	return io.NewSectionReader(c.at, c.base+from, to-from)
}

// eof is a stream without bytes.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }
