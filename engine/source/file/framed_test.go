package file

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
)

// toy is a framing with everything that one may have: records that tell their length
// ("R", two octets, so many more), records that do not ("U" up to ";"), records that are
// ones only if another follows, or nothing ("E", an octet, so many more), fill (zeros)
// and junk (all else, up to where one of these begins).
type toy struct{}

const toyJunk = 64

func (toy) Cut(data []byte, last bool) decode.Piece {
	size := 0
	switch data[0] {
	case 0:
		n := len(data) - len(bytes.TrimLeft(data, "\x00"))
		return decode.Piece{Kind: decode.FillPiece, Size: n}
	case 'R':
		if len(data) >= 3 {
			size = 3 + int(data[1])<<8 + int(data[2])
		}
		if size > 0 && size <= len(data) {
			return decode.Piece{Kind: decode.RecordPiece, Size: size, Record: cdr.Span{Off: 3, Len: uint32(size - 3)}}
		}
		if !last {
			return decode.Piece{Size: size}
		}
	case 'U':
		if n := bytes.IndexByte(data, ';'); n >= 0 {
			return decode.Piece{Kind: decode.RecordPiece, Size: n + 1, Record: cdr.Span{Len: uint32(n)}}
		}
		if !last {
			return decode.Piece{}
		}
	}
	n := bytes.IndexAny(data[1:], "\x00RUE") + 1
	if data[0] == 'E' {
		end := len(data) + 1
		if len(data) > 1 {
			end = 2 + int(data[1])
		}
		switch {
		case end == len(data) && last, end < len(data) && bytes.IndexByte([]byte("\x00RUE"), data[end]) >= 0:
			return decode.Piece{Kind: decode.RecordPiece, Size: end, Record: cdr.Span{Off: 2, Len: uint32(end - 2)}}
		case end >= len(data) && !last:
			return decode.Piece{}
		}
		n = 1
	}
	switch {
	case n > 0 && n < toyJunk:
	case len(data) >= toyJunk:
		n = toyJunk
	case last:
		n = len(data)
	default:
		return decode.Piece{}
	}
	return decode.Piece{Kind: decode.JunkPiece, Size: n, Reason: "junk"}
}

// naiveFramed cuts input as a File must, one piece after the other.
func naiveFramed(input []byte, limit int) []event {
	var events []event
	var at source.Position
	for len(input) > 0 {
		seen := input[:min(len(input), max(limit, 8<<10)+1)]
		full := len(seen) == max(limit, 8<<10)+1
		p := toy{}.Cut(seen, !full)
		size, passed := int64(0), int64(p.Size)
		switch {
		case p.Kind == decode.NeedMore && p.Size == 0:
			size, passed = int64(len(seen)), int64(toy{}.Cut(seen, true).Size)
		case p.Kind != decode.FillPiece && p.Size > limit:
			passed = min(passed, int64(len(input)))
			size = passed
		}
		text := string(input[:passed])
		if size > 0 {
			text = text[:min(passed, headKept)]
		}
		if p.Kind != decode.FillPiece {
			events = append(events, event{at: at, text: text, oversize: size})
			at.Line++
		}
		at.Offset += passed
		input = input[passed:]
	}
	return events
}

// drainFramed is drain of a framed file.
func drainFramed(f *File, buf []byte) ([]event, []source.Position, error) {
	var events []event
	places := []source.Position{f.Position()}
	for {
		b, err := f.Read(context.Background(), buf)
		if err != nil {
			if len(b.Data) > 0 || len(b.Oversize) > 0 {
				return events, places, fmt.Errorf("a block came with error %v", err)
			}
			return events, places, err
		}
		if len(b.Data) == 0 && len(b.Oversize) == 0 || len(b.Oversize) > maxOversize {
			return events, places, fmt.Errorf("a block with %d bytes and %d oversize records", len(b.Data), len(b.Oversize))
		}
		if len(b.Oversize) == 0 && b.Start != places[len(places)-1] {
			return events, places, fmt.Errorf("a block starts at %v, the one before ended at %v", b.Start, places[len(places)-1])
		}
		for _, o := range b.Oversize {
			events = append(events, event{at: o.At, text: string(o.Head), oversize: o.Size})
		}
		at := b.Start
		for rest := b.Data; len(rest) > 0; {
			p := toy{}.Cut(rest, true)
			if p.Kind != decode.FillPiece {
				events = append(events, event{at: at, text: string(rest[:p.Size])})
				at.Line++
			}
			at.Offset += int64(p.Size)
			rest = rest[p.Size:]
		}
		if at != b.End || b.End != f.Position() {
			return events, places, fmt.Errorf("block ends at %v and says %v, position %v", at, b.End, f.Position())
		}
		places = append(places, b.End)
		buf = b.Data
	}
}

func framed(r io.Reader, o Options) *File {
	f := New("x", r, o)
	f.Frame(toy{})
	return f
}

func openFramed(t *testing.T, path string, o Options) *File {
	f := open(t, path, o)
	f.Frame(toy{})
	return f
}

func appendTo(t *testing.T, path, text string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rewrite(t, path, append(b, text...))
}

// checkFramed reads r and compares it with the naive reader of input.
func checkFramed(t *testing.T, r io.Reader, o Options, input []byte) []source.Position {
	t.Helper()
	f := framed(r, o)
	defer f.Close()
	got, places, err := drainFramed(f, nil)
	if err != io.EOF {
		t.Fatalf("%+v: ended with %v", o, err)
	}
	if err := same(got, naiveFramed(input, f.o.MaxRecord)); err != nil {
		t.Fatalf("%+v: %v", o, err)
	}
	return places
}

// toyStream is a random stream of about n pieces of the first kinds.
func toyStream(r *rand.Rand, n, kinds int) []byte {
	var b []byte
	for range n {
		long := r.IntN(40)
		switch r.IntN(60) {
		case 0:
			long = r.IntN(12000)
		case 1:
			long = r.IntN(400)
		}
		text := strings.Repeat("x", long)
		switch r.IntN(kinds) {
		case 8, 9:
			b = append(append(b, 'E', byte(len(text)%30)), text...)
		case 0:
			b = append(b, make([]byte, long)...)
		case 1:
			b = append(b, "junk"[:r.IntN(5)]+text...)
		case 2, 3, 4:
			b = append(append(b, 'U'), text+";"...)
		case 5: // a length that is damaged
			b = append(append(b, 'R', byte(r.IntN(200)), byte(r.IntN(256))), text...)
		case 6: // an end that is missing
			b = append(append(b, 'U'), text...)
		default:
			b = append(append(b, 'R', byte(long>>8), byte(long)), text...)
		}
	}
	return b
}

func TestFramedAgainstTheNaiveReader(t *testing.T) {
	for seed := range uint64(800) {
		r := rand.New(rand.NewPCG(seed, 2))
		limit, kinds := []int{10, 40, 300, 9000, 1 << 20}[r.IntN(5)], 10
		if limit < 1<<20 { // what follows a doubtful record is in no block where it is too long
			kinds = 8
		}
		input := toyStream(r, r.IntN(60), kinds)
		input = input[:len(input)-r.IntN(min(len(input), 30)+1)]
		for _, o := range []Options{
			{BlockSize: 1 + r.IntN(60), MaxRecord: limit},
			{BlockSize: 1 + r.IntN(20000), MaxRecord: limit},
			{MaxRecord: limit},
		} {
			places := checkFramed(t, bytes.NewReader(input), o, input)
			if seed%10 == 0 {
				checkFramed(t, iotest.OneByteReader(bytes.NewReader(input)), o, input)
				resumeFramed(t, input, input, o, places)
			}
		}
		if seed%50 == 0 {
			for name, stored := range packed(t, input) {
				o := Options{BlockSize: 1 + r.IntN(20000), MaxRecord: limit}
				places := checkFramed(t, bytes.NewReader(stored), o, input)
				if t.Failed() {
					t.Fatalf("%s, seed %d", name, seed)
				}
				resumeFramed(t, stored, input, o, places[:min(len(places), 40)])
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// With a limit that nothing reaches, and all in sight, a file is what the framing
// makes of it at once.
func TestFramedIsWhatTheFramingCuts(t *testing.T) {
	for seed := range uint64(300) {
		input := toyStream(rand.New(rand.NewPCG(seed, 3)), 40, 10)
		var want []event
		var at source.Position
		for rest := input; len(rest) > 0; rest = input[at.Offset:] {
			p := toy{}.Cut(rest, true)
			if p.Kind != decode.FillPiece {
				want = append(want, event{at: at, text: string(rest[:p.Size])})
				at.Line++
			}
			at.Offset += int64(p.Size)
		}
		got, _, err := drainFramed(framed(bytes.NewReader(input), Options{BlockSize: 700}), nil)
		if err != io.EOF {
			t.Fatal(err)
		}
		if err := same(got, want); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// resumeFramed goes on at every place: with Seek, and with a bookmark taken there.
func resumeFramed(t *testing.T, stored, input []byte, o Options, places []source.Position) {
	t.Helper()
	want := naiveFramed(input, o.MaxRecord)
	for _, p := range places {
		f := framed(bytes.NewReader(stored), o)
		if err := f.Seek(context.Background(), p); err != nil {
			t.Fatal(err)
		}
		b, err := f.Bookmark()
		if err != nil {
			t.Fatal(err)
		}
		g := framed(bytes.NewReader(stored), o)
		if err := g.Resume(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		for _, f := range []*File{f, g} {
			got, _, err := drainFramed(f, nil)
			if err != io.EOF {
				t.Fatal(err)
			}
			rest := want
			for len(rest) > 0 && rest[0].at.Line < p.Line {
				rest = rest[1:]
			}
			if err := same(got, rest); err != nil {
				t.Fatalf("%+v, from %+v: %v", o, p, err)
			}
		}
	}
}

func TestFramedOversize(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	known := func(n int) string { return "R" + string([]byte{byte(n >> 8), byte(n)}) + x(n) }
	for _, c := range []struct {
		name, input string
		want        string // sizes: records, and oversize ones in brackets
	}{
		{"known", known(5) + known(500) + known(6), "8 [503] 9"},
		{"known, cut by the end of a short file", known(5) + known(500)[:300], "8 64 64 64 64 44"},
		{"known, cut by the end of a long file", known(5) + known(60000)[:50000], "8 [50000]"},
		{"unknown with an end", "Ua;" + "U" + x(500) + ";" + "Ub;", "3 [502] 3"},
		{"unknown without an end", "Ua;" + "U" + x(20) + strings.Repeat("Ub;", 3) + x(9000), ""},
		{"exact", known(97) + known(98), "100 [101]"},
		{"many", known(5) + strings.Repeat(known(98), 3*maxOversize) + known(6), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range []int{1, 7, 100, 5000, 100000} {
				o := Options{BlockSize: size, MaxRecord: 100}
				checkFramed(t, strings.NewReader(c.input), o, []byte(c.input))
				got, _, _ := drainFramed(framed(strings.NewReader(c.input), o), nil)
				if text := sizes(got); c.want != "" && text != c.want {
					t.Errorf("blocks of %d: %s", size, text)
				}
			}
		})
	}
}

func sizes(events []event) string {
	var all []string
	for _, e := range events {
		if e.oversize > 0 {
			all = append(all, fmt.Sprintf("[%d]", e.oversize))
		} else {
			all = append(all, fmt.Sprint(len(e.text)))
		}
	}
	return strings.Join(all, " ")
}

// What looks like a record, and is none because of what follows it, is none in a block that
// ends with it, too.
func TestFramedDoubtfulAtTheEndOfABlock(t *testing.T) {
	for _, input := range []string{
		"E\x05xxR\x00\x00xxxxR\x00\x01a",
		"R\x00\x01aE\x05xxR\x00\x00xxxxR\x00\x01a",
		"E\x02abxE\x01axE\x00xU;",
	} {
		for size := 1; size < 40; size++ {
			checkFramed(t, strings.NewReader(input), Options{BlockSize: size}, []byte(input))
		}
	}
}

// One record with a damaged end costs what follows it no more than itself.
func TestFramedDamageDoesNotSwallowTheRest(t *testing.T) {
	input := "U" + strings.Repeat("R\x00\x03abc", 5000)
	got, _, err := drainFramed(framed(strings.NewReader(input), Options{BlockSize: 512, MaxRecord: 100}), nil)
	if err != io.EOF || len(got) != 5001 || got[0].oversize != 8<<10+1 || got[5000].text != "R\x00\x03abc" {
		t.Errorf("%d records, the first %+.60v, %v", len(got), got[0], err)
	}
}

// What a switch is still writing is left where it is, and read once it is whole.
func TestFramedTail(t *testing.T) {
	const all = "R\x00\x03abcUdef;\x00\x00R\x00\x02gh"
	for n := range len(all) + 1 {
		name := write(t, []byte(all[:n]))
		o := Options{LeaveTail: true}
		f := openFramed(t, name, o)
		first, _, err := drainFramed(f, nil)
		if err != io.EOF {
			t.Fatal(err)
		}
		b, err := f.Bookmark()
		if err != nil {
			t.Fatal(err)
		}
		appendTo(t, name, all[n:])
		g := openFramed(t, name, o)
		if err := g.Check(b); err != nil {
			t.Fatal(err)
		}
		if err := g.Resume(context.Background(), b); err != nil {
			t.Fatal(err)
		}
		rest, _, err := drainFramed(g, nil)
		if err != io.EOF {
			t.Fatal(err)
		}
		if err := same(append(first, rest...), naiveFramed([]byte(all), 1<<20)); err != nil {
			t.Fatalf("%d bytes, then the rest: %v", n, err)
		}
	}
}

// A file that ended within a record cannot be continued, whoever asks.
func TestFramedCutFileHasGrown(t *testing.T) {
	for input, cut := range map[string]bool{"R\x00\x03abc": false, "R\x00\x03abcR\x00\x09d": true, "R\x00\x03abc\x00\x00": false, "R\xff\xffa" + strings.Repeat("x", 9000): true} {
		name := write(t, []byte(input))
		f := openFramed(t, name, Options{MaxRecord: 100})
		if _, _, err := drainFramed(f, nil); err != io.EOF {
			t.Fatal(err)
		}
		b, err := f.Bookmark()
		if err != nil {
			t.Fatal(err)
		}
		again := openFramed(t, name, Options{})
		if err := again.Resume(context.Background(), b); err != nil {
			t.Errorf("%.20q: %v", input, err)
		}
		if c, err := again.Bookmark(); err != nil || c != b {
			t.Errorf("%.20q: bookmark %v, then %v, %v", input, b, c, err)
		}
		appendTo(t, name, "R\x00\x01a")
		lines := open(t, name, Options{}) // Check may come before anybody knows how it is read
		if err := lines.Check(b); (err != nil) != cut || cut && !strings.Contains(err.Error(), "begin within a record") {
			t.Errorf("%.20q has grown: %v", input, err)
		}
	}
}

func TestFramedDamage(t *testing.T) {
	input := toyStream(rand.New(rand.NewPCG(1, 4)), 3000, 8)
	for name, stored := range packed(t, input) {
		if name == "plain" {
			continue
		}
		for _, n := range []int{len(stored) / 3, len(stored) / 2, len(stored) - 1} {
			f := framed(bytes.NewReader(stored[:n]), Options{BlockSize: 1000, MaxRecord: 500})
			got, _, err := drainFramed(f, nil)
			if err == io.EOF && n == len(stored)-1 { // one that lacks nothing that matters
				continue
			}
			if err == io.EOF || !strings.Contains(err.Error(), "in record ") {
				t.Errorf("%s: %v", name, err)
			}
			want := naiveFramed(input, 500)
			if len(got) > len(want) || same(got, want[:len(got)]) != nil {
				t.Errorf("%s cut at %d: %v", name, n, same(got, want[:min(len(got), len(want))]))
			}
		}
	}
}

func FuzzFramed(f *testing.F) {
	f.Add([]byte("R\x00\x03abcUdef;\x00\x00R\x00\x02gh"), uint16(5), uint16(7))
	f.Add([]byte("R\xff\xffUU;"), uint16(1), uint16(1))
	f.Add(toyStream(rand.New(rand.NewPCG(7, 7)), 50, 8), uint16(100), uint16(50))
	f.Fuzz(func(t *testing.T, input []byte, block, limit uint16) {
		if k, _ := sniff(input); k != plain || bytes.IndexByte(input, 'E') >= 0 {
			return
		}
		checkFramed(t, bytes.NewReader(input), Options{BlockSize: 1 + int(block)%3000, MaxRecord: 1 + int(limit)%3000}, input)
	})
}
