package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// Framing cuts a stream into records where a record is not a line. It has no state
// and no memory: whatever place between two pieces it begins at, it finds the same
// pieces behind it. That is what lets a reader go on in the middle of a file and
// blocks be decoded in parallel.
type Framing interface {
	// Cut looks at data, which is not empty and begins between two pieces, and tells
	// what comes first. last says that the stream ends with data: Cut never asks
	// for more then, and takes at least a byte. It looks at no more of data than it
	// needs, keeps no reference to it and allocates nothing but a Reason. What follows a
	// piece may decide that it is no record: readers see to it that blocks, which Decode
	// cuts as if the stream ended with them, give the same.
	Cut(data []byte, last bool) Piece
}

// Piece is a stretch of a stream.
type Piece struct {
	Kind   PieceKind
	Size   int      // bytes it takes up. Of NeedMore: of the record that is not whole yet, 0 when that is not known
	Record cdr.Span // of a RecordPiece: where in the piece its record stands, without header and fill
	Reason string   // of JunkPiece: why this is no record
}

// PieceKind says what a piece is.
type PieceKind uint8

// The kinds of pieces.
const (
	NeedMore    PieceKind = iota // too little is there to tell
	FillPiece                    // nothing: fill between records, headers of containers
	RecordPiece                  // a record
	JunkPiece                    // bytes that are no record: rejected as they stand
)

// Framed is a decoder of a format whose records are not lines, of some files at least.
type Framed interface {
	// Framing is how the records are cut of a file that Open read the beginning of, nil
	// where they are lines. It is what Decode cuts blocks with, too.
	Framing(l Layout) Framing
}

// FramingOf is how d cuts the records of files with layout l; nil: they are lines.
func FramingOf(d Decoder, l Layout) Framing {
	if f, ok := d.(Framed); ok {
		return f.Framing(l)
	}
	return nil
}

// Frames walks the records of a block as [Lines] does those of a block of text.
//
//	for frames := decode.NewFrames(framing, block); frames.Next(); {
//		frames.At, frames.Problem ...
//	}
type Frames struct {
	At      Line   // the record that Next found, its Line a count of records
	Problem string // why At is no record, "" where it is one

	framing Framing
	block   []byte
	pos     int
	count   uint32
}

// NewFrames starts at the beginning of block, which holds whole pieces.
func NewFrames(f Framing, block []byte) Frames { return Frames{framing: f, block: block} }

// Next moves to the next record, or what stands in place of one; false at the end of
// the block.
func (s *Frames) Next() bool {
	for s.pos < len(s.block) {
		p := s.framing.Cut(s.block[s.pos:], true)
		start := uint32(s.pos)
		s.pos += p.Size
		if p.Kind != RecordPiece && p.Kind != JunkPiece {
			continue
		}
		raw := cdr.Span{Off: start, Len: uint32(p.Size)}
		if p.Kind == RecordPiece {
			raw = cdr.Span{Off: start + p.Record.Off, Len: p.Record.Len}
		}
		s.At, s.Problem = Line{Text: raw.Of(s.block), Raw: raw, Line: s.count}, p.Reason
		s.count++
		return true
	}
	return false
}

// Count is the count of records passed so far, those that are none included: what a
// decoder tells as the lines of a block.
func (s *Frames) Count() int64 { return int64(s.count) }

// Passed is how many bytes of the block lie behind.
func (s *Frames) Passed() int { return s.pos }
