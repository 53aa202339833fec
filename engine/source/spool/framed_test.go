package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/bench/samples"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/baf"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/file"
)

// framedOpen opens files of records that are not lines.
func framedOpen(ctx context.Context, path string) (source.Source, any, error) {
	f, err := file.Open(path, file.Options{BlockSize: 150, MaxRecord: 200, Content: true})
	if err != nil {
		return nil, nil, err
	}
	if head, err := f.Head(ctx); err != nil || len(head) == 0 {
		return nil, nil, errors.Join(err, f.Close())
	}
	f.Frame(baf.Decoder{}.Framing(nil))
	return f, "baf", nil
}

// frames reads a block and notes its records with where each stands in its file.
func (r *rig) frames() bool {
	r.t.Helper()
	b, err := r.s.Read(r.t.Context(), nil)
	if errors.Is(err, source.ErrNone) {
		return false
	}
	must(r.t, err)
	if b.Layout != "baf" || b.Start != r.end || b.End.Offset-b.Start.Offset != int64(len(b.Data)) {
		r.t.Fatalf("a block of %v from %v to %v of %d bytes behind %v", b.Layout, b.Start, b.End, len(b.Data), r.end)
	}
	walk := decode.NewFrames(baf.Decoder{}.Framing(nil), b.Data)
	for walk.Next() {
		name := b.Name[len(r.dir)+1:]
		r.got = append(r.got, fmt.Sprintf("%s %d@%d: %x%s", name, b.In.Line+int64(walk.At.Line), b.In.Offset+int64(walk.At.Raw.Off), walk.At.Text, walk.Problem))
	}
	if b.End.Line-b.Start.Line != walk.Count() {
		r.t.Fatalf("a block of %d records counts %d", walk.Count(), b.End.Line-b.Start.Line)
	}
	r.end = b.End
	return true
}

// framesOf are the records of a file as rig.got has them.
func framesOf(name string, content []byte) (all []string) {
	walk := decode.NewFrames(baf.Decoder{}.Framing(nil), content)
	for walk.Next() {
		all = append(all, fmt.Sprintf("%s %d@%d: %x%s", name, walk.At.Line, walk.At.Raw.Off, walk.At.Text, walk.Problem))
	}
	return all
}

func inFramedRig(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Helper()
	inRig(t, func(o *Options) { o.Open = framedOpen }, test)
}

// The process ends after each block; records that are not lines come once all the same, and
// are counted within their files.
func TestFramedCrashAtEveryBlock(t *testing.T) {
	inFramedRig(t, func(t *testing.T, r *rig) {
		f := samples.Of("baf")
		whole, long := f.File(20), append(f.File(3), bytes.Repeat([]byte{'x'}, 150)...)
		long = append(long, f.File(2)...)
		var want []string
		for name, content := range map[string][]byte{"a": whole, "b": append(bytes.Clone(whole), whole[:30]...), "c": long, "z.gz": packed(string(whole))} {
			r.write(name, content)
			if name == "z.gz" {
				content = whole
			}
			want = append(want, framesOf(name, content)...)
		}
		r.settle()
		for blocks := 1; r.frames(); blocks++ {
			b := r.bookmark()
			must(t, r.restart(b))
			if again := r.bookmark(); again != b {
				t.Fatalf("%+v became %+v", b, again)
			}
			if blocks%3 == 0 {
				must(t, r.s.Ack(t.Context(), b))
			}
			r.settle()
		}
		slices.Sort(want)
		slices.Sort(r.got)
		r.want(want...)
	})
}

// A file that grew behind a whole record goes on there, one that ended within a record is
// read anew.
func TestFramedGrown(t *testing.T) {
	f := samples.Of("baf")
	for _, cut := range []int{0, 10} {
		inFramedRig(t, func(t *testing.T, r *rig) {
			all := f.File(6)
			half := f.File(4)
			r.write("a", half[:len(half)-cut])
			r.settle()
			for r.frames() {
			}
			first := framesOf("a", half[:len(half)-cut])
			r.want(first...)
			b := r.bookmark()
			r.appendTo("a", string(all[len(half)-cut:]))
			must(t, r.s.Ack(t.Context(), b))
			for range 70 {
				r.rest(time.Second)
				for r.frames() {
				}
			}
			rest := framesOf("a", all)
			if cut == 0 {
				rest = rest[4:]
			}
			r.want(rest...)
		})
	}
}
