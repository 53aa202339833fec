package jetstream

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/cdrstream/cdrstream/engine/source"
)

// upTo reads all n messages there are and returns the bookmark.
func (r *rig) upTo(n int, o Options) source.Bookmark {
	r.t.Helper()
	p := r.open(o).until(n)
	defer p.close()
	return p.bookmark()
}

func (r *rig) do(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
}

// gaps are what can happen to a stream of which a job had read the messages 1 to 10.
// It may have held more, up to 20, of which it had not.
var gaps = []struct {
	name  string
	spoil func(r *rig)
	want  []string // parts of the error
	next  int      // the record a job goes on with under AcceptGap, r30 being the last
}{
	{"purged past the position", func(r *rig) {
		r.publish("s.a", 11, 20)
		r.do(r.stream().Purge(r.t.Context(), jetstream.WithPurgeSequence(16)))
	}, []string{"messages 11 to 15 (5) are missing", "expired or were purged", "message 10, the last one read, was stored at 20", "the oldest that is left is message 16, stored at 20", "go on with the oldest message that is left with --accept-gap"}, 16},
	{"purged whole", func(r *rig) {
		r.publish("s.a", 11, 20)
		r.do(r.stream().Purge(r.t.Context()))
	}, []string{"messages 11 to 20 (10) are missing", "the stream is empty"}, 21},
	{"one purged", func(r *rig) {
		r.publish("s.a", 11, 20)
		r.do(r.stream().Purge(r.t.Context(), jetstream.WithPurgeSequence(12)))
	}, []string{"message 11 is missing"}, 12},
	{"created anew", func(r *rig) {
		r.do(r.js.DeleteStream(r.t.Context(), "S"))
		r.create(nil)
		r.publish("s.a", 11, 20)
	}, []string{"created anew at 20", "its messages from 11 on", "message 10, the last one read", "go on with the first message of the new one with --accept-gap"}, 11},
	{"created anew and longer", func(r *rig) {
		r.do(r.js.DeleteStream(r.t.Context(), "S"))
		r.create(nil)
		r.publish("s.a", 1, 20)
	}, []string{"created anew at 20"}, 1},
	{"deleted from within", func(r *rig) {
		r.publish("s.a", 11, 20)
		for n := uint64(11); n <= 13; n++ {
			r.do(r.stream().DeleteMsg(r.t.Context(), n))
		}
	}, []string{"messages 11 to 13 (3) are missing", "deleted from within the stream, which has lost 3 of its messages so", "go on with message 14 with --accept-gap"}, 14},
}

func TestGaps(t *testing.T) {
	for _, c := range gaps {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.leaks()
			r.publish("s.a", 1, 10)
			at := r.upTo(10, Options{})
			c.spoil(r)
			r.stops(at, c.want)
			r.goesOn(at, names(c.next, 30))
		})
	}
}

// stops makes sure that a job that goes on at b does not.
func (r *rig) stops(b source.Bookmark, want []string) {
	r.t.Helper()
	p := r.open(Options{}).resume(b)
	defer p.close()
	err := p.fails()
	for _, part := range append(want, "jetstream:S: ", "restore the stream from a backup", "--accept-gap") {
		if !strings.Contains(err.Error(), part) {
			r.t.Errorf("%v\ndoes not say: %s", err, part)
		}
	}
	if len(p.lines) > 0 {
		r.t.Errorf("read %q and then said %v", p.lines, err)
	}
	if now := p.bookmark(); now != b {
		r.t.Errorf("the bookmark became %+v, it was %+v", now, b)
	}
	r.t.Log(err)
}

// goesOn makes sure that with AcceptGap it does, reading these records, and that no gap is left
// behind it.
func (r *rig) goesOn(b source.Bookmark, want []string) {
	r.t.Helper()
	r.publish("s.a", 21, 30)
	p := r.open(Options{AcceptGap: true}).resume(b).until(len(want))
	if !slices.Equal(p.lines, want) {
		r.t.Fatalf("read %q, want %q", p.lines, want)
	}
	if !strings.Contains(p.log.String(), "accept-gap says") {
		r.wait("the gap is logged", func() bool { return strings.Contains(p.log.String(), "accept-gap says") })
	}
	b = p.bookmark()
	p.close()
	p = r.open(Options{}).resume(b)
	defer p.close()
	r.publish("s.a", 31, 31)
	p.until(1).read(31, 31)
}

func TestRollback(t *testing.T) {
	for _, c := range []struct {
		name   string
		refill int // messages sent after the rollback to 5 of 10
		want   []string
	}{
		{"behind the end", 0, []string{"ends at message 5, but it had been read up to 10 (message 10, the last one read", "missing are at least the messages from 6 on", "go on with the first message stored after the one last read"}},
		{"still behind the end", 4, []string{"ends at message 9, but it had been read up to 10"}},
		{"up to the position", 5, []string{"message 10 is not the one that was read", "written on"}},
		{"beyond the position", 9, []string{"message 10 is not the one that was read: that was stored at 20", "messages up to 10 stand in it that were never read", "go on with the first message stored after the one last read"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := newRig(t)
			r.leaks()
			r.publish("s.a", 1, 5)
			restore := r.keep()
			r.publish("s.a", 6, 10)
			at := r.upTo(10, Options{})
			restore()
			r.publish("s.a", 11, 10+c.refill) // they take the numbers 6 and up
			r.stops(at, c.want)
			r.goesOn(at, append(names(11, 10+c.refill), names(21, 30)...))
		})
	}
}

// A gap inside: the records before it are read, then the job stops; and goes on
// with AcceptGap.
func TestGapAhead(t *testing.T) {
	r := newRig(t)
	r.leaks()
	r.publish("s.a", 1, 20)
	for _, n := range []uint64{8, 9, 15} {
		r.do(r.stream().DeleteMsg(t.Context(), n))
	}
	p := r.open(Options{})
	err := p.fails()
	p.read(1, 7)
	if !strings.Contains(err.Error(), "messages 8 to 9 (2) are missing: they were deleted from within the stream, which has lost 3 of its messages so (message 7, the last one read") {
		t.Error(err)
	}
	p.close()
	p = r.open(Options{AcceptGap: true}).resume(p.bookmark()).until(10)
	if want := []uint64{10, 11, 12, 13, 14, 16, 17, 18, 19, 20}; !slices.Equal(p.sequences, want) {
		t.Errorf("read %d, want %d", p.sequences, want)
	}
	r.wait("the gaps are logged", func() bool {
		l := p.log.String()
		return strings.Contains(l, "3 messages are missing in the stream, in 2 places from message 8 on") ||
			strings.Contains(l, "messages 8 to 9 (2) are missing in the stream") && strings.Contains(l, "message 15 is missing in the stream")
	})
	p.close()
}

// What happens to a stream while it is attached is seen as well, also when nothing
// comes after it.
func TestGapsWhileReading(t *testing.T) {
	for _, filter := range []string{"", "s.a"} {
		for _, c := range []struct {
			name  string
			spoil func(r *rig)
			want  string
			or    string // of a subject, if messages were just being delivered
		}{
			{"created anew", func(r *rig) { r.do(r.js.DeleteStream(r.t.Context(), "S")); r.create(nil) }, "created anew", ""},
			{"purged while nothing is read", func(r *rig) {
				r.publish("s.a", 11, 400)
				r.wait("the queue is full", func() bool { c := r.consumer(); return c != nil && c.Delivered.Consumer > 20 && c.NumWaiting == 0 })
				r.do(r.stream().Purge(r.t.Context()))
			}, "were purged before they were read", "some of the subject went unread"},
			{"deleted", func(r *rig) { r.do(r.js.DeleteStream(r.t.Context(), "S")) }, "no such stream on the server", ""},
		} {
			t.Run(fmt.Sprint(filter, c.name), func(t *testing.T) {
				r := newRig(t)
				r.leaks()
				r.publish("s.a", 1, 10)
				p := r.open(Options{Subject: filter, Queue: 2000}).until(10)
				c.spoil(r)
				text := p.fails().Error()
				overtaken := filter != "" && c.or != "" && strings.Contains(text, c.or)
				if !overtaken && !strings.Contains(text, c.want) {
					t.Error(text)
				}
				p.read(1, len(p.lines))
				p.close()
			})
		}
	}
}

// Messages that expire before they were read, while the reader stands still: what is
// in the queue is still handed out.
func TestPurgedAheadOfASlowReader(t *testing.T) {
	for _, filter := range []string{"", "s.a"} {
		t.Run("filter "+filter, func(t *testing.T) {
			r := newRig(t)
			r.leaks()
			const all = 500
			r.publish("s.a", 1, all)
			p := r.open(Options{Queue: 4096, BlockSize: 512, Subject: filter})
			p.until(1)
			r.wait("the queue is full", func() bool {
				c := r.consumer()
				return c != nil && c.Delivered.Consumer > 0 && c.NumWaiting == 0
			})
			r.do(r.stream().Purge(t.Context(), jetstream.WithPurgeSequence(all-10)))
			err := p.fails()
			if text := err.Error(); !strings.Contains(text, "expired or were purged before they were read") && (filter == "" || !strings.Contains(text, "went unread")) {
				t.Error(err)
			}
			if n := len(p.lines); n == 0 || n >= all {
				t.Errorf("read %d records", n)
			}
			if filter == "" {
				p.read(1, len(p.lines))
			}
			p.close()
		})
	}
}

func TestNoStream(t *testing.T) {
	r := newRig(t)
	r.leaks()
	p := r.open(Options{Stream: "NONE"})
	if err := p.fails(); !strings.Contains(err.Error(), "jetstream:NONE: there is no such stream on the server: check its name, or create it") {
		t.Error(err)
	}
	p.close()
}

// A stream from which messages vanish once they were delivered cannot be gone on
// with.
func TestRetention(t *testing.T) {
	r := newRig(t)
	r.leaks()
	r.do(r.js.DeleteStream(t.Context(), "S"))
	r.create(func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy })
	p := r.open(Options{})
	if err := p.fails(); !strings.Contains(err.Error(), "make it one with the retention limits") {
		t.Error(err)
	}
	p.close()
}

func TestForeignBookmarks(t *testing.T) {
	r := newRig(t)
	r.leaks()
	r.publish("s.a", 1, 3)
	good := r.upTo(3, Options{}).Evidence
	for _, e := range []string{
		"", "x", "{}", good + "{}", strings.Replace(good, `"S"`, `"T"`, 1), strings.Replace(good, `"next":4`, `"next":3`, 1),
		strings.Replace(good, `"next":4`, `"next":0`, 1), strings.Replace(good, `{`, `{"subject":"s.a",`, 1), strings.Replace(good, `{`, `{"new":1,`, 1),
		`{"subject":"s.a","at_most_once":true}`,
	} {
		p := r.open(Options{})
		err := p.src.Resume(t.Context(), source.Bookmark{Evidence: e})
		if err == nil || !strings.Contains(err.Error(), "start with another state directory") {
			t.Errorf("%s: %v", e, err)
		}
		if _, then := p.src.Read(t.Context(), nil); then != err {
			t.Errorf("after %v Read says %v", err, then)
		}
		p.close()
	}
	if e, err := parseEvidence(good); err != nil || e.String() != good {
		t.Errorf("%s became %s, %v", good, e.String(), err)
	}
}
