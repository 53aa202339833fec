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
	"testing/iotest"

	"github.com/cdrstream/cdrstream/engine/source"
)

var shapes = map[string][]byte{
	"lf":            records(60, "\n"),
	"crlf":          records(60, "\r\n"),
	"no final lf":   append(records(40, "\n"), "the last"...),
	"no final crlf": append(records(40, "\r\n"), "the last\r"...),
	"empty lines":   []byte("\n\na\n\n\nbc\n\n"),
	"only lf":       []byte("\n"),
	"one byte":      []byte("x"),
	"one line":      []byte("start_time,calling_number\n"),
	"cr alone":      []byte("a\rb\r\r\nc\r"),
	"empty":         nil,
}

func TestEveryBlockSizeYieldsTheSameRecords(t *testing.T) {
	for name, input := range shapes {
		t.Run(name, func(t *testing.T) {
			want := naive(input, 1<<20)
			for size := 1; size <= 5000; size++ {
				check(t, bytes.NewReader(input), Options{BlockSize: size}, want)
			}
		})
	}
}

func TestReadersThatYieldLittle(t *testing.T) {
	for name, input := range shapes {
		want := naive(input, 1<<20)
		for _, size := range []int{1, 7, 100, 5000} {
			o := Options{BlockSize: size}
			t.Run(name, func(t *testing.T) {
				check(t, iotest.OneByteReader(bytes.NewReader(input)), o, want)
				check(t, iotest.DataErrReader(bytes.NewReader(input)), o, want)
			})
		}
	}
}

func TestHeadAndSkip(t *testing.T) {
	header := "\xef\xbb\xbfa,b\r\nINTEGER,VARCHAR\n"
	for name, body := range shapes {
		for _, size := range []int{1, 10, 100, 100_000} {
			f := New(name, strings.NewReader(header+string(body)), Options{BlockSize: size})
			for range 2 {
				head, err := f.Head(t.Context())
				if err != nil || string(head) != header+string(body) {
					t.Fatalf("%s: head %.60q, %v", name, head, err)
				}
			}
			f.Skip(3)
			f.Skip(len(header) - 3)
			got, places, err := drain(f, nil)
			if err != io.EOF {
				t.Fatal(err)
			}
			want := naive([]byte(header+string(body)), 1<<20)[2:]
			if err := same(got, want); err != nil {
				t.Errorf("%s, block size %d: %v", name, size, err)
			}
			if first := (source.Position{Offset: int64(len(header)), Line: 2}); places[0] != first {
				t.Errorf("%s: records begin at %v, want %v", name, places[0], first)
			}
		}
	}
}

func TestHeadIsBounded(t *testing.T) {
	input := records(5000, "\n")
	f := New("x", bytes.NewReader(input), Options{})
	head, err := f.Head(t.Context())
	if err != nil || !bytes.Equal(head, input[:HeadSize]) {
		t.Fatalf("head of %d bytes, %v", len(head), err)
	}
	got, _, err := drain(f, nil)
	if err != io.EOF {
		t.Fatal(err)
	}
	if err := same(got, naive(input, 1<<20)); err != nil {
		t.Error(err)
	}
}

func TestHeadOfAnEmptyFile(t *testing.T) {
	f := New("x", strings.NewReader(""), Options{})
	if head, err := f.Head(t.Context()); len(head) != 0 || err != nil {
		t.Errorf("head %q, %v", head, err)
	}
}

// failing yields data and then err.
func failing(data string, err error) io.Reader {
	return io.MultiReader(strings.NewReader(data), iotest.ErrReader(err))
}

func TestDiskError(t *testing.T) {
	broken := errors.New("input/output error")
	f := New("x.csv", failing("one\ntwo\nthr", broken), Options{})
	got, _, err := drain(f, nil)
	if err := same(got, naive([]byte("one\ntwo\n"), 99)); err != nil {
		t.Error(err)
	}
	want := "x.csv: reading failed after byte 11 of its content, in line 3 (input/output error): check the disk, then run the same command again"
	if err.Error() != want || !errors.Is(err, broken) {
		t.Errorf("error %q, want %q", err, want)
	}
	if _, again := f.Read(t.Context(), nil); again == nil || again.Error() != want {
		t.Errorf("second time: %v", again)
	}
}

func TestDiskErrorWithinALongLine(t *testing.T) {
	broken := errors.New("input/output error")
	f := New("x.csv", failing("one\n"+strings.Repeat("x", 50)+"\n"+strings.Repeat("x", 30), broken), Options{BlockSize: 8, MaxRecord: 5})
	got, _, err := drain(f, nil)
	if err := same(got, naive([]byte("one\n"+strings.Repeat("x", 50)+"\n"), 5)); err != nil {
		t.Error(err)
	}
	if !errors.Is(err, broken) {
		t.Error(err)
	}
}

func TestDiskErrorInHead(t *testing.T) {
	f := New("x.csv", failing("", errors.New("gone")), Options{})
	if head, err := f.Head(t.Context()); err == nil {
		t.Errorf("head %q without error", head)
	}
}

// stopper cancels after some reads.
type stopper struct {
	r      io.Reader
	left   int
	cancel context.CancelFunc
}

func (s *stopper) Read(p []byte) (int, error) {
	if s.left--; s.left == 0 {
		s.cancel()
	}
	return s.r.Read(p[:min(len(p), 3)])
}

func TestCancelledReadsLoseNothing(t *testing.T) {
	input := []byte("one\n" + strings.Repeat("long ", 30) + "\ntwo\nthree\n\nlast")
	const limit = 20
	for after := 1; after < 80; after++ {
		ctx, cancel := context.WithCancel(t.Context())
		f := New("x", &stopper{r: bytes.NewReader(input), left: after, cancel: cancel}, Options{BlockSize: 10, MaxRecord: limit})
		var got []event
		for {
			b, err := f.Read(ctx, nil)
			if err != nil {
				if err != context.Canceled && err != io.EOF {
					t.Fatal(err)
				}
				break
			}
			got = append(got, eventsOf(b)...)
		}
		cancel()
		rest, _, err := drain(f, nil)
		if err != io.EOF {
			t.Fatal(err)
		}
		if err := same(append(got, rest...), naive(input, limit)); err != nil {
			t.Fatalf("cancelled after %d reads: %v", after, err)
		}
	}
}

// eventsOf lists what one block holds.
func eventsOf(b source.Block) []event {
	var events []event
	for _, o := range b.Oversize {
		events = append(events, event{at: o.At, text: string(o.Head), oversize: o.Size})
	}
	for _, e := range naive(b.Data, len(b.Data)) {
		e.at.Offset += b.Start.Offset
		e.at.Line += b.Start.Line
		events = append(events, e)
	}
	return events
}

func TestOpenCountsBytes(t *testing.T) {
	input := records(3000, "\n")
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, input, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, Options{BlockSize: 4096})
	if err != nil {
		t.Fatal(err)
	}
	if f.Name() != path || f.Size() != int64(len(input)) || f.Consumed() != 0 {
		t.Errorf("name %s, size %d, consumed %d", f.Name(), f.Size(), f.Consumed())
	}
	if _, err := f.Read(t.Context(), nil); err != nil || f.Consumed() != 4096 {
		t.Errorf("after one block %d bytes consumed, %v", f.Consumed(), err)
	}
	if _, _, err := drain(f, nil); err != io.EOF || f.Consumed() != f.Size() {
		t.Errorf("%v, %d bytes of %d consumed", err, f.Consumed(), f.Size())
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Error("second close:", err)
	}
	if _, err := f.Read(t.Context(), nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("read after close: %v", err)
	}
}

func TestSteadyReadAllocatesNothing(t *testing.T) {
	for _, content := range []bool{false, true} {
		steady(t, Options{BlockSize: 4096, Content: content})
	}
}

func steady(t *testing.T, o Options) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, records(20_000, "\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ctx := t.Context()
	buf := make([]byte, 0, 4096)
	read := func() {
		b, err := f.Read(ctx, buf)
		if err != nil || len(b.Data) < 3000 {
			t.Fatalf("%d bytes, %v", len(b.Data), err)
		}
	}
	if _, err := f.Head(ctx); err != nil {
		t.Fatal(err)
	}
	for f.Position().Offset < 2*HeadSize { // until the head is used up
		read()
	}
	if n := testing.AllocsPerRun(100, read); n != 0 {
		t.Errorf("%+v: %v allocations a block", o, n)
	}
}
