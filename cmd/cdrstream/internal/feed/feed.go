package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync/atomic"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

const (
	messageSize   = 128 << 10              // bytes of a message's data, about
	batchMessages = 1000                   // messages of a batch: the server's limit
	batchBytes    = messageSize * 3 / 4    // of a batch: a server writes batches twice, so a large message goes alone
	overhead      = decode.MaxHead + 4<<10 // bytes of headers
	shownOversize = 10                     // oversize records that are told one by one
)

// ErrStopped is what Run returns when its context ended: what was acknowledged is
// stored, and another Run over the same files goes on.
var ErrStopped = errors.New("stopped")

// StreamError says that a stream is not there or does not fit; nothing was read or
// published.
type StreamError struct{ text string }

func (e *StreamError) Error() string { return e.text }

// Options say what is published where.
type Options struct {
	Stream  string
	Subject string

	PerMessage bool    // one record a message
	Block      int     // records of a message at most; 0: as many as fit. Not with PerMessage
	MaxRecord  int     // bytes; longer records are left out
	Rate       float64 // records a second; 0: as fast as the server acknowledges
	Again      bool    // whatever was published before

	// Open opens a file, standard input or a pipe.
	Open func(ctx context.Context, path string, o file.Options) (*file.File, error)
	// Layout looks at the beginning of a file. Errors name the file.
	Layout func(path string, head []byte) (Layout, error)
	Note   func(string) // what a user may want to know; from any goroutine
	Warn   func(string) // likewise, of trouble
}

// Summary is what a Run did.
type Summary struct {
	Files    int   // published, in part at least
	Before   int   // files that were published before
	Records  int64 // published, blank lines not counted
	Messages int64
	Bytes    int64 // of records
	Oversize int64 // records that were left out because they are too long
}

// Progress is how far a Run is, on the scale of bytes on disk.
type Progress struct {
	Bytes, Total int64 // Total: 0 if unknown
	Records      int64
}

// Feed publishes files to one subject.
type Feed struct {
	o      Options
	conn   *nats.Conn
	js     jetstream.JetStream
	stream jetstream.Stream
	pacer  pacer
	limits limits
	run    string // tells the batches of this Run from others
	seq    uint64 // of the last message of the subject

	batches  int
	before   uint64 // sequence of the last message before the current file's first
	current  int    // the file that was published last, -1 none
	summary  Summary
	oversize atomic.Int64

	bytes, total, records atomic.Int64
	done                  int64 // bytes of the files before
}

// New makes a Feed over a connection that comes back by itself. It asks the
// server for the stream.
func New(ctx context.Context, conn *nats.Conn, o Options) (*Feed, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	f := &Feed{o: o, conn: conn, js: js, pacer: pacer{rate: o.Rate}, run: rand.Text(), current: -1}
	if err := f.find(ctx); err != nil {
		return nil, err
	}
	cfg := f.stream.CachedInfo().Config
	payload := int(conn.MaxPayload())
	if cfg.MaxMsgSize > 0 {
		payload = min(payload, int(cfg.MaxMsgSize))
	}
	room := max(payload-overhead, payload/2) // for a record, beside the longest header row
	f.o.MaxRecord = min(o.MaxRecord, room)
	f.limits = limits{perMessage: o.Block, size: min(messageSize, room), messages: batchMessages, bytes: batchBytes, records: f.pacer.portion()}
	if o.PerMessage {
		f.limits.perMessage = 1
	}
	if cfg.AllowAtomicPublish {
		return f, nil
	}
	if o.PerMessage {
		return nil, &StreamError{f.noBatches().Error()}
	}
	f.limits.messages = 1
	return f, nil
}

// find finds the stream and makes sure that the subject is its own.
func (f *Feed) find(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	f.stream, err = f.js.Stream(ctx, f.o.Stream)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return &StreamError{fmt.Sprintf("the stream %s does not exist: start cdrstream serve, which makes it, or make it: nats stream add %s --subjects 'cdr.>' --storage file --discard new --allow-batch --defaults", f.o.Stream, f.o.Stream)}
	case errors.Is(err, jetstream.ErrInvalidStreamName):
		return &StreamError{fmt.Sprintf("--stream %q is no name of a stream: it has no blanks, dots, stars or slashes", f.o.Stream)}
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled), errors.Is(err, nats.ErrNoResponders), errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return &StreamError{fmt.Sprintf("the NATS server has no JetStream for us (%v): enable it there, or point nats.url at another", err)}
	case err != nil:
		return fmt.Errorf("the stream %s: %w", f.o.Stream, err)
	}
	owner, err := f.js.StreamNameBySubject(ctx, f.o.Subject)
	switch {
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return &StreamError{fmt.Sprintf("the stream %s takes the subjects %v, not %s: choose one of them with --subject", f.o.Stream, f.stream.CachedInfo().Config.Subjects, f.o.Subject)}
	case err != nil:
		return fmt.Errorf("the subject %s: %w", f.o.Subject, err)
	case owner != f.o.Stream:
		return &StreamError{fmt.Sprintf("the subject %s belongs to the stream %s, not to %s: choose another with --subject, or that stream with --stream", f.o.Subject, owner, f.o.Stream)}
	}
	return nil
}

// Progress may be called by any goroutine.
func (f *Feed) Progress() Progress {
	return Progress{Bytes: f.bytes.Load(), Total: f.total.Load(), Records: f.records.Load()}
}

// Run publishes the files in their order, each from where an earlier Run stopped,
// and returns when all is stored. When the context ends it returns ErrStopped at
// the end of a batch.
func (f *Feed) Run(ctx context.Context, paths []string) (Summary, error) {
	err := f.publish(ctx, paths)
	if err != nil && ctx.Err() != nil {
		err = ErrStopped
	}
	f.summary.Records, f.summary.Oversize = f.records.Load(), f.oversize.Load()
	return f.summary, err
}

func (f *Feed) publish(ctx context.Context, paths []string) error {
	seq, mark, err := f.last(ctx)
	if err != nil {
		return f.explain(err)
	}
	f.seq = seq
	if seq != 0 && mark == nil && !f.o.Again {
		f.o.Warn(fmt.Sprintf("the last message of %s was not published by cdrstream publish: nothing is known of files before it", f.o.Subject))
	}
	if f.o.Again {
		mark = nil
	}
	places, err := f.places(ctx, paths, mark)
	if err != nil {
		return err
	}
	if mark != nil {
		f.before = mark.Previous // as long as it is the file of the last message that goes on
	}
	f.total.Store(total(paths))
	return f.files(ctx, places, mark)
}

// files reads ahead of what is being sent by a batch.
func (f *Feed) files(ctx context.Context, places []place, last *Mark) error {
	inner, cancel := context.WithCancel(ctx)
	ready := make(chan *batch)
	failed := make(chan error, 1)
	go func() {
		defer close(ready)
		failed <- f.readAll(inner, places, ready)
	}()
	defer func() {
		cancel()
		for range ready { // until the reader has ended
		}
	}()
	for b := range ready {
		if err := f.store(ctx, b, places, last); err != nil {
			return err
		}
	}
	return <-failed
}

// store paces and sends a batch.
func (f *Feed) store(ctx context.Context, b *batch, places []place, last *Mark) error {
	if b.file != f.current {
		if from := places[b.file].from; from == nil || from != last || f.current >= 0 {
			f.before = f.seq
		}
		f.current = b.file
		f.summary.Files++
	}
	f.batches++
	b.mark.Previous, b.mark.Batch = f.before, f.run+"-"+strconv.Itoa(f.batches)
	if err := f.pacer.wait(ctx, b.records); err != nil {
		return err
	}
	if err := f.send(ctx, b); err != nil {
		return err
	}
	f.summary.Messages += int64(len(b.messages))
	f.summary.Bytes += b.bytes
	f.records.Add(int64(b.records))
	f.bytes.Store(b.consumed)
	return nil
}

// readAll cuts the files into batches.
func (f *Feed) readAll(ctx context.Context, places []place, ready chan<- *batch) error {
	for i := range places {
		p := &places[i]
		if p.done {
			f.publishedBefore(p)
			f.done += max(total([]string{p.path}), 0)
			f.bytes.Store(f.done)
			continue
		}
		if err := f.readFile(ctx, i, p, ready); err != nil {
			return err
		}
	}
	return nil
}

func (f *Feed) publishedBefore(p *place) {
	f.summary.Before++
	f.o.Note(p.path + " was published before: nothing to do (--again publishes it once more)")
}

// readFile cuts a file into batches, from its place on.
func (f *Feed) readFile(ctx context.Context, i int, p *place, ready chan<- *batch) error {
	r, layout, err := f.open(ctx, p)
	if err != nil || r == nil {
		return err
	}
	defer r.file.Close()
	base := f.done
	size := max(r.file.Size(), 0)
	f.done += size
	if err := r.load(ctx); err != nil {
		return err
	}
	for n := 0; ; n++ {
		if err := r.next(ctx); err != nil {
			return err
		}
		if len(r.rest) == 0 {
			if n == 0 && p.from != nil {
				f.publishedBefore(p)
			}
			return nil
		}
		b := r.cut(f.limits, layout, f.o.Subject)
		if len(b.messages) == 0 {
			n--
			continue
		}
		b.file = i
		b.mark = Mark{Name: baseName(p.path), Size: size, At: r.at, End: r.last(), Read: r.mark}
		b.consumed = base + min(r.file.Consumed(), size)
		select {
		case ready <- b:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// open opens a file where its place is. There is no reader for an empty one.
func (f *Feed) open(ctx context.Context, p *place) (*reader, *Layout, error) {
	in, err := f.o.Open(ctx, p.path, file.Options{BlockSize: blockSize, MaxRecord: f.o.MaxRecord})
	if err != nil {
		return nil, nil, err
	}
	layout, err := f.begin(ctx, in, p)
	if err != nil || layout == nil {
		in.Close()
		return nil, nil, err
	}
	r := &reader{file: in, over: func(o source.Oversize) { f.skipped(p.path, o) }, marked: in.Size() >= 0}
	return r, layout, nil
}

func (f *Feed) begin(ctx context.Context, in *file.File, p *place) (*Layout, error) {
	head, err := in.Head(ctx)
	if err != nil {
		return nil, err
	}
	if len(head) == 0 {
		f.o.Warn(p.path + ": empty file")
		return nil, nil
	}
	layout, err := f.o.Layout(p.path, head)
	if err != nil {
		return nil, err
	}
	in.Skip(layout.Skip)
	if p.from == nil {
		return &layout, nil
	}
	f.o.Note(fmt.Sprintf("%s goes on behind byte %d, line %d", p.path, p.from.At.Offset, p.from.At.Line))
	return &layout, in.Seek(ctx, p.from.At)
}

// skipped tells of a record that is too long.
func (f *Feed) skipped(path string, o source.Oversize) {
	n := f.oversize.Add(1)
	switch {
	case n <= shownOversize:
		f.o.Warn(fmt.Sprintf("%s: line %d: a record of %d bytes is longer than %d (max_record, or what the server takes in a message): it is not published", path, o.At.Line+1, o.Size, f.o.MaxRecord))
	case n == shownOversize+1:
		f.o.Warn("more records are too long: the summary counts them")
	}
}

// total is how many bytes the files have on disk, 0 if one has no size.
func total(paths []string) (n int64) {
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil || !info.Mode().IsRegular() {
			return 0
		}
		n += info.Size()
	}
	return n
}
