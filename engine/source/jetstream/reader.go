package jetstream

import (
	"bytes"
	"context"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/source"
)

// reader is the side of the queue that hands out blocks. It is used by one
// goroutine.
type reader struct {
	queue *queue
	pos   source.Position // behind what was handed out
	at    mark            // likewise
}

// read returns the next block, source.ErrNone, or what ended the queue.
func (r *reader) read(ctx context.Context, buf []byte) (source.Block, error) {
	for {
		err := ctx.Err()
		var p *part
		if err == nil {
			p, err = r.queue.take()
		}
		if p == nil {
			if err == nil {
				err = source.ErrNone
			}
			return source.Block{Data: buf[:0], Start: r.pos, End: r.pos}, err
		}
		r.at = p.end
		if len(p.data) == 0 && len(p.over) == 0 {
			r.queue.giveBack(p)
			continue
		}
		b := r.block(p, buf)
		r.queue.giveBack(p)
		return b, nil
	}
}

func (r *reader) block(p *part, buf []byte) source.Block {
	b := source.Block{Data: append(buf[:0], p.data...)}
	for _, o := range p.over {
		b.Oversize = append(b.Oversize, source.Oversize{At: r.pos, Size: o.size, Head: o.head})
		r.pos.Offset += o.size + 1
		r.pos.Line++
	}
	b.Start = r.pos
	r.pos.Offset += int64(len(b.Data))
	r.pos.Line += int64(bytes.Count(b.Data, []byte{'\n'}))
	b.End = r.pos
	if p.layout != nil {
		b.Layout = p.layout.value
	}
	b.Messages = append(make([]source.Message, 0, len(p.messages)), p.messages...)
	return b
}

func (r *reader) notify(wake func()) {
	r.queue.mu.Lock()
	r.queue.wake = wake
	r.queue.mu.Unlock()
}

// seek goes to p, which must be where the reader stands.
func (r *reader) seek(name string, p source.Position) error {
	if p == r.pos {
		return nil
	}
	return fmt.Errorf("%s: cannot go to byte %d of what was read of it, but only on from %d: a live source goes back by a bookmark", name, p.Offset, r.pos.Offset)
}
