package feed

import (
	"bytes"

	"github.com/nats-io/nats.go"
)

// limits say how records become messages and batches.
type limits struct {
	perMessage int   // records of a message; 0: as many as fit
	size       int   // bytes of a message's data, unless a single record is longer
	messages   int   // of a batch
	bytes      int64 // of a batch: it ends with the message that reaches them
	records    int   // of a batch
}

// batch is some messages that are stored together or not at all. It owns its
// memory.
type batch struct {
	messages []*nats.Msg
	records  int
	bytes    int64 // of data
	mark     Mark
	consumed int64 // of the file, in bytes on disk
	file     int   // which of the files
}

// cut takes a batch from the front of r.rest. There may be no message in it: then
// only blank lines were left.
func (r *reader) cut(l limits, layout *Layout, subject string) *batch {
	b := &batch{}
	var arena []byte
	front, inHeader := layout.front()
	for len(r.rest) > 0 && len(b.messages) < l.messages && b.records < l.records && b.bytes < l.bytes {
		n, records := take(r.rest, l, l.records-b.records)
		data := r.rest[:n]
		r.rest = r.rest[n:]
		r.at.Offset += int64(n)
		r.at.Line += int64(bytes.Count(data, []byte{'\n'}))
		if records == 0 {
			continue
		}
		if arena == nil {
			arena = make([]byte, 0, min(n+len(r.rest), l.mean())+len(front)+1)
		}
		from := len(arena)
		arena = append(append(arena, front...), data...)
		if arena[len(arena)-1] != '\n' {
			arena = append(arena, '\n')
		}
		m := &nats.Msg{Subject: subject, Data: arena[from:len(arena):len(arena)], Header: nats.Header{FormatHeader: {layout.Format}}}
		if inHeader {
			m.Header[HeadHeader] = []string{string(layout.Head)}
		}
		b.messages = append(b.messages, m)
		b.records += records
		b.bytes += int64(n)
	}
	return b
}

// mean is about how many bytes a batch has. One that has more grows.
func (l *limits) mean() int {
	const record = 160
	records := l.records
	if l.perMessage > 0 {
		records = min(records, l.messages*l.perMessage)
	}
	return min(records*record, l.messages*l.size)
}

// front is what goes in front of the records of each message: the header row, with
// its line end, where a NATS header would change it (it trims blanks, and a tab
// may be an empty column).
func (l *Layout) front() (front []byte, inHeader bool) {
	if len(l.Head) == 0 {
		return nil, false
	}
	if string(bytes.Trim(l.Head, " \t\r\n")) == string(l.Head) {
		return nil, true
	}
	return append(bytes.Clone(l.Head), '\n'), false
}

// take returns the length of the lines at the front of data that make a message,
// and how many records they are: blank lines are none.
func take(data []byte, l limits, most int) (n, records int) {
	if l.perMessage > 0 {
		most = min(most, l.perMessage)
	}
	for n < len(data) && records < most {
		end := bytes.IndexByte(data[n:], '\n') + 1
		if end == 0 {
			end = len(data) - n
		}
		blank := end <= 2 && len(bytes.Trim(data[n:n+end], "\r\n")) == 0
		if n > 0 && n+end > l.size && records > 0 {
			break
		}
		n += end
		if !blank {
			records++
		}
	}
	return n, records
}
