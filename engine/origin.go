package engine

import (
	"bytes"
	"sort"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// name is what the records of c stand in.
func (c *chunk) name() string {
	if c.block.Name != "" {
		return c.block.Name
	}
	return c.input.Name
}

// origin is where a record of c stands; line counts from 0 in the block.
func (c *chunk) origin(raw cdr.Span, line uint32) cdr.Origin {
	at := cdr.Origin{Source: c.name()}
	off := int(raw.Off)
	if i := sort.Search(len(c.block.Messages), func(i int) bool { return c.block.Messages[i].Off > off }); i > 0 {
		m := c.block.Messages[i-1]
		at.Sequence = m.Sequence
		at.Offset = int64(off - m.Off)
		at.Line = int64(bytes.Count(c.block.Data[m.Off:off], lineFeed)) + 1
		return at
	}
	start := c.block.Start
	if c.block.Name != "" {
		start = c.block.In
	}
	at.Offset = start.Offset + int64(raw.Off)
	at.Line = start.Line + int64(line) + 1
	return at
}

var lineFeed = []byte{'\n'}
