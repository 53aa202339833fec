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

// hugePage is the size of a huge page on the machines that matter.
const hugePage = 2 << 20

// adviseHuge asks the kernel to back the whole huge pages within w with such.
// It is advice: where it cannot be followed nothing changes but speed.
func adviseHuge(w []uint64) {
	if len(w)*8 < 2*hugePage {
		return
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(&w[0])), len(w)*8)
	skip := int(-uintptr(unsafe.Pointer(&b[0])) & (hugePage - 1))
	if n := (len(b) - skip) &^ (hugePage - 1); n > 0 {
		_ = syscall.Madvise(b[skip:skip+n], syscall.MADV_HUGEPAGE)
	}
}
