package file

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// kind is how the bytes of a file are stored.
type kind uint8

const (
	plain kind = iota
	gzipped
	zstandard
	foreign // compressed by something this package does not read
)

func (k kind) String() string {
	return [...]string{"plain", "gzip", "zstd", "foreign"}[k]
}

const (
	sniffLen    = 8
	maxWindow   = 128 << 20 // what zstd --long=27 makes; more is refused
	storedBytes = 256 << 10 // buffer in front of a decompressor
)

// The first bytes of zip, xz and bzip2: named, so that nobody has to guess.
var foreignMagic = []struct{ magic, tool string }{
	{"PK\x03\x04", "unzip -p"},
	{"\xfd7zXZ\x00", "xz -dc"},
	{"BZh91AY&", "bzip2 -dc"},
	{"\x04\x22\x4d\x18", "lz4 -dc"},
}

// sniff tells the kind of a file by its first bytes. tool is the command that
// unpacks a foreign one.
func sniff(first []byte) (k kind, tool string) {
	switch {
	case bytes.HasPrefix(first, []byte{0x1f, 0x8b}):
		return gzipped, ""
	case bytes.HasPrefix(first, []byte{0x28, 0xb5, 0x2f, 0xfd}), skippable(first):
		return zstandard, ""
	}
	for _, f := range foreignMagic {
		if bytes.HasPrefix(first, []byte(f.magic)) {
			return foreign, f.tool
		}
	}
	return plain, ""
}

// skippable reports a zstd skippable frame (RFC 8878, 3.1.2): some tools put
// their index there, in front of the data.
func skippable(first []byte) bool {
	return len(first) >= 4 && first[0]&0xf0 == 0x50 && bytes.Equal(first[1:4], []byte{0x2a, 0x4d, 0x18})
}

// start looks at the first bytes and sets up the decoded stream.
func (f *File) start() {
	if f.in != nil {
		return
	}
	var magic [sniffLen]byte
	n, err := io.ReadFull(&f.raw, magic[:])
	if err != nil && err != io.EOF && !errors.Is(err, io.ErrUnexpectedEOF) {
		f.in, f.end = eof{}, err
		return
	}
	first := magic[:n]
	k, tool := sniff(first)
	f.kind = k
	stored := io.MultiReader(bytes.NewReader(first), &f.raw)
	switch k {
	case gzipped:
		f.in, err = openGzip(stored)
	case zstandard:
		f.in, f.release, err = openZstd(stored)
	case foreign:
		f.in, err = eof{}, &foreignError{tool: tool}
	case plain:
		f.in, err = &f.raw, nil
		f.store, f.off, f.decoded = append(f.store[:0], first...), 0, int64(n)
	}
	f.note(err)
}

// stop lets go of the decoded stream and of everything read ahead.
func (f *File) stop() {
	if f.release != nil {
		f.release()
	}
	f.in, f.release, f.decoded, f.end = nil, nil, 0, nil
	f.store, f.off, f.long = f.store[:0], 0, nil
}

// members is a gzip file: one member after the other. The decompressor's own
// way to do this takes a file cut within a member's name for a whole one.
type members struct {
	r *bufio.Reader
	z *gzip.Reader
}

func openGzip(stored io.Reader) (io.Reader, error) {
	r := bufio.NewReaderSize(stored, storedBytes)
	z, err := gzip.NewReader(r)
	if err != nil {
		return eof{}, cutShort(err)
	}
	z.Multistream(false)
	return &members{r: r, z: z}, nil
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.z.Read(p)
		if err == io.EOF {
			err = m.next()
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
}

// next begins the next member; io.EOF if there is none.
func (m *members) next() error {
	if _, err := m.r.Peek(1); err != nil {
		return err
	}
	if err := m.z.Reset(m.r); err != nil {
		return cutShort(err)
	}
	m.z.Multistream(false)
	return nil
}

// openZstd decodes in the caller's goroutine, with at most maxWindow of history.
func openZstd(stored io.Reader) (io.Reader, func(), error) {
	z, err := zstd.NewReader(bufio.NewReaderSize(stored, storedBytes),
		zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow))
	if err != nil {
		return eof{}, nil, cutShort(err)
	}
	return z, z.Close, nil
}

// cutShort keeps a file that ends within a header from looking like one that
// ended where it should.
func cutShort(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
