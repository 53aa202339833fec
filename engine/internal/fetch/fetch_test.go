package fetch

import (
	"testing"
	"unsafe"
)

// TestAsk: whatever is asked for, nothing is read or changed that a program could see, and
// addresses that are nobody's are no error.
func TestAsk(t *testing.T) {
	w := make([]uint64, 100)
	for i := range w {
		w[i] = uint64(i)
	}
	for n := range w {
		Words(w[:n])
		Words(w[n:])
		Line(&w[n])
	}
	Words(nil)
	Line[uint64](nil)
	Each(nil)
	Each([]unsafe.Pointer{nil})
	Each([]unsafe.Pointer{unsafe.Pointer(&w[0]), nil, unsafe.Pointer(&w[99])})
	for i := range w {
		if w[i] != uint64(i) {
			t.Fatalf("word %d became %d", i, w[i])
		}
	}
}
