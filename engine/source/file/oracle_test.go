package file

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"testing"

	"github.com/cdrstream/cdrstream/engine/source"
)

// event is a record or an oversize record, with where it begins.
type event struct {
	at       source.Position
	text     string // with its line end; the kept head of an oversize one
	oversize int64  // 0: a record; else the size of an oversize one
}

// naive splits input into the records a File must yield: one after the other,
// a byte at a time.
func naive(input []byte, limit int) []event {
	var events []event
	var at source.Position
	for len(input) > 0 {
		n, lines := 0, int64(0)
		for n < len(input) && lines == 0 {
			if input[n] == '\n' {
				lines = 1
			}
			n++
		}
		text := string(input[:n])
		bare := n - int(lines)
		if bare > 0 && text[bare-1] == '\r' {
			bare--
		}
		e := event{at: at, text: text}
		if bare > limit {
			e = event{at: at, text: text[:min(bare, headKept)], oversize: int64(bare)}
		}
		events = append(events, e)
		at.Offset += int64(n)
		at.Line += lines
		input = input[n:]
	}
	return events
}

// drain reads f to its end and checks what every block promises.
func drain(f *File, buf []byte) ([]event, []source.Position, error) {
	var events []event
	places := []source.Position{f.Position()}
	at := f.Position()
	for {
		b, err := f.Read(context.Background(), buf)
		if err != nil {
			if len(b.Data) > 0 || len(b.Oversize) > 0 {
				return events, places, fmt.Errorf("a block came with error %v", err)
			}
			return events, places, err
		}
		if len(b.Data) == 0 && len(b.Oversize) == 0 {
			return events, places, fmt.Errorf("an empty block at %v", b.Start)
		}
		if len(b.Oversize) > maxOversize {
			return events, places, fmt.Errorf("%d oversize records in a block", len(b.Oversize))
		}
		if len(b.Oversize) == 0 && b.Start != at {
			return events, places, fmt.Errorf("a block starts at %v, the one before ended at %v", b.Start, at)
		}
		for _, o := range b.Oversize {
			events = append(events, event{at: o.At, text: string(o.Head), oversize: o.Size})
		}
		at = b.Start
		for _, line := range bytes.SplitAfter(b.Data, lineFeed) {
			if len(line) == 0 {
				continue
			}
			events = append(events, event{at: at, text: string(line)})
			at.Offset += int64(len(line))
			if line[len(line)-1] == '\n' {
				at.Line++
			}
		}
		if at != b.End || b.End != f.Position() {
			return events, places, fmt.Errorf("block ends at %v and says %v, position %v", at, b.End, f.Position())
		}
		places = append(places, b.End)
		buf = b.Buffer(buf)
	}
}

// same compares what was read with what the naive reader makes of input.
func same(got, want []event) error {
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			return fmt.Errorf("record %d of %d is missing: %.60q", i, len(want), want[i].text)
		case i >= len(want):
			return fmt.Errorf("record %d is one too many: %.60q", i, got[i].text)
		case got[i] != want[i]:
			return fmt.Errorf("record %d is at %v: %.100q, of %d; want at %v: %.100q, of %d", i, got[i].at, got[i].text, got[i].oversize, want[i].at, want[i].text, want[i].oversize)
		}
	}
	return nil
}

// check reads r and compares it with want.
func check(t *testing.T, r io.Reader, o Options, want []event) {
	t.Helper()
	f := New("test", r, o)
	defer f.Close()
	got, _, err := drain(f, nil)
	if err != io.EOF {
		t.Fatalf("%+v: ended with %v", o, err)
	}
	if err := same(got, want); err != nil {
		t.Fatalf("%+v: %v", o, err)
	}
	if _, err := f.Read(context.Background(), nil); err != io.EOF {
		t.Fatalf("%+v: after the end: %v", o, err)
	}
}

// records makes n lines of different lengths, 0 to 120 bytes, with end behind
// each.
func records(n int, end string) []byte {
	var b bytes.Buffer
	for i := range n {
		b.WriteString(fmt.Sprintf("%0*d", i*7919%121, i)[:i*7919%121%(i+1)])
		b.WriteString(end)
	}
	return b.Bytes()
}
