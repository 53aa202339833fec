package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/source"
)

// after is what of events stands at or behind p.
func after(events []event, p source.Position) []event {
	for i, e := range events {
		if e.at.Offset >= p.Offset {
			return events[i:]
		}
	}
	return nil
}

func TestSeekFromEveryPosition(t *testing.T) {
	input := append(records(400, "\r\n"), "last"...)
	o := Options{BlockSize: 300, MaxRecord: 100}
	want := naive(input, o.MaxRecord)
	for name, stored := range packed(t, input) {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a")
			if err := os.WriteFile(path, stored, 0o600); err != nil {
				t.Fatal(err)
			}
			open := func() *File {
				f, err := Open(path, o)
				if err != nil {
					t.Fatal(err)
				}
				return f
			}
			old := open()
			defer old.Close()
			_, places, err := drain(old, nil)
			if err != io.EOF || len(places) < 50 {
				t.Fatal(len(places), err)
			}
			for i, p := range places {
				fresh := open()
				if _, err := fresh.Head(t.Context()); err != nil && i%2 == 0 {
					t.Fatal(err)
				}
				for _, f := range []*File{fresh, old} { // forward, and back from the end
					if err := f.Seek(t.Context(), p); err != nil {
						t.Fatalf("to %v: %v", p, err)
					}
					got, _, err := drain(f, nil)
					if err != io.EOF {
						t.Fatalf("from %v: %v", p, err)
					}
					if err := same(got, after(want, p)); err != nil {
						t.Fatalf("from %v: %v", p, err)
					}
				}
				fresh.Close()
			}
		})
	}
}

// impatient is a context that is cancelled once it was asked some times.
type impatient struct {
	context.Context
	left int
}

func (c *impatient) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestSeekBackWithinALongLine(t *testing.T) {
	input := []byte("ab\n" + strings.Repeat("x", 5000) + "\ncd\n")
	for name, stored := range packed(t, input) {
		f := New(name, bytes.NewReader(stored), Options{BlockSize: 10, MaxRecord: 10})
		ctx := &impatient{t.Context(), 50}
		for err := error(nil); err == nil; {
			_, err = f.Read(ctx, nil)
		}
		if f.long == nil {
			t.Fatalf("%s: not within the line", name)
		}
		p := source.Position{Offset: 3, Line: 1}
		if err := f.Seek(t.Context(), p); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, _, err := drain(f, nil)
		if err != io.EOF {
			t.Fatalf("%s: %v", name, err)
		}
		if err := same(got, naive(input, 10)[1:]); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConsumedFollowsSeek(t *testing.T) {
	f := New("x", bytes.NewReader(records(500, "\n")), Options{BlockSize: 1000})
	if _, err := f.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := f.Seek(t.Context(), source.Position{Offset: 2000}); err != nil || f.Consumed() != 2000 {
		t.Errorf("%d bytes consumed, %v", f.Consumed(), err)
	}
}

func TestSeekBeyondTheEnd(t *testing.T) {
	input := records(50, "\n")
	for name, stored := range packed(t, input) {
		f := New(name, bytes.NewReader(stored), Options{})
		defer f.Close()
		if err := f.Seek(t.Context(), source.Position{Offset: int64(len(input))}); err != nil {
			t.Errorf("%s: to the very end: %v", name, err)
		}
		if _, err := f.Read(t.Context(), nil); err != io.EOF {
			t.Errorf("%s: at the very end: %v", name, err)
		}
		err := f.Seek(t.Context(), source.Position{Offset: int64(len(input)) + 1})
		if err == nil || !strings.Contains(err.Error(), "cut or replaced") {
			t.Errorf("%s: beyond the end: %v", name, err)
		}
		if _, again := f.Read(t.Context(), nil); again != err {
			t.Errorf("%s: read after a failed Seek: %v", name, again)
		}
		if err := f.Seek(t.Context(), source.Position{}); err != nil {
			t.Errorf("%s: back to the beginning: %v", name, err)
		}
		got, _, err := drain(f, nil)
		if err != io.EOF || same(got, naive(input, 1<<20)) != nil {
			t.Errorf("%s: %v, %v", name, err, same(got, naive(input, 1<<20)))
		}
	}
}

func TestSeekOfAPipe(t *testing.T) {
	input := records(500, "\n")
	want := naive(input, 1<<20)
	for name, stored := range packed(t, input) {
		f := New(Stdin, io.MultiReader(bytes.NewReader(stored)), Options{BlockSize: 100})
		p := want[300].at
		if err := f.Seek(t.Context(), p); err != nil {
			t.Fatalf("%s: forward: %v", name, err)
		}
		got, _, err := drain(f, nil)
		if err != io.EOF || same(got, want[300:]) != nil {
			t.Errorf("%s: %v, %v", name, err, same(got, want[300:]))
		}
		err = f.Seek(t.Context(), source.Position{})
		if err == nil || !strings.HasPrefix(err.Error(), "standard input: cannot go to byte 0") {
			t.Errorf("%s: back: %v", name, err)
		}
		f.Close()
	}
}

func TestNewBeginsWhereTheReaderStands(t *testing.T) {
	r := strings.NewReader("read already\nab\ncd\n")
	r.Seek(13, io.SeekStart)
	f := New("x", r, Options{})
	want := naive([]byte("ab\ncd\n"), 99)
	for range 2 {
		got, _, err := drain(f, nil)
		if err != io.EOF || same(got, want) != nil {
			t.Errorf("%v, %v", err, same(got, want))
		}
		if err := f.Seek(t.Context(), source.Position{}); err != nil {
			t.Error(err)
		}
	}
}

func TestCancelledSeek(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := New("x", bytes.NewReader(zip(records(500, "\n"))), Options{})
	if err := f.Seek(ctx, source.Position{Offset: 2000}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if b, err := f.Read(t.Context(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("read %d bytes at %v, %v", len(b.Data), b.Start, err)
	}
}
