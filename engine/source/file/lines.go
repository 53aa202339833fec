package file

import (
	"bytes"

	"github.com/cdrstream/cdrstream/engine/source"
)

const headKept = 4 << 10 // bytes of an oversize record that are kept

var lineFeed = []byte{'\n'}

// whole returns the length of the run of whole lines at the front of data, none
// of which is longer than limit bytes without its line end (LF or CR LF). long
// reports that the line behind them is longer than that, seen or unseen its
// end. last says that the stream ends with data: what has no line feed is then
// a line too. limit+2 bytes of a line are always enough to decide.
//
// It leaps from the last line feed within reach to the last one within reach of
// that, so lines that are short in comparison with limit cost nothing.
func whole(data []byte, limit int, last bool) (end int, long bool) {
	for end < len(data) {
		rest := data[end:]
		reach := rest[:min(len(rest), limit+1)]
		if i := bytes.LastIndexByte(reach, '\n'); i >= 0 {
			end += i + 1
			continue
		}
		switch {
		case len(rest) > limit && rest[limit] != '\r':
			return end, true
		case len(rest) > limit+1 && rest[limit+1] != '\n':
			return end, true
		case len(rest) > limit+1:
			end += limit + 2
		case last:
			return len(data), false
		default:
			return end, false
		}
	}
	return end, false
}

// longLine is an oversize line, or framed record, that is being passed over.
type longLine struct {
	at   source.Position
	size int64 // bytes of it so far, with its line end; of a framed one, how long it is
	head []byte
	cr   bool // its last byte but for the line feed is a carriage return

	framed       bool
	passed, left int64 // bytes of a framed record that lie behind, and that are still to come
}

// pass takes the bytes of the line that data begins with and returns what is
// behind it. done reports that the line ended.
func (l *longLine) pass(data []byte) (rest []byte, done bool) {
	if l.framed {
		return l.passFramed(data)
	}
	i := bytes.IndexByte(data, '\n')
	text := data
	if done = i >= 0; done {
		text, rest = data[:i], data[i+1:]
		l.size++
	}
	if len(text) > 0 {
		l.cr = text[len(text)-1] == '\r'
	}
	l.size += int64(len(text))
	if free := headKept - len(l.head); free > 0 && len(text) > 0 {
		l.head = append(l.head, text[:min(free, len(text))]...)
	}
	return rest, done
}

// passed ends the oversize record and moves on to what is behind it; done if it
// ended with a line feed, or as a framed one is to.
func (f *File) passed(done bool) source.Oversize {
	l := f.long
	f.long = nil
	if l.framed {
		return f.passedFramed(l, done)
	}
	f.pos.Offset += l.size
	if done {
		f.pos.Line++
		l.size--
	}
	if l.cr {
		l.size--
	}
	if int64(len(l.head)) > l.size {
		l.head = l.head[:l.size]
	}
	return source.Oversize{At: l.at, Size: l.size, Head: l.head}
}
