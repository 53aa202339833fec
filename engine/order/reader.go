package order

import (
	"encoding/binary"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// state is a saved buffer being read: what was read of src, and the first thing
// that was wrong. After that everything reads as zero.
type state struct {
	src []byte
	at  int
	err error
}

func (s *state) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("reorder buffer, byte %d of its state: "+format, append([]any{s.at}, args...)...)
	}
}

// take reads n bytes of what; nil after an error.
func (s *state) take(n int64, what string) []byte {
	if s.err == nil && n > int64(len(s.src)-s.at) {
		s.fail("%s: cut off", what)
	}
	if s.err != nil {
		return nil
	}
	s.at += int(n)
	return s.src[s.at-int(n) : s.at]
}

func (s *state) byte(what string) byte {
	if b := s.take(1, what); b != nil {
		return b[0]
	}
	return 0
}

func (s *state) u32(what string) uint32 {
	if b := s.take(4, what); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (s *state) u64(what string) uint64 {
	if b := s.take(8, what); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (s *state) time(what string) cdr.Millis { return cdr.Millis(s.u64(what)) }

// count reads how many of what follow, size bytes each at least; 0 if there is
// no room for them.
func (s *state) count(what string, size int64) int {
	n := int64(s.u32(what))
	if n*size > int64(len(s.src)-s.at) {
		s.fail("%d %s do not fit into %d bytes", n, what, len(s.src)-s.at)
		return 0
	}
	return int(n)
}
