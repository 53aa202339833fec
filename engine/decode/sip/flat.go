package sip

import (
	"bytes"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
)

// Where the fields of an event and of a call of Kamailio stand.
var (
	eventFields  = [...]field{method, fromTag, toTag, callID, code, reasonPhrase, when}
	dialogFields = [...]field{began, ended, duration}
)

// maxColumns is how many columns of a line are looked at. OpenSIPS' own are the last.
const maxColumns = 128

// columns are the values of a flatstore line.
type columns struct {
	line  []byte
	at    [maxColumns]cdr.Span
	count int
}

func (c *columns) text(i int) []byte { return c.at[i].Of(c.line) }

// split cuts line at every |.
func (c *columns) split(line []byte) (problem string) {
	c.line, c.count = line, 0
	for from := 0; ; c.count++ {
		if c.count == maxColumns {
			return fmt.Sprintf("more than %d columns", maxColumns)
		}
		n := bytes.IndexByte(line[from:], '|')
		if n < 0 {
			c.at[c.count] = cdr.Span{Off: uint32(from), Len: uint32(len(line) - from)}
			c.count++
			return ""
		}
		c.at[c.count] = cdr.Span{Off: uint32(from), Len: uint32(n)}
		from += n + 1
	}
}

// flat reads a flatstore line.
func (r *record) flat(line []byte, x *extras) (problem string) {
	var c columns
	if problem = c.split(line); problem != "" {
		return problem
	}
	r.base = line
	if first := c.text(0); len(first) > 0 && first[0]-'0' <= 9 {
		return r.flatDialog(&c, x)
	}
	if c.count < len(eventFields) {
		return fmt.Sprintf("%d columns, an event of the acc module has 7 at least", c.count)
	}
	for i, f := range eventFields {
		r.set(f, c.at[i])
	}
	from := r.timeModes(&c)
	r.parties(&c, x.of(&c, from, r.tail(&c, from), x.event))
	return ""
}

func (r *record) flatDialog(c *columns, x *extras) (problem string) {
	if c.count < len(dialogFields) {
		return fmt.Sprintf("%d columns, a call of the acc module has 3 at least", c.count)
	}
	for i, f := range dialogFields {
		r.set(f, c.at[i])
	}
	r.parties(c, x.of(c, len(dialogFields), c.count, x.dialog))
	return ""
}

// parties sets the parties.
func (r *record) parties(c *columns, p pair) {
	if p.calling > 0 && p.calling < c.count {
		r.set(calling, c.at[p.calling])
	}
	if p.called > 0 && p.called < c.count {
		r.set(called, c.at[p.called])
	}
}

// timeModes reads the columns that acc_time_mode adds behind the time, and returns where
// the extra ones begin.
func (r *record) timeModes(c *columns) (from int) {
	from = len(eventFields)
	if from == c.count {
		return from
	}
	at, next := r.text(when), c.text(from)
	switch {
	case len(at) == 0:
		return from
	case bytes.Equal(at, next) && from+1 < c.count: // seconds again, and microseconds
		r.set(micros, c.at[from+1])
		return from + 2
	case bytes.HasPrefix(next, at) && len(next) > len(at) && next[len(at)] == '.':
		r.set(exactly, c.at[from])
		return from + 1
	case isClock(next):
		return from + 1
	}
	return from
}

// isClock tells a time written as text.
func isClock(b []byte) bool {
	return len(b) >= 19 && len(b) <= 32 && bytes.Count(b, []byte(":")) == 2 && b[0]-'0' <= 9 && b[len(b)-1]-'0' <= 9
}

// tail reads the columns that OpenSIPS writes behind all others, and returns where they
// begin. They are known by what they say: the time is that of the INVITE and how long it
// took, and seconds and milliseconds agree.
func (r *record) tail(c *columns, from int) (to int) {
	n := c.count
	if n-from >= 4 && r.agrees(c, n-4) && isDuration(c.text(n-2), c.text(n-1)) {
		r.set(setup, c.at[n-4])
		r.set(created, c.at[n-3])
		r.set(duration, c.at[n-2])
		r.set(msDuration, c.at[n-1])
		return n - 4
	}
	if n-from >= 2 && r.agrees(c, n-2) {
		r.set(setup, c.at[n-2])
		r.set(created, c.at[n-1])
		return n - 2
	}
	return n
}

// agrees reports whether columns i and i+1 are setuptime and created.
func (r *record) agrees(c *columns, i int) bool {
	took, p1 := decode.Integer(c.text(i))
	began, p2 := decode.Integer(c.text(i + 1))
	at, p3 := decode.Integer(r.text(when))
	if p1 != "" || p2 != "" || p3 != "" || began == 0 {
		return false
	}
	off := began + took - at
	return off >= -1 && off <= 1
}

// isDuration reports whether seconds and milliseconds are of the same time.
func isDuration(seconds, milliseconds []byte) bool {
	s, p1 := decode.Integer(seconds)
	ms, p2 := decode.Integer(milliseconds)
	return p1 == "" && p2 == "" && s < maxTalk/1000 && ms >= (s-1)*1000 && ms <= (s+1)*1000
}
