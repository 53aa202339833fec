// Package huge makes memory in huge pages, where the system has them. What is touched at
// random in small pages costs a walk through page tables nearly every time.
package huge

import "unsafe"

// page is the size of a huge page on the machines that matter.
const page = 2 << 20

// Slice returns n zero elements. Where they fill less than two huge pages they are
// ordinary memory.
func Slice[T any](n int) []T {
	s := make([]T, n)
	var one T
	if size := n * int(unsafe.Sizeof(one)); size >= 2*page {
		b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), size)
		skip := int(-uintptr(unsafe.Pointer(&b[0])) & (page - 1))
		if n := (len(b) - skip) &^ (page - 1); n > 0 {
			advise(b[skip : skip+n])
		}
	}
	return s
}
