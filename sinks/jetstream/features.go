package jetstream

import (
	"context"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// Features publishes feature rows. Write may be called by several shards at once, and
// while another goroutine is in Prepare or Commit. None of them waits for the server,
// but the first call, for one answer at most. The first error of the disk ends a sink,
// that of its own goroutine included: every later call returns it.
type Features struct {
	*outlet
	encode encoder
}

// encoder appends the rows of a frame to a part, as messages, and stages the part
// whenever it is long enough.
type encoder func(p *part, f *feature.Frame, grown func(*part) error) error

// NewFeatures returns a sink that keeps what is not published in dir, which is its
// own. Nothing is read, written or sent before the first call. The connection is the
// caller's, and stays open; it should reconnect for ever.
func NewFeatures(dir string, js jetstream.JetStream, schema feature.Schema, o Options) (*Features, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	return newFeatures(dir, &remote{js, o}, schema, o)
}

func newFeatures(dir string, to server, schema feature.Schema, o Options) (*Features, error) {
	f := &Features{}
	label := func(nats.Header, []byte) {}
	if o.Encoding == Arrow {
		e, err := newArrows(schema, o, to.largest)
		if err != nil {
			return nil, err
		}
		f.encode = e.encode
		label = func(h nats.Header, _ []byte) { h["Content-Type"] = []string{"application/vnd.apache.arrow.stream"} }
	} else {
		f.encode = newRows(schema).encode
	}
	f.outlet = newOutlet(dir, to, o, label)
	return f, nil
}

// Write takes rows of the epoch f.Epoch, which was not prepared yet; those of one
// shard follow those that it wrote before. f is not kept.
func (s *Features) Write(ctx context.Context, f *feature.Frame) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := s.start(ctx); err != nil || f.Rows == 0 {
		return err
	}
	if err := s.write(f); err != nil {
		return s.fail("write", fmt.Errorf("features of %s, shard %d: %w", f.Date, f.Shard, err))
	}
	return nil
}

func (s *Features) write(f *feature.Frame) error {
	p, err := s.part(f.Shard, f.Epoch)
	if err != nil {
		return err
	}
	defer p.mu.Unlock()
	return s.encode(p, f, s.grown)
}
