package order

import (
	"bytes"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// sample is a small buffer with something of everything: two sources, rows
// released and rows held, calls in both generations.
func sample(t reporter) *Buffer {
	d := newBench(t, 2000)
	d.b.calls.kept = 3
	d.b.AddSource("a.csv", Never)
	d.b.AddSource("b.csv", 10_000)
	first, second := batchOf(at(10_000, 11_000, 13_500)...), batchOf(at(12_500, 13_000, 14_000)...)
	for i := range 3 {
		first.Call[i], second.Call[i] = uint64(i+1), uint64(i+2)
	}
	first.Rows[2].Calling = cdr.Name([]byte("alice"))
	first.Names = []cdr.NameRef{{Row: 2, Text: cdr.Span{Len: 5}}}
	first.Text = []byte("alice")
	d.b.Admit(0, first, 100, nil)
	d.release()
	d.b.Admit(1, second, 0, nil)
	d.b.Finish(1)
	d.release()
	return d.b
}

// Cut anywhere, or with something behind, the state is refused.
func TestStateCutAnywhere(t *testing.T) {
	for _, b := range []*Buffer{sample(t), joinSample(t)} {
		cutAnywhere(t, b.AppendState(nil))
	}
}

func cutAnywhere(t *testing.T, saved []byte) {
	t.Helper()
	for n := range saved {
		b := NewBuffer(Options{})
		if err := b.LoadState(saved[:n]); err == nil || !strings.Contains(err.Error(), "reorder buffer, ") {
			t.Errorf("%d bytes of %d: %v", n, len(saved), err)
		}
		if !bytes.Equal(b.AppendState(nil), NewBuffer(Options{}).AppendState(nil)) {
			t.Fatalf("%d bytes: an error leaves something in the buffer", n)
		}
	}
	if err := NewBuffer(Options{}).LoadState(append(saved, 0)); err == nil || !strings.Contains(err.Error(), "1 bytes too many") {
		t.Errorf("a byte behind: %v", err)
	}
}

// What cannot be is refused, with its name.
func TestStateThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		want   string
		change func(*Buffer)
	}{
		{"the frontier 10999 is no whole second", func(b *Buffer) { b.frontier-- }},
		{"records from 10001 to 14000, where the sources say 10000 to 14000", func(b *Buffer) { b.first++ }},
		{"records from 10000 to 14001", func(b *Buffer) { b.last++ }},
		{`source 0 ("a.csv") has impossible counts or times`, func(b *Buffer) { b.sources[0].counts.Accepted = -1 }},
		{`source 0 ("a.csv") has impossible`, func(b *Buffer) { b.sources[0].counts.Duplicate = -1 }},
		{`source 1 ("b.csv") has impossible`, func(b *Buffer) { b.sources[1].counts.Late = -1 }},
		{`source 1 ("b.csv") has impossible`, func(b *Buffer) { b.sources[1].counts.Buffered = -1 }},
		{`source 1 ("b.csv") has impossible`, func(b *Buffer) { b.sources[1].counts.MaxDisorder = -1 }},
		{`source 1 ("b.csv") has impossible`, func(b *Buffer) { b.sources[1].counts.Last = 1 }},
		{`source 1 ("b.csv") has impossible`, func(b *Buffer) { b.sources[1].counts.First = Never }},
		{`source 1 ("b.csv") has impossible`, func(b *Buffer) { b.sources[1].mark = 13_999 }},
		{`source 1 ("b.csv") has impossible`, func(b *Buffer) { b.sources[1].counts = Counts{First: Never, Last: 5} }},
		{`source 0 ("a.csv") has 2 rows waiting and counts 3`, func(b *Buffer) { b.sources[0].counts.Buffered++ }},
		{"held chunk 1 is of source 2 at offset 0, where there are 2 sources", func(b *Buffer) { b.held[1].source = 2 }},
		{"held chunk 0 is of source 0 at offset -1", func(b *Buffer) { b.held[0].offset = -1 }},
		{"held chunk 1: row 1 is out of order", func(b *Buffer) { b.held[1].batch.Rows[1].Release = 12_000 }},
		{"held chunk 1: row 2 is out of order", func(b *Buffer) { r := b.held[1].batch.Rows; r[2].Release, r[2].Identity = r[1].Release, 0 }},
		{"held chunk 0: rows before the frontier", func(b *Buffer) { b.frontier = 14_000 }},
		{"held chunk 0: rows before the frontier, or outside", func(b *Buffer) { b.held[0].batch.Rows[2].Release = 13_501 }},
		{"held chunk 1: rows before the frontier, or outside", func(b *Buffer) { b.held[1].batch.Rows[0].Release = 12_499 }},
		{"held chunk 0: row 1 has the impossible flags", func(b *Buffer) { b.held[0].batch.Rows[2].Flags = 1 << 31 }},
		{"held chunk 0: no rows", func(b *Buffer) { b.held[0].keys = nil }},
		{"the young calls before hold a call twice", func(b *Buffer) { b.calls.young.list = []uint64{1, 1} }},
		{"the old calls before hold a call twice, or none", func(b *Buffer) { b.calls.old.list[0] = 0 }},
		{"4 old calls, where 3 are the most", func(b *Buffer) { b.calls.old.list = []uint64{1, 2, 3, 4} }},
	} {
		b := sample(t)
		whole := b.AppendState(nil)
		c.change(b)
		loaded := NewBuffer(Options{})
		loaded.calls.kept = 3
		if err := loaded.LoadState(whole); err != nil {
			t.Fatalf("unchanged: %v", err)
		}
		loaded = NewBuffer(Options{})
		loaded.calls.kept = 3
		if err := loaded.LoadState(b.AppendState(nil)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
}

// Counts that promise more than there is are refused before memory is taken.
func TestStateThatPromisesTooMuch(t *testing.T) {
	saved := sample(t).AppendState(nil)
	const sources, finished, calls = 25, 25 + 4 + 4 + 5 + 8, 25 + 4 + 2*(4+5+8+1+64)
	for _, c := range []struct {
		at          int
		bytes, want string
	}{
		{0, "\xff", "version 255, this program reads versions 1 and 2"},
		{sources, "\xff\xff\xff\xff", "4294967295 sources do not fit"},
		{sources, "\x40", "64 sources do not fit"},
		{sources + 4, "\xff\xff\xff\xff", "source 0: cut off"},
		{finished, "\x02", `source 0 ("a.csv") has impossible`},
		{calls, "\xff\x01", "511 young calls do not fit"},
	} {
		at, want := c.at, c.want
		bad := bytes.Clone(saved)
		copy(bad[at:], c.bytes)
		if err := NewBuffer(Options{}).LoadState(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("byte %d: %v, want %s", at, err, want)
		}
	}
	for at := range saved { // wherever a count stands
		bad := bytes.Clone(saved)
		copy(bad[at:], "\xff\xff\xff\xff")
		_ = NewBuffer(Options{}).LoadState(bad)
	}
}

// Whatever the bytes: no panic, and a state that is taken for one is saved as
// the same bytes again and can be worked with.
func FuzzLoadState(f *testing.F) {
	b := sample(f)
	f.Add(b.AppendState(nil))
	b.Finish(0)
	if _, err := b.Release(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.AppendState(nil))
	f.Add(joinSample(f).AppendState(nil))
	f.Add(versionOne(sample(f)))
	f.Add(NewBuffer(Options{}).AppendState(nil))
	f.Fuzz(func(t *testing.T, src []byte) {
		b := NewBuffer(Options{Lateness: 1000, MaxRecords: 1 << 30})
		if b.LoadState(src) != nil {
			return
		}
		if again := b.AppendState(nil); !bytes.Equal(again, src) && src[0] == stateVersion {
			t.Fatalf("loaded from\n%x\nsaved as\n%x", src, again)
		}
		b.Admit(b.AddSource("new", Never), batchOf(at(20_000, 21_000)...), 0, func(int) {})
		for s := range b.Sources() {
			b.Finish(s)
		}
		if _, err := b.Release(); err != nil {
			t.Fatal(err)
		}
		if b.Waiting() != 0 {
			t.Errorf("%d records wait behind the end", b.Waiting())
		}
	})
}
