package file

import (
	"bytes"
	"context"
	"io"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/source"
)

const (
	// HeadSize is how much of the beginning of a file Head shows, in bytes.
	HeadSize = 64 << 10

	maxOversize = 64  // oversize records one block reports
	maxIdle     = 100 // reads in a row that may yield nothing

	cacheLine    = 64
	leastAligned = 4 << 10 // the smallest block for which it matters where it begins
)

// Head returns the decoded bytes from the current position, up to HeadSize,
// without consuming them. They are valid until the next call. It fails only if
// there is nothing to show but damage; damage behind what it shows is Read's to
// tell. An empty file has an empty head.
func (f *File) Head(ctx context.Context) ([]byte, error) {
	f.start()
	f.store = f.store[:copy(f.store, f.store[f.off:])]
	f.off = 0
	if len(f.store) < HeadSize {
		f.store = room(f.store, HeadSize)
		var err error
		if f.store, err = f.pull(ctx, f.store, HeadSize); err != nil {
			return nil, err
		}
	}
	if len(f.store) == 0 && f.end != io.EOF {
		return nil, f.failure()
	}
	n := min(len(f.store), HeadSize)
	return f.store[:n:n], nil
}

// Skip passes over the first n bytes of what Head returned: a header. They
// count in the position of everything behind them. It panics if Head did not
// show as many.
func (f *File) Skip(n int) {
	header := f.store[f.off : f.off+n]
	f.off += n
	f.advance(header, f.lines(header))
}

// Read returns the next block of whole records; see [source.Source]. A last
// line without a line feed is a whole record, unless the Options say to leave it. Data keeps its line ends. After
// the last block it returns io.EOF. If the file turns out to be damaged, the
// whole lines before the damage come first, then an error that says where.
// A Read that ctx ends loses nothing: a later one goes on from there.
func (f *File) Read(ctx context.Context, buf []byte) (source.Block, error) {
	f.start()
	size := f.o.BlockSize
	buf = room(buf[:0], size)
	lo := f.front(buf, 0) // buf[:lo] is of no meaning, or has been passed over
	buf = buf[:lo]
	var over []source.Oversize
	for {
		var err error
		if buf, err = f.fill(ctx, buf, size); err != nil {
			f.giveBack(buf[lo:])
			return f.without(buf, over, err)
		}
		ended := f.end != nil && f.off == len(f.store)
		if f.long != nil {
			rest, done := f.long.pass(buf[lo:])
			switch {
			case done || ended && f.end == io.EOF:
				over = append(over, f.passed(done))
				lo = len(buf) - len(rest)
			case ended:
				return f.without(buf, over, f.failure())
			default:
				lo = f.front(buf, 0)
				buf = buf[:lo]
				continue
			}
		}
		data := buf[lo:]
		w := f.whole(data, ended && f.end == io.EOF && !f.leavesTail(), ended)
		switch {
		case w.end > 0:
			f.giveBack(data[w.end:])
			f.cut = w.cut
			return f.block(data[:w.end], w.records, over), nil
		case len(over) == maxOversize:
			f.giveBack(data)
			return f.block(buf[:0], 0, over), nil
		case w.long:
			f.long = &longLine{at: f.pos, framed: f.framing != nil, size: w.size, left: w.pass}
		case ended:
			return f.without(buf, over, f.failure())
		default: // part of a line
			if f.front(buf, len(data))+len(data) == size {
				size = min(2*size, f.mostRecord()+cacheLine)
			}
			buf = room(buf[:0], size)
			lo = f.front(buf, len(data))
			buf = append(buf[:lo], data...)
		}
	}
}

// front is where at the front of buf the last n bytes that were taken of the stream, and
// what follows them, are to stand: where each byte lies in memory as it does in the file,
// but for whole cache lines. Processors copy from the one to the other several times
// slower where that is not so. A block is smaller by it than its buffer.
func (f *File) front(buf []byte, n int) int {
	if f.o.BlockSize < leastAligned {
		return 0
	}
	memory := uintptr(unsafe.Pointer(unsafe.SliceData(buf)))
	return int((uintptr(f.at()-int64(n)) - memory) % cacheLine)
}

// leavesTail reports whether a last line without its end is left for later.
func (f *File) leavesTail() bool { return f.o.LeaveTail && f.kind == plain }

// without is the result of a Read that found no record to return: the oversize
// ones if there were any, else err, which the next Read will meet again.
func (f *File) without(buf []byte, over []source.Oversize, err error) (source.Block, error) {
	if len(over) > 0 {
		return f.block(buf[:0], 0, over), nil
	}
	return source.Block{Data: buf[:0], Start: f.pos, End: f.pos}, err
}

// block makes a block of data, which begins at the current position, and moves
// on to its end.
func (f *File) block(data []byte, records int64, over []source.Oversize) source.Block {
	start := f.pos
	if f.framing == nil {
		records = f.lines(data)
	}
	f.advance(data, records)
	return source.Block{Data: data, Start: start, End: f.pos, Oversize: over}
}

// advance moves on by data, which is so many lines or, where they are framed, records.
func (f *File) advance(data []byte, lines int64) {
	f.pos.Offset += int64(len(data))
	f.pos.Line += lines
}

// lines is how many lines data is, none where records are not lines.
func (f *File) lines(data []byte) int64 {
	if f.framing != nil {
		return 0
	}
	return int64(bytes.Count(data, lineFeed))
}

// fill appends to buf, up to size bytes in all: first what was read ahead, then
// the stream. It stops early where the stream ends.
func (f *File) fill(ctx context.Context, buf []byte, size int) ([]byte, error) {
	n := copy(buf[len(buf):size], f.store[f.off:])
	f.off += n
	buf = buf[:len(buf)+n]
	if f.off < len(f.store) {
		return buf, ctx.Err()
	}
	return f.pull(ctx, buf, size)
}

// pull appends to buf from the stream, up to size bytes in all.
func (f *File) pull(ctx context.Context, buf []byte, size int) ([]byte, error) {
	for idle := 0; f.end == nil && len(buf) < size; {
		if err := ctx.Err(); err != nil {
			return buf, err
		}
		n, err := f.in.Read(buf[len(buf):size])
		buf = buf[:len(buf)+n]
		f.decoded += int64(n)
		f.note(err)
		if idle++; n > 0 {
			idle = 0
		} else if idle == maxIdle {
			f.note(io.ErrNoProgress)
		}
	}
	return buf, ctx.Err()
}

// note remembers how the stream ended.
func (f *File) note(err error) {
	if f.end == nil {
		f.end = err
	}
}

// giveBack puts the tail of what the last fills took back in front of the
// stream.
func (f *File) giveBack(tail []byte) {
	if f.off < len(f.store) {
		f.off -= len(tail) // the block is a copy of what stands before off
		return
	}
	f.store, f.off = append(f.store[:0], tail...), 0
}

// room returns buf with a capacity of at least size.
func room(buf []byte, size int) []byte {
	if cap(buf) >= size {
		return buf
	}
	return append(make([]byte, 0, size), buf...)
}
