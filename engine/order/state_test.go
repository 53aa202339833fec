package order

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// traffic is random chunks of several sources: disorder, records that come twice
// with the same text or another, late ones, calls of several rows, names.
type traffic struct {
	r     *rand.Rand
	clock []cdr.Millis
	row   int
}

func newTraffic(seed uint64, sources int) *traffic {
	t := &traffic{r: rand.New(rand.NewPCG(seed, 1))}
	for range sources {
		t.clock = append(t.clock, 1_700_000_000_000)
	}
	return t
}

// chunk makes the next rows of source s.
func (t *traffic) chunk(s int) *cdr.Batch {
	b := &cdr.Batch{}
	for i := range t.r.IntN(12) {
		t.clock[s] += cdr.Millis(t.r.IntN(900))
		t.row++
		rec := cdr.Record{
			Release:  (t.clock[s] - cdr.Millis(t.r.IntN(4)*t.r.IntN(900))) / 500 * 500,
			Identity: uint64(t.r.IntN(3)), RawHash: uint64(t.r.IntN(3)), Call: uint64(t.r.IntN(40)),
			Calling: cdr.Number(t.row), Called: cdr.Number(t.r.IntN(3)), Flags: cdr.Originating | cdr.Terminating,
			Raw: cdr.Span{Off: uint32(10 * i), Len: 9}, Line: uint32(i), Charge: -int64(t.row),
		}
		if rec.Call != 0 && t.r.IntN(2) == 0 {
			rec.Flags |= []cdr.Flags{cdr.Opens, cdr.Closes, cdr.Opens | cdr.Closes, cdr.Piece, cdr.Piece | cdr.Split}[t.r.IntN(5)]
		}
		if t.r.IntN(4) == 0 {
			rec.CallingName = []byte(fmt.Sprint("name ", t.row))
			rec.Calling = cdr.Name(rec.CallingName)
		}
		if t.r.IntN(4) == 0 {
			rec.CalledName = []byte(strings.Repeat("n", t.r.IntN(3)))
			rec.Called = cdr.Name(rec.CalledName)
		}
		b.Append(&rec)
	}
	return b
}

// written is everything a buffer says, as text.
type written struct {
	b      *Buffer
	offset []int64
	log    []string
}

func (w *written) step(t *testing.T, s int, batch *cdr.Batch, last bool) {
	t.Helper()
	w.b.Admit(s, batch, w.offset[s], func(row int) { w.log = append(w.log, fmt.Sprintf("late %d: %s", s, rowText(batch, row))) })
	w.offset[s] += 1000
	if last {
		w.b.Finish(s)
	}
	run, err := w.b.Release()
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range run.Refs {
		w.log = append(w.log, rowText(run.Batches[ref.Batch], ref.Row()))
	}
	w.log = append(w.log, fmt.Sprintf("run %d %d %d, %d wait, %+v", run.Frontier, run.First, run.Last, w.b.Waiting(), w.b.Sources()))
	run.Start(1)
	run.Done()
}

func rowText(b *cdr.Batch, r int) string {
	return fmt.Sprintf("%d %d %d %d %q %d %q flags %x charge %d line %d", b.Rows[r].Release, b.Rows[r].Identity, b.RawHash[r],
		b.Rows[r].Calling, b.NameOf(r, false), b.Rows[r].Called, b.NameOf(r, true), b.Rows[r].Flags, b.Rows[r].Charge, b.Line[r])
}

// reload is a new buffer with the state of b; what was loaded is saved as the
// same bytes, and does not refer to them.
func reload(t *testing.T, b *Buffer) *Buffer {
	t.Helper()
	saved := b.AppendState([]byte("front"))[5:]
	loaded := NewBuffer(b.options)
	loaded.calls.kept = b.calls.kept
	loaded.joins.limit(b.joins.answers.most)
	if err := loaded.LoadState(saved); err != nil {
		t.Fatal(err)
	}
	again := loaded.AppendState(nil)
	if !bytes.Equal(again, saved) {
		t.Fatalf("saved as\n%x\nloaded and saved as\n%x", saved, again)
	}
	clear(saved)
	return loaded
}

// A buffer that is saved and loaded between chunks does what one that was left
// alone does: the same records in the same order, the same verdicts and counts
// after every chunk. Sources join on the way, finish, and go on.
func TestStateComesBack(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 0))
		sources := 1 + r.IntN(4)
		options := Options{Lateness: cdr.Millis(r.IntN(4)) * 700, MaxRecords: 1 << 20, KeepOpen: r.IntN(2) == 0}
		var both [2]*written
		for i := range both {
			both[i] = &written{b: NewBuffer(options), offset: make([]int64, sources)}
			both[i].b.calls.kept = 10
			both[i].b.joins.limit(5)
		}
		// Each has traffic of its own from the same seed: a buffer changes what it admits.
		lines := [2]*traffic{newTraffic(seed, sources), newTraffic(seed, sources)}
		known, finished := 0, make([]bool, sources)
		for range 60 {
			if known == 0 || known < sources && r.IntN(5) == 0 {
				start := []cdr.Millis{Never, 1_700_000_000_000}[r.IntN(2)]
				for _, w := range both {
					w.b.AddSource(fmt.Sprint("source ", known), start)
				}
				known++
			}
			s, last := r.IntN(known), r.IntN(20) == 0
			for i, w := range both {
				if finished[s] {
					w.b.Reopen(s)
				}
				w.step(t, s, lines[i].chunk(s), last)
			}
			finished[s] = last
			if r.IntN(3) == 0 {
				both[1].b = reload(t, both[1].b)
			}
		}
		for s := range known {
			for i, w := range both {
				w.step(t, s, lines[i].chunk(s), true)
			}
			both[1].b = reload(t, both[1].b)
		}
		if !slices.Equal(both[0].log, both[1].log) {
			for i, line := range both[0].log {
				if i >= len(both[1].log) || both[1].log[i] != line {
					t.Fatalf("seed %d, line %d:\nloaded %s\nwant   %s", seed, i, slices.Concat(both[1].log, []string{"end"})[i], line)
				}
			}
			t.Fatalf("seed %d: the loaded buffer says more", seed)
		}
	}
}

// Two records that differ in nothing but where they were read: the first in its
// source survives, whether the other came before or after the state was saved.
func TestStateKeepsOrigins(t *testing.T) {
	twin := func(tag cdr.Number) rec { return rec{release: 10_000, identity: 7, raw: 1, tag: tag} }
	for _, c := range []struct {
		name    string
		sources [2]int
		offsets [2]int64
		want    cdr.Number
	}{
		{"the loaded one by its source", [2]int{0, 1}, [2]int64{500, 0}, 1},
		{"the new one by its source", [2]int{1, 0}, [2]int64{0, 500}, 2},
		{"the loaded one by its offset", [2]int{0, 0}, [2]int64{500, 501}, 1},
		{"the new one by its offset", [2]int{0, 0}, [2]int64{500, 499}, 2},
		{"far into a file", [2]int{0, 0}, [2]int64{1 << 40, 1<<40 - 1}, 2},
	} {
		d := newBench(t, 60_000)
		d.b.AddSource("a", Never)
		d.b.AddSource("b", Never)
		for i, s := range c.sources {
			d.b = reload(t, d.b)
			d.b.Admit(s, batchOf(twin(cdr.Number(i+1))), c.offsets[i], nil)
			d.release()
		}
		d.b = reload(t, d.b)
		d.finish(0)
		d.finish(1)
		if len(d.out) != 1 || d.out[0].tag != c.want {
			t.Errorf("%s: released %v, want %d", c.name, d.out, c.want)
		}
	}
}

// Rows that were released are not saved, even when their chunk holds others.
func TestStateIsOfWhatWaits(t *testing.T) {
	d := newBench(t, 5000)
	s := d.b.AddSource("a", Never)
	d.chunk(s, at(10_000, 11_000, 12_000, 13_000)...)
	before := len(d.b.AppendState(nil))
	d.chunk(s, at(18_000)...) // releases three of the four
	if d.b.Waiting() != 2 {
		t.Fatalf("%d wait", d.b.Waiting())
	}
	if after := len(d.b.AppendState(nil)); after >= before {
		t.Errorf("%d bytes with two rows, %d with four", after, before)
	}
}

// With KeepOpen, the frontier does not go to the end with the last source, and
// where it goes does not depend on which source ends first.
func TestKeepOpen(t *testing.T) {
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		d := newBench(t, 2000)
		d.b.options.KeepOpen = true
		d.b.AddSource("a", Never)
		d.b.AddSource("b", Never)
		d.chunk(0, at(10_000)...)
		d.chunk(1, at(17_500, 19_900)...)
		d.finish(order[0])
		d.finish(order[1])
		if d.b.Frontier() != 17_000 || d.b.Waiting() != 2 {
			t.Errorf("%v: the frontier is %d with %d waiting", order, d.b.Frontier(), d.b.Waiting())
		}
		next := reload(t, d.b)
		if got := next.Sources(); len(got) != 2 || got[1].Name != "b" || got[1].Mark != 19_900 || !got[1].Finished || got[1].Counts.Buffered != 2 {
			t.Errorf("sources %+v", got)
		}
		d.b = next
		if c := d.b.AddSource("c", 18_000); c != 2 {
			t.Errorf("the next source has number %d", c)
		}
		d.chunk(2, at(18_000, 16_999, 17_000)...)
		d.b.Reopen(0)
		d.chunk(0, at(17_600, 30_000)...)
		d.b.options.KeepOpen = false
		d.finish(2)
		d.finish(0)
		if got := releases(d.late); !slices.Equal(got, []cdr.Millis{16_999}) {
			t.Errorf("%v: late %v", order, got)
		}
		if got := releases(d.out); !slices.Equal(got, []cdr.Millis{10_000, 17_000, 17_500, 17_600, 18_000, 19_900, 30_000}) || d.b.Frontier() != End {
			t.Errorf("%v: released %v, the frontier is %d", order, got, d.b.Frontier())
		}
	}
}

// A source that is opened again holds the frontier at its mark, finished it does
// not.
func TestReopen(t *testing.T) {
	d := newBench(t, 2000)
	d.b.AddSource("a", Never)
	d.b.AddSource("b", Never)
	d.chunk(0, at(10_000)...)
	d.chunk(1, at(10_500)...)
	d.finish(0)
	d.b.Reopen(0)
	if d.chunk(1, at(20_000)...); d.b.Frontier() != 8000 {
		t.Errorf("the frontier is %d with a open again", d.b.Frontier())
	}
	if d.finish(0); d.b.Frontier() != 18_000 {
		t.Errorf("the frontier is %d with a finished", d.b.Frontier())
	}
}

// KeepOpen without a record leaves the frontier where it is.
func TestKeepOpenOfNothing(t *testing.T) {
	d := newBench(t, 2000)
	d.b.options.KeepOpen = true
	d.b.AddSource("a", Never)
	if d.finish(0); d.b.Frontier() != Never {
		t.Errorf("the frontier is %d", d.b.Frontier())
	}
}

func TestStateBetweenChunksOnly(t *testing.T) {
	panics := func(what string, f func()) {
		defer func() {
			if recover() == nil {
				t.Errorf("%s does not panic", what)
			}
		}()
		f()
	}
	b := NewBuffer(Options{})
	b.AddSource("a", Never)
	b.Admit(0, batchOf(at(5)...), 0, nil)
	panics("AppendState with a chunk admitted", func() { b.AppendState(nil) })
	panics("LoadState of a buffer in use", func() { b.LoadState(nil) })
}

// BenchmarkAppendState saves what a busy job holds: 100,000 rows in 100 chunks,
// two full generations of calls.
func BenchmarkAppendState(b *testing.B) {
	buffer := NewBuffer(Options{Lateness: 1 << 40, MaxRecords: 1 << 30})
	buffer.AddSource("a", Never)
	for call := range uint64(2 * callsKept) {
		buffer.calls.Seen(call + 1)
	}
	for chunk := range 100 {
		batch := &cdr.Batch{}
		for i := range 1000 {
			batch.Append(&cdr.Record{Release: cdr.Millis(1000*chunk + i), Raw: cdr.Span{Off: uint32(i)}})
		}
		buffer.Admit(0, batch, int64(chunk)<<20, nil)
		if _, err := buffer.Release(); err != nil {
			b.Fatal(err)
		}
	}
	var saved []byte
	for b.Loop() {
		saved = buffer.AppendState(saved[:0])
	}
	b.SetBytes(int64(len(saved)))
}
