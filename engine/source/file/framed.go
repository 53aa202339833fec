package file

import (
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/source"
)

// run is what stands at the front of some data.
type run struct {
	end     int   // bytes of whole records and what is between them
	records int64 // of framed ones
	long    bool  // what follows is a record that is too long
	size    int64 // of that, where it is framed
	pass    int64 // bytes to pass over because of it
	cut     bool  // of framed ones: the last record is no whole one, as the stream ends within it
}

// whole returns the run of whole records at the front of data. last says that the
// stream ends with data, ended that no more of it is to be had, for the time being at least.
func (f *File) whole(data []byte, last, ended bool) (r run) {
	if f.framing == nil {
		r.end, r.long = whole(data, f.o.MaxRecord, last)
		return r
	}
	var clean run // up to the first that is no record
	var safe run  // up to a record, and fill behind it
	for r.end < len(data) {
		p := f.piece(&r, data[r.end:], last)
		switch {
		case r.long && safe.end > 0:
			return f.settle(safe, safe, clean, data, last, ended)
		case r.long: // what is no record is handed out in front of it all the same
			return r
		case p.Kind == decode.NeedMore:
			return f.settle(r, safe, clean, data, last, ended)
		case p.Kind != decode.FillPiece:
			r.records++
		}
		behind, pure := r.end == safe.end, r.end == clean.end
		r.end += p.Size
		r.cut = last && p.Kind == decode.JunkPiece && r.end == len(data)
		if p.Kind == decode.RecordPiece || p.Kind == decode.FillPiece && behind {
			safe = r
		}
		if p.Kind != decode.JunkPiece && pure {
			clean = r
		}
	}
	return f.settle(r, safe, clean, data, last, ended)
}

// settle ends a run where who cuts it once more, and sees nothing behind it, finds the same
// in it: what follows may have decided that something is no record.
func (f *File) settle(r, safe, clean run, data []byte, last, ended bool) run {
	switch {
	case r.end == clean.end, ended && (last || f.kind != plain):
		return r
	case f.alone(data, safe.end):
		return safe
	case clean.end > 0 || len(data) < f.reach():
		return clean
	}
	return r
}

// alone reports whether the first n bytes of data are cut alone as they are with what
// follows.
func (f *File) alone(data []byte, n int) bool {
	for at := 0; at < n; {
		within := f.framing.Cut(data[at:min(len(data), at+f.reach())], false)
		if p := f.framing.Cut(data[at:n], true); within.Size == 0 || p.Kind != within.Kind || p.Size != within.Size && p.Kind != decode.FillPiece {
			return false
		}
		at += within.Size
	}
	return n > 0
}

// piece cuts rest, what is left of data. Of a record that is too long r tells, and it is
// no piece.
func (f *File) piece(r *run, rest []byte, last bool) decode.Piece {
	full := len(rest) >= f.reach()
	if full {
		rest = rest[:f.reach()]
	}
	p := f.framing.Cut(rest, last && !full)
	switch {
	case p.Kind == decode.NeedMore && !full:
	case p.Kind == decode.NeedMore && p.Size <= len(rest): // nobody knows where it ends: go on where another may begin
		r.long, r.size, r.pass = true, int64(len(rest)), int64(f.framing.Cut(rest, true).Size)
	case p.Kind != decode.FillPiece && p.Size > f.o.MaxRecord:
		r.long, r.size, r.pass = true, int64(p.Size), int64(p.Size)
	}
	return p
}

// reach is how many bytes are looked at, at most, to find the end of a framed record.
// What is found depends on them and on nothing behind them, so that it is the same
// for every size of blocks.
func (f *File) reach() int { return max(f.o.MaxRecord, leastFramed) + 1 }

// leastFramed is room enough for any framing to tell what comes next.
const leastFramed = 8 << 10

// mostRecord is how many bytes a block may have to hold to find the end of a record.
func (f *File) mostRecord() int {
	if f.framing == nil {
		return f.o.MaxRecord + 2 // with its line end
	}
	return f.reach()
}

// passFramed is pass of a framed record.
func (l *longLine) passFramed(data []byte) (rest []byte, done bool) {
	n := int(min(int64(len(data)), l.left))
	if free := headKept - len(l.head); free > 0 {
		l.head = append(l.head, data[:min(free, n)]...)
	}
	l.passed += int64(n)
	l.left -= int64(n)
	return data[n:], l.left == 0
}

// passedFramed is passed of a framed record; done if all of it was there.
func (f *File) passedFramed(l *longLine, done bool) source.Oversize {
	f.pos.Offset += l.passed
	f.pos.Line++
	f.cut = !done
	if !done {
		l.size = l.passed
	}
	return source.Oversize{At: l.at, Size: l.size, Head: l.head}
}
