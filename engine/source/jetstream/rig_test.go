package jetstream

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

const patience = 10 * time.Second

// rig is a server with the stream S, which takes the subjects s.>.
type rig struct {
	*natstest.Server
	t     testing.TB
	store string
	conn  *nats.Conn
	js    jetstream.JetStream
}

func newRig(t testing.TB) *rig {
	t.Helper()
	r := &rig{t: t}
	r.Server = natstest.Run(t, func(o *server.Options) { r.store = o.StoreDir })
	r.conn = r.Connect()
	var err error
	if r.js, err = jetstream.New(r.conn); err != nil {
		t.Fatal(err)
	}
	r.create(nil)
	return r
}

func (r *rig) create(change func(*jetstream.StreamConfig)) {
	r.t.Helper()
	c := jetstream.StreamConfig{Name: "S", Subjects: []string{"s.>"}, AllowDirect: true}
	if change != nil {
		change(&c)
	}
	natstest.Create(r.t, r.js, c)
}

func (r *rig) stream() jetstream.Stream {
	r.t.Helper()
	s, err := r.js.Stream(r.t.Context(), "S")
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

// consumer is the only consumer of the stream; nil: there is none.
func (r *rig) consumer() *jetstream.ConsumerInfo {
	for c := range r.stream().ListConsumers(r.t.Context()).Info() {
		return c
	}
	return nil
}

// publish sends messages from..to to a subject, each with the line r<number>.
func (r *rig) publish(subject string, from, to int) { publish(r.t, r.js, subject, from, to) }

func publish(t testing.TB, js jetstream.JetStream, subject string, from, to int) {
	t.Helper()
	var acks []jetstream.PubAckFuture
	for n := from; n <= to; n++ {
		ack, err := js.PublishAsync(subject, fmt.Appendf(nil, "r%d", n))
		if err != nil {
			t.Fatal(err)
		}
		acks = append(acks, ack)
	}
	for _, ack := range acks {
		select {
		case <-ack.Ok():
		case err := <-ack.Err():
			t.Fatal(err)
		case <-time.After(patience):
			t.Fatal("the server does not acknowledge")
		}
	}
}

// keep copies what the server stores, and returns what puts it back. The server is
// stopped and started again by both.
func (r *rig) keep() (restore func()) {
	r.t.Helper()
	copyOf := r.t.TempDir()
	copyDir := func(to, from string) {
		if err := errors.Join(os.RemoveAll(to), os.CopyFS(to, os.DirFS(from))); err != nil {
			r.t.Fatal(err)
		}
	}
	r.Stop()
	copyDir(copyOf, r.store)
	r.Start()
	r.wait("JetStream after a restart", func() bool { _, err := r.js.Stream(r.t.Context(), "S"); return err == nil })
	return func() {
		r.Stop()
		copyDir(r.store, copyOf)
		r.Start()
		r.wait("JetStream after a restart", func() bool { _, err := r.js.Stream(r.t.Context(), "S"); return err == nil })
	}
}

func (r *rig) wait(what string, done func() bool) { wait(r.t, what, done) }

func wait(t testing.TB, what string, done func() bool) {
	t.Helper()
	end := time.Now().Add(patience)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for ; !done(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("%s: waited for %s in vain", what, patience)
		}
	}
}

// quick is a pace for tests.
func quick() pace {
	return pace{
		heartbeat: 200 * time.Millisecond, expires: time.Second, answer: 2 * time.Second,
		retry: 2 * time.Millisecond, retryMax: 50 * time.Millisecond, look: 20 * time.Millisecond, confirm: 4,
	}
}

// probe reads a source and checks what every source keeps to.
type probe struct {
	t   testing.TB
	src source.Live
	log *lines

	woken chan struct{}
	buf   []byte
	pos   source.Position

	lines     []string
	sequences []uint64
	blocks    []source.Block // without Data
	over      []source.Oversize
}

// lines is a log.
type lines struct {
	mu  sync.Mutex
	all []string
}

func (l *lines) add(s string) {
	l.mu.Lock()
	l.all = append(l.all, s)
	l.mu.Unlock()
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.all, "\n")
}

// open opens the stream S at the pace of tests.
func (r *rig) open(o Options) *probe { return open(r.t, r.conn, o) }

func open(t testing.TB, conn *nats.Conn, o Options) *probe {
	t.Helper()
	if o.Stream == "" {
		o.Stream = "S"
	}
	log := &lines{}
	o.Log = log.add
	s, err := Open(conn, o)
	if err != nil {
		t.Fatal(err)
	}
	s.pace = quick()
	return newProbe(t, s, log)
}

func newProbe(t testing.TB, s source.Live, log *lines) *probe {
	p := &probe{t: t, src: s, log: log, woken: make(chan struct{}, 1)}
	s.Notify(func() {
		select {
		case p.woken <- struct{}{}:
		default:
		}
	})
	t.Cleanup(func() { s.Close() })
	return p
}

func (p *probe) resume(b source.Bookmark) *probe {
	p.t.Helper()
	if err := p.src.Resume(p.t.Context(), b); err != nil {
		p.t.Fatal(err)
	}
	p.pos = b.Position
	return p
}

func (p *probe) bookmark() source.Bookmark {
	p.t.Helper()
	b, err := p.src.Bookmark()
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

// once reads one block; without waiting if there is none.
func (p *probe) once() error {
	p.t.Helper()
	b, err := p.src.Read(p.t.Context(), p.buf)
	p.buf = b.Data
	if err != nil {
		if len(b.Data) > 0 {
			p.t.Fatalf("data with the error %v", err)
		}
		return err
	}
	p.take(b)
	return nil
}

// take checks a block and keeps what it says.
func (p *probe) take(b source.Block) {
	p.t.Helper()
	at := p.pos
	for _, o := range b.Oversize {
		if o.At != at {
			p.t.Fatalf("oversize at %+v, not %+v", o.At, at)
		}
		at.Offset += o.Size + 1
		at.Line++
	}
	if b.Start != at {
		p.t.Fatalf("the block starts at %+v, and the one before ended at %+v", b.Start, at)
	}
	at.Offset += int64(len(b.Data))
	at.Line += int64(strings.Count(string(b.Data), "\n"))
	if b.End != at {
		p.t.Fatalf("the block ends at %+v, not %+v", b.End, at)
	}
	p.pos = at
	if n := len(b.Data); n > 0 && b.Data[n-1] != '\n' {
		p.t.Fatalf("the block ends with %q", b.Data[max(0, n-9):])
	}
	for i, m := range b.Messages {
		if m.Off >= len(b.Data) || m.Off > 0 && b.Data[m.Off-1] != '\n' || i == 0 && m.Off != 0 {
			p.t.Fatalf("message %d begins at %d of %d bytes", m.Sequence, m.Off, len(b.Data))
		}
		p.sequences = append(p.sequences, m.Sequence)
	}
	for line := range strings.Lines(string(b.Data)) {
		p.lines = append(p.lines, strings.TrimSuffix(line, "\n"))
	}
	p.over = append(p.over, b.Oversize...)
	b.Data = nil
	p.blocks = append(p.blocks, b)
}

// next reads one block and waits for it as the engine does.
func (p *probe) next() error {
	p.t.Helper()
	deadline := time.After(patience)
	for {
		err := p.once()
		if !errors.Is(err, source.ErrNone) {
			return err
		}
		select {
		case <-p.woken:
		case <-deadline:
			p.t.Fatalf("nothing comes after %d lines; lag %+v; log:\n%s", len(p.lines), p.src.Lag(), p.log)
		}
	}
}

// until reads until there are n lines.
func (p *probe) until(n int) *probe {
	p.t.Helper()
	for len(p.lines) < n {
		if err := p.next(); err != nil {
			p.t.Fatalf("after %d lines: %v", len(p.lines), err)
		}
	}
	return p
}

// fails reads until an error and returns it.
func (p *probe) fails() error {
	p.t.Helper()
	for {
		if err := p.next(); err != nil {
			if again := p.next(); again != err {
				p.t.Fatalf("after %v the next Read says %v", err, again)
			}
			return err
		}
	}
}

// read makes sure that exactly the records from..to were read, in their order.
func (p *probe) read(from, to int) {
	p.t.Helper()
	want := names(from, to)
	if !slices.Equal(p.lines, want) {
		at := 0
		for at < min(len(p.lines), len(want)) && p.lines[at] == want[at] {
			at++
		}
		p.t.Fatalf("read %d lines, want r%d to r%d; from line %d on %.300s", len(p.lines), from, to, at, strings.Join(p.lines[at:], " "))
	}
}

func (p *probe) close() {
	p.t.Helper()
	if err := p.src.Close(); err != nil {
		p.t.Fatal(err)
	}
}

// leaks makes sure that no goroutine and no subscription of this package is left at the
// end of the test. The server's are in the same process.
func (r *rig) leaks() {
	before := r.conn.NumSubscriptions()
	r.t.Cleanup(func() {
		var left string
		defer func() {
			if r.t.Failed() {
				r.t.Log(left)
			}
		}()
		r.wait("everything ends", func() bool {
			left = own()
			return left == "" && r.conn.NumSubscriptions() <= before+1 // answers come on one
		})
	})
}

// own are the stacks of goroutines of this package, but for tests.
func own() (stacks string) {
	buf := make([]byte, 1<<20)
	for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(g, "engine/source/jetstream.(*Stream)") || strings.Contains(g, "engine/source/jetstream.(*Subject)") || strings.Contains(g, "engine/source/jetstream.(*visit)") {
			stacks += g + "\n\n"
		}
	}
	return stacks
}

// names are the records r<from> to r<to>.
func names(from, to int) (all []string) {
	for n := from; n <= to; n++ {
		all = append(all, fmt.Sprintf("r%d", n))
	}
	return all
}
