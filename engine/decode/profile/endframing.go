package profile

import "github.com/cdrstream/cdrstream/engine/decode"

// endFraming cuts records that end with a byte, where a line end may follow or not. In
// columns with quotes, it is the end only between two quotes, or a quote and a line end.
// A line end alone ends a record, too.
type endFraming struct{ end, quote byte }

// Cut implements [decode.Framing].
func (f endFraming) Cut(data []byte, last bool) decode.Piece {
	n := 0
	for n < len(data) && (data[n] == '\n' || data[n] == '\r' || data[n] == ' ') {
		n++
	}
	if n > 0 {
		return decode.Piece{Kind: decode.FillPiece, Size: n}
	}
	for n = range data {
		switch {
		case data[n] == '\n':
			return f.record(n, n)
		case data[n] != f.end || f.quote != 0 && (n == 0 || data[n-1] != f.quote):
			continue
		case n+1 == len(data) && !last:
			return decode.Piece{Kind: decode.NeedMore}
		case n+1 == len(data) || f.quote == 0 || data[n+1] == f.quote || data[n+1] == '\n' || data[n+1] == '\r':
			return f.record(n, n+1)
		}
	}
	if !last {
		return decode.Piece{Kind: decode.NeedMore}
	}
	return f.record(len(data), len(data))
}

// record is a record of n bytes, which takes up size.
func (f endFraming) record(n, size int) decode.Piece {
	if n == 0 {
		return decode.Piece{Kind: decode.JunkPiece, Size: size, Reason: "an empty record"}
	}
	p := decode.Piece{Kind: decode.RecordPiece, Size: size}
	p.Record.Len = uint32(n)
	return p
}
