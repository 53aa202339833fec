package engine

import (
	"bytes"
	"context"
	"testing"
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// A chunk keeps its buffer, wherever in it the blocks begin.
func TestAChunkKeepsItsBuffer(t *testing.T) {
	const size = 8 << 10
	lines := bytes.Repeat([]byte("a line of no meaning\n"), 10_000)
	in := &input{Input: Input{Open: func(context.Context) (source.Source, decode.Layout, error) {
		return file.New("x", bytes.NewReader(lines), file.Options{BlockSize: size}), nil, nil
	}}}
	c := &chunk{buf: make([]byte, 0, size)}
	first := unsafe.SliceData(c.buf)
	for read := 0; !in.ended; read += len(c.block.Data) {
		if err := in.read(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if unsafe.SliceData(c.buf) != first || cap(c.buf) != size {
			t.Fatalf("after %d bytes the buffer is another one, of %d bytes", read, cap(c.buf))
		}
		c.reset()
	}
}
