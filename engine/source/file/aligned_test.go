package file

import (
	"bytes"
	"io"
	"testing"
	"unsafe"
)

// placed notes of each read whether it was asked to put bytes where they stand in the
// file but for whole cache lines.
type placed struct {
	bytes.Reader
	off, askew int // bytes read to where they ought to go, and elsewhere
}

func (p *placed) Read(b []byte) (int, error) {
	at, _ := p.Seek(0, io.SeekCurrent)
	n, err := p.Reader.Read(b)
	if n > 0 && (int64(uintptr(unsafe.Pointer(&b[0])))-at)%cacheLine != 0 {
		p.askew += n
	} else {
		p.off += n
	}
	return n, err
}

// Bytes are read to where in a cache line they stand in the file, but for the first few
// and where blocks are small: in any block, behind oversize records,
// where a block grows, and where a read goes on in the middle.
func TestReadsAreAligned(t *testing.T) {
	long := append(bytes.Repeat([]byte("x"), 50_001), '\n')
	lines := bytes.Join([][]byte{records(2000, "\n"), long, records(500, "\n"), long, long, records(700, "\n")}, nil)
	for name, o := range map[string]Options{
		"short lines": {BlockSize: 16 << 10},
		"odd size":    {BlockSize: 16<<10 + 77},
		"oversize":    {BlockSize: 16 << 10, MaxRecord: 1000},
		"odd too":     {BlockSize: 16<<10 + 77, MaxRecord: 1000},
		"large":       {},
	} {
		r := &placed{Reader: *bytes.NewReader(lines)}
		f := New(name, r, o)
		if _, err := f.Head(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.Skip(1)
		r.off, r.askew = 0, 0
		_, places, err := drain(f, nil)
		if err != io.EOF {
			t.Fatalf("%s: %v", name, err)
		}
		half := places[len(places)/2]
		if err := f.Seek(t.Context(), half); err != nil {
			t.Fatal(err)
		}
		if _, _, err := drain(f, nil); err != io.EOF {
			t.Fatalf("%s: %v", name, err)
		}
		if want := len(lines) - HeadSize + len(lines) - int(half.Offset); r.askew > 0 || r.off != want {
			t.Errorf("%s: %d bytes of %d aligned, %d not", name, r.off, want, r.askew)
		}
	}
}

// A reader that goes on with the buffer of the block before needs no other one, wherever
// blocks begin in it.
func TestTheBufferIsKept(t *testing.T) {
	f := New("x", bytes.NewReader(records(20_000, "\n")), Options{BlockSize: 8 << 10})
	buf := make([]byte, 0, 8<<10)
	first, blocks, within := unsafe.SliceData(buf), 0, map[uintptr]bool{}
	for {
		b, err := f.Read(t.Context(), buf)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		at := uintptr(unsafe.Pointer(&b.Data[0])) - uintptr(unsafe.Pointer(first))
		if at >= cacheLine || len(b.Data) > cap(buf) {
			t.Fatalf("block %d, of %d bytes, begins %d bytes into the buffer", blocks, len(b.Data), at)
		}
		within[at] = true
		buf = b.Buffer(buf)
		if unsafe.SliceData(buf) != first || cap(buf) != 8<<10 || len(buf) != 0 {
			t.Fatalf("after block %d the buffer is another one", blocks)
		}
		blocks++
	}
	if blocks < 100 || len(within) < 30 {
		t.Errorf("%d blocks begin in %d places", blocks, len(within))
	}
}
