package checkpoint

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/disk"
)

const bufferLen = 256 << 10 // of a file being written, in bytes

// fileWriter writes a data file.
type fileWriter struct {
	file   disk.File
	path   string
	seed   uint32 // checksum of the head
	buf    []byte // not written yet
	info   FileInfo
	blocks uint64
	bytes  uint64 // of their data
	header [headerLen]byte
}

func newFileWriter(fsys disk.FS, path string, i identity, buffer int) (*fileWriter, error) {
	f, err := fsys.Create(path)
	if err != nil {
		return nil, err
	}
	w := &fileWriter{file: f, path: path, buf: make([]byte, 0, buffer)}
	w.info = FileInfo{Name: i.name(), Kind: i.kind, Epoch: i.epoch}
	b := head(i)
	w.seed = disk.UpdateSum(0, b[:headLen-4])
	w.info.Sum = w.seed
	return w, w.write(b[:])
}

// put writes a block.
func (w *fileWriter) put(b *Block) error {
	if b.Kind == Day && (w.blocks == 0 || b.Day > w.info.LastDay) {
		w.info.LastDay = b.Day
	}
	if err := w.block(b); err != nil {
		return err
	}
	w.blocks++
	w.bytes += uint64(len(b.Data))
	return nil
}

func (w *fileWriter) block(b *Block) error {
	h := header{
		length: uint32(len(b.Data)), kind: b.Kind, partition: b.Partition, day: b.Day,
		number: uint32(w.blocks), sum: disk.UpdateSum(0, b.Data),
	}
	h.put(&w.header, w.seed)
	w.info.Sum = addHeader(w.info.Sum, &w.header)
	if err := w.write(w.header[:]); err != nil {
		return err
	}
	return w.write(b.Data)
}

// write appends p to the file, through the buffer if it is small.
func (w *fileWriter) write(p []byte) error {
	w.info.Size += int64(len(p))
	if len(w.buf)+len(p) > cap(w.buf) {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if len(p) >= cap(w.buf) {
		_, err := w.file.Write(p)
		return err
	}
	w.buf = append(w.buf, p...)
	return nil
}

func (w *fileWriter) flush() error {
	_, err := w.file.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// close ends the file: if it is whole, with an end mark and durably.
func (w *fileWriter) close(whole bool) (err error) {
	if whole {
		err = w.finish()
	}
	w.buf = nil
	if failed := w.file.Close(); err == nil && failed != nil {
		err = fmt.Errorf("close %s: %w", w.path, failed)
	}
	return err
}

func (w *fileWriter) finish() error {
	data := endData(w.blocks, w.bytes)
	if err := w.block(&Block{Kind: end, Data: data[:]}); err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	return w.file.Sync()
}
