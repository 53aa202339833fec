package file

import (
	"bytes"
	"io"
	"testing"
)

// Whatever the bytes: no panic, and a plain file yields what the naive reader
// makes of it.
func FuzzBlocks(f *testing.F) {
	for _, input := range shapes {
		f.Add(input, uint16(10), uint16(20))
	}
	for _, stored := range packed(f, records(20, "\n")) {
		f.Add(stored, uint16(100), uint16(50))
	}
	f.Fuzz(func(t *testing.T, stored []byte, block, limit uint16) {
		o := Options{BlockSize: 1 + int(block)%3000, MaxRecord: 1 + int(limit)%3000}
		s := New("x", bytes.NewReader(stored), o)
		defer s.Close()
		if _, err := s.Head(t.Context()); err != nil && s.kind == plain {
			t.Fatal(err)
		}
		if s.kind != plain {
			for range 100 { // a few bytes may unpack to very many
				b, err := s.Read(t.Context(), nil)
				if err != nil {
					return
				}
				if cap(b.Data) > o.BlockSize+2*(o.MaxRecord+2) {
					t.Fatalf("a block of %d bytes", cap(b.Data))
				}
			}
			return
		}
		got, _, err := drain(s, nil)
		if err != io.EOF {
			t.Fatal(err)
		}
		if err := same(got, naive(stored, o.MaxRecord)); err != nil {
			t.Fatal(err)
		}
	})
}
