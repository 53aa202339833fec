package checkpoint

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"github.com/cdrstream/cdrstream/engine/disk"
)

// headers of blocks that are skipped are read through a buffer of this size, so
// it is small beside a block.
const readBufferLen = 8 << 10

// fileReader reads a data file, a block at a time.
type fileReader struct {
	file   io.ReadSeekCloser
	in     *bufio.Reader
	path   string
	info   FileInfo
	at     int64  // offset of the next byte
	start  int64  // of the block
	seed   uint32 // checksum of the head
	sum    uint32 // and of the headers so far
	blocks uint64 // before this one
	bytes  uint64 // of their data
	raw    [headerLen]byte
	head   [headLen]byte
}

// openFile opens the file f of a directory that m describes.
func openFile(fsys disk.FS, dir string, m *Manifest, f FileInfo) (*fileReader, error) {
	r := &fileReader{path: filepath.Join(dir, f.Name), info: f}
	file, err := fsys.Open(r.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, r.damaged("the file is missing")
	}
	if err != nil {
		return nil, wrap("read", err)
	}
	r.file, r.in = file, bufio.NewReaderSize(file, readBufferLen)
	if err := r.readHead(m.Engine); err != nil {
		file.Close()
		return nil, err
	}
	return r, nil
}

func (r *fileReader) readHead(engine string) error {
	if err := r.read(r.head[:]); err != nil {
		return err
	}
	i, _ := parseName(r.info.Name)
	seed, version, wrong := checkHead(&r.head, i)
	if version > Version {
		return &VersionError{r.path, version, engine}
	}
	if wrong != "" {
		return r.damaged(wrong)
	}
	r.seed, r.sum = seed, seed
	return nil
}

func (r *fileReader) close() { r.file.Close() }

// damaged is an error of the block that is being read.
func (r *fileReader) damaged(what string) error { return &DamageError{r.path, r.start, what} }

// read fills p.
func (r *fileReader) read(p []byte) error {
	n, err := io.ReadFull(r.in, p)
	r.at += int64(n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return r.damaged(fmt.Sprintf("the file ends after %d bytes, it was written with %d", r.at, r.info.Size))
	}
	if err != nil {
		return wrap("read", err)
	}
	return nil
}

// next reads the header of the next block, io.EOF at the end of a file that is
// whole. The data have to be read or skipped before next is called again.
func (r *fileReader) next() (h header, err error) {
	r.start = r.at
	if err := r.read(r.raw[:]); err != nil {
		return h, err
	}
	r.sum = addHeader(r.sum, &r.raw)
	if !h.get(&r.raw, r.seed) {
		return h, r.damaged("the checksum of a block's header is wrong")
	}
	if wrong := r.check(&h); wrong != "" {
		return h, r.damaged(wrong)
	}
	if h.kind == end {
		return h, r.end(&h)
	}
	r.blocks++
	r.bytes += uint64(h.length)
	return h, nil
}

// check says what is wrong with a header that has the right checksum. A length
// that passes is not beyond the end of the file.
func (r *fileReader) check(h *header) string {
	switch {
	case h.kind != end && h.kind != r.info.Kind.code():
		return fmt.Sprintf("a block of kind %d has no place in a %s file", h.kind, r.info.Kind)
	case r.raw[6] != 0 || r.raw[7] != 0:
		return "a block's header is malformed"
	case uint64(h.number) != r.blocks:
		return fmt.Sprintf("block %d stands where block %d should", h.number, r.blocks)
	case h.length > MaxBlock || int64(h.length) > r.info.Size-r.at:
		return fmt.Sprintf("a block of %d bytes reaches beyond the end of the file", h.length)
	}
	return ""
}

// end checks the end mark and returns io.EOF.
func (r *fileReader) end(h *header) error {
	if h.length != endDataLen || r.at+endDataLen != r.info.Size {
		return r.damaged("the end mark is not at the end of the file")
	}
	b, err := r.data(h, nil)
	if err != nil {
		return err
	}
	if [endDataLen]byte(b) != endData(r.blocks, r.bytes) {
		return r.damaged("the end mark counts other blocks than there are")
	}
	if err := r.checkSum(); err != nil {
		return err
	}
	return io.EOF
}

// data reads the data of a block into buf, which it may replace by a longer one.
func (r *fileReader) data(h *header, buf []byte) ([]byte, error) {
	if cap(buf) < int(h.length) {
		buf = make([]byte, h.length)
	}
	buf = buf[:h.length]
	if err := r.read(buf); err != nil {
		return nil, err
	}
	if disk.UpdateSum(0, buf) != h.sum {
		return nil, r.damaged("the checksum of a block is wrong")
	}
	return buf, nil
}

// skip leaves out the data of a block.
func (r *fileReader) skip(h *header) error {
	r.at += int64(h.length)
	if int(h.length) <= r.in.Buffered() {
		_, err := r.in.Discard(int(h.length))
		return err
	}
	if _, err := r.file.Seek(r.at, io.SeekStart); err != nil {
		return wrap("read", err)
	}
	r.in.Reset(r.file)
	return nil
}
