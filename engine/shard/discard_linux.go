package shard

import (
	"syscall"
	"unsafe"
)

// discard gives the memory behind w back to the system and reports whether it
// did: w is zero from then on and takes memory again when it is written to.
func discard(w []uint64) bool {
	b := unsafe.Slice((*byte)(unsafe.Pointer(&w[0])), len(w)*8)
	return syscall.Madvise(b, syscall.MADV_DONTNEED) == nil
}
