package file

import (
	"math"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// run is what stands at the front of some data.
type run struct {
	end     int   // bytes of whole records and what is between them
	records int64 // of framed ones
	long    bool  // what follows is a record longer than the limit
	size    int64 // of that, where it is framed
}

// whole returns the run of whole records at the front of data. last says that the
// stream ends with data.
func (f *File) whole(data []byte, last bool) (r run) {
	if f.framing == nil {
		r.end, r.long = whole(data, f.o.MaxRecord, last)
		return r
	}
	for r.end < len(data) {
		p := f.framing.Cut(data[r.end:], last)
		if p.Size > f.o.MaxRecord && p.Kind != decode.FillPiece {
			r.long, r.size = true, int64(p.Size)
			return r
		}
		switch p.Kind {
		case decode.NeedMore:
			if p.Size == 0 && len(data)-r.end > f.mostRecord() { // nobody knows where it ends
				r.long, r.size = true, math.MaxInt64
			}
			return r
		case decode.RecordPiece, decode.JunkPiece:
			r.records++
		}
		r.end += p.Size
	}
	return r
}

// mostRecord is how many bytes may be looked at to find the end of a record.
func (f *File) mostRecord() int {
	if f.framing == nil {
		return f.o.MaxRecord + 1 // and its line end
	}
	return max(f.o.MaxRecord, leastFramed)
}

// leastFramed is room enough for any framing to tell what comes next.
const leastFramed = 8 << 10

// passFramed is pass of a framed record.
func (l *longLine) passFramed(data []byte) (rest []byte, done bool) {
	n := int(min(int64(len(data)), l.left))
	if free := headKept - len(l.head); free > 0 {
		l.head = append(l.head, data[:min(free, n)]...)
	}
	l.size += int64(n)
	l.left -= int64(n)
	return data[n:], l.left == 0
}
