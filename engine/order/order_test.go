package order

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// rec is a record as the buffer sees it.
type rec struct {
	release  cdr.Millis
	identity uint64
	raw      uint64 // hash of its text
	tag      cdr.Number
}

func batchOf(recs ...rec) *cdr.Batch {
	b := &cdr.Batch{}
	for i, r := range recs {
		b.Append(&cdr.Record{
			Release: r.release, Identity: r.identity, RawHash: r.raw, Calling: r.tag,
			Raw: cdr.Span{Off: uint32(i) * 10, Len: 9}, Line: uint32(i),
		})
	}
	return b
}

// bench drives a buffer and writes down what it does.
type bench struct {
	t      reporter
	b      *Buffer
	offset map[int]int64
	late   []rec
	out    []rec
}

// reporter is what testing.T and rapid.T have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

func newBench(t reporter, lateness cdr.Millis) *bench {
	return &bench{t: t, b: NewBuffer(Options{Lateness: lateness, MaxRecords: 1 << 20}), offset: map[int]int64{}}
}

// chunk admits recs as a chunk of source s and returns what is released by it.
func (d *bench) chunk(s int, recs ...rec) []rec {
	d.t.Helper()
	batch := batchOf(recs...)
	d.b.Admit(s, batch, d.offset[s], func(row int) { d.late = append(d.late, recs[row]) })
	d.offset[s] += int64(10 * len(recs))
	return d.release()
}

// finish ends source s with an empty chunk.
func (d *bench) finish(s int) []rec {
	d.t.Helper()
	d.b.Admit(s, batchOf(), d.offset[s], nil)
	d.b.Finish(s)
	return d.release()
}

func (d *bench) release() []rec {
	d.t.Helper()
	run, err := d.b.Release()
	if err != nil {
		d.t.Fatal(err)
	}
	checkRefs(d.t, run)
	var out []rec
	for _, r := range run.Refs {
		b := run.Batches[r.Batch]
		out = append(out, rec{b.Rows[r.Row()].Release, b.Rows[r.Row()].Identity, b.RawHash[r.Row()], b.Rows[r.Row()].Calling})
	}
	for _, r := range out {
		if r.release >= run.Frontier {
			d.t.Errorf("released %d, the frontier is at %d", r.release, run.Frontier)
		}
	}
	run.Start(1)
	run.Done()
	d.out = append(d.out, out...)
	return out
}

func (d *bench) counts(s int, want Counts) {
	d.t.Helper()
	if got := d.b.Counts(s); got != want {
		d.t.Errorf("source %d: counts\n got %+v\nwant %+v", s, got, want)
	}
}

func releases(recs []rec) []cdr.Millis {
	out := make([]cdr.Millis, len(recs))
	for i, r := range recs {
		out[i] = r.release
	}
	return out
}

// at makes records of those event times, each with an identity of its own.
func at(times ...cdr.Millis) []rec {
	var out []rec
	for i, t := range times {
		out = append(out, rec{release: t, identity: uint64(t)*100 + uint64(i), raw: uint64(i)})
	}
	return out
}

// A record as far behind as the lateness is in time, one ms more is late; the
// mark is per record and does not sink.
func TestLateness(t *testing.T) {
	for _, oneChunk := range []bool{true, false} {
		t.Run(fmt.Sprint("one chunk ", oneChunk), func(t *testing.T) {
			d := newBench(t, 5000)
			s := d.b.AddSource("a", Never)
			recs := at(100_000, 95_000, 94_999, 101_000, 96_000, 95_999, 95_500, 100_999)
			if oneChunk {
				d.chunk(s, recs...)
			} else {
				for _, r := range recs {
					d.chunk(s, r)
				}
			}
			d.finish(s)
			if got, want := releases(d.late), []cdr.Millis{94_999, 95_999, 95_500}; !slices.Equal(got, want) {
				t.Errorf("late %v, want %v", got, want)
			}
			if got, want := releases(d.out), []cdr.Millis{95_000, 96_000, 100_000, 100_999, 101_000}; !slices.Equal(got, want) {
				t.Errorf("released %v, want %v", got, want)
			}
			d.counts(s, Counts{Accepted: 5, Late: 3, MaxDisorder: 5500, First: 95_000, Last: 101_000})
			if d.b.Mark(s) != 101_000 || d.b.Waiting() != 0 || d.b.Frontier() != End {
				t.Errorf("mark %d, waiting %d, frontier %d", d.b.Mark(s), d.b.Waiting(), d.b.Frontier())
			}
		})
	}
}

// Without any lateness only what goes back is late.
func TestNoLateness(t *testing.T) {
	d := newBench(t, 0)
	s := d.b.AddSource("a", Never)
	d.chunk(s, at(1000, 1000, 999, 2000, 2000)...)
	d.finish(s)
	if got := releases(d.late); !slices.Equal(got, []cdr.Millis{999}) {
		t.Errorf("late %v", got)
	}
	if len(d.out) != 4 {
		t.Errorf("released %v", d.out)
	}
}

// The frontier is the lowest mark of the unfinished sources less the lateness,
// in whole seconds; it waits for a source of which nothing is known and never
// goes back.
func TestFrontier(t *testing.T) {
	d := newBench(t, 2000)
	a, b := d.b.AddSource("a", Never), d.b.AddSource("b", Never)
	step := func(what string, got []rec, frontier cdr.Millis, want ...cdr.Millis) {
		t.Helper()
		if d.b.Frontier() != frontier {
			t.Errorf("%s: the frontier is %d, want %d", what, d.b.Frontier(), frontier)
		}
		if !slices.Equal(releases(got), want) {
			t.Errorf("%s: released %v, want %v", what, releases(got), want)
		}
	}
	step("b unknown", d.chunk(a, at(10_000, 12_999)...), Never)
	step("b known", d.chunk(b, at(11_500)...), 9000)
	step("b passes a", d.chunk(b, at(20_999)...), 10_000)
	step("exclusive", d.chunk(a, at(13_000)...), 11_000, 10_000)
	step("floored", d.chunk(a, at(14_999)...), 12_000, 11_500)
	step("a done", d.finish(a), 18_000, 12_999, 13_000, 14_999)
	step("only b moves it", d.chunk(b, at(30_000)...), 28_000, 20_999)
	c := d.b.AddSource("late comer", 5000)
	step("it does not go back", d.chunk(c, at(28_000)...), 28_000)
	step("before the frontier", d.chunk(c, rec{release: 27_999, identity: 1}), 28_000)
	if got := releases(d.late); !slices.Equal(got, []cdr.Millis{27_999}) {
		t.Errorf("late %v", got)
	}
	step("c done", d.finish(c), 28_000)
	step("all done", d.finish(b), End, 28_000, 30_000)
}

// Seconds are floored before 1970 too.
func TestFloorSecond(t *testing.T) {
	for in, want := range map[cdr.Millis]cdr.Millis{0: 0, 999: 0, 1000: 1000, -1: -1000, -1000: -1000, -1001: -2000, 1_711_846_799_999: 1_711_846_799_000} {
		if got := floorSecond(in); got != want {
			t.Errorf("floorSecond(%d) = %d, want %d", in, got, want)
		}
	}
}

// A source's start stands for its mark until it is read.
func TestStart(t *testing.T) {
	d := newBench(t, 1000)
	a, b := d.b.AddSource("a", 50_000), d.b.AddSource("b", 10_000)
	if got := releases(d.chunk(b, at(10_000, 60_000)...)); !slices.Equal(got, []cdr.Millis{10_000}) {
		t.Errorf("released %v", got)
	}
	if d.b.Frontier() != 49_000 {
		t.Errorf("the frontier is %d, want that of the start of a less the lateness", d.b.Frontier())
	}
	d.chunk(a, at(50_000)...)
	if len(d.late) > 0 {
		t.Errorf("late: %v", d.late)
	}
}

// duplicates are counted once, wherever the twin stands.
func TestDuplicates(t *testing.T) {
	twin := rec{release: 10_000, identity: 7, raw: 1}
	other := rec{release: 10_000, identity: 8, raw: 2}
	later := rec{release: 10_500, identity: 7, raw: 1} // the same id at another time is another record
	for _, test := range []struct {
		name   string
		chunks [][]rec
		source []int // of each chunk
		want   []rec
		dups   []int64 // by source
	}{
		{"beside", [][]rec{{twin, twin, twin}}, []int{0}, []rec{twin}, []int64{2, 0}},
		{"apart in a chunk", [][]rec{{twin, later, other, twin}}, []int{0}, []rec{twin, other, later}, []int64{1, 0}},
		{"in another chunk", [][]rec{{twin}, {other}, {later, twin}}, []int{0, 0, 0}, []rec{twin, other, later}, []int64{1, 0}},
		{"in another source", [][]rec{{twin, other}, {later, twin}}, []int{0, 1}, []rec{twin, other, later}, []int64{0, 1}},
		{"first from source 1", [][]rec{{twin}, {twin}}, []int{1, 0}, []rec{twin}, []int64{0, 1}},
		{"three of them", [][]rec{{twin}, {twin}, {twin}}, []int{1, 0, 1}, []rec{twin}, []int64{0, 2}},
		{"two ids at a time", [][]rec{{other, twin, other}, {twin}}, []int{0, 1}, []rec{twin, other}, []int64{1, 1}},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newBench(t, 60_000)
			d.b.AddSource("a", Never)
			d.b.AddSource("b", Never)
			for i, c := range test.chunks {
				d.chunk(test.source[i], c...)
			}
			d.finish(0)
			d.finish(1)
			if !slices.Equal(d.out, test.want) {
				t.Errorf("released %v, want %v", d.out, test.want)
			}
			for s, want := range test.dups {
				if got := d.b.Counts(s).Duplicate; got != want {
					t.Errorf("source %d: %d duplicates, want %d", s, got, want)
				}
			}
		})
	}
}

// Of records of the same identity and event time the one with the smaller raw
// hash survives, in whatever order they come and wherever they stand.
func TestContested(t *testing.T) {
	recs := []rec{
		{10_000, 7, 300, 1}, {10_000, 7, 100, 2}, {10_000, 7, 200, 3}, {10_000, 7, 100, 2},
	}
	perms := [][]int{{0, 1, 2, 3}, {1, 0, 3, 2}, {2, 1, 0, 3}, {3, 2, 1, 0}, {0, 2, 1, 3}, {2, 0, 3, 1}}
	for _, p := range perms {
		for chunks := range 4 { // cut after so many
			for sources := 1; sources <= 2; sources++ {
				d := newBench(t, 60_000)
				d.b.AddSource("a", Never)
				d.b.AddSource("b", Never)
				var one, two []rec
				for i, k := range p {
					if i < chunks {
						one = append(one, recs[k])
					} else {
						two = append(two, recs[k])
					}
				}
				d.chunk(0, one...)
				d.chunk(sources-1, two...)
				d.finish(0)
				d.finish(1)
				if want := []rec{recs[1]}; !slices.Equal(d.out, want) {
					t.Errorf("order %v cut after %d, %d sources: %v survives, want %v", p, chunks, sources, d.out, want)
				}
				if a, b := d.b.Counts(0), d.b.Counts(1); a.Duplicate+b.Duplicate != 3 || a.Accepted+b.Accepted != 1 {
					t.Errorf("order %v: %+v, %+v", p, a, b)
				}
			}
		}
	}
}

// A duplicate that comes after the frontier has passed is late.
func TestLateDuplicate(t *testing.T) {
	d := newBench(t, 1000)
	s := d.b.AddSource("a", Never)
	d.chunk(s, rec{release: 10_000, identity: 1}, rec{release: 20_000, identity: 2})
	d.chunk(s, rec{release: 10_000, identity: 1})
	d.finish(s)
	d.counts(s, Counts{Accepted: 2, Late: 1, MaxDisorder: 10_000, First: 10_000, Last: 20_000})
}

// A full buffer says who keeps it waiting and what would help.
func TestFull(t *testing.T) {
	b := NewBuffer(Options{Lateness: 1000, MaxRecords: 3})
	b.AddSource("slow.csv", 5000)
	b.AddSource("fast.csv", 5000)
	b.AddSource("done.csv", 0)
	b.Finish(2)
	for i := range 4 {
		b.Admit(1, batchOf(rec{release: cdr.Millis(20_000 + i), identity: uint64(i)}), 0, nil)
		_, err := b.Release()
		if i < 3 {
			if err != nil {
				t.Fatalf("%d records: %v", i+1, err)
			}
			continue
		}
		const want = "reorder buffer: 4 records wait for slow.csv, which stands at 1970-01-01T00:00:05Z; raise max_buffer above 3, lower the lateness, or leave that source out"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	u := NewBuffer(Options{Lateness: 1000, MaxRecords: 1})
	u.AddSource("silent", Never)
	u.AddSource("fast", Never)
	u.Admit(1, batchOf(at(1, 2)...), 0, nil)
	if _, err := u.Release(); err == nil || !strings.Contains(err.Error(), "silent, which stands at no event time yet") {
		t.Errorf("got %v", err)
	}
}

// Further rows of a call carry only the leg of their called party.
func TestCallRows(t *testing.T) {
	row := func(at cdr.Millis, call uint64, called cdr.Number) cdr.Record {
		return cdr.Record{Release: at, Identity: uint64(at), Call: call, Calling: 1, Called: called, Flags: cdr.Originating | cdr.Terminating | cdr.Forwarded}
	}
	b := NewBuffer(Options{Lateness: 1000, MaxRecords: 100})
	b.AddSource("a", Never)
	first, second := &cdr.Batch{}, &cdr.Batch{}
	for _, r := range []cdr.Record{row(10_000, 5, 2), row(10_001, 5, 3), row(10_002, 0, 2), row(10_003, 0, 2), row(10_004, 5, 0), row(10_005, 6, 2)} {
		first.Append(&r)
	}
	for _, r := range []cdr.Record{row(10_010, 6, 4), row(1, 9, 4), row(10_011, 9, 4)} { // the middle one is late: the next is the first
		second.Append(&r)
	}
	b.Admit(0, first, 0, nil)
	if _, err := b.Release(); err != nil {
		t.Fatal(err)
	}
	b.Admit(0, second, 0, func(int) {})
	b.Finish(0)
	run, err := b.Release()
	if err != nil {
		t.Fatal(err)
	}
	const both, further = cdr.Originating | cdr.Terminating | cdr.Forwarded, cdr.Terminating | cdr.ServedCalled | cdr.Forwarded
	want := []cdr.Flags{both, further, both, both, cdr.ServedCalled | cdr.Forwarded, both, further, both}
	var got []cdr.Flags
	for _, r := range run.Refs {
		got = append(got, run.Batches[r.Batch].Rows[r.Row()].Flags)
	}
	checkRefs(t, run)
	if !slices.Equal(got, want) {
		t.Errorf("flags %v, want %v", got, want)
	}
}

// The calls of the last million rows are remembered, older ones forgotten.
func TestCallSet(t *testing.T) {
	s := newCallSet()
	for i := uint64(1); i <= callsKept; i++ {
		if s.Seen(i) {
			t.Fatalf("%d was not seen", i)
		}
	}
	if !s.Seen(1) {
		t.Error("1 is forgotten too early")
	}
	for i := uint64(callsKept + 1); i <= 2*callsKept; i++ {
		s.Seen(i)
	}
	if !s.Seen(callsKept + 1) {
		t.Error("a call of the last million is forgotten")
	}
}

// checkRefs checks that what the refs of a run tell of its records is so.
func checkRefs(t reporter, run *Run) {
	t.Helper()
	for _, ref := range run.Refs {
		x := run.Of(ref)
		if want := NewRef(ref.Batch, ref.Row(), x); ref != want {
			t.Errorf("a record with the flags %x has the marks %b, want %b", uint32(x.Flags), ref.Marks(), want.Marks())
		}
		if p := run.Parties(ref); p.Calling != x.Calling.Hash() || p.Called != x.Called.Hash() {
			t.Errorf("a record of %s and %s has the hashes of others", x.Calling, x.Called)
		}
	}
}

// Marks tell which legs a record has, whose the served party is, and of names.
func TestMarks(t *testing.T) {
	const in, out, called = cdr.Terminating, cdr.Originating, cdr.ServedCalled
	for _, c := range []struct {
		row  cdr.Row
		want Marks
	}{
		{cdr.Row{Calling: 1, Called: 2, Flags: out | in}, HasCalling | HasCalled},
		{cdr.Row{Calling: 1, Flags: out}, HasCalling},
		{cdr.Row{Calling: 1, Called: 2, Flags: in | called}, HasCalled | ServesCalled},
		{cdr.Row{Calling: cdr.Name([]byte("a")), Called: 2, Flags: out | cdr.Slice}, HasCalling | HasNames},
		{cdr.Row{Calling: 1, Called: cdr.Name([]byte("b")), Flags: in | called | cdr.Forwarded}, HasCalled | ServesCalled | HasNames},
	} {
		ref := NewRef(7, 1<<rowBits-1, &c.row)
		if ref.Marks() != c.want || ref.Row() != 1<<rowBits-1 || ref.Batch != 7 {
			t.Errorf("%x: marks %b of row %d, want %b", uint32(c.row.Flags), ref.Marks(), ref.Row(), c.want)
		}
		if ref.move(5); ref.Row() != 5 || ref.Marks() != c.want || ref.Without(HasCalled).Marks() != c.want&^HasCalled {
			t.Errorf("%x: moved: marks %b of row %d", uint32(c.row.Flags), ref.Marks(), ref.Row())
		}
	}
}
