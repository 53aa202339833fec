package jetstream

import (
	"bytes"

	"github.com/nats-io/nats.go"
)

const (
	maxLayouts  = 1024 // that are remembered; then all are forgotten
	maxSubjects = 4096 // likewise, whose format is remembered
)

// layout is how the records of some messages are read. Messages of one part have
// the same *layout.
type layout struct {
	key   layoutKey
	value any // of Options.Layout
}

type layoutKey struct{ format, head string } // head without its line end

// chooser finds the layout of each message. Most are like the one before.
type chooser struct {
	o        *Options
	known    map[layoutKey]*layout
	subjects map[string]string // their formats

	last  *layout
	row   []byte // what the last message began with: the head with its line end; empty: nothing
	asked string // the format it was taken for
}

func newChooser(o *Options) chooser {
	return chooser{o: o, known: map[layoutKey]*layout{}, subjects: map[string]string{}}
}

// choose returns the layout of a message and how many bytes of data precede its
// records.
func (c *chooser) choose(subject string, h nats.Header, data []byte) (*layout, int) {
	format := ""
	if len(h) > 0 {
		var head string
		var whole bool
		if format, head, whole = named(h); whole {
			return c.find(layoutKey{format, head}), 0
		}
	}
	if format == "" {
		format = c.formatOf(subject)
	}
	if len(c.row) > 0 && c.asked == format && bytes.HasPrefix(data, c.row) {
		return c.last, len(c.row)
	}
	return c.ask(format, data)
}

// named is what the headers say; whole that nothing of the data precedes the
// records.
func named(h nats.Header) (format, head string, whole bool) {
	if f := h[FormatHeader]; len(f) > 0 {
		format = f[0]
	}
	v := h[HeadHeader]
	if len(v) == 0 {
		return format, "", false
	}
	if format == "" {
		format = AutoFormat
	}
	return format, v[0], true
}

// ask has the beginning of the data looked at.
func (c *chooser) ask(format string, data []byte) (*layout, int) {
	found, n := format, 0
	if c.o.Head != nil && len(data) > 0 {
		found, n = c.o.Head(format, data)
		n = min(max(n, 0), len(data))
	}
	l := c.find(layoutKey{found, string(bytes.TrimRight(data[:n], "\r\n"))})
	c.asked, c.row = format, c.row[:0]
	if n > 0 && data[n-1] == '\n' {
		c.row = append(c.row, data[:n]...)
	}
	return l, n
}

func (c *chooser) find(k layoutKey) *layout {
	c.row = c.row[:0]
	if c.last != nil && c.last.key == k {
		return c.last
	}
	l := c.known[k]
	if l == nil {
		if len(c.known) == maxLayouts {
			clear(c.known)
		}
		l = &layout{key: k}
		if c.o.Layout != nil {
			l.value = c.o.Layout(k.format, []byte(k.head))
		}
		c.known[k] = l
	}
	c.last = l
	return l
}

// formatOf is the format that is configured for a subject.
func (c *chooser) formatOf(subject string) string {
	if len(c.o.Formats) == 0 {
		return AutoFormat
	}
	if f, known := c.subjects[subject]; known {
		return f
	}
	format, best := AutoFormat, -1
	for pattern, f := range c.o.Formats {
		if w := weight(pattern); covers(pattern, subject) && (w > best || w == best && f < format) {
			format, best = f, w
		}
	}
	if len(c.subjects) == maxSubjects {
		clear(c.subjects)
	}
	c.subjects[subject] = format
	return format
}
