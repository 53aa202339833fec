package feed_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/feed"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsconn"
	"github.com/cdrstream/cdrstream/engine/source/file"
	"github.com/cdrstream/cdrstream/engine/source/natstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, natstest.Leaks()...) }

// bed is a server with a stream, and a directory of files.
type bed struct {
	t      *testing.T
	server *natstest.Server
	js     jetstream.JetStream
	dir    string
	notes  []string
	warns  []string
}

func newBed(t *testing.T, change func(*jetstream.StreamConfig)) *bed {
	t.Helper()
	b := &bed{t: t, server: natstest.Run(t, nil), dir: t.TempDir()}
	b.js = b.server.JetStream()
	cfg := jetstream.StreamConfig{Name: "CDR", Subjects: []string{"cdr.>"}, AllowDirect: true, AllowAtomicPublish: true}
	if change != nil {
		change(&cfg)
	}
	if _, err := b.js.CreateStream(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	return b
}

const header = "start_time,calling_number"

// lines are records from..to-1 of a switch.
func lines(name string, from, to int) string {
	var text strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&text, "%s-%06d,%s\n", name, i, strings.Repeat("9", i%30))
	}
	return text.String()
}

// write writes a file.
func (b *bed) write(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.dir, name)
	data := []byte(text)
	if strings.HasSuffix(name, ".gz") {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(data); err != nil {
			b.t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			b.t.Fatal(err)
		}
		data = packed.Bytes()
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func layout(path string, head []byte) (feed.Layout, error) {
	end := bytes.IndexByte(head, '\n') + 1
	if end == 0 {
		end = len(head)
	}
	return feed.NewLayout("csv", head[:end]), nil
}

func (b *bed) options() feed.Options {
	var mu sync.Mutex
	note := func(to *[]string) func(string) {
		return func(m string) {
			mu.Lock()
			defer mu.Unlock()
			*to = append(*to, m)
		}
	}
	b.notes, b.warns = nil, nil
	return feed.Options{
		Stream: "CDR", Subject: "cdr.a", MaxRecord: 1 << 20, Layout: layout, Note: note(&b.notes), Warn: note(&b.warns),
		Open: func(_ context.Context, path string, o file.Options) (*file.File, error) { return file.Open(path, o) },
	}
}

// run is one process that publishes, until ctx ends or die is closed: then its
// connection is cut.
func (b *bed) run(ctx context.Context, die <-chan struct{}, o feed.Options, paths ...string) (feed.Summary, error) {
	b.t.Helper()
	conn, err := natsconn.Connect(ctx, natsconn.Options{URL: b.server.URL(), Wait: true})
	if err != nil {
		b.t.Fatal(err)
	}
	defer conn.Close()
	over := make(chan struct{})
	var watch sync.WaitGroup
	defer watch.Wait()
	defer close(over)
	watch.Go(func() {
		select {
		case <-die:
			conn.Close()
		case <-over:
		}
	})
	f, err := feed.New(ctx, conn, o)
	if err != nil {
		return feed.Summary{}, err
	}
	return f.Run(ctx, paths)
}

func (b *bed) publish(o feed.Options, paths ...string) feed.Summary {
	b.t.Helper()
	s, err := b.run(b.t.Context(), nil, o, paths...)
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// message is what is stored.
type message struct {
	header nats.Header
	data   []byte
}

// messages are those of a subject.
func (b *bed) messages(subject string) (all []message) {
	b.t.Helper()
	s, err := b.js.Stream(b.t.Context(), "CDR")
	if err != nil {
		b.t.Fatal(err)
	}
	info, err := s.Info(b.t.Context(), jetstream.WithSubjectFilter(subject))
	if err != nil {
		b.t.Fatal(err)
	}
	left := info.State.Subjects[subject]
	if left == 0 {
		return nil
	}
	c, err := s.OrderedConsumer(b.t.Context(), jetstream.OrderedConsumerConfig{FilterSubjects: []string{subject}})
	if err != nil {
		b.t.Fatal(err)
	}
	it, err := c.Messages()
	if err != nil {
		b.t.Fatal(err)
	}
	defer it.Stop()
	for range left {
		m, err := it.Next()
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, message{m.Headers(), m.Data()})
	}
	return all
}

// expect compares what is stored on cdr.a with text.
func (b *bed) expect(text string) {
	b.t.Helper()
	var got strings.Builder
	for _, m := range b.messages("cdr.a") {
		if m.header.Get(feed.FormatHeader) != "csv" || m.header.Get(feed.HeadHeader) != header {
			b.t.Fatalf("headers %v", m.header)
		}
		got.Write(m.data)
	}
	if got.String() != text {
		b.t.Fatalf("%d bytes are stored, want %d: they differ at byte %d", got.Len(), len(text), common(got.String(), text))
	}
}

func common(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// Every way of publishing stores every record once, in order.
func TestPublish(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*jetstream.StreamConfig)
		set    func(*feed.Options)
	}{
		{"blocks", nil, func(o *feed.Options) {}},
		{"blocks of 7", nil, func(o *feed.Options) { o.Block = 7 }},
		{"single records", nil, func(o *feed.Options) { o.PerMessage = true }},
		{"no atomic batches", func(c *jetstream.StreamConfig) { c.AllowAtomicPublish = false }, func(o *feed.Options) {}},
		{"small messages", func(c *jetstream.StreamConfig) { c.MaxMsgSize = 2000 }, func(o *feed.Options) { o.Block = 20 }},
		{"paced", nil, func(o *feed.Options) { o.Rate = 1e6 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t, c.change)
			o := b.options()
			c.set(&o)
			first, second, third := lines("a", 0, 3000), lines("b", 0, 10), lines("c", 0, 2500)
			paths := []string{
				b.write("a.csv", header+"\r\n"+first), b.write("b.csv", "\xef\xbb\xbf"+header+"\n"+strings.TrimSuffix(second, "\n")),
				b.write("empty.csv", ""), b.write("header.csv", header+"\n"), b.write("c.csv.gz", header+"\n"+third),
			}
			s := b.publish(o, paths...)
			want := feed.Summary{Files: 3, Records: 5510, Messages: s.Messages, Bytes: int64(len(first+second+third) - 1)}
			if s != want {
				t.Errorf("got %+v, want %+v", s, want)
			}
			b.expect(first + second + third)
			if got := int64(len(b.messages("cdr.a"))); got != s.Messages || o.PerMessage && got != 5510 {
				t.Errorf("%d messages, the summary says %d", got, s.Messages)
			}
			if len(b.warns) != 1 || !strings.HasSuffix(b.warns[0], "empty.csv: empty file") {
				t.Errorf("warnings %q", b.warns)
			}
			if s := b.publish(b.options(), paths...); s.Records != 0 || s.Before != 3 {
				t.Errorf("published again: %+v", s)
			}
			b.expect(first + second + third)
		})
	}
}

// killer counts what reaches the stream and calls kill at a message.
func (b *bed) killer(after int, kill func()) (stop func()) {
	b.t.Helper()
	conn := b.server.Connect()
	n := 0
	sub, err := conn.Subscribe("cdr.a", func(*nats.Msg) {
		if n++; n == after {
			kill()
		}
	})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := conn.Flush(); err != nil {
		b.t.Fatal(err)
	}
	return func() { _ = sub.Unsubscribe(); conn.Close() }
}

// A publisher that is killed again and again, at any message, stores every record
// once: the next one goes on. Blocks and single records may take turns.
func TestKilled(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for _, packed := range []string{"", ".gz"} {
		t.Run("csv"+packed, func(t *testing.T) {
			b := newBed(t, nil)
			first, second := lines("a", 0, 60_000), lines("b", 0, 20_000)
			paths := []string{b.write("a.csv"+packed, header+"\n"+first), b.write("b.csv"+packed, header+"\n"+second)}
			kills := 0
			for done := false; !done; {
				die := make(chan struct{})
				o := b.options()
				after := 1 + r.IntN(15)
				if o.PerMessage = r.IntN(2) == 0; o.PerMessage {
					after = 1 + r.IntN(8_000)
				} else {
					o.Block = 1 + r.IntN(500)
					o.Rate = 5e6 // small batches
				}
				var once sync.Once
				stop := b.killer(after, func() { once.Do(func() { close(die) }) })
				_, err := b.run(t.Context(), die, o, paths...)
				stop()
				if done = err == nil; !done {
					kills++
				}
				if len(b.warns) > 1 {
					t.Fatalf("warnings %q", b.warns)
				}
			}
			t.Logf("%d kills", kills)
			b.expect(first + second)
		})
	}
}

// A server that goes away in the middle is waited for.
func TestServerRestarted(t *testing.T) {
	b := newBed(t, nil)
	var want string
	for _, single := range []bool{false, true} {
		o := b.options()
		o.Rate, o.Block, o.PerMessage = 400_000, 50, single
		text := lines(fmt.Sprint(single), 0, 20_000)
		path := b.write("a.csv", header+"\n"+text)
		want += text
		var restarts sync.WaitGroup
		stop := b.killer(40, func() { restarts.Go(func() { b.server.Stop(); b.server.Start() }) })
		b.publish(o, path)
		restarts.Wait()
		stop()
		if len(b.warns) == 0 || !strings.Contains(b.warns[0], "does not answer") {
			t.Errorf("warnings %q", b.warns)
		}
	}
	b.expect(want)
}

// A context that ends stops at the end of a batch; the next run goes on.
func TestStopped(t *testing.T) {
	b := newBed(t, nil)
	text := lines("a", 0, 50_000)
	path := b.write("a.csv", header+"\n"+text)
	ctx, cancel := context.WithCancel(t.Context())
	o := b.options()
	o.Rate = 100_000
	stop := b.killer(3, cancel)
	defer stop()
	s, err := b.run(ctx, nil, o, path)
	if !errors.Is(err, feed.ErrStopped) || s.Records == 0 || s.Records == 50_000 {
		t.Fatalf("%+v, %v", s, err)
	}
	rest := b.publish(b.options(), path)
	if s.Records+rest.Records != 50_000 {
		t.Errorf("%d and %d records", s.Records, rest.Records)
	}
	if len(b.notes) != 1 || !strings.Contains(b.notes[0], "a.csv goes on behind byte ") {
		t.Errorf("notes %q", b.notes)
	}
	b.expect(text)
}

// Two publishers on one subject: the one that comes to publish behind what it does
// not know notices, and stops.
func TestTwo(t *testing.T) {
	b := newBed(t, nil)
	path := b.write("a.csv", header+"\n"+lines("a", 0, 100_000))
	other := b.write("b.csv", header+"\n"+lines("b", 0, 10))
	o := b.options()
	o.Rate = 20_000
	const want = "something else was published there meanwhile, by another cdrstream publish perhaps"
	var second sync.WaitGroup
	stop := b.killer(3, func() {
		second.Go(func() {
			for { // until it was the faster of the two
				_, err := b.run(t.Context(), nil, o, other)
				if err == nil {
					return
				}
				if !strings.Contains(err.Error(), want) {
					t.Errorf("the second: %v", err)
					return
				}
			}
		})
	})
	defer stop()
	s, err := b.run(t.Context(), nil, o, path)
	second.Wait()
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Fatalf("the first: %+v, %v", s, err)
	}
}

// What was published of which files, whatever was published in between.
func TestHistory(t *testing.T) {
	b := newBed(t, nil)
	a, c := lines("a", 0, 5000), lines("c", 0, 3000)
	pathA, pathC := b.write("a.csv", header+"\n"+a), b.write("c.csv", header+"\n"+c)
	b.publish(b.options(), pathA)
	b.publish(b.options(), pathC)
	want := a + c
	step := func(name string, records int64, before int, paths ...string) {
		t.Helper()
		s := b.publish(b.options(), paths...)
		if s.Records != records || s.Before != before {
			t.Errorf("%s: %+v, want %d records and %d before", name, s, records, before)
		}
		b.expect(want)
	}
	step("behind another", 0, 1, pathA)
	step("both", 0, 2, pathA, pathC)
	step("the other order", 0, 2, pathC, pathA)

	moved := filepath.Join(b.dir, "renamed.csv")
	if err := os.Rename(pathC, moved); err != nil {
		t.Fatal(err)
	}
	step("renamed", 0, 2, moved, pathA)

	b.write("a.csv", header+"\n"+a+lines("a", 5000, 6000))
	want += lines("a", 5000, 6000)
	step("grown", 1000, 0, pathA)
	step("grown, again", 0, 1, pathA)

	d := lines("d", 0, 100)
	b.write("a.csv", header+"\n"+d) // a log that was rotated
	want += d
	step("replaced", 100, 1, moved, pathA)

	o := b.options()
	o.Again = true
	b.publish(o, pathA)
	want += d
	b.expect(want)
	step("again", 0, 2, pathA, moved)

	o = b.options()
	o.Subject = "cdr.b"
	if s := b.publish(o, pathA); s.Records != 100 {
		t.Errorf("another subject: %+v", s)
	}
}

// Where the stream no longer tells, files before one that it knows count as
// published, with a warning.
func TestHistoryCut(t *testing.T) {
	b := newBed(t, nil)
	var paths []string
	for _, name := range []string{"a", "b", "c"} {
		paths = append(paths, b.write(name+".csv", header+"\n"+lines(name, 0, 100)))
	}
	b.publish(b.options(), paths...)
	s, err := b.js.Stream(t.Context(), "CDR")
	if err == nil {
		err = s.Purge(t.Context(), jetstream.WithPurgeKeep(1))
	}
	if err != nil {
		t.Fatal(err)
	}
	paths = append(paths, b.write("d.csv", header+"\n"+lines("d", 0, 100)))
	if got := b.publish(b.options(), paths...); got.Records != 100 || got.Before != 3 || len(b.warns) != 2 {
		t.Errorf("%+v, warnings %q", got, b.warns)
	}
	b.expect(lines("c", 0, 100) + lines("d", 0, 100))
}

// Records that are too long are left out and counted.
func TestOversize(t *testing.T) {
	b := newBed(t, nil)
	long := strings.Repeat("x", 5000) + "\n"
	text := lines("a", 0, 10) + long + lines("a", 10, 20) + strings.Repeat(long, 15)
	path := b.write("a.csv", header+"\n"+text)
	o := b.options()
	o.MaxRecord = 4000
	s := b.publish(o, path)
	if s.Oversize != 16 || s.Records != 20 || len(b.warns) != 11 || !strings.Contains(b.warns[0], "a.csv: line 12: a record of 5000 bytes is longer than 4000") {
		t.Errorf("%+v, warnings %q", s, b.warns)
	}
	b.expect(lines("a", 0, 20))

	o = b.options()
	o.Again, o.MaxRecord = true, 64<<20
	big := strings.Repeat("y", 900<<10) + "\n"
	path = b.write("b.csv", header+"\n"+big+strings.Repeat("z", 1<<20)+"\n"+lines("b", 0, 5))
	if s := b.publish(o, path); s.Oversize != 1 || s.Records != 6 {
		t.Errorf("what the server takes: %+v", s)
	}
}

// Blank lines are no records, and a header row that NATS would trim goes into the
// messages.
func TestOddities(t *testing.T) {
	b := newBed(t, nil)
	o := b.options()
	o.PerMessage = true
	path := b.write("a.csv", "start_time\tcalling_number\t\n\n1\t2\t3\n\r\n\n4\t5\t6\n\n\n")
	if s := b.publish(o, path); s.Records != 2 || s.Messages != 2 {
		t.Errorf("%+v", s)
	}
	for i, m := range b.messages("cdr.a") {
		record := strings.TrimLeft(string(m.data), "\r\n")
		if m.header.Get(feed.HeadHeader) != "" || !strings.HasPrefix(record, "start_time\tcalling_number\t\n") || strings.Count(strings.TrimSpace(record), "\t") != 4 {
			t.Errorf("message %d: %q %v", i, m.data, m.header)
		}
	}
	if s := b.publish(b.options(), path); s.Records != 0 || s.Before != 1 {
		t.Errorf("again: %+v", s)
	}
}

// What cannot be published to is said before anything is read.
func TestStreams(t *testing.T) {
	b := newBed(t, nil)
	if _, err := b.js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "PLAIN", Subjects: []string{"plain.>"}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		set  func(*feed.Options)
		want string
	}{
		{"no stream", func(o *feed.Options) { o.Stream = "NONE" }, "the stream NONE does not exist: start cdrstream serve, which makes it, or make it: nats stream add NONE"},
		{"no name", func(o *feed.Options) { o.Stream = "a.b" }, `--stream "a.b" is no name of a stream`},
		{"nobody's subject", func(o *feed.Options) { o.Subject = "calls.a" }, "the stream CDR takes the subjects [cdr.>], not calls.a"},
		{"another's subject", func(o *feed.Options) { o.Subject = "plain.a" }, "the subject plain.a belongs to the stream PLAIN, not to CDR"},
		{"no batches", func(o *feed.Options) { o.Stream, o.Subject, o.PerMessage = "PLAIN", "plain.a", true }, "the stream PLAIN takes no atomic batches, which --per-message needs"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := b.options()
			c.set(&o)
			_, err := b.run(t.Context(), nil, o)
			var misfit *feed.StreamError
			if !errors.As(err, &misfit) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
	bare := natstest.Run(t, func(o *server.Options) { o.JetStream = false })
	if _, err := feed.New(t.Context(), bare.Connect(), b.options()); err == nil || !strings.Contains(err.Error(), "has no JetStream for us") {
		t.Errorf("no JetStream: %v", err)
	}
}

// A full stream is said to be full, and nothing of the batch that did not fit is
// stored.
func TestFull(t *testing.T) {
	for _, single := range []bool{false, true} {
		b := newBed(t, func(c *jetstream.StreamConfig) { c.MaxBytes, c.Discard = 100_000, jetstream.DiscardNew })
		text := lines("a", 0, 20_000)
		path := b.write("a.csv", header+"\n"+text)
		o := b.options()
		o.Block, o.PerMessage, o.Rate = 10, single, 1e5
		s, err := b.run(t.Context(), nil, o, path)
		if err == nil || !strings.Contains(err.Error(), "the server has no room for more") {
			t.Fatalf("got %v", err)
		}
		stream, err := b.js.Stream(t.Context(), "CDR")
		if err != nil {
			t.Fatal(err)
		}
		cfg := stream.CachedInfo().Config
		cfg.MaxBytes = -1
		if _, err := b.js.UpdateStream(t.Context(), cfg); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d records, then it was full", s.Records)
		b.publish(b.options(), path)
		b.expect(text)
	}
}

// The mark is what the documentation says.
func TestMark(t *testing.T) {
	b := newBed(t, nil)
	path := b.write("a.csv", header+"\n"+lines("a", 0, 3))
	b.publish(b.options(), path)
	var m feed.Mark
	if err := json.Unmarshal([]byte(b.messages("cdr.a")[0].header.Get(feed.FileHeader)), &m); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if m.Name != "a.csv" || m.Size != info.Size() || m.At.Offset != info.Size() || m.At.Line != 4 || !m.End || m.Read == nil || m.Previous != 0 || m.Batch == "" {
		t.Errorf("%+v", m)
	}
}
