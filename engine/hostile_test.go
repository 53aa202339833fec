package engine_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/disk"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/source"
)

const header = "record_id,start_time,calling_number,called_number,duration_seconds,direction\n"

// calls are n records of some callers, one a second from start on.
func calls(start time.Time, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d-%d,%s,+4915112345%02d,+4930123456%02d,5,both\n", start.Unix(), i, start.Add(time.Duration(i)*time.Second).Format(time.RFC3339), i%17, i%29)
	}
	return b.String()
}

var noon = time.Date(2024, 3, 20, 12, 0, 0, 0, time.UTC)

func small(files ...oracle.File) job {
	c := oracle.Default()
	c.Windows = []string{"1h/5m", "1d", "7d"}
	return job{Config: c, files: files, workers: 2, block: 512}
}

// Strange files are counted, not fatal, as long as they can be opened.
func TestStrangeFiles(t *testing.T) {
	junk := make([]byte, 20_000)
	r := rand.New(rand.NewPCG(5, 5))
	for i := range junk {
		junk[i] = byte(r.Uint32())
	}
	good := header + calls(noon, 100)
	for _, test := range []struct {
		name     string
		files    []oracle.File
		accepted int64
		rejected bool
	}{
		{"header only", []oracle.File{{Name: "a", Data: []byte(header)}}, 0, false},
		{"header without a line feed", []oracle.File{{Name: "a", Data: []byte(strings.TrimSpace(header))}}, 0, false},
		{"header and blank lines", []oracle.File{{Name: "a", Data: []byte(header + "\n\r\n\n")}}, 0, false},
		{"empty json", []oracle.File{{Name: "a", JSON: true}}, 0, false},
		{"blank json", []oracle.File{{Name: "a", JSON: true, Data: []byte("\n\n\n")}}, 0, false},
		{"junk as json", []oracle.File{{Name: "a", JSON: true, Data: junk}}, 0, true},
		{"junk behind a header", []oracle.File{{Name: "a", Data: append([]byte(header), junk...)}}, 0, true},
		{"junk in the middle", []oracle.File{{Name: "a", Data: []byte(good + string(junk) + "\n" + calls(noon.Add(time.Hour), 50))}}, 150, true},
		{"one good, others empty", []oracle.File{{Name: "a", Data: []byte(header)}, {Name: "b", Data: []byte(good)}, {Name: "c", JSON: true}}, 100, false},
		{"zeros", []oracle.File{{Name: "a", Data: append([]byte(header), make([]byte, 5000)...)}}, 0, true},
		{"no line feed at the end", []oracle.File{{Name: "a", Data: []byte(strings.TrimSpace(good))}}, 100, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			out := small(test.files...).run(t)
			l := out.summary.Ledger
			if l.Accepted != test.accepted || (l.Rejected > 0) != test.rejected || l.Read != l.Accepted+l.Rejected {
				t.Errorf("ledger %+v, want %d accepted, rejected %v", l, test.accepted, test.rejected)
			}
			if (len(out.rows) > 0) != (test.accepted > 0) {
				t.Errorf("%d rows", len(out.rows))
			}
			if e := out.summary.EventTime; (e.First != nil) != (test.accepted > 0) || (e.Last != nil) != (test.accepted > 0) {
				t.Errorf("event time %v to %v", e.First, e.Last)
			}
		})
	}
}

// A record beyond the limit is rejected with its beginning, wherever it stands.
func TestOversize(t *testing.T) {
	long := strings.Repeat("9", 2<<20)
	data := header + "a," + long + "\n" + calls(noon, 10) + "b," + long + "\n" + "c," + long
	out := small(oracle.File{Name: "a", Data: []byte(data)}).run(t)
	if l := out.summary.Ledger; l.Read != 13 || l.Rejected != 3 || l.Accepted != 10 {
		t.Errorf("ledger %+v", l)
	}
	for i, want := range []string{"a:2:", "a:13:", "a:14:"} {
		if !strings.HasPrefix(out.rejects.lines[i], want) || !strings.Contains(out.rejects.lines[i], "longer than max_record: 2097154 bytes") {
			t.Errorf("reject %d: %.120s", i, out.rejects.lines[i])
		}
	}
}

// A thousand files of one record each merge by time.
func TestManyFiles(t *testing.T) {
	defer goleak.VerifyNone(t)
	var files []oracle.File
	whole := header
	for i := range 1000 {
		rec := strings.Replace(calls(noon.Add(time.Duration(i)*time.Minute), 1), "12345", "12"+fmt.Sprintf("%03d", i%10), 1)
		files = append(files, oracle.File{Name: fmt.Sprintf("f%d", i*7919%1000), Data: []byte(header + rec)})
		whole += rec
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(files), func(a, b int) { files[a], files[b] = files[b], files[a] })
	got, want := small(files...).run(t), small(oracle.File{Name: "whole", Data: []byte(whole)}).run(t)
	if got.summary.Ledger != want.summary.Ledger || len(got.summary.Sources) != 1000 {
		t.Errorf("ledger %+v, want %+v", got.summary.Ledger, want.summary.Ledger)
	}
	sameRows(t, got.rows, want.rows)
}

// guarded is a job whose doings are counted: what was opened is closed, what
// failed is not committed.
type guarded struct {
	engine.Config
	open       atomic.Int32 // sources now
	committed  atomic.Int32
	prepared   atomic.Int32
	failWrite  error
	failAppend error
	failAt     string // which step fails, "prepare features" ...
	after      atomic.Int32
}

var errBroken = errors.New("the disk is on fire")

func guard(t testing.TB, j job) *guarded {
	t.Helper()
	c, _, err := j.config()
	if err != nil {
		t.Fatal(err)
	}
	g := &guarded{Config: c}
	g.Features, g.Rejects, g.Late = &step{"features", g}, &step{"rejects", g}, &step{"late", g}
	for i := range g.Inputs {
		in := &g.Inputs[i]
		open := in.Open
		in.Open = func(ctx context.Context) (source.Source, decode.Layout, error) {
			src, layout, err := open(ctx)
			if err == nil {
				g.open.Add(1)
				src = &closing{Source: src, g: g}
			}
			return src, layout, err
		}
	}
	return g
}

// closing counts a source that is closed.
type closing struct {
	source.Source
	g      *guarded
	closed bool
}

func (c *closing) Close() error {
	if c.closed {
		return errors.New("closed twice")
	}
	c.closed = true
	c.g.open.Add(-1)
	return c.Source.Close()
}

// step is a sink that fails where it is told to.
type step struct {
	name string
	g    *guarded
}

func (s *step) Write(context.Context, *feature.Frame) error {
	if s.g.after.Add(-1) < 0 {
		return s.g.failWrite
	}
	return nil
}

func (s *step) Append(cdr.Origin, string, []byte) error { return s.g.failAppend }

func (s *step) Cut(uint64) error { return s.fail("cut") }

func (s *step) Prepare(context.Context, uint64) ([]disk.Staged, error) {
	s.g.prepared.Add(1)
	return nil, s.fail("prepare")
}

func (s *step) Recover(context.Context, uint64, []disk.Staged) error { return nil }

func (s *step) Commit(context.Context, uint64) error {
	if err := s.fail("commit"); err != nil {
		return err
	}
	s.g.committed.Add(1)
	return nil
}

func (s *step) fail(what string) error {
	if s.g.failAt == what+" "+s.name {
		return errBroken
	}
	return nil
}

// fails runs g and checks that it fails with want, leaves nothing behind and
// commits nothing.
func (g *guarded) fails(t *testing.T, ctx context.Context, want error) {
	t.Helper()
	e, err := engine.New(g.Config)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var summary *engine.Summary
	go func() {
		defer close(done)
		summary, err = e.Run(ctx)
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("it does not return")
	}
	if !errors.Is(err, want) || summary != nil {
		t.Errorf("summary %v, error %v; want %v", summary, err, want)
	}
	if n := g.committed.Load(); n > 0 {
		t.Errorf("%d commits", n)
	}
	if n := g.open.Load(); n > 0 {
		t.Errorf("%d sources are still open", n)
	}
	goleak.VerifyNone(t)
}

func twoFiles() job {
	bad := header + "x\n" + calls(noon, 300) + "late,2024-03-20T11:00:00Z,+4915112345,+4930123456,5,both\n" + calls(noon.Add(30*time.Hour), 300)
	return small(oracle.File{Name: "a", Data: []byte(bad)}, oracle.File{Name: "b", Data: []byte(header + calls(noon.Add(time.Minute), 3000))})
}

// Whatever sink fails, Run returns its error and nothing is committed.
func TestSinkFails(t *testing.T) {
	for _, at := range []string{"cut rejects", "cut late", "prepare features", "prepare rejects", "prepare late", "commit features"} {
		t.Run(at, func(t *testing.T) {
			g := guard(t, twoFiles())
			g.failAt = at
			g.after.Store(1 << 30)
			g.fails(t, t.Context(), errBroken)
		})
	}
	for _, after := range []int32{0, 1, 3} {
		t.Run(fmt.Sprint("write ", after), func(t *testing.T) {
			g := guard(t, twoFiles())
			g.failWrite = errBroken
			g.after.Store(after)
			g.fails(t, t.Context(), errBroken)
			if g.prepared.Load() > 0 {
				t.Error("prepared after a write had failed")
			}
		})
	}
	for _, bad := range []string{"rejects", "late"} {
		t.Run("append "+bad, func(t *testing.T) {
			g := guard(t, twoFiles())
			g.failAppend = errBroken
			g.after.Store(1 << 30)
			if bad == "late" {
				g.Rejects = &aside{}
			}
			g.fails(t, t.Context(), errBroken)
		})
	}
}

// breaking is a source that fails after some blocks.
type breaking struct {
	source.Source
	blocks int
}

func (b *breaking) Read(ctx context.Context, buf []byte) (source.Block, error) {
	if b.blocks--; b.blocks < 0 {
		return source.Block{}, errBroken
	}
	return b.Source.Read(ctx, buf)
}

func TestSourceFails(t *testing.T) {
	for _, blocks := range []int{0, 1, 5, 30} {
		t.Run(fmt.Sprint(blocks), func(t *testing.T) {
			g := guard(t, twoFiles())
			open := g.Inputs[1].Open
			g.Inputs[1].Open = func(ctx context.Context) (source.Source, decode.Layout, error) {
				src, layout, err := open(ctx)
				return &breaking{src, blocks}, layout, err
			}
			g.fails(t, t.Context(), errBroken)
		})
	}
	for _, opens := range []int{0, 1} {
		t.Run(fmt.Sprint("open ", opens), func(t *testing.T) {
			g := guard(t, twoFiles())
			open := g.Inputs[1].Open
			g.Inputs[1].Open = func(ctx context.Context) (source.Source, decode.Layout, error) {
				if opens--; opens < 0 {
					return nil, nil, errBroken
				}
				return open(ctx)
			}
			g.fails(t, t.Context(), errBroken)
		})
	}
}

// A compressed file that is cut is an error that says where; what stands before
// the cut is not committed.
func TestTruncated(t *testing.T) {
	file := oracle.File{Name: "a", Data: []byte(header + calls(noon, 2000))}
	for name, packed := range map[string][]oracle.File{
		"gzip": gzipped(t, []oracle.File{file}), "zstd": zstandard(t, []oracle.File{file}),
	} {
		for _, left := range []int{20, len(packed[0].Data) / 2, len(packed[0].Data) - 1} {
			t.Run(fmt.Sprint(name, left), func(t *testing.T) {
				cut := packed[0]
				cut.Data = cut.Data[:left]
				g := guard(t, small(cut))
				g.after.Store(1 << 30)
				g.fails(t, t.Context(), io.ErrUnexpectedEOF)
			})
		}
	}
}

// What is no CSV at all cannot be opened.
func TestNoHeader(t *testing.T) {
	junk := bytes.Repeat([]byte{0xff, 0x00, 0x80, '\n', ','}, 500)
	for name, data := range map[string][]byte{"empty": nil, "junk": junk, "another header": []byte("a,b,c\n1,2,3\n"), "no party": []byte("start_time\n1\n")} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			_, err := small(oracle.File{Name: "odd.csv", Data: data}).try(t.Context())
			if err == nil || !strings.Contains(err.Error(), "odd.csv") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// endless is a source that never ends and counts its blocks.
type endless struct {
	n      int
	cancel context.CancelFunc
	at     int // the block at which it cancels
	deaf   bool
}

func (*endless) Name() string                                { return "endless" }
func (*endless) Seek(context.Context, source.Position) error { return nil }
func (*endless) Ack(context.Context, source.Bookmark) error  { return nil }
func (*endless) Close() error                                { return nil }

func (*endless) Bookmark() (source.Bookmark, error)            { return source.Bookmark{}, nil }
func (*endless) Resume(context.Context, source.Bookmark) error { return nil }

func (e *endless) Read(ctx context.Context, buf []byte) (source.Block, error) {
	if e.n++; e.n == e.at {
		e.cancel()
	}
	if !e.deaf && ctx.Err() != nil {
		return source.Block{}, ctx.Err()
	}
	return source.Block{Data: append(buf, calls(noon.Add(time.Duration(e.n)*time.Minute), 20)...)}, nil
}

// A job that is cancelled returns at once, with or without the help of its
// source.
func TestCancelled(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		for _, at := range []int{1, 2, 50, 2000} {
			t.Run(fmt.Sprint("deaf ", deaf, " block ", at), func(t *testing.T) {
				g := guard(t, small(oracle.File{Name: "endless", Data: []byte(header)}))
				g.after.Store(1 << 30)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				open := g.Inputs[0].Open
				g.Inputs[0].Open = func(ctx context.Context) (source.Source, decode.Layout, error) {
					src, layout, err := open(ctx)
					if err == nil {
						src.Close()
					}
					return &endless{cancel: cancel, at: at, deaf: deaf}, layout, err
				}
				g.fails(t, ctx, context.Canceled)
			})
		}
	}
	t.Run("before it runs", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		g := guard(t, twoFiles())
		g.fails(t, ctx, context.Canceled)
	})
	t.Run("by a sink", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		g := guard(t, twoFiles())
		g.Late = cancelling{aside: &aside{}, cancel: cancel}
		g.after.Store(1 << 30)
		g.fails(t, ctx, errBroken)
	})
}

// cancelling cancels the job in the middle.
type cancelling struct {
	*aside
	cancel context.CancelCauseFunc
}

func (c cancelling) Append(cdr.Origin, string, []byte) error {
	c.cancel(errBroken)
	return nil
}

// The reorder buffer is bounded: a source that is far behind stops the job with
// what it would need.
func TestBufferFull(t *testing.T) {
	j := small(oracle.File{Name: "a.csv", Data: []byte(header + calls(noon, 2000))})
	j.Lateness = time.Hour
	g := guard(t, j)
	g.MaxBuffer = 500
	e, err := engine.New(g.Config)
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), "wait for a.csv") || !strings.Contains(err.Error(), "raise max_buffer above 500") {
		t.Errorf("error %v", err)
	}
	if g.committed.Load() > 0 || g.open.Load() > 0 {
		t.Errorf("%d commits, %d sources open", g.committed.Load(), g.open.Load())
	}
	goleak.VerifyNone(t)
}

// The source that is furthest behind is read next: files over the same time
// need little room, however long they are.
func TestFurthestBehindFirst(t *testing.T) {
	var files []oracle.File
	for i := range 4 {
		files = append(files, oracle.File{Name: fmt.Sprint(i), Data: []byte(header + calls(noon.Add(time.Duration(i)*time.Second), 3000))})
	}
	j := small(files...)
	j.Lateness, j.workers = 10*time.Second, 1
	g := guard(t, j)
	g.MaxBuffer = 1000
	g.after.Store(1 << 30)
	e, err := engine.New(g.Config)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := e.Run(t.Context()); err != nil || s.Ledger.Read != 12_000 || s.Ledger.Late > 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

// A configuration that cannot work is refused before anything is opened.
func TestConfigRefused(t *testing.T) {
	for name, spoil := range map[string]func(*engine.Config){
		"inputs": func(c *engine.Config) { c.Inputs = nil }, "plan": func(c *engine.Config) { c.Plan = nil },
		"zone": func(c *engine.Config) { c.Zone = nil }, "families": func(c *engine.Config) { c.Families = nil },
		"features": func(c *engine.Config) { c.Features = nil }, "rejects": func(c *engine.Config) { c.Rejects = nil },
		"late": func(c *engine.Config) { c.Late = nil }, "workers": func(c *engine.Config) { c.Workers = 0 },
		"block": func(c *engine.Config) { c.BlockSize = 0 }, "buffer": func(c *engine.Config) { c.MaxBuffer = 0 },
		"lateness": func(c *engine.Config) { c.Lateness = -1 }, "retain": func(c *engine.Config) { c.Retain = 0 },
		"emit": func(c *engine.Config) { c.EmitEvery = "7h" },
	} {
		g := guard(t, twoFiles())
		spoil(&g.Config)
		if _, err := engine.New(g.Config); err == nil {
			t.Errorf("%s: it is taken", name)
		}
		if g.open.Load() > 0 {
			t.Errorf("%s: a source was opened", name)
		}
	}
}
