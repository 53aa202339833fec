package huge

import (
	"runtime"
	"testing"
	"unsafe"
)

type three struct{ a, b, c uint64 }

// A slice has as many elements as were asked for, all zero, and they are its own: nothing
// that the collector or another slice does changes them.
func TestSlice(t *testing.T) {
	for _, n := range []int{0, 1, page / 24, 2*page/24 - 1, 2*page/24 + 1, 3 * page / 24, 1000000} {
		s, other := Slice[three](n), Slice[three](n)
		if len(s) != n || cap(s) != n {
			t.Fatalf("%d elements of %d, room for %d", len(s), n, cap(s))
		}
		if at := uintptr(unsafe.Pointer(unsafe.SliceData(s))); n*24 >= 2*page && at%page != 0 {
			t.Errorf("%d elements begin at %x, within a huge page", n, at)
		}
		for i := range s {
			if s[i] != (three{}) {
				t.Fatalf("element %d of %d is %v", i, n, s[i])
			}
			s[i] = three{uint64(i), 1, ^uint64(i)}
		}
		for i := range other {
			other[i] = three{7, 7, 7}
		}
		runtime.GC()
		for range 4 {
			junk := make([]uint64, 3*n)
			for i := range junk {
				junk[i] = 9
			}
		}
		for i := range s {
			if s[i] != (three{uint64(i), 1, ^uint64(i)}) {
				t.Fatalf("element %d of %d became %v", i, n, s[i])
			}
		}
	}
}
