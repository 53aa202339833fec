package file

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/source"
)

// write makes a file in a directory of its own.
func write(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.csv")
	rewrite(t, path, content)
	return path
}

func rewrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, path string, o Options) *File {
	t.Helper()
	f, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// bookmarks reads f to its end and takes a bookmark before the first block and
// after every one.
func bookmarks(t *testing.T, f *File) []source.Bookmark {
	t.Helper()
	var all []source.Bookmark
	end := f.Position()
	for {
		b, err := f.Bookmark()
		if err != nil {
			t.Fatal(err)
		}
		if b.Position != end {
			t.Fatalf("bookmark of %v, the block ended at %v", b.Position, end)
		}
		all = append(all, b)
		block, err := f.Read(t.Context(), nil)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		end = block.End
	}
}

// bookmarkAfter reads n blocks and takes a bookmark.
func bookmarkAfter(t *testing.T, path string, o Options, n int) source.Bookmark {
	t.Helper()
	f := open(t, path, o)
	for range n {
		if _, err := f.Read(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	b, err := f.Bookmark()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// From every bookmark another process reads the rest, and the hash of the
// content comes out the same, however often reading was broken off, and whether
// or not the beginning was looked at first.
func TestResumeFromEveryBookmark(t *testing.T) {
	input := append(records(300, "\r\n"), "last"...)
	for name, stored := range packed(t, input) {
		for _, o := range []Options{{BlockSize: 300, MaxRecord: 100}, {BlockSize: 5000}, {BlockSize: 700, MaxRecord: 100, Content: true}, {Content: true}} {
			path := write(t, stored)
			want := naive(input, o.withDefaults().MaxRecord)
			content, err := Content(path)
			if err != nil {
				t.Fatal(err)
			}
			for i, b := range bookmarks(t, open(t, path, o)) {
				f := open(t, path, o)
				if i%2 == 0 {
					f.Head(t.Context())
				}
				if err := f.Check(b); err != nil {
					t.Fatalf("%s %+v: check %v: %v", name, o, b, err)
				}
				if err := f.Resume(t.Context(), b); err != nil {
					t.Fatalf("%s %+v: resume %v: %v", name, o, b, err)
				}
				if again, err := f.Bookmark(); err != nil || again.Position != b.Position {
					t.Fatalf("%s %+v: bookmark of %v: %v, %v", name, o, b, again, err)
				}
				got, _, err := drain(f, nil)
				if err != io.EOF || same(got, after(want, b.Position)) != nil {
					t.Fatalf("%s %+v: from %v: %v, %v", name, o, b, err, same(got, after(want, b.Position)))
				}
				checkEnd(t, f, int64(len(stored)), content)
				f.Close()
			}
		}
	}
}

// checkEnd looks at the evidence of a file that was read to its end.
func checkEnd(t *testing.T, f *File, size int64, content uint64) {
	t.Helper()
	b, err := f.Bookmark()
	if err != nil {
		t.Fatal(err)
	}
	e, err := parseEvidence(b.Evidence)
	if err != nil {
		t.Fatal(err)
	}
	if e.size != size || e.read != size || e.summed != f.o.Content {
		t.Fatalf("at the end: %s, the size is %d", b.Evidence, size)
	}
	if e.summed && (e.sum.value() != content || e.sum.n != size) {
		t.Fatalf("at the end: %s, the content of the file is %016x", b.Evidence, content)
	}
}

// A run that is broken off after every block and resumed by another process
// reads every record once and knows the content of the whole.
func TestResumeAgainAndAgain(t *testing.T) {
	input := records(400, "\n")
	for name, stored := range packed(t, input) {
		path := write(t, stored)
		content, _ := Content(path)
		o := Options{BlockSize: 900, Content: true}
		f := open(t, path, o)
		var got []event
		for i := 0; ; i++ {
			block, err := f.Read(t.Context(), nil)
			if err == io.EOF {
				break
			}
			got = append(got, eventsOf(block)...)
			b, err := f.Bookmark()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			f.Close()
			f = open(t, path, o)
			if err := f.Resume(t.Context(), b); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if err := same(got, naive(input, 1<<20)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		checkEnd(t, f, int64(len(stored)), content)
	}
}

// The hash of the content is right where reading skipped something, and where
// the evidence of an earlier run has none.
func TestContentWithoutAllBlocks(t *testing.T) {
	input := records(3000, "\n")
	path := write(t, input)
	content, _ := Content(path)
	places := bookmarks(t, open(t, path, Options{BlockSize: 20_000}))
	f := open(t, path, Options{BlockSize: 1000, Content: true})
	for _, i := range []int{4, 1, 6, len(places) - 2} {
		if err := f.Seek(t.Context(), places[i].Position); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Read(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			if _, err := f.Bookmark(); err != nil {
				t.Fatal(err)
			}
		}
	}
	drain(f, nil)
	checkEnd(t, f, int64(len(input)), content)
	f = open(t, path, Options{Content: true})
	if err := f.Resume(t.Context(), places[5]); err != nil {
		t.Fatal(err)
	}
	drain(f, nil)
	checkEnd(t, f, int64(len(input)), content)
}

// Bytes are not hashed again: a change of what was read, where the evidence does
// not see it, does not show in the content.
func TestContentIsNotHashedAgain(t *testing.T) {
	input := records(9000, "\n")
	path := write(t, input)
	content, _ := Content(path)
	o := Options{BlockSize: 100_000, Content: true}
	b := bookmarkAfter(t, path, o, 4)
	input[endSize] ^= 1
	rewrite(t, path, input)
	f := open(t, path, o)
	if err := f.Resume(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	drain(f, nil)
	checkEnd(t, f, int64(len(input)), content)
}

// Whatever the pieces and their overlaps, the sum is that of all bytes; a piece
// that would leave a gap changes nothing.
func TestChecksum(t *testing.T) {
	input := records(100, "\n")
	var whole, s checksum
	whole.Write(input)
	for step := 0; int(s.n) < len(input); step++ {
		from := max(0, int(s.n)-step%9)
		s.add(s.n+1, input)
		to := min(len(input), from+9+step%7)
		if s.add(int64(from), input[from:to]); s.n != int64(to) {
			t.Fatalf("%d bytes added after %d..%d", s.n, from, to)
		}
		s.add(int64(from), input[from:to-1])
	}
	if s != whole || s.value() == 0 {
		t.Errorf("%+v, want %+v", s, whole)
	}
	var other checksum
	other.resume(whole.value(), whole.n)
	if other != whole {
		t.Errorf("resumed %+v, want %+v", other, whole)
	}
}

func TestBookmarkAfterAFailedSeek(t *testing.T) {
	f := open(t, write(t, []byte("a\nb\n")), Options{})
	failed := f.Seek(t.Context(), source.Position{Offset: 9})
	if _, err := f.Bookmark(); failed == nil || err != failed {
		t.Errorf("seek: %v, bookmark: %v", failed, err)
	}
}

// What happened to a file between two runs, and what the second one says.
func TestResumeOfWhatIsNoLongerThat(t *testing.T) {
	input := records(9000, "\n") // 4 blocks of 100,000 are read of it
	o := Options{BlockSize: 100_000}
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[at] ^= 1; return b }
	}
	const fine = ""
	at := func(kind string) source.Bookmark { return bookmarkAfter(t, write(t, packed(t, input)[kind]), o, 4) }
	bookmark := map[string]source.Bookmark{"plain": at("plain"), "gzip": at("gzip"), "zstd": at("zstd")}
	end := int(bookmark["plain"].Position.Offset)
	for _, c := range []struct {
		name, kind string
		change     func([]byte) []byte
		want       string
	}{
		{"as it was", "plain", bytes.Clone, fine},
		{"as it was", "gzip", bytes.Clone, fine},
		{"as it was", "zstd", bytes.Clone, fine},
		{"grown", "plain", func(b []byte) []byte { return append(b, "more\n"...) }, fine},
		{"grown", "gzip", func(b []byte) []byte { return append(b, zip([]byte("more\n"))...) }, "was replaced or changed: it holds"},
		{"cut behind the position", "plain", func(b []byte) []byte { return b[:end] }, "shrank: it holds"},
		{"cut before the position", "plain", func(b []byte) []byte { return b[:end-1] }, "shrank: it holds"},
		{"cut", "gzip", func(b []byte) []byte { return b[:len(b)-1] }, "shrank: it holds"},
		{"emptied", "plain", func(b []byte) []byte { return nil }, "shrank: it holds 0 bytes, and held"},
		{"the first byte", "plain", flip(0), "was replaced or changed: its first 65536 bytes"},
		{"the last of the head", "plain", flip(endSize - 1), "its first 65536 bytes are not those that were read"},
		{"between", "plain", flip(endSize), fine}, // what the evidence does not see
		{"between", "plain", flip(end - endSize - 1), fine},
		{"the first of the tail", "plain", flip(end - endSize), "was replaced or changed: its bytes"},
		{"the last byte read", "plain", flip(end - 1), "was replaced or changed: its bytes"},
		{"the first byte to come", "plain", flip(end), fine},
		{"a header byte", "gzip", flip(4), "was replaced or changed: its first"},
		{"a header byte", "zstd", flip(5), "was replaced or changed: its first"},
		{"another of the same size", "plain", func(b []byte) []byte { return bytes.Repeat([]byte("x\n"), len(b)/2+1)[:len(b)] }, "was replaced or changed"},
		{"packed since", "plain", func(b []byte) []byte { return append(zip(b), b...) }, "was replaced: it is gzip, and was plain"},
		{"unpacked since", "gzip", func([]byte) []byte { return input }, "was replaced: it is plain, and was gzip"},
	} {
		stored := packed(t, input)[c.kind]
		path := write(t, c.change(bytes.Clone(stored)))
		f := open(t, path, o)
		err := f.Resume(t.Context(), bookmark[c.kind])
		if c.want == fine {
			if err != nil {
				t.Errorf("%s, %s: %v", c.kind, c.name, err)
			}
			continue
		}
		if err == nil || !strings.HasPrefix(err.Error(), path+": ") || !strings.Contains(err.Error(), c.want) || !strings.HasSuffix(err.Error(), ": "+putBack) {
			t.Errorf("%s, %s: %v, want %s", c.kind, c.name, err, c.want)
		}
		if !errors.Is(err, errChanged) {
			t.Errorf("%s, %s: %T", c.kind, c.name, err)
		}
		if _, again := f.Read(t.Context(), nil); again != err {
			t.Errorf("%s, %s: read after a failed Resume: %v", c.kind, c.name, again)
		}
	}
}

// A compressed file of which the middle changed is found out by decompression,
// if the evidence does not see it.
func TestResumeOfADamagedMiddle(t *testing.T) {
	noise := make([]byte, 600_000)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x = x*1664525 + 1013904223
		noise[i] = "\n"[0] + byte(x>>24)%80
	}
	for kind, stored := range map[string][]byte{"gzip": zip(noise), "zstd": zst(t, noise)} {
		o := Options{BlockSize: 100_000}
		path := write(t, stored)
		b := bookmarkAfter(t, path, o, 5)
		stored[len(stored)*4/10] ^= 0x10
		rewrite(t, path, stored)
		f := open(t, path, o)
		err := f.Resume(t.Context(), b)
		if err == nil {
			_, _, err = drain(f, nil) // gzip tells at the end
		}
		if err == io.EOF || !strings.Contains(err.Error(), kind+" data is") {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestResumeUnderAnotherName(t *testing.T) {
	path := write(t, records(300, "\n"))
	b := bookmarkAfter(t, path, Options{BlockSize: 1000}, 3)
	other := path + ".1"
	if err := os.Rename(path, other); err != nil {
		t.Fatal(err)
	}
	if err := open(t, other, Options{}).Resume(t.Context(), b); err != nil {
		t.Error(err)
	}
	_, err := Reopen(path, Options{})
	if want := path + ": vanished before it was read to its end: " + putBack; err == nil || err.Error() != want || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if f, err := Reopen(other, Options{}); err != nil || f.Close() != nil {
		t.Error(err)
	}
}

// A file that was read to its end goes on where it grew, but not within a line.
func TestResumeOfAFinishedFileThatGrew(t *testing.T) {
	for _, c := range []struct{ content, more, want string }{
		{"a\nb\n", "", ""},
		{"a\nb\n", "c\n", ""},
		{"", "c\n", ""},
		{"", string(zip([]byte("c\n"))), ""},
		{"a\nb", "", ""}, // it did not grow
		{"a\nb", "c\n", "has grown, but the last line that was read from it, up to byte 3, had no line end: what follows would begin within a line: " + putBack},
		{"a\nb", "\nc\n", "has grown, but the last line"},
		{"\xef\xbb\xbf", "c\n", ""},
		{"a\xef\xbb\xbf", "c\n", "has grown, but the last line"},
		{"a\n\xef\xbb\xbf", "c\n", "has grown, but the last line"},
	} {
		path := write(t, []byte(c.content))
		all := bookmarks(t, open(t, path, Options{}))
		rewrite(t, path, []byte(c.content+c.more))
		f := open(t, path, Options{})
		err := f.Resume(t.Context(), all[len(all)-1])
		if c.want != "" {
			if err == nil || !strings.HasPrefix(err.Error(), path+": "+c.want) {
				t.Errorf("%q + %q: %v", c.content, c.more, err)
			}
			continue
		}
		block, err2 := f.Read(t.Context(), nil)
		if err != nil || err2 != nil && err2 != io.EOF || (len(block.Data) > 0) != (c.more != "") {
			t.Errorf("%q + %q: %v, then %q, %v", c.content, c.more, err, block.Data, err2)
		}
	}
}

// The bookmark before the first Read is behind what was skipped.
func TestBookmarkBehindTheHeader(t *testing.T) {
	path := write(t, []byte("\xef\xbb\xbfh,e\na,b\n"))
	for _, n := range []int{3, 7} {
		f := open(t, path, Options{})
		f.Head(t.Context())
		f.Skip(n)
		b, err := f.Bookmark()
		if err != nil || b.Position.Offset != int64(n) {
			t.Errorf("behind %d bytes: %v, %v", n, b, err)
		}
		f = open(t, path, Options{})
		if err := f.Resume(t.Context(), b); err != nil {
			t.Error(err)
		}
	}
}

// Standard input and pipes have no bookmarks, and say so before anything is read.
func TestNoBookmarkOfAPipe(t *testing.T) {
	pipe := func() io.Reader {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		w.WriteString("a\n")
		w.Close()
		return r
	}
	for _, c := range []struct {
		name, label string
		r           func() io.Reader
	}{
		{Stdin, "standard input", func() io.Reader { return strings.NewReader("a\n") }},
		{"fifo", "fifo", pipe},
		{"reader", "reader", func() io.Reader { return io.MultiReader(strings.NewReader("a\n")) }},
	} {
		f := New(c.name, c.r(), Options{Content: true})
		_, err := f.Bookmark()
		want := c.label + " cannot be read again, which going on from a checkpoint needs: write it to a file first and name that"
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v", c.name, err)
		}
		if b, err := f.Read(t.Context(), nil); err != nil || string(b.Data) != "a\n" {
			t.Errorf("%s: after that %q, %v", c.name, b.Data, err)
		}
		f = New(c.name, c.r(), Options{})
		if err := f.Resume(t.Context(), source.Bookmark{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v", c.name, err)
		}
		if b, again := f.Read(t.Context(), nil); again == nil || again.Error() != want {
			t.Errorf("%s: read after a failed Resume: %q, %v", c.name, b.Data, again)
		}
	}
}

// A file that is cut while it is read has no bookmark.
func TestBookmarkOfAFileThatIsCut(t *testing.T) {
	whole := records(3000, "\n")
	end := int(bookmarkAfter(t, write(t, whole), Options{BlockSize: 1000}, 1).Position.Offset)
	for _, left := range []int{2, end - 1, end, 999, 1000, 1001} { // of 1,000 bytes that were read
		content := left%2 == 0
		path := write(t, whole)
		f := open(t, path, Options{BlockSize: 1000, Content: content})
		if _, err := f.Read(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		rewrite(t, path, whole[:left])
		_, err := f.Bookmark()
		if left >= 1000 {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if err == nil || err.Error() != path+": shrank while it was being read: "+putBack {
			t.Error(err)
		}
	}
}

func TestBookmarkOfAClosedFile(t *testing.T) {
	f := open(t, write(t, []byte("a\n")), Options{})
	f.Close()
	if _, err := f.Bookmark(); !errors.Is(err, fs.ErrClosed) || !strings.Contains(err.Error(), "has been closed") {
		t.Error(err)
	}
}

func TestEvidence(t *testing.T) {
	const h = " head=9f86d081884c7d659a2feaa0c55ad015 tail=60303ae22b998861bce3b28f33eec1be"
	for _, good := range []string{
		"kind=plain size=0 read=0" + h,
		"kind=gzip size=1154580330 read=104857600" + h,
		"kind=zstd size=9223372036854775807 read=3" + h + " content=1c291ca36b2d5e0f hashed=4",
		"kind=plain size=5 read=5" + h + " content=0000000000000000 hashed=5",
	} {
		if e, err := parseEvidence(good); err != nil || e.String() != good {
			t.Errorf("%s: %v, %v", good, e, err)
		}
	}
	for _, bad := range []string{
		"", "plain", h,
		"kind=foreign size=5 read=5" + h, "kind=Plain size=5 read=5" + h, "kind= size=5 read=5" + h,
		"kind=plain size=5 read=6" + h, "kind=plain size=-5 read=-6" + h, "kind=plain size=05 read=5" + h,
		"kind=plain size=+5 read=5" + h, "kind=plain size=5 read=5 " + h, "kind=plain read=5 size=5" + h,
		"kind=plain size=9223372036854775808 read=5" + h, "kind=plain size=5 read=5" + strings.ToUpper(h),
		"kind=plain size=5 read=5" + h[:len(h)-2], "kind=plain size=5 read=5" + h + "00", "kind=plain size=5 read=5" + h + "\n",
		"kind=plain size=5 read=5" + h + " content=1c291ca36b2d5e0f",
		"kind=plain size=5 read=5" + h + " content=1c291ca36b2d5e0f hashed=4",
		"kind=plain size=5 read=5" + h + " content=1c291ca36b2d5e0f hashed=6",
		"kind=plain size=5 read=5" + h + " content=291ca36b2d5e0f hashed=5",
		"kind=plain size=5 read=5" + h + " hashed=5 content=1c291ca36b2d5e0f",
	} {
		if e, err := parseEvidence(bad); err == nil {
			t.Errorf("%q is taken for %v", bad, e)
		}
	}
	f := open(t, write(t, []byte("a\nb\n")), Options{})
	for _, b := range []source.Bookmark{{Evidence: "no"}, {Position: source.Position{Offset: 2}, Evidence: "kind=plain size=4 read=4" + h}} {
		if err := f.Resume(t.Context(), b); err == nil || !strings.Contains(err.Error(), "a.csv: cannot go to byte") || !strings.Contains(err.Error(), "evidence") {
			t.Error(err)
		}
	}
}

func FuzzEvidence(f *testing.F) {
	f.Add("kind=zstd size=9 read=3 head=9f86d081884c7d659a2feaa0c55ad015 tail=60303ae22b998861bce3b28f33eec1be content=1c291ca36b2d5e0f hashed=4")
	f.Fuzz(func(t *testing.T, text string) {
		if e, err := parseEvidence(text); err == nil && e.String() != text {
			t.Errorf("%q became %q", text, e)
		}
	})
}
