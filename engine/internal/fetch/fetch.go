// Package fetch asks for memory that is wanted soon. Who reads memory that no cache has
// waits for it, and cannot do much meanwhile: processors look some hundred instructions
// ahead. Who asks first does not wait, and goes on with something else.
package fetch

import "unsafe"

// Words asks for the cache lines of w, as if it began with one.
func Words(w []uint64) {
	if len(w) > 0 {
		lines(unsafe.Pointer(unsafe.SliceData(w)), uintptr(len(w))*8)
	}
}

// Line asks for the cache line that x lies in.
func Line[T any](x *T) { lines(unsafe.Pointer(x), 1) }

// Each asks for a cache line at each address.
func Each(at []unsafe.Pointer) {
	if len(at) > 0 {
		each(unsafe.SliceData(at), len(at))
	}
}
