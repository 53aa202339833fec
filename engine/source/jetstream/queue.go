package jetstream

import (
	"bytes"
	"sync"

	"github.com/nats-io/nats.go"

	"github.com/cdrstream/cdrstream/engine/source"
)

const (
	headKept    = 4 << 10 // bytes of an oversize record that are kept
	partCost    = 256     // what a part takes besides its contents, in bytes, about
	messageCost = 16      // what a message takes besides its records
	maxFree     = 8       // parts that are kept for use again
)

// queue holds what was received and not yet read, as parts in their order.
type queue struct {
	o *Options

	mu      sync.Mutex
	parts   []*part // the last one grows
	free    []*part
	size    int // bytes of all parts
	waiting int // messages in all parts
	armed   bool
	wake    func() // nil: nobody asked for it
	err     error  // what Read returns behind the parts

	chooser               // used by who adds
	space   chan struct{} // has an element after something was taken
}

// part is a run of messages that make one block.
type part struct {
	data     []byte
	messages []source.Message
	over     []oversize // records that stand before data
	layout   *layout    // nil while there are no data
	count    int        // messages, also those without records
	cost     int        // bytes
	end      mark       // just behind it
}

type oversize struct {
	size int64
	head []byte
}

func newQueue(o *Options) *queue {
	return &queue{o: o, chooser: newChooser(o), space: make(chan struct{}, 1)}
}

// add appends a message, behind which the source stands at end. The caller holds
// mu, and calls the function that it returns, unless nil, when it no longer does.
func (q *queue) add(m *nats.Msg, sequence uint64, end mark) (wake func()) {
	var l *layout
	var p *part
	data := m.Data
	if len(data) > 0 {
		var skip int
		l, skip = q.choose(m.Subject, m.Header, data)
		data = data[skip:]
	}
	if len(data) > q.o.MaxRecord {
		var over []oversize
		if over, data = split(data, q.o.MaxRecord); len(over) > 0 {
			p = q.fresh()
			p.over = over
			q.charge(p, len(over)*headKept)
		}
	}
	if p == nil {
		p = q.tail(l, len(data))
	}
	if len(data) > 0 {
		p.layout = l
		p.messages = append(p.messages, source.Message{Sequence: sequence, Off: len(p.data)})
		p.data = append(p.data, data...)
		if data[len(data)-1] != '\n' {
			p.data = append(p.data, '\n')
		}
	}
	p.count++
	p.end = end
	q.waiting++
	q.charge(p, len(data)+messageCost)
	return q.ready()
}

// move notes that the source stands at end without a message.
func (q *queue) move(end mark) (wake func()) {
	q.tail(nil, 0).end = end
	return q.ready()
}

// fail ends the queue.
func (q *queue) fail(err error) {
	q.mu.Lock()
	if q.err == nil {
		q.err = err
	}
	wake := q.ready()
	q.mu.Unlock()
	if wake != nil {
		wake()
	}
}

// tail is the part for n more bytes of a layout.
func (q *queue) tail(l *layout, n int) *part {
	if len(q.parts) == 0 {
		return q.fresh()
	}
	p := q.parts[len(q.parts)-1]
	if n > 0 && len(p.data) > 0 && (p.layout != l || len(p.data)+n >= q.o.BlockSize) {
		return q.fresh()
	}
	return p
}

// fresh appends an empty part.
func (q *queue) fresh() *part {
	p := &part{}
	if n := len(q.free); n > 0 {
		p, q.free = q.free[n-1], q.free[:n-1]
	}
	q.parts = append(q.parts, p)
	q.charge(p, partCost)
	return p
}

func (q *queue) charge(p *part, n int) {
	p.cost += n
	q.size += n
}

// ready returns what is to be called because there is something to read.
func (q *queue) ready() func() {
	if !q.armed {
		return nil
	}
	q.armed = false
	return q.wake
}

// take returns the oldest part, which the caller gives back. nil: there is none,
// and the reader is woken when there is; with an error there never is.
func (q *queue) take() (*part, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.parts) == 0 {
		q.armed = q.err == nil
		return nil, q.err
	}
	p := q.parts[0]
	n := copy(q.parts, q.parts[1:])
	q.parts[n] = nil
	q.parts = q.parts[:n]
	return p, nil
}

// giveBack ends the use of a part that was taken.
func (q *queue) giveBack(p *part) {
	q.mu.Lock()
	q.size -= p.cost
	q.waiting -= p.count
	*p = part{data: p.data[:0], messages: p.messages[:0]}
	if len(q.free) < maxFree && cap(p.data) <= 2*q.o.BlockSize {
		q.free = append(q.free, p)
	}
	q.mu.Unlock()
	select {
	case q.space <- struct{}{}:
	default:
	}
}

// clear drops everything.
func (q *queue) clear() {
	q.mu.Lock()
	q.parts, q.size, q.waiting, q.err = nil, 0, 0, nil
	q.mu.Unlock()
}

// split takes lines that are longer than limit out of data. It returns data itself
// where none is.
func split(data []byte, limit int) (over []oversize, rest []byte) {
	for at := 0; at < len(data); {
		end := len(data)
		if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
			end = at + i + 1
		}
		line := bytes.TrimSuffix(bytes.TrimSuffix(data[at:end], []byte("\n")), []byte("\r"))
		switch {
		case len(line) > limit:
			if over == nil {
				rest = bytes.Clone(data[:at])
			}
			over = append(over, oversize{int64(len(line)), bytes.Clone(line[:min(len(line), headKept)])})
		case over != nil:
			rest = append(rest, data[at:end]...)
		}
		at = end
	}
	if over == nil {
		return nil, data
	}
	return over, rest
}
