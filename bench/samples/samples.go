package samples

import (
	"fmt"
	"time"
)

// Format is how a file of a format is made.
type Format struct {
	Name   string // as --format has it
	Head   string // what precedes the records
	Append func(dst []byte, i int) []byte
}

// All are the formats.
func All() []Format {
	return []Format{
		{"csv", csvHead, csvRecord},
		{"json", "", jsonRecord},
		{"asterisk", "", asteriskRecord},
		{"baf", "", bafRecord},
	}
}

// Of is the format of a name. It panics if there is none.
func Of(name string) Format {
	for _, f := range All() {
		if f.Name == name {
			return f
		}
	}
	panic("samples: no format " + name)
}

// File is a file of n records.
func (f Format) File(n int) []byte {
	b := []byte(f.Head)
	for i := range n {
		b = f.Append(b, i)
	}
	return b
}

// call is what all formats tell of a call.
type call struct {
	calling, called int // the last seven digits
	start           time.Time
	ring, talk      int // seconds; no talk where it was not answered
	answered        bool
}

func callOf(i int) call {
	c := call{
		calling: 5_550_000 + i*7919%5000, called: 5_560_000 + i*104_729%9000,
		start: time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC).Add(time.Duration(i) * 1300 * time.Millisecond),
		ring:  2 + i%30, answered: i%4 != 0,
	}
	if c.answered {
		c.talk = i * 37 % 600
	}
	return c
}

func (c call) end() time.Time {
	return c.start.Add(time.Duration(c.ring+c.talk) * time.Second)
}

// outcome is the disposition of the canonical formats, and the cause.
func (c call) outcome() (disposition string, cause int) {
	if c.answered {
		return "answered", 16
	}
	return "no_answer", 19
}

const csvHead = "record_id,start_time,calling_number,called_number,ring_seconds,duration_seconds,disposition,cause\n"

func csvRecord(dst []byte, i int) []byte {
	c := callOf(i)
	outcome, cause := c.outcome()
	return fmt.Appendf(dst, "c%d,%s,+1703%d,+1804%d,%d,%d,%s,%d\n", i, c.start.Format("2006-01-02T15:04:05.000Z"), c.calling, c.called, c.ring, c.talk, outcome, cause)
}

func jsonRecord(dst []byte, i int) []byte {
	c := callOf(i)
	outcome, cause := c.outcome()
	return fmt.Appendf(dst, `{"record_id":"c%d","start_time":"%s","calling_number":"+1703%d","called_number":"+1804%d","ring_seconds":%d,"duration_seconds":%d,"disposition":"%s","cause":%d}`+"\n",
		i, c.start.Format("2006-01-02T15:04:05.000Z"), c.calling, c.called, c.ring, c.talk, outcome, cause)
}
