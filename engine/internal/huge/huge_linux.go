package huge

import "syscall"

// advise asks the kernel to back b, whole huge pages, with such. It is advice: where it
// cannot be followed nothing changes but speed.
func advise(b []byte) { _ = syscall.Madvise(b, syscall.MADV_HUGEPAGE) }
