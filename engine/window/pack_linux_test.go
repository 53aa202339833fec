package window

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
)

// A row at the end of memory is read, and nothing behind it.
func TestReadAtTheEnd(t *testing.T) {
	size := os.Getpagesize()
	memory, err := syscall.Mmap(-1, 0, 2*size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Munmap(memory) }()
	if err := syscall.Mprotect(memory[size:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	l, r := dayLayout(), rand.New(rand.NewPCG(3, 4))
	for range 100 {
		var packed []byte
		for range 12 {
			packed = l.Pack(packed, usualRow(&l, r))
		}
		rest := memory[size-len(packed) : size]
		copy(rest, packed)
		for row := make([]uint64, l.Words); len(rest) > 0; rest = rest[l.ReadPacked(row, rest):] {
		}
	}
}
