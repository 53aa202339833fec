package file

import (
	"crypto/sha256"
	"hash/crc32"
	"io"
	"os"
)

// checksum is a hash of the first n bytes of a file that grows as they are read:
// CRC-32C (RFC 3720) and CRC-32 (IEEE 802.3), for both of which processors have
// instructions, side by side. It tells apart what accident makes different, all
// but one in 2^64; it does not withstand forgery.
type checksum struct {
	castagnoli, ieee uint32
	n                int64
}

// value is both sums in one word.
func (s *checksum) value() uint64 { return uint64(s.castagnoli)<<32 | uint64(s.ieee) }

// resume takes up a sum of n bytes.
func (s *checksum) resume(value uint64, n int64) {
	*s = checksum{castagnoli: uint32(value >> 32), ieee: uint32(value), n: n}
}

// add takes what of p, which stands at offset at, it has not seen. It takes
// nothing if that would leave a gap.
func (s *checksum) add(at int64, p []byte) {
	seen := s.n - at
	if seen < 0 || seen >= int64(len(p)) {
		return
	}
	p = p[seen:]
	s.castagnoli = crc32.Update(s.castagnoli, crc32.MakeTable(crc32.Castagnoli), p)
	s.ieee = crc32.Update(s.ieee, crc32.IEEETable, p)
	s.n += int64(len(p))
}

// Write adds p as what comes next.
func (s *checksum) Write(p []byte) (int, error) {
	s.add(s.n, p)
	return len(p), nil
}

// Content returns the hash of all bytes of the file at path as they are stored:
// what a Bookmark of the whole file holds when Options ask for it. Errors name
// the file.
func Content(path string) (uint64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, trouble(path, err)
	}
	defer f.Close()
	var s checksum
	if _, err := io.CopyBuffer(&s, onlyReader{f}, make([]byte, storedBytes)); err != nil {
		return 0, trouble(path, err)
	}
	return s.value(), nil
}

// onlyReader hides every other method, so that a copy uses the buffer it is
// given.
type onlyReader struct{ io.Reader }

// digest is the beginning of a SHA-256 hash.
type digest [16]byte

// digestOf hashes a section, which must have all the bytes it says.
func digestOf(r *io.SectionReader) (d digest, err error) {
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err == nil && n < r.Size() {
		err = io.ErrUnexpectedEOF
	}
	copy(d[:], h.Sum(nil))
	return d, err
}

// endSize is how many of the first and of the last bytes are hashed.
const endSize = 64 << 10

// ends hashes the first and the last bytes of the first n bytes of r, which
// begins at base.
func ends(r io.ReaderAt, base, n int64) (head, tail digest, err error) {
	size := min(n, endSize)
	if head, err = digestOf(io.NewSectionReader(r, base, size)); err != nil {
		return head, tail, err
	}
	tail, err = digestOf(io.NewSectionReader(r, base+n-size, size))
	return head, tail, err
}
