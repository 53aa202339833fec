package jetstream

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
)

func TestReads(t *testing.T) {
	r := newRig(t)
	r.leaks()
	r.publish("s.a", 1, 1000)
	p := r.open(Options{})
	p.until(1000)
	r.publish("s.b", 1001, 1500)
	p.until(1500).read(1, 1500)
	for i, n := range p.sequences {
		if n != uint64(i+1) {
			t.Fatalf("message %d is number %d", i+1, n)
		}
	}
	p.close()
}

// A job goes on at any message as if it had not ended.
func TestResumeEverywhere(t *testing.T) {
	r := newRig(t)
	r.leaks()
	const size = 20
	r.publish("s.a", 1, size)
	p := r.open(Options{BlockSize: 1}) // one message a block
	bookmarks := []struct{ text, at string }{}
	for n := 0; ; n++ {
		b := p.bookmark()
		bookmarks = append(bookmarks, struct{ text, at string }{b.Evidence, fmt.Sprint(b.Position)})
		again := r.open(Options{}).resume(b)
		if now := again.bookmark(); now != b {
			t.Fatalf("after the resume the bookmark is %v, not %v", now, b)
		}
		if n < size {
			again.until(size-n).read(n+1, size)
		}
		again.close()
		if n == size {
			break
		}
		p.until(n + 1)
		if len(p.lines) != n+1 {
			t.Fatal("a block of more than one message")
		}
	}
	p.close()
	t.Log(bookmarks[0], bookmarks[size])
}

// layouts are the layouts of a test: their names are format, a bar and the head.
func layouts(o Options) Options {
	o.Layout = func(format string, head []byte) any { return format + "|" + string(head) }
	return o
}

// rows is a Head that knows formats: a line that begins with # is a header row, one
// with { is JSON.
func rows(calls *int) func(string, []byte) (string, int) {
	return func(format string, data []byte) (string, int) {
		*calls++
		text := string(data)
		switch {
		case format == AutoFormat && strings.HasPrefix(text, "{"):
			return "json", 0
		case strings.HasPrefix(text, "#"):
			if format == AutoFormat {
				format = "csv"
			}
			if i := strings.IndexByte(text, '\n'); i >= 0 {
				return format, i + 1
			}
			return format, len(text)
		}
		return format, 0
	}
}

func TestFormats(t *testing.T) {
	with := func(data string, h ...string) *nats.Msg {
		m := nats.NewMsg("s.a")
		m.Data = []byte(data)
		for i := 0; i < len(h); i += 2 {
			m.Header.Set(h[i], h[i+1])
		}
		return m
	}
	on := func(subject, data string) *nats.Msg { return &nats.Msg{Subject: subject, Data: []byte(data)} }
	long := strings.Repeat("x", 50)
	for _, c := range []struct {
		name  string
		send  []*nats.Msg
		want  string // blocks: layout=lines, in one word each
		over  string
		calls int // of Head
	}{
		{name: "nothing told", send: []*nats.Msg{on("s.a", "a"), on("s.a", "b\n"), on("s.a", "c\r\n")}, want: "auto|=a,b,c\r", calls: 3},
		{name: "headers", send: []*nats.Msg{
			with("1", FormatHeader, "csv", HeadHeader, "#a"), with("2\n3", FormatHeader, "csv", HeadHeader, "#a"),
			with("4", FormatHeader, "csv", HeadHeader, "#b"), with("5", FormatHeader, "csv", HeadHeader, "#a"),
			with("{6}", FormatHeader, "json"), with("7", HeadHeader, "#c"), with("8", "Other", "x")},
			want: "csv|#a=1,2,3 csv|#b=4 csv|#a=5 json|={6} auto|#c=7 auto|=8", calls: 2},
		{name: "a head in each message", send: []*nats.Msg{
			on("s.a", "#a\n1"), on("s.a", "#a\n2\n3\n"), on("s.a", "#ab\n4"), on("s.a", "#a\r\n5"), on("s.a", "#a\n6"), on("s.a", "#a\n")},
			want: "csv|#a=1,2,3 csv|#ab=4 csv|#a=5,6", calls: 4},
		{name: "a head and nothing else", send: []*nats.Msg{on("s.a", "#a"), on("s.a", "#ab\n1"), on("s.a", "#a\n2")}, want: "csv|#ab=1 csv|#a=2", calls: 3},
		{name: "head in headers, then in the data", send: []*nats.Msg{
			on("s.a", "#a\n1"), with("#a\n2", FormatHeader, "csv", HeadHeader, "#a"), on("s.a", "#a\n3")}, want: "csv|#a=1,#a,2,3", calls: 2},
		{name: "by subject", send: []*nats.Msg{on("s.json", "1"), on("s.json", "2"), on("s.tap.x", "3"), on("s.tap.x.y", "4"), on("s.tap.z", "5"), with("6", FormatHeader, "mine")},
			want: "json|=1,2 tap|=3 deep|=4 ztap|=5 mine|=6", calls: 6},
		{name: "the same head, another format", send: []*nats.Msg{on("s.json", "#a\n1"), on("s.a", "#a\n2")}, want: "json|#a=1 csv|#a=2", calls: 2},
		{name: "empty messages", send: []*nats.Msg{on("s.a", ""), on("s.a", "1"), on("s.json", ""), on("s.a", "\n"), on("s.a", "2")}, want: "auto|=1,,2", calls: 3},
		{name: "too long", send: []*nats.Msg{on("s.a", "1"), on("s.a", long), on("s.a", "2"), on("s.a", "3\n"+long+"\r\n4\n"+long+"y\n5"), on("s.a", "6\n"+long[:40])},
			want: "auto|=1 auto|=2 auto|=3,4,5,6," + long[:40], over: "50 50 51", calls: 5},
		{name: "only too long", send: []*nats.Msg{on("s.a", long), on("s.a", long)}, want: "|= |=", over: "50 50", calls: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			var calls int
			o := layouts(Options{MaxRecord: 40, Head: rows(&calls), Formats: map[string]string{
				"s.json": "json", "s.tap.*": "tap", "s.tap.>": "deep", "s.tap.z": "ztap", "t.>": "none"}})
			o = o.withDefaults()
			q := newQueue(&o)
			for i, m := range c.send {
				q.mu.Lock()
				q.add(m, uint64(i+1), mark{next: uint64(i + 2)})
				q.mu.Unlock()
			}
			p := &probe{t: t}
			rd := reader{queue: q}
			var got []string
			for {
				b, err := rd.read(t.Context(), nil)
				if err != nil {
					break
				}
				from := len(p.lines)
				p.take(b)
				name, _ := b.Layout.(string)
				if name == "" {
					name = "|"
				}
				got = append(got, name+"="+strings.Join(p.lines[from:], ","))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got  %q\nwant %q", strings.Join(got, " "), c.want)
			}
			var over []string
			for _, o := range p.over {
				over = append(over, fmt.Sprint(o.Size))
				if string(o.Head) != long+"y" && string(o.Head) != long {
					t.Errorf("oversize with the head %q", o.Head)
				}
			}
			if strings.Join(over, " ") != c.over {
				t.Errorf("oversize %v, want %s", over, c.over)
			}
			if calls != c.calls {
				t.Errorf("Head was called %d times, want %d", calls, c.calls)
			}
			if rd.at.next != uint64(len(c.send)+1) || q.size != 0 || q.waiting != 0 {
				t.Errorf("ends before message %d with %d bytes and %d messages in the queue", rd.at.next, q.size, q.waiting)
			}
		})
	}
}

// Each format and head is made into a layout once, also over a server; and
// Resume in the middle of messages that change format goes on right.
func TestFormatsOfAStream(t *testing.T) {
	r := newRig(t)
	r.leaks()
	for n := 1; n <= 60; n++ {
		m := nats.NewMsg("s.a")
		m.Data = fmt.Appendf(nil, "r%d", n)
		if n%3 > 0 {
			m.Header.Set(FormatHeader, fmt.Sprint("f", n%3))
		}
		if _, err := r.js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	var made []string
	o := Options{Layout: func(format string, head []byte) any { made = append(made, format); return format }}
	p := r.open(o).until(60)
	p.read(1, 60)
	for i, b := range p.blocks {
		if want := []any{"f1", "f2", AutoFormat}[i%3]; b.Layout != want || len(b.Messages) != 1 {
			t.Fatalf("block %d has the layout %v and %d messages, want %v and 1", i, b.Layout, len(b.Messages), want)
		}
	}
	p.close()
	slices.Sort(made)
	if len(made) != 3 {
		t.Errorf("layouts were made of %v", made)
	}
}

func TestCovers(t *testing.T) {
	for _, c := range []struct {
		pattern, subject string
		want             bool
	}{
		{"a.b", "a.b", true}, {"a.b", "a", false}, {"a", "a.b", false}, {"a.*", "a.b", true}, {"a.*", "a.b.c", false},
		{"a.>", "a.b.c", true}, {"a.>", "a", false}, {">", "a", true}, {"*.b", "a.b", true}, {"*.b", "a.c", false}, {"a.*.c", "a.b.c", true},
	} {
		if covers(c.pattern, c.subject) != c.want {
			t.Errorf("%s covers %s: not %t", c.pattern, c.subject, c.want)
		}
	}
}

func TestOptions(t *testing.T) {
	r := newRig(t)
	for _, o := range []Options{{}, {Stream: "a.b"}, {Stream: "a b"}, {Stream: "S", Subject: "a..b"}, {Stream: "S", Subject: "a.>.b"}, {Stream: "S", Subject: ".a"}, {Subject: "a"}} {
		if _, err := Open(r.conn, o); err == nil {
			t.Errorf("%+v opens", o)
		}
	}
	for _, o := range []Options{{}, {Stream: "S"}, {Stream: "S", Subject: "a"}, {Subject: "a b"}} {
		if _, err := Subscribe(r.conn, o); err == nil {
			t.Errorf("%+v opens", o)
		}
	}
}

func TestReplies(t *testing.T) {
	const tail = "1.20.3.1600000000000000000.7"
	want := delivery{message: 20, delivery: 3, stored: 1600000000000000000, pending: 7}
	for _, c := range []struct {
		reply string
		ok    bool
	}{
		{"$JS.ACK.S.C." + tail, true}, {"$JS.ACK.S.C2." + tail, true}, {"$JS.ACK.hub.hash.S.C." + tail + ".rnd", true}, {"$JS.ACK.hub.hash.S.C." + tail, true},
		{"", false}, {"_INBOX.a.1", false}, {"$JS.ACK.S.C", false}, {"$JS.ACK.S.C.1.20.3.16", false}, {"$JS.ACK.S.C.1.x.3.16.7", false}, {"$JS.ACK.S.C.1..3.16.7", false},
	} {
		for _, r := range []*replies{{}, {prefix: "$JS.ACK.S.C."}} {
			for range 2 {
				d, ok := r.read(c.reply)
				if ok != c.ok || ok && d != want {
					t.Errorf("%s: %+v, %t", c.reply, d, ok)
				}
			}
		}
	}
}
