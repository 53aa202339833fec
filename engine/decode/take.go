package decode

import (
	"math/bits"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// take adds rows from to to of a sheet, of which none is odd, to the batch, but
// those that are filtered.
func (w *Writer) take(s *Sheet, from, to int) {
	w.tally.Read += int64(to - from)
	for k := from; k < to; k++ {
		s.room.line[k&(SheetRows-1)] = s.Line + uint32(k)
	}
	skip := s.skip &^ (^missed(0) >> (SheetRows - from))
	for left := s.unknown &^ skip & (^missed(0) << from) & (^missed(0) >> (SheetRows - to)); left != 0; {
		x := &s.room.rows[left.next()]
		w.unknown(&parties{calling: x.Calling, called: x.Called, callingPlace: x.CallingPlace, calledPlace: x.CalledPlace})
	}
	if from == 0 && to == s.Rows && skip == 0 {
		w.takeAll(s)
		return
	}
	for from < to {
		n := min(bits.TrailingZeros64(uint64(skip>>from)), to-from)
		w.move(w.rows, s.first+from, n)
		w.keepAll(s, n)
		if from += n; from < to {
			w.filter(s, from)
			from++
		}
	}
}

// takeAll is take of all rows, which are where they belong and counted already.
func (w *Writer) takeAll(s *Sheet) {
	w.keepIDs(s, s.Rows)
	for left := s.noted; left != 0; {
		w.tally.Notes[answerNote(s.room.rows[left.next()].TalkMS)]++
	}
	w.high = s.high
	w.sums.add(&s.sums)
	w.rows += s.Rows
}

// filter counts row k, which is well-formed and of no interest.
func (w *Writer) filter(s *Sheet, k int) {
	x := &s.room.rows[k]
	w.tally.Filtered++
	w.tally.Totals.add(&Values{Service: x.Flags.Service(), Outcome: x.Flags.Outcome(), TalkMS: x.TalkMS, Charge: x.Charge}, x.Release)
}

// keepAll lets the next n rows of the room be rows of the batch.
func (w *Writer) keepAll(s *Sheet, n int) {
	if n == 0 {
		return
	}
	w.keepIDs(s, n)
	w.sum(w.out.Rows[w.rows:][:n], w.out.HighWater[w.rows:][:n])
	w.rows += n
}

// keepIDs keeps the texts of the next n ids, if they are wanted.
func (w *Writer) keepIDs(s *Sheet, n int) {
	if !w.rules.s.KeepIDs {
		return
	}
	ids := w.out.ID[w.rows:][:n]
	text, ok := packIDs(w.out.Text[:w.text], s.Block, ids)
	if !ok {
		all := 0
		for _, id := range ids {
			all += int(id.Len)
		}
		text = copyIDs(w.roomFor(s, n, all), s.Block, ids, all)
	}
	w.text, w.out.Text = len(text), text
}

// copyIDs adds the texts of ids, which are all bytes long, to text, behind which there is room
// for them and shortID bytes. Most are short: these are copied with what stands behind them, over
// which the next one goes, since to copy as many bytes of all of them takes no branch. That there
// are as many is asked once for text, and with one comparison for block: a slice of either for each
// id took a third of the time.
func copyIDs(text, block []byte, ids []cdr.Span, all int) []byte {
	at := len(text)
	text = text[:at+all+shortID]
	from, to, last := pageOf(block), pageOf(text), len(block)-shortID
	for i := range ids {
		id := &ids[i]
		off, length := int(id.Off), int(id.Len)
		if length <= shortID && off <= last {
			*to.short(at) = *from.short(off)
		} else {
			copy(text[at:], block[off:off+length])
		}
		id.Off = uint32(at)
		at += length
	}
	return text[:at]
}

// roomFor returns the text of the batch with room behind it for n ids of a sheet, one at least,
// which are all bytes long. Where there is none it makes room for as many rows as the batch has
// room for, since to grow is to move, but for no more than a block can have.
func (w *Writer) roomFor(s *Sheet, n, all int) []byte {
	text := w.out.Text[:w.text]
	if all+shortID <= cap(text)-len(text) {
		return text
	}
	rows := max(n, cap(w.out.ID)-w.rows)
	return slices.Grow(text, max(all, min(rows*(all/n+1), len(s.Block)))+shortID)
}

// shortID is how long most ids are at most, wordID how long those are that fit into a word.
const shortID, wordID = 16, 8

// sum is count of rows, but for what each costs by itself: its sums stay in registers.
// It sets their high water.
func (w *Writer) sum(rows []cdr.Row, highWater []cdr.Millis) {
	high, s := w.high, w.sums
	for i := range rows {
		x := &rows[i]
		f, release, talkMS := x.Flags, x.Release, x.TalkMS
		high = max(high, release)
		highWater[i] = high
		answered := allOnes(f&usageBits ^ talk)
		s.services += 1 << (16 * (f & 3))
		s.talkMS += int64(talkMS & answered)
		s.charge += x.Charge
		s.first, s.last = min(s.first, release), max(s.last, release)
		if (talkMS&answered|^answered&1)-1 >= longMS { // or it is 0
			w.tally.Notes[answerNote(talkMS)]++
		}
	}
	w.high, w.sums = high, s
}
