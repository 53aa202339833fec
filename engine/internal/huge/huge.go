// Package huge makes memory in huge pages, where the system has them. What is touched at
// random in small pages costs a walk through page tables nearly every time.
package huge

import "unsafe"

// page is the size of a huge page on the machines that matter.
const page = 2 << 20

// Slice returns n zero elements, which hold no pointers. Where they fill less than two huge
// pages they are ordinary memory; else they begin at the beginning of one.
func Slice[T any](n int) []T {
	var one T
	each := int(unsafe.Sizeof(one))
	if n*each < 2*page {
		return make([]T, n)
	}
	b := make([]uint64, (n*each+page)/8)
	skip := int(-uintptr(unsafe.Pointer(&b[0]))&(page-1)) / 8
	s := unsafe.Slice((*T)(unsafe.Pointer(&b[skip])), n)
	advise(unsafe.Slice((*byte)(unsafe.Pointer(&b[skip])), n*each&^(page-1)))
	return s
}
