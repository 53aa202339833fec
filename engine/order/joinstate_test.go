package order

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// joinSample is a buffer that remembers splits, ends and answers.
func joinSample(t reporter) *Buffer {
	d := newBench(t, 2000)
	d.b.AddSource("a.csv", Never)
	d.b.AddSource("b.csv", 10_000)
	batch := &cdr.Batch{}
	for i, marks := range []cdr.Flags{cdr.Opens, cdr.Opens, cdr.Closes, cdr.Opens | cdr.Closes, cdr.Piece | cdr.Split, cdr.Piece | cdr.Split} {
		r := event(uint64(100+i), 11_000+cdr.Millis(i), marks)
		batch.Append(&r)
	}
	last := event(0, 18_000, 0)
	batch.Append(&last)
	d.b.Admit(0, batch, 1000, nil)
	d.b.Finish(1)
	d.release()
	return d.b
}

// What cannot be is refused, with its name.
func TestJoinsThatCannotBe(t *testing.T) {
	if b := joinSample(t); len(b.joins.answers.open) != 2 || len(b.joins.ended.last) != 2 || len(b.joins.splits.last) != 2 {
		t.Fatalf("%+v", b.joins)
	}
	for _, c := range []struct {
		want   string
		change func(*Buffer)
	}{
		{"the times of splits are out of order", func(b *Buffer) { b.joins.splits.seen[0].at = 11_006 }},
		{"the times of splits are out of order", func(b *Buffer) { b.joins.splits.seen[0].call = 0 }},
		{"the times of splits are out of order", func(b *Buffer) { b.joins.splits.seen[1] = b.joins.splits.seen[0] }},
		{"the times of ends are out of order", func(b *Buffer) { b.joins.ended.seen[1].at = 16_000 }},
		{"the times of ends are out of order", func(b *Buffer) { b.joins.ended.seen[0].at = 10_999 }},
		{"4 times of ends, where 3 are the most", func(b *Buffer) { b.joins.ended.seen = append(b.joins.ended.seen, b.joins.ended.seen...) }},
		{"answer 1 of source 2 is none", func(b *Buffer) { b.joins.answers.sources[1] = 2 }},
		{"answer 0 of source 0 is none", func(b *Buffer) { b.joins.answers.rows.Rows[0].Flags |= cdr.Closes }},
		{"answer 0 of source 0 is none", func(b *Buffer) { b.joins.answers.rows.Rows[0].Release = 10_000 }},
		{"answer 1 of source 0 is none", func(b *Buffer) {
			b.joins.answers.rows.Rows[1].Release = 11_000
			b.joins.answers.rows.Rows[0].Release = 11_001
		}},
		{"answer 1 of source 0 is none", func(b *Buffer) { b.joins.answers.rows.Call[1] = 100 }},
		{`source 0 ("a.csv") has 2 rows waiting and counts 3`, func(b *Buffer) { b.joins.answers.sources[1] = 1 }},
		{`source 0 ("a.csv") has impossible`, func(b *Buffer) { b.sources[0].counts.Open = -1 }},
	} {
		b := joinSample(t)
		loaded := NewBuffer(Options{})
		loaded.joins.limit(3)
		if err := loaded.LoadState(b.AppendState(nil)); err != nil {
			t.Fatalf("unchanged: %v", err)
		}
		c.change(b)
		loaded = NewBuffer(Options{})
		loaded.joins.limit(3)
		if err := loaded.LoadState(b.AppendState(nil)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	loaded := NewBuffer(Options{})
	loaded.joins.limit(2)
	loaded.joins.answers.most = 1
	if err := loaded.LoadState(joinSample(t).AppendState(nil)); err == nil {
		t.Error("two answers are loaded where one is the most")
	}
}

// versionOne is a buffer without joins as programs of before them saved it.
func versionOne(b *Buffer) []byte {
	dst := appendTimes([]byte{beforeJoins}, b.frontier, b.first, b.last)
	dst = appendCount(dst, len(b.sources))
	for i := range b.sources {
		dst = b.sources[i].appendState(dst)
		dst = dst[:len(dst)-8] // Open
	}
	dst = b.calls.young.appendState(dst)
	dst = b.calls.old.appendState(dst)
	dst = appendCount(dst, len(b.held))
	for _, w := range b.held {
		dst = w.appendState(dst)
	}
	return dst
}

// A state of before the joins is still read.
func TestStateOfVersionOne(t *testing.T) {
	b := sample(t)
	loaded := NewBuffer(b.options)
	loaded.calls.kept = b.calls.kept
	if err := loaded.LoadState(versionOne(b)); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(loaded.AppendState(nil), b.AppendState(nil)) {
		t.Error("it is not the same buffer")
	}
	if err := NewBuffer(Options{}).LoadState(append(versionOne(sample(t)), 0)); err == nil || !strings.Contains(err.Error(), "1 bytes too many") {
		t.Errorf("a byte behind: %v", err)
	}
	if err := NewBuffer(Options{}).LoadState([]byte{3}); err == nil || !strings.Contains(err.Error(), "version 3, this program reads versions 1 and 2") {
		t.Errorf("version 3: %v", err)
	}
}

// Where more calls wait than may, the oldest are given up, wherever chunks end.
func TestJoinsAreBounded(t *testing.T) {
	for _, size := range []int{1, 7, 1000} {
		b := NewBuffer(Options{Lateness: 0, MaxRecords: 10})
		b.joins.limit(3)
		b.AddSource("a", Never)
		batch := &cdr.Batch{}
		var out []uint64
		flush := func() {
			b.Admit(0, batch, 0, nil)
			run, err := b.Release()
			if err != nil {
				t.Fatal(err)
			}
			for _, ref := range run.Refs {
				out = append(out, run.Batches[ref.Batch].Call[ref.Row()])
			}
			run.Start(1)
			run.Done()
			batch = &cdr.Batch{}
		}
		at := begin
		add := func(r cdr.Record) {
			at += 1000
			batch.Append(&r)
			if batch.Len() == size {
				flush()
			}
		}
		for call := range uint64(5) {
			add(event(call+1, at, cdr.Opens))
		}
		for call := range uint64(5) {
			add(event(call+1, at, cdr.Closes))
		}
		for call := range uint64(5) {
			add(event(call+11, at, cdr.Piece|cdr.Split))
		}
		for call := range uint64(5) {
			add(event(call+11, at, cdr.Piece))
		}
		b.Finish(0)
		flush()
		if got := fmt.Sprint(out); got != "[3 4 5 11 12 13 14 15 11 12 13 14 15]" {
			t.Errorf("chunks of %d: released %s", size, got)
		}
		if c := b.Counts(0); c.Open != 4 || c.Accepted != 16 || c.Buffered != 0 {
			t.Errorf("chunks of %d: %+v", size, c)
		}
		if n := len(b.joins.splits.last) + len(b.joins.ended.last); n > 6 {
			t.Errorf("%d calls are remembered", n)
		}
	}
}

// Names that wait take so much room at most, wherever chunks end and a state is loaded.
func TestNamesOfAnswersAreBounded(t *testing.T) {
	for _, size := range []int{1, 3, 100} {
		b := NewBuffer(Options{Lateness: 0, MaxRecords: 10})
		b.joins.answers.room = 25
		b.AddSource("a", Never)
		batch := &cdr.Batch{}
		for call := range uint64(20) {
			r := event(call+1, begin+cdr.Millis(call)*1000, cdr.Opens)
			if call == 15 {
				r = event(15, r.Release, cdr.Closes)
			}
			r.CallingName = bytes.Repeat([]byte("n"), int(1+call%10))
			r.Calling = cdr.Name(r.CallingName)
			batch.Append(&r)
			if batch.Len() < size && call < 19 {
				continue
			}
			b.Admit(0, batch, 0, nil)
			if _, err := b.Release(); err != nil {
				t.Fatal(err)
			}
			batch = &cdr.Batch{}
			b = reload(t, b)
			b.joins.answers.room = 25
		}
		b.joins.answers.pack()
		kept := b.joins.answers.rows.Call
		if got := fmt.Sprint(kept); got != "[17 18 19]" || b.joins.answers.text != 24 {
			t.Errorf("chunks of %d: %s wait, %d bytes of names", size, got, b.joins.answers.text)
		}
	}
}

// An answer waits over a restart, and is a buffered record of its source until then.
func TestAnswerWaitsForTomorrow(t *testing.T) {
	b := NewBuffer(Options{Lateness: 1000, MaxRecords: 10, KeepOpen: true})
	b.AddSource("part1", Never)
	one, two := &cdr.Batch{}, &cdr.Batch{}
	answer, other, end := event(7, begin, cdr.Opens), event(0, begin+hour, 0), event(7, begin+2*hour, cdr.Closes)
	answer.CalledName = []byte("bob")
	answer.Called = cdr.Name(answer.CalledName)
	end.Calling, end.Identity = 0, 99
	one.Append(&answer)
	one.Append(&other)
	two.Append(&end)
	b.Admit(0, one, 0, nil)
	b.Finish(0)
	if _, err := b.Release(); err != nil {
		t.Fatal(err)
	}
	if c := b.Counts(0); c.Buffered != 2 || c.Accepted != 0 || b.Waiting() != 1 {
		t.Fatalf("%+v, %d wait", c, b.Waiting())
	}
	b = reload(t, b)
	b.options.KeepOpen = false
	b.AddSource("part2", Never)
	b.Admit(1, two, 0, nil)
	b.Finish(1)
	run, err := b.Release()
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Refs) != 2 {
		t.Fatalf("%d records", len(run.Refs))
	}
	ref := run.Refs[1]
	batch, r := run.Batches[ref.Batch], ref.Row()
	if batch.Rows[r].TalkMS != uint32(2*hour) || batch.Rows[r].Start != begin || batch.Rows[r].Release != begin+2*hour || batch.Rows[r].Identity != 99 ||
		string(batch.NameOf(r, true)) != "bob" || batch.Rows[r].Flags&cdr.Joined != 0 {
		t.Errorf("the call is %s", releasedText(batch, r))
	}
	if a, e := b.Counts(0), b.Counts(1); a.Accepted != 2 || e.Accepted != 1 || a.Buffered+e.Buffered+a.Open+e.Open != 0 {
		t.Errorf("%+v, %+v", a, e)
	}
}

// Joining costs no objects either, once it is warm.
func TestJoinAllocations(t *testing.T) {
	const records = 2048
	b := NewBuffer(Options{Lateness: 0, MaxRecords: 1 << 20})
	b.joins.limit(4096)
	b.AddSource("a", Never)
	batch := &cdr.Batch{}
	at, call := begin, uint64(0)
	chunk := func() {
		batch.Reset()
		for range records / 2 {
			call++
			answer, end := event(call, at, cdr.Opens), event(call, at+10, cdr.Closes)
			answer.Identity, end.Identity = call, call
			batch.Append(&answer)
			batch.Append(&end)
			at += 500
		}
		b.Admit(0, batch, 0, func(int) { t.Error("late") })
		run, err := b.Release()
		if err != nil {
			t.Fatal(err)
		}
		run.Start(1)
		run.Done()
	}
	for range 20 {
		chunk()
	}
	if per := testing.AllocsPerRun(100, chunk) / records; per >= 0.05 {
		t.Errorf("%.4f objects a record", per)
	}
}
