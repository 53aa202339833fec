package jetstream

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/source"
)

// Stream is a JetStream stream, or the part of it that a subject filter takes, as a
// source of records; see the package. It is used by one goroutine, but for Name,
// Ack and Lag, which any may call.
type Stream struct {
	o      Options
	pace   pace
	conn   *nats.Conn
	js     jetstream.JetStream
	queue  *queue
	reader reader
	acked  atomic.Uint64 // see Acked

	keeping sync.WaitGroup
	stop    context.CancelFunc // nil: the keeper does not run

	ration int // bytes of a request for messages; the keeper's

	// What the keeper and the receiving of messages know, under queue.mu.
	front  mark // behind the last message that was received
	level  level
	holes  holes
	jumped jump // why the last visit ended, if that was why
}

var _ source.Live = (*Stream)(nil)

// pace says how often and how long.
type pace struct {
	heartbeat time.Duration // of the server while it has nothing; three that do not come are silence
	expires   time.Duration // of a request for messages
	answer    time.Duration // that an answer of the server may take
	retry     time.Duration // wait before the second attempt, twice as long before the third
	retryMax  time.Duration // and so on up to this
	look      time.Duration // between two looks at what waits
	confirm   int           // attempts in a row that must find the stream wrong
}

func defaultPace() pace {
	return pace{
		heartbeat: 5 * time.Second, expires: 30 * time.Second, answer: 5 * time.Second,
		retry: 50 * time.Millisecond, retryMax: 2 * time.Second, look: time.Second, confirm: 7,
	}
}

// level is what Lag is made of.
type level struct {
	known   bool
	expires bool   // the stream drops old messages of itself
	first   uint64 // oldest message that is left
	pending uint64 // messages that the server has not delivered yet
}

// Open returns the stream, or a part of it, as a source. conn reconnects by itself,
// for ever; it remains the caller's, who closes it behind the source. The server
// is asked for nothing before the first Read.
func Open(conn *nats.Conn, o Options) (*Stream, error) {
	o = o.withDefaults()
	if err := o.check(conn); err != nil {
		return nil, err
	}
	if o.Stream == "" {
		return nil, errors.New("jetstream: the name of a stream is needed")
	}
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	s := &Stream{o: o, pace: defaultPace(), ration: max(o.Queue/4, 1), conn: conn, js: js}
	s.queue = newQueue(&s.o)
	s.reader.queue = s.queue
	return s, nil
}

// Name is jetstream:STREAM or jetstream:STREAM/FILTER.
func (s *Stream) Name() string {
	if s.o.Subject == "" {
		return "jetstream:" + s.o.Stream
	}
	return "jetstream:" + s.o.Stream + "/" + s.o.Subject
}

// Read returns the next messages that were received, see [source.Live]. Offset and
// Line of positions count what was handed out, by earlier processes too.
func (s *Stream) Read(ctx context.Context, buf []byte) (source.Block, error) {
	if s.stop == nil {
		s.start()
	}
	return s.reader.read(ctx, buf)
}

// Notify says what to call when there is something to read; see [source.Live].
func (s *Stream) Notify(wake func()) { s.reader.notify(wake) }

// Seek goes to where the source stands. Anywhere else only Resume leads.
func (s *Stream) Seek(_ context.Context, p source.Position) error {
	return s.reader.seek(s.Name(), p)
}

// Bookmark is where the next message begins, behind those that were handed out. Its
// evidence is JSON: the stream, when it was created, the number of the next
// message, and number, time and hash of the one last read.
func (s *Stream) Bookmark() (source.Bookmark, error) {
	e := s.reader.at.evidence()
	e.Stream, e.Subject = s.o.Stream, s.o.Subject
	return source.Bookmark{Position: s.reader.pos, Evidence: e.String()}, nil
}

// Resume goes on at b. Whether the stream still has what follows, the Reads tell:
// here the server is not asked.
func (s *Stream) Resume(_ context.Context, b source.Bookmark) error {
	s.halt()
	s.queue.clear()
	e, err := parseEvidence(b.Evidence)
	if err == nil && (e.Stream != s.o.Stream || e.Subject != s.o.Subject || e.Core) {
		err = fmt.Errorf("the bookmark is of stream %q, subject %q", e.Stream, e.Subject)
	}
	if err != nil {
		err = fmt.Errorf("%s: cannot go on: %w: start with another state directory, or configure the stream and subject as they were", s.Name(), err)
		s.queue.fail(err)
		return err
	}
	s.reader.pos, s.reader.at = b.Position, e.mark()
	return nil
}

// Ack notes where b stands, for Acked. The server is told nothing.
func (s *Stream) Ack(_ context.Context, b source.Bookmark) error {
	e, err := parseEvidence(b.Evidence)
	s.acked.Store(e.Next)
	return err
}

// Acked is the number of the first message that is not part of a committed epoch, 0
// before that is known. Any goroutine may call it.
func (s *Stream) Acked() uint64 { return s.acked.Load() }

// Lag tells what waits in the stream and here, and how far behind the reading
// messages expire; as of a second ago where nothing is delivered. Nothing is known while
// the stream cannot be reached.
func (s *Stream) Lag() source.Lag {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if !s.level.known {
		return source.Lag{Waiting: -1, Headroom: -1}
	}
	l := source.Lag{Waiting: int64(s.level.pending) + int64(q.waiting), Headroom: -1}
	if s.level.expires {
		l.Headroom = max(0, int64(s.front.next)-int64(q.waiting)-int64(s.level.first))
	}
	return l
}

// Close ends the source: the server forgets the consumer. The connection remains.
func (s *Stream) Close() error {
	s.halt()
	s.queue.clear()
	s.queue.fail(errClosed(s.Name()))
	s.stop = func() {}
	return nil
}

func errClosed(name string) error { return fmt.Errorf("%s: has been closed", name) }

// start has the keeper begin where the reader stands.
func (s *Stream) start() {
	s.queue.mu.Lock()
	s.front, s.level = s.reader.at, level{}
	failed := s.queue.err != nil
	s.queue.mu.Unlock()
	if failed {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.keeping.Add(1)
	go func() {
		defer s.keeping.Done()
		s.keep(ctx)
	}()
}

func (s *Stream) halt() {
	if s.stop == nil {
		return
	}
	s.stop()
	s.keeping.Wait()
	s.stop = nil
}
