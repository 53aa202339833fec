package disk

import (
	"hash/crc32"
	"io"
)

// UpdateSum adds p to the CRC-32C of what came before, which is 0 at the
// beginning.
func UpdateSum(sum uint32, p []byte) uint32 {
	return crc32.Update(sum, crc32.MakeTable(crc32.Castagnoli), p)
}

// SumWriter passes on to W what is written to it, and keeps the length and the
// CRC-32C of that.
type SumWriter struct {
	W    io.Writer
	Size int64
	Sum  uint32
}

func (w *SumWriter) Write(p []byte) (int, error) {
	n, err := w.W.Write(p)
	w.Size += int64(n)
	w.Sum = UpdateSum(w.Sum, p[:n])
	return n, err
}

// SumFile reads the file at path and returns its length and CRC-32C.
func SumFile(fs FS, path string) (size int64, sum uint32, err error) {
	f, err := fs.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	w := SumWriter{W: io.Discard}
	_, err = io.Copy(&w, f)
	return w.Size, w.Sum, err
}
