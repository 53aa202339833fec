package order

import (
	"slices"
	"sync/atomic"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Run is records in order, all before the frontier and none released before.
// Several shards read it at the same time; each calls Done once.
type Run struct {
	Refs     []Ref
	Batches  []*cdr.Batch
	Frontier cdr.Millis // nothing before it will come any more; End after the last run
	First    cdr.Millis // earliest event time of all records so far, Never if none
	Last     cdr.Millis // latest event time of all records so far

	readers atomic.Int32
	buffer  *Buffer
	free    []*cdr.Batch // those of which this run has the last rows
}

// Start tells how many readers will call Done.
func (r *Run) Start(readers int) { r.readers.Store(int32(readers)) }

// Done tells that one reader has finished with the run, and with those before it. After
// the last one its memory is reused. It may be called by any goroutine.
func (r *Run) Done() {
	if r.readers.Add(-1) == 0 {
		r.buffer.recycle(r)
	}
}

// Release moves the frontier and returns what it has passed.
func (b *Buffer) Release() (*Run, error) {
	b.advance()
	run := b.newRun()
	run.Frontier = b.frontier
	b.collect(run)
	b.emit(run)
	if b.merge.marked {
		b.join(run)
	}
	b.expire()
	b.forgetBlocks()
	run.First, run.Last = b.first, b.last
	if b.waiting > b.options.MaxRecords {
		return nil, b.full()
	}
	return run, nil
}

// collect takes the keys before the frontier out of everything held, the chunk just
// admitted included, merged into one order, their batch numbers those of run.Batches. What
// waits of the last chunk stays where it is, and without hashes: most of it the next one
// lets pass.
func (b *Buffer) collect(run *Run) {
	b.merge.reset()
	if b.fresh != nil {
		b.held, b.fresh = append(b.held, b.fresh), nil
	}
	left := b.held[:0]
	for _, w := range b.held {
		b.take(run, w)
		if w.batch == b.admitted && len(w.keys) > 0 {
			left = append(left, w)
			continue
		}
		w.hash()
		if n := len(w.keys); n <= cap(w.batch.Rows)/4 {
			b.leave(run, w)
			if n == 0 {
				continue
			}
		}
		left = append(left, w)
	}
	clear(b.held[len(left):])
	b.held = left
}

// forgetBlocks lets go of the text of the chunk before the last, and of the last one's if
// nothing of it waits.
func (b *Buffer) forgetBlocks() {
	forget(&b.before)
	if n := len(b.held); n == 0 || b.held[n-1].batch != b.admitted {
		forget(&b.admitted)
	}
}

func forget(batch **cdr.Batch) {
	if *batch != nil {
		(*batch).Block, *batch = nil, nil
	}
}

// hash makes the hashes that were not made of the rows that wait. Of those that do not, next
// to none are asked for.
func (w *waiting) hash() {
	if w.batch.Block == nil {
		return
	}
	for _, k := range w.keys {
		w.batch.RawHash[k.Row()] = w.batch.HashOf(k.Row())
	}
}

// leave frees the batch of w, of which little is left: that is copied, so that memory is
// in proportion to the rows that wait.
func (b *Buffer) leave(run *Run, w *waiting) {
	run.free = append(run.free, w.batch)
	if len(w.keys) == 0 {
		*w = waiting{memory: w.memory}
		b.idle = append(b.idle, w)
		return
	}
	from := w.batch
	w.batch = b.rest(len(w.keys))
	for i := range w.keys {
		k := &w.keys[i]
		w.batch.AppendRow(from, k.Row())
		k.move(i)
	}
}

// newWaiting returns an empty one.
func (b *Buffer) newWaiting() *waiting {
	n := len(b.idle)
	if n == 0 {
		return &waiting{}
	}
	w := b.idle[n-1]
	b.idle = b.idle[:n-1]
	w.keys = w.memory
	return w
}

// take moves the front of w that lies before the frontier into the merger.
func (b *Buffer) take(run *Run, w *waiting) {
	n := before(w.keys, b.frontier)
	if n == 0 {
		return
	}
	at := uint32(len(run.Batches))
	run.Batches = append(run.Batches, w.batch)
	b.merge.origins = append(b.merge.origins, origin{w.source, w.offset})
	b.merge.add(w.keys[:n], at)
	b.merge.marked = b.merge.marked || w.marked
	w.keys = w.keys[n:]
}

// emit writes the merged keys as refs, one of each group of duplicates.
func (b *Buffer) emit(run *Run) {
	keys := b.merge.sorted()
	if len(keys) > 0 && b.first == Never {
		b.first = keys[0].release
	}
	b.waiting -= len(keys)
	run.Refs = slices.Grow(run.Refs, len(keys))
	for i := 0; i < len(keys); {
		best := i
		j := i + 1
		for ; j < len(keys) && keys[j].release == keys[i].release && keys[j].identity == keys[i].identity; j++ {
			loser := j
			if b.merge.less(run.Batches, keys[j], keys[best]) {
				best, loser = j, best
			}
			b.count(keys[loser]).Duplicate++
		}
		k := keys[best]
		b.count(k).Accepted++
		run.Refs = append(run.Refs, k.Ref)
		i = j
	}
}

func (b *Buffer) count(k key) *Counts {
	c := &b.sources[b.merge.origins[k.Batch].source].counts
	c.Buffered--
	return c
}

// Batch returns an empty batch, to be filled and admitted. It may be called by any
// goroutine.
func (b *Buffer) Batch() *cdr.Batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.spare) == 0 {
		b.stock()
	}
	n := len(b.spare)
	batch := b.spare[n-1]
	b.spare = b.spare[:n-1]
	return batch
}

// rest returns an empty batch for n rows, with so little room that they need no other soon.
func (b *Buffer) rest(n int) *cdr.Batch {
	b.mu.Lock()
	defer b.mu.Unlock()
	last := len(b.rests) - 1
	if last < 0 || cap(b.rests[last].Rows) >= 4*n {
		return cdr.NewBatch(n)
	}
	batch := b.rests[last]
	b.rests = b.rests[:last]
	return batch
}

// learn notes how many rows batches have, and forgets it after some dozens.
func (b *Buffer) learn(rows int) {
	b.mu.Lock()
	b.largest = max(rows, b.largest-b.largest/16)
	b.mu.Unlock()
}

// A job that works on many large batches at a time gets further ones in stocks of so many,
// each over several huge pages.
const (
	manyBatches = 8
	stockOf     = 64
	largeRows   = 64
)

// stock makes spare batches: one, or a stock where batches turned out to be many and large.
func (b *Buffer) stock() {
	n := 1
	if b.made >= manyBatches && b.largest >= largeRows {
		n = stockOf
	}
	b.made += n
	b.spare = append(b.spare, cdr.NewBatches(n, b.largest+b.largest/8)...)
}

func (b *Buffer) newRun() *Run {
	b.mu.Lock()
	defer b.mu.Unlock()
	if n := len(b.runs); n > 0 {
		run := b.runs[n-1]
		b.runs = b.runs[:n-1]
		return run
	}
	return &Run{buffer: b}
}

// maxSpare bounds the batches that are kept for reuse: as many as shards read at a time.
const maxSpare = 512

func (b *Buffer) recycle(r *Run) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, batch := range r.free {
		to := &b.spare
		if cap(batch.Rows) <= b.largest/2 {
			to = &b.rests
		}
		if len(*to) < maxSpare {
			batch.Reset()
			*to = append(*to, batch)
		}
	}
	clear(r.free)
	clear(r.Batches)
	r.Refs, r.Batches, r.free = r.Refs[:0], r.Batches[:0], r.free[:0]
	b.runs = append(b.runs, r)
}
