package order

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Never is the frontier before anything is known, End the one after everything.
const (
	Never = cdr.Millis(math.MinInt64)
	End   = cdr.Millis(math.MaxInt64)
)

// Options configure a Buffer.
type Options struct {
	Lateness   cdr.Millis
	MaxRecords int // that may wait at once
	// KeepOpen leaves the end open when all sources have finished: the frontier
	// then stays where the highest mark alone would allow it to be, and what lies
	// behind waits, for sources that are added another day.
	KeepOpen bool
}

// Counts is what became of the records that one source brought to the buffer.
// Rows in = Accepted + Duplicate + Late + Buffered + Open.
type Counts struct {
	Accepted, Duplicate, Late, Buffered int64
	MaxDisorder                         cdr.Millis // farthest that a record lay behind its source's mark
	First, Last                         cdr.Millis // event times, late records excepted; Never if none
	Open                                int64      // answers whose end did not come, ends without an answer
}

// source is what the buffer knows of one source.
type source struct {
	name     string
	mark     cdr.Millis
	finished bool
	idle     bool // see Idle
	counts   Counts
}

// Buffer orders the records of several sources. It serves one goroutine, but
// for [Run.Done].
type Buffer struct {
	options  Options
	sources  []source
	frontier cdr.Millis
	first    cdr.Millis // earliest event time released
	last     cdr.Millis // latest event time admitted
	calls    callSet
	joins    joins

	fresh    *waiting   // rows of the chunk being admitted; nil: it is not there yet, or released
	admitted *cdr.Batch // the last one, while its block is there
	before   *cdr.Batch // the one before it, likewise
	held     []*waiting
	idle     []*waiting // for reuse
	waiting  int
	merge    merger

	mu      sync.Mutex
	spare   []*cdr.Batch
	rests   []*cdr.Batch // spare ones for few rows
	made    int          // batches
	largest int          // rows of a batch lately
	runs    []*Run
}

// waiting is the rows of one chunk that have not been released, in order.
type waiting struct {
	batch  *cdr.Batch
	source int
	offset int64 // of the chunk's block in its source
	keys   []key // those not yet released
	memory []key // of keys
	marked bool  // some have marks of cdr.Joined
}

// NewBuffer returns an empty buffer.
func NewBuffer(o Options) *Buffer {
	return &Buffer{options: o, frontier: Never, first: Never, last: Never, calls: newCallSet(), joins: newJoins()}
}

// AddSource makes a source known and returns its number. start is the event
// time it stands at before anything of it was admitted, Never if that is not
// known: the frontier then waits for it.
func (b *Buffer) AddSource(name string, start cdr.Millis) int {
	b.sources = append(b.sources, source{name: name, mark: start, counts: Counts{First: Never, Last: Never}})
	return len(b.sources) - 1
}

// Finish tells that source s has no more records.
func (b *Buffer) Finish(s int) { b.sources[s].finished = true }

// Reopen tells that source s, which had finished, has more records after all. It
// goes on at its mark; what lies before the frontier is late.
func (b *Buffer) Reopen(s int) { b.sources[s].finished = false }

// Idle tells that source s has had no records for so long that the others no longer
// wait for it, until it has some: they are late where the frontier has passed them.
// Who is idle is no part of the state.
func (b *Buffer) Idle(s int) { b.sources[s].idle = true }

// IsIdle reports whether source s is idle.
func (b *Buffer) IsIdle(s int) bool { return b.sources[s].idle }

// SourceState is what a buffer knows of a source.
type SourceState struct {
	Name     string
	Mark     cdr.Millis // as of Buffer.Mark
	Finished bool
	Counts   Counts
}

// Sources returns all sources; the number of each is its place.
func (b *Buffer) Sources() []SourceState {
	all := make([]SourceState, 0, len(b.sources))
	for _, s := range b.sources {
		all = append(all, SourceState{s.name, s.mark, s.finished, s.counts})
	}
	return all
}

// Rename tells that source s is found under another name from here on.
func (b *Buffer) Rename(s int, name string) { b.sources[s].name = name }

// Mark returns the highest event time of source s so far, Never if unknown.
func (b *Buffer) Mark(s int) cdr.Millis { return b.sources[s].mark }

// Counts returns what became of the records of source s.
func (b *Buffer) Counts(s int) Counts { return b.sources[s].counts }

// Frontier returns the event time before which nothing can come any more.
func (b *Buffer) Frontier() cdr.Millis { return b.frontier }

// Waiting returns how many records wait for the frontier.
func (b *Buffer) Waiting() int { return b.waiting }

// Admit judges the rows of a chunk of source s, whose block begins at offset,
// and takes those that are in time; late is called with each other row. The batch
// belongs to the buffer from here on: see [Buffer.Batch]. Its block, where it is there, must
// stay as it is until another batch was admitted and Release has returned: by then next to
// nothing of it waits.
func (b *Buffer) Admit(s int, batch *cdr.Batch, offset int64, late func(row int)) {
	src := &b.sources[s]
	b.fresh = b.newWaiting()
	b.fresh.batch, b.fresh.source, b.fresh.offset = batch, s, offset
	b.before, b.admitted = b.admitted, batch
	n := batch.Len()
	if n == 0 {
		return
	}
	src.idle = false
	b.learn(n)
	low, disorder := b.fresh.see(batch)
	if src.mark != Never {
		disorder = max(disorder, src.mark-low)
	}
	src.counts.MaxDisorder = max(src.counts.MaxDisorder, disorder)
	if disorder > b.options.Lateness || low < b.frontier {
		b.judge(src, batch, late)
	}
	src.mark = max(src.mark, batch.HighWater[n-1])
	b.note(src, batch)
	sortKeys(b.fresh.keys)
	b.fresh.memory = b.fresh.keys[:0]
}

// see makes the keys of all rows of the batch, and the hashes of their parties, as if they
// were in time. It returns the earliest event time and the farthest that a row lies behind
// the rows before it. All this is one walk, since the rows are more than a cache holds.
func (w *waiting) see(batch *cdr.Batch) (low, disorder cdr.Millis) {
	n := len(batch.Rows)
	w.keys = slices.Grow(w.keys[:0], n)[:n]
	batch.Parties = slices.Grow(batch.Parties[:0], n)[:n]
	keys, parties, high := w.keys, batch.Parties, batch.HighWater[:n]
	low = batch.Rows[0].Release
	for i := range batch.Rows {
		x := &batch.Rows[i]
		parties[i], keys[i] = cdr.PartiesOf(x), keyOf(x, i)
		low, disorder = min(low, x.Release), max(disorder, high[i]-x.Release)
	}
	return low, disorder
}

// judge keeps the keys of those rows that are in time.
func (b *Buffer) judge(src *source, batch *cdr.Batch, late func(row int)) {
	all := b.fresh.keys
	b.fresh.keys = all[:0]
	for i, k := range all {
		r := k.release
		mark := max(src.mark, batch.HighWater[i])
		if r < mark-b.options.Lateness || r < b.frontier {
			src.counts.Late++
			late(i)
			continue
		}
		b.fresh.keys = append(b.fresh.keys, k)
	}
}

// note counts the admitted rows, sees which have to be joined and tells further rows
// of other calls from their first.
func (b *Buffer) note(src *source, batch *cdr.Batch) {
	n := len(b.fresh.keys)
	if n == 0 {
		return
	}
	src.counts.Buffered += int64(n)
	b.waiting += n
	first, last := End, Never
	for i := range b.fresh.keys {
		k := &b.fresh.keys[i]
		first, last = min(first, k.release), max(last, k.release)
		if call := batch.Call[k.Row()]; call == 0 {
			continue
		} else if batch.Rows[k.Row()].Flags&cdr.Joined != 0 {
			b.fresh.marked = true
		} else if b.calls.Seen(call) {
			terminate(batch, k.Row())
			k.Ref = NewRef(0, k.Row(), &batch.Rows[k.Row()])
		}
	}
	if src.counts.First == Never || first < src.counts.First {
		src.counts.First = first
	}
	src.counts.Last = max(src.counts.Last, last)
	b.last = max(b.last, last)
}

// terminate turns a further row of a call into the leg of its called party: a
// queue member, a transfer. The caller's leg was in the first row.
func terminate(batch *cdr.Batch, r int) {
	f := batch.Rows[r].Flags &^ (cdr.Originating | cdr.Terminating)
	if batch.Rows[r].Called != 0 {
		f |= cdr.Terminating
	}
	batch.Rows[r].Flags = f | cdr.ServedCalled
}

// advance moves the frontier to where the sources allow. When all of them are idle it
// goes to the highest mark: what has come is all there is for now.
func (b *Buffer) advance() {
	f, highest, idle := End, Never, false
	for i := range b.sources {
		s := &b.sources[i]
		highest = max(highest, s.mark)
		switch {
		case s.finished:
		case s.idle:
			idle = true
		case s.mark == Never:
			return
		default:
			f = min(f, b.behind(s.mark))
		}
	}
	if f == End && (idle || b.options.KeepOpen) {
		if highest == Never {
			return
		}
		f = floorSecond(highest)
		if !idle {
			f = b.behind(highest)
		}
	}
	b.frontier = max(b.frontier, f)
}

// behind is where a single source with that mark lets the frontier be.
func (b *Buffer) behind(mark cdr.Millis) cdr.Millis { return floorSecond(mark - b.options.Lateness) }

func floorSecond(t cdr.Millis) cdr.Millis {
	r := t % 1000
	if r < 0 {
		r += 1000
	}
	return t - r
}

// full is the error for a buffer that would have to hold more than it may.
func (b *Buffer) full() error {
	behind := &b.sources[0]
	for i := range b.sources {
		if s := &b.sources[i]; !s.finished && !s.idle && (behind.finished || behind.idle || s.mark < behind.mark) {
			behind = s
		}
	}
	return fmt.Errorf("reorder buffer: %d records wait for %s, which stands at %s; raise max_buffer above %d, lower the lateness, or leave that source out",
		b.waiting, behind.name, clock(behind.mark), b.options.MaxRecords)
}

func clock(t cdr.Millis) string {
	if t == Never {
		return "no event time yet"
	}
	return time.UnixMilli(int64(t)).UTC().Format(time.RFC3339)
}
