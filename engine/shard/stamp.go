package shard

import (
	"encoding/binary"
	"math/bits"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// stamps packs the times at which an item was last seen in each of four ways. 0 is
// never. Stamps are as coarse as the beginnings of windows allow:
//
//	days     where only windows of days look at items, counted from a base that follows
//	         today; from 1970 on where windows are too long for that
//	units    else: of the longest time by which all windows and days begin, five
//	         minutes say, counted from such a base too
//	seconds  where units are too short for 16 bits to hold the longest window, or a
//	         zone's days do not begin with one
//
// Days and units are 16 bits each, four in a word, seconds 32 bits in two words. Where
// there are few, see items, days that have a base are kept in 8 bits each.
type stamps struct {
	words int
	units
}

// units are a way of cutting time. The zero units are days from 1970 on, or none.
type units struct {
	seconds  uint32     // the length of a unit, 0 a day
	base     int64      // the unit that is stamp 0
	segment  window.Day // the base moves once in so many days, 0 never
	lookback window.Day // and lies so many days before those
}

const (
	daySeconds  = 24 * 60 * 60
	lastStamp   = 1<<16 - 1 // of days and units
	lastShort   = 1<<8 - 1  // of days that have a base
	leastToMove = 16        // days: to move the base takes a walk over all items
)

func newStamps(p *feature.Plan, days *window.Calendar) stamps {
	if !p.SubDay {
		return stamps{1, shortDays(p.Windows)}
	}
	if u := newUnits(p.Windows); u.seconds > 0 && u.fit(days) {
		return stamps{1, u}
	}
	return stamps{words: 2}
}

// shortDays returns days that 8 bits suffice for.
func shortDays(windows []window.Spec) (u units) {
	for _, w := range windows {
		u.lookback = max(u.lookback, window.Day(w.Panes))
	}
	u.lookback += 3 // today, dates that were left out
	if u.segment = lastShort - u.lookback - 2; u.segment < leastToMove {
		return units{}
	}
	return u
}

// newUnits returns the longest units by which windows begin that 16 bits suffice for.
func newUnits(windows []window.Spec) (u units) {
	for _, w := range windows {
		length := cdr.Millis(daySeconds * 1000)
		if !w.Days {
			length = w.Length
			u.seconds = divisor(u.seconds, uint32(length/1000))
		}
		u.lookback = max(u.lookback, window.Day(cdr.Millis(w.Panes)*length/(daySeconds*1000)))
	}
	if u.seconds == 0 {
		return units{}
	}
	u.lookback += 3 // a pane that has begun, zones, dates that were left out
	u.segment = window.Day(lastStamp/(daySeconds/u.seconds)) - u.lookback - 2
	if u.segment < 1 {
		return units{}
	}
	return u
}

// divisor is the greatest common divisor.
func divisor(a, b uint32) uint32 {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

// fit reports whether all days begin with a unit. Those up to 2037 tell: after that
// zones only repeat themselves.
func (u *units) fit(days *window.Calendar) bool {
	for d := range window.Day(24_800) {
		if days.Start(d)%(cdr.Millis(u.seconds)*1000) != 0 {
			return false
		}
	}
	return true
}

// baseOn is the base while d is the open day.
func (u *units) baseOn(d window.Day) int64 {
	if u.segment == 0 {
		return 0
	}
	past := d % u.segment
	if past < 0 {
		past += u.segment
	}
	first := int64(d - past - u.lookback)
	if u.seconds == 0 {
		return first
	}
	return first * int64(daySeconds/u.seconds)
}

// of is the stamp of an instant t on day d. It grows with t from 1970 on, to 2149 in
// days and 2106 otherwise.
func (s *stamps) of(t cdr.Millis, d window.Day) uint32 {
	switch second := min(max(0, t/1000), 1<<32-1); {
	case s.words == 2:
		return uint32(second)
	case s.seconds == 0 && d < 0:
		return 0
	case s.seconds == 0:
		return uint32(min(max(0, int64(d)+1-s.base), s.lastDay()))
	case t < 0:
		return 0
	default:
		return uint32(min(max(0, int64(uint32(second)/s.seconds)-s.base), lastStamp))
	}
}

// ofDay finds the stamps of instants of day d, which begins at from.
func (s *stamps) ofDay(to []uint32, times []cdr.Millis, d window.Day, from cdr.Millis) {
	to = to[:len(times)]
	if s.inDays() {
		v := s.of(from, d)
		for i := range to {
			to[i] = v
		}
		return
	}
	unit := cdr.Millis(s.seconds) * 1000
	if s.words == 2 || from < 0 || int64(from/unit) < s.base || from%unit != 0 || from > lastWhole {
		for i, t := range times {
			to[i] = s.of(t, d)
		}
		return
	}
	first, inverse := uint64(int64(from/unit)-s.base), ^uint64(0)/uint64(unit)+1
	for i, t := range times {
		n, _ := bits.Mul64(inverse, uint64(uint32(t-from))) // no day is 2³² milliseconds long, so this is exact
		to[i] = uint32(min(first+n, lastStamp))
	}
}

// lastWhole is early enough for a day that begins there to end before 32 bits of seconds do.
const lastWhole = cdr.Millis(1<<32-1)*1000 - 1<<32

// lastDay is the latest stamp of days.
func (u *units) lastDay() int64 {
	if u.segment > 0 {
		return lastShort
	}
	return lastStamp
}

// short reports whether 8 bits hold a stamp.
func (s *stamps) short() bool { return s.inDays() && s.segment > 0 }

// inDays reports whether stamps are days.
func (s *stamps) inDays() bool { return s.words == 1 && s.seconds == 0 }

// instant is when the time begins that is stamped v, which is not in days.
func (s *stamps) instant(v uint32) cdr.Millis {
	if s.words == 2 {
		return cdr.Millis(v) * 1000
	}
	return cdr.Millis((int64(v) + s.base) * int64(s.seconds) * 1000)
}

// rebased is v after base has risen by so many units; what is before it then no window
// sees.
func rebased(v uint32, by int64) uint32 { return uint32(max(0, int64(v)-by)) }

// rebase makes rebased stamps of those in w.
func (s *stamps) rebase(w []uint64, by int64) {
	g := s.get(w)
	for i, v := range g {
		s.set(w, 1<<i, rebased(v, by))
	}
}

// lessen makes rebased stamps of those of 8 bits in words.
func lessen(words []uint64, by int64) {
	if by > lastShort {
		clear(words)
		return
	}
	lanes := ones * uint64(by)
	from := start{lanes &^ byteTops, ^lanes & byteTops}
	for i, w := range words {
		left := atLeastShort(w, from) * lastShort
		words[i] = w&left - lanes&left
	}
}

// set sets the stamps in mask to v.
func (s *stamps) set(w []uint64, mask window.Stamp, v uint32) {
	if s.words == 1 {
		m := spread4[mask&15]
		w[0] = w[0]&^(m*0xffff) | m*uint64(v)
		return
	}
	for i := range 2 {
		m := spread2[mask>>(2*i)&3]
		w[i] = w[i]&^(m*0xffffffff) | m*uint64(v)
	}
}

// spread4 has a 1 in each 16-bit lane whose bit is set, spread2 in each 32-bit lane.
var spread4 = [16]uint64{
	0, 1, 1 << 16, 1<<16 | 1,
	1 << 32, 1<<32 | 1, 1<<32 | 1<<16, 1<<32 | 1<<16 | 1,
	1 << 48, 1<<48 | 1, 1<<48 | 1<<16, 1<<48 | 1<<16 | 1,
	1<<48 | 1<<32, 1<<48 | 1<<32 | 1, 1<<48 | 1<<32 | 1<<16, 1<<48 | 1<<32 | 1<<16 | 1,
}

var spread2 = [4]uint64{0, 1, 1 << 32, 1<<32 | 1}

// get returns the four stamps.
func (s *stamps) get(w []uint64) [4]uint32 {
	if s.words == 1 {
		return [4]uint32{uint32(w[0] & 0xffff), uint32(w[0] >> 16 & 0xffff), uint32(w[0] >> 32 & 0xffff), uint32(w[0] >> 48)}
	}
	return [4]uint32{uint32(w[0]), uint32(w[0] >> 32), uint32(w[1]), uint32(w[1] >> 32)}
}

// last returns the latest stamp.
func (s *stamps) last(w []uint64) uint32 {
	g := s.get(w)
	return max(g[0], g[1], g[2], g[3])
}

// savedWords is how many words the stamps of an item are saved in: units are saved as
// the seconds in which they begin, days as those from 1970 on.
func (s *stamps) savedWords() int {
	if s.seconds > 0 {
		return 2
	}
	return s.words
}

// saved is v as it is saved, and kept what was saved as v.
func (s *stamps) saved(v uint32) uint32 {
	switch {
	case v == 0:
		return 0
	case s.seconds > 0:
		return uint32(min(max(1, s.instant(v)/1000), 1<<32-1))
	}
	return uint32(min(max(1, int64(v)+s.base), 1<<32-1))
}

func (s *stamps) kept(v uint32) uint32 {
	switch {
	case v == 0:
		return 0
	case s.seconds > 0:
		return s.of(cdr.Millis(v)*1000, 0)
	case s.segment > 0:
		return s.of(0, window.Day(v)-1)
	}
	return v
}

// append appends the stamps in w as they are saved.
func (s *stamps) append(b []byte, w []uint64) []byte {
	g := s.get(w)
	for _, v := range g {
		v = s.saved(v)
		if s.inDays() {
			b = binary.LittleEndian.AppendUint16(b, uint16(min(v, lastStamp)))
			continue
		}
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

// load sets the stamps in w, which are 0, to what was saved.
func (s *stamps) load(r *reader, w []uint64) {
	if s.inDays() {
		saved := r.u64()
		for i := range 4 {
			s.set(w, 1<<i, s.kept(uint32(saved>>(16*i)&lastStamp)))
		}
		return
	}
	for i := range 4 {
		s.set(w, 1<<i, s.kept(r.u32()))
	}
}

// shorten keeps the days in a word in 8 bits each, lengthen is the other way round.
func shorten(w uint64) uint32 {
	w &= fourLanes * lastShort
	w |= w >> 8
	return uint32(w&0xffff | w>>16&0xffff0000)
}

func lengthen(v uint32) uint64 {
	w := uint64(v)
	w = w&0xffff | w&0xffff0000<<16
	return w&0x000000ff_000000ff | w&0x0000ff00_0000ff00<<8
}

// spread8 has a 1 in each 8-bit lane whose bit is set.
var spread8 = [16]uint32{
	0, 1, 1 << 8, 1<<8 | 1,
	1 << 16, 1<<16 | 1, 1<<16 | 1<<8, 1<<16 | 1<<8 | 1,
	1 << 24, 1<<24 | 1, 1<<24 | 1<<8, 1<<24 | 1<<8 | 1,
	1<<24 | 1<<16, 1<<24 | 1<<16 | 1, 1<<24 | 1<<16 | 1<<8, 1<<24 | 1<<16 | 1<<8 | 1,
}
