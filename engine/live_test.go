package engine_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/alert"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/checkpoint"
	"github.com/cdrstream/cdrstream/engine/decode"
	decodecsv "github.com/cdrstream/cdrstream/engine/decode/csv"
	decodejson "github.com/cdrstream/cdrstream/engine/decode/json"
	"github.com/cdrstream/cdrstream/engine/disk/disktest"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/internal/oracle"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/order"
	"github.com/cdrstream/cdrstream/engine/source"
)

// feed is a live source of the records of a file, some of which have come.
type feed struct {
	name    string
	records []string
	format  engine.Format
	r       *rand.Rand

	mu    sync.Mutex
	come  int // records that are there
	next  int // to be read
	acked int
	wake  func()
	reads func() // called for each block; may be nil
	away  bool   // it is not known what waits
	part  int    // no block has records of two parts of this size; 0: there are no parts
}

func newFeed(t testing.TB, f oracle.File, info *decode.Source, r *rand.Rand) *feed {
	t.Helper()
	c := take(f)
	s := &feed{name: f.Name, records: c.records, r: r}
	var d decode.Decoder = decodecsv.Decoder{}
	if f.JSON {
		d = decodejson.Decoder{}
	}
	layout, _, err := d.Open([]byte(c.header+"\n"+strings.Join(c.records, "\n")), info)
	if err != nil {
		t.Fatal(err)
	}
	s.format = engine.Format{Decoder: d, Layout: layout}
	return s
}

// arrive lets records come until there are n.
func (f *feed) arrive(n int) {
	f.mu.Lock()
	f.come = max(f.come, min(n, len(f.records)))
	wake := f.wake
	f.mu.Unlock()
	if wake != nil {
		wake()
	}
}

func (f *feed) Name() string { return f.name }

func (f *feed) Read(_ context.Context, buf []byte) (source.Block, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next == f.come {
		return source.Block{}, source.ErrNone
	}
	end := f.come
	if f.part > 0 {
		end = min(end, (f.next/f.part+1)*f.part)
	}
	b := source.Block{Data: buf[:0], Layout: f.format, Start: source.Position{Offset: int64(f.next) * 1000}}
	for n := 1 + f.r.IntN(20); n > 0 && f.next < end; n-- {
		b.Messages = append(b.Messages, source.Message{Sequence: uint64(f.next + 1), Off: len(b.Data)})
		b.Data = append(append(b.Data, f.records[f.next]...), '\n')
		f.next++
	}
	if f.reads != nil {
		f.reads()
	}
	return b, nil
}

func (f *feed) Bookmark() (source.Bookmark, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return source.Bookmark{Evidence: strconv.Itoa(f.next)}, nil
}

func (f *feed) Resume(_ context.Context, b source.Bookmark) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.next, err = strconv.Atoi(b.Evidence)
	return err
}

func (f *feed) Ack(_ context.Context, b source.Bookmark) error {
	n, err := strconv.Atoi(b.Evidence)
	f.mu.Lock()
	defer f.mu.Unlock()
	if n < f.acked || n > f.next {
		return fmt.Errorf("%s: %d is acknowledged after %d, %d were read", f.name, n, f.acked, f.next)
	}
	f.acked = n
	return err
}

func (f *feed) Notify(wake func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wake = wake
}

func (f *feed) Lag() source.Lag {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away {
		return source.Lag{Waiting: -1, Headroom: -1}
	}
	return source.Lag{Waiting: int64(f.come - f.next), Headroom: -1}
}

func (f *feed) Seek(context.Context, source.Position) error { return errors.ErrUnsupported }
func (f *feed) Close() error                                { return nil }

// live is a job over feeds that survives its processes.
type live struct {
	job
	feeds []*feed
	rows  *rowSink
	rings *alarms

	late, rejects *aside
	watch         engine.Watch
	limit         *decode.Limit
	idle          time.Duration
	inputs        func() []engine.Input // in place of the feeds; may be nil
	run           *engine.Engine        // of the present process
	stop          chan struct{}
	arrange       func(*engine.Config) // what else the configuration needs; nil: nothing
}

func newLive(t testing.TB, j job) *live {
	t.Helper()
	l := &live{job: j, rings: &alarms{}, late: &aside{}, rejects: &aside{}, idle: time.Minute, limit: new(decode.Limit)}
	if len(j.Rules) > 0 {
		l.rules = string(ruleFile(j.Rules))
	}
	return l
}

// feed makes feeds of the files.
func (l *live) feed(t testing.TB, r *rand.Rand) {
	t.Helper()
	plan, err := l.numbers()
	if err != nil {
		t.Fatal(err)
	}
	info, err := l.source(plan, l.Zone)
	if err != nil {
		t.Fatal(err)
	}
	info.Latest = l.limit
	for _, f := range l.files {
		l.feeds = append(l.feeds, newFeed(t, f, info, r))
	}
}

// start starts a process over m. done yields how it ended.
func (l *live) start(t testing.TB, m *disktest.Memory, due func() bool) (done chan error) {
	t.Helper()
	store, err := checkpoint.Open(m, stateDir)
	if err != nil {
		t.Fatal(err)
	}
	c, rows, err := l.config()
	if err != nil {
		t.Fatal(err)
	}
	if l.rows == nil {
		l.rows = rows
	}
	c.Features, c.Rejects, c.Late = l.rows, l.rejects, l.late
	if len(c.Alerts) > 0 {
		c.Alerts[0].AlertSink = l.rings
	}
	c.Inputs = nil
	if l.inputs != nil {
		c.Inputs = l.inputs()
	}
	for _, f := range l.feeds[len(c.Inputs):] {
		c.Inputs = append(c.Inputs, engine.Input{Name: f.name, Live: f, Idle: l.idle})
	}
	l.stop = make(chan struct{})
	c.Stop, c.Watch = l.stop, l.watch
	c.Latest, c.MaxFuture = l.limit, 200*365*24*time.Hour
	c.Checkpoints = &engine.Checkpoints{Store: store, Engine: "test", Out: outDir, Due: due}
	if l.arrange != nil {
		l.arrange(&c)
	}
	if l.run, err = engine.New(c); err != nil {
		t.Fatal(err)
	}
	done = make(chan error, 1)
	go func() {
		_, err := l.run.Run(context.Background())
		store.Close()
		done <- err
	}()
	return done
}

// upTo leaves out the rows behind t.
func upTo(rows map[string]map[string]any, t time.Time) map[string]map[string]any {
	end := rowKey("~", t)
	rows = maps.Clone(rows)
	maps.DeleteFunc(rows, func(key string, _ map[string]any) bool { return key > end })
	return rows
}

// TestLook: what is told of a subscriber while the job runs is what its row says at the
// same instant.
func TestLook(t *testing.T) {
	const seed = 5
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.WriteString(header)
	var ends []int // the record that each quarter of an hour ends with
	for i, at := 0, noon.Truncate(15*time.Minute); i < 3000; i++ {
		quarter := at.Truncate(15 * time.Minute).Add(15 * time.Minute)
		who, length := fmt.Sprintf("49151%07d", r.IntN(40)), r.IntN(9)
		if at = at.Add(time.Duration(r.IntN(100)) * time.Second); !at.Before(quarter) {
			at, who, length = quarter, "491529999999", 0
			ends = append(ends, i+1)
		}
		fmt.Fprintf(&b, "%d,%s,+%s,+49301%06d,%d,%s\n", i, at.Add(-time.Duration(length)*time.Second).Format(time.RFC3339), who, r.IntN(99), length, []string{"originating", "both"}[i%2])
	}
	c := oracle.Default()
	c.Lateness, c.EmitEvery, c.EmitAll, c.Windows = 0, "15m", true, []string{"1h/5m", "24h/1h", "1d", "2d"}
	l := newLive(t, job{Config: c, files: []oracle.File{{Name: "a", Data: []byte(b.String())}}, workers: 3})
	l.feed(t, r)
	key := keys(t)
	synctest.Test(t, func(t *testing.T) {
		done := l.start(t, disktest.New(), func() bool { return false })
		looks := 0
		for _, n := range ends {
			l.feeds[0].arrive(n)
			time.Sleep(2 * l.idle)
			looks += l.look(t, key)
		}
		if looks < 1000 {
			t.Errorf("%d looks", looks)
		}
		if _, err := l.run.Look(t.Context(), key("+4915123")); !errors.Is(err, engine.ErrUnknown) {
			t.Errorf("of a stranger: %v", err)
		}
		close(l.stop)
		<-done
	})
}

// look compares what is told of everybody with their rows, and returns how many.
func (l *live) look(t *testing.T, key func(string) cdr.Number) (n int) {
	t.Helper()
	end := time.UnixMilli(int64(l.run.Stats().Frontier)).UTC()
	if end.Hour() == 0 && end.Minute() == 0 {
		return 0 // the row looks back at the day that ended, the look at the one that began
	}
	for i := range 40 {
		who := fmt.Sprintf("49151%07d", i)
		want, ok := l.rows.row(rowKey(who, end))
		f, err := l.run.Look(t.Context(), key("+"+who))
		switch {
		case !ok && errors.Is(err, engine.ErrUnknown):
			continue
		case !ok || err != nil:
			t.Fatalf("%s of %s: row %v, look %v", who, end, ok, err)
		case f.Rows != 1 || string(f.Subscriber(0)) != who || int64(f.WindowEnd) != end.UnixMilli():
			t.Fatalf("%s of %s: the look is of %s at %d", who, end, f.Subscriber(0), f.WindowEnd)
		}
		n++
		for c, field := range l.rows.schema.Fields {
			if got := cell(field.Type, &f.Columns[c], 0); got != want[field.Name] {
				t.Errorf("%s of %s, %s: the look says %v, the row %v", who, end, field.Name, got, want[field.Name])
			}
		}
	}
	return n
}

// keys makes the keys of numbers.
func keys(t *testing.T) func(text string) cdr.Number {
	t.Helper()
	plan, err := numbering.New(numbering.Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := plan.Normalizer(numbering.Source{})
	if err != nil {
		t.Fatal(err)
	}
	return func(text string) cdr.Number {
		key, _, _ := n.Party(nil, []byte(text), false)
		return key
	}
}

// TestLiveSame: records that come in bits, from several sources, to a job that is
// stopped and gone on with, give the rows that a replay gives.
func TestLiveSame(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 77))
			j := crashAlarms(seed, 400, 20)
			if seed%2 == 1 {
				j.files = j.files[:1]
			}
			l := newLive(t, j)
			want := l.job.run(t)
			l.feed(t, r)
			synctest.Test(t, func(t *testing.T) { l.same(t, r, want) })
		})
	}
}

func (l *live) same(t *testing.T, r *rand.Rand, want outcome) {
	m := disktest.New()
	asked := 0
	due := func() bool { asked++; return asked%3 == 0 }
	left := func() (n int) {
		for _, f := range l.feeds {
			n += len(f.records) - f.come
		}
		return n
	}
	for stops := 0; ; stops++ {
		l.workers = 1 + r.IntN(5)
		done := l.start(t, m, due)
		for range 1 + r.IntN(12) {
			// All sources keep step, or the lateness would not be the replay's.
			part := r.IntN(25)
			for _, f := range l.feeds {
				f.arrive(f.come + part*len(f.records)/200)
			}
			synctest.Wait()
		}
		last := left() == 0 || stops > 100
		if last {
			for _, f := range l.feeds {
				f.arrive(len(f.records))
			}
			time.Sleep(2 * l.idle) // of the bubble: all are idle then
			synctest.Wait()
		}
		s := l.run.Stats()
		close(l.stop)
		if err := <-done; !errors.Is(err, engine.ErrStopped) {
			t.Fatalf("after %d stops: %v", stops, err)
		}
		if !last {
			continue
		}
		l.agrees(t, s, want)
		t.Logf("%d stops, %d rows", stops, len(l.rows.rows))
		return
	}
}

// agrees compares what came out with a replay of the same records.
func (l *live) agrees(t *testing.T, s engine.Stats, want outcome) {
	t.Helper()
	if s.Frontier != s.Watermark-s.Watermark%1000 {
		t.Errorf("all sources are idle, the frontier is %d, the watermark %d", s.Frontier, s.Watermark)
	}
	end := time.UnixMilli(int64(s.Frontier))
	sameRows(t, l.rows.rows, upTo(want.rows, end))
	if len(l.rows.rows) == 0 {
		t.Error("no rows")
	}
	past := slices.DeleteFunc(slices.Clone(want.alerts), func(a alert.Alert) bool { return a.EventTime > s.Frontier })
	identical(t, l.rings.alerts(), past)
	for i, w := range want.summary.Sources {
		got := s.Sources[i]
		got.Accepted, got.Buffered = got.Accepted+got.Buffered, 0
		w.Accepted, w.Duplicate, got.Accepted, got.Duplicate = w.Accepted+w.Duplicate, 0, got.Accepted+got.Duplicate, 0
		if got.Ledger != w.Ledger || !got.Idle || got.Idled == 0 {
			t.Errorf("%s: %+v, the replay's ledger is %+v", w.Name, got, w.Ledger)
		}
	}
	if len(l.rejects.lines) != len(want.rejects.lines) || len(l.late.lines) != len(want.late.lines) {
		t.Errorf("%d rejects and %d late records, want %d and %d", len(l.rejects.lines), len(l.late.lines), len(want.rejects.lines), len(want.late.lines))
	}
	if s.Frontier == order.Never {
		t.Error("the frontier was never known")
	}
}

// slow is a sink of rows that takes none until it is let go.
type slow struct {
	*rowSink
	let <-chan struct{}
}

func (s slow) Write(ctx context.Context, f *feature.Frame) error {
	<-s.let
	return s.rowSink.Write(ctx, f)
}

// TestLiveBackPressure: a sink that is slow slows the reading, and nothing is lost.
func TestLiveBackPressure(t *testing.T) {
	const seed = 6
	r := rand.New(rand.NewPCG(seed, 1))
	j := crashTraffic(seed, 6000)
	j.files = j.files[:1]
	j.EmitEvery = "1h"
	l := newLive(t, j)
	want := l.job.run(t)
	l.feed(t, r)
	synctest.Test(t, func(t *testing.T) {
		let := make(chan struct{})
		l.arrange = func(c *engine.Config) { c.Features = slow{l.rows, let} }
		done := l.start(t, disktest.New(), func() bool { return false })
		all := len(l.feeds[0].records)
		l.feeds[0].arrive(all)
		synctest.Wait()
		if n := l.feeds[0].next; n == 0 || n > all/2 {
			t.Errorf("%d of %d records were read while nothing was written", n, all)
		}
		close(let)
		time.Sleep(2 * l.idle)
		synctest.Wait()
		s := l.run.Stats()
		close(l.stop)
		<-done
		l.agrees(t, s, want)
	})
}
