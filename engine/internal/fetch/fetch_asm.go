//go:build amd64 || arm64

package fetch

import "unsafe"

//go:noescape
func lines(from unsafe.Pointer, n uintptr)

//go:noescape
func each(at *unsafe.Pointer, n int)
