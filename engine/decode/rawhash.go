package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// hash hashes the records as they stand: all, or those without a record_id.
func (s *Sheet) hash(w *Writer, ids missed) {
	rows := s.valid
	if w.rules.s.Lateness > 0 {
		rows &^= ids
		w.block = s.Block
		*s.room.rawHash = [SheetRows]uint64{}
	}
	hashRaw(s.room.rawHash, s.Block, &s.raw, rows)
}

// hashRaw hashes those records of block that are in the set rows.
func hashRaw(to *[SheetRows]uint64, block []byte, raw *[SheetRows]cdr.Span, rows missed) {
	for left := hashes(to, block, raw, rows); left != 0; {
		k := left.next() & (SheetRows - 1)
		to[k] = cdr.Hash(raw[k].Of(block))
	}
}

// wholeSecond is what the time up to which records wait may lie before the latest one
// besides the lateness: it is one of whole seconds.
const wholeSecond = 1000

// hashLatest hashes the rows of the block that were left without a hash, where all of them
// may wait for others when its text is gone. Where only the last ones do, the block reaches
// farther than records wait, and so will the next one, which lets them pass: until then its
// text is there.
func (w *Writer) hashLatest() {
	if w.block == nil {
		return
	}
	b := w.out
	highs := b.HighWater[w.first:w.rows] // no row lies behind its own
	if len(highs) > 0 && highs[0] >= w.high-w.rules.s.Lateness-wholeSecond {
		w.reserve()
		for i := w.first; i < w.rows; i += SheetRows {
			n := min(SheetRows, w.rows-i)
			hashRaw((*[SheetRows]uint64)(b.RawHash[i:]), w.block, (*[SheetRows]cdr.Span)(b.Raw[i:]), ^missed(0)>>(SheetRows-n))
		}
	}
	w.block = nil
}
