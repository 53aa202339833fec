package decode

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Rules turns rows into records as the specification says and one source is
// configured. It is immutable.
type Rules struct {
	s       Source
	home    []string // home PLMNs
	regions map[string]uint64
	drops   [2]uint64 // bit set of drop causes below 128
	marks   cdr.Flags // of every record
	folded  cdr.Flags // legs that are folded

	usageTable [256]usage     // of each service, outcome and direction
	dropFlags  [129]cdr.Flags // of each cause below 128; others have none
}

// NewRules prepares the rules of a source. s.Numbers must be set.
func NewRules(s *Source) *Rules {
	u := &Rules{s: *s, home: slices.Clone(s.HomePLMNs)}
	if s.Regions != nil {
		u.regions = make(map[string]uint64, len(s.Regions))
		for cell, region := range s.Regions {
			u.regions[cell] = HashText([]byte(region))
		}
	}
	for _, c := range s.DropCauses {
		if c < 128 {
			u.drops[c>>6] |= 1 << (c & 63)
		}
	}
	if s.Attempts {
		u.marks |= cdr.AttemptsReported
	}
	if s.Originating {
		u.folded |= cdr.Originating
	}
	if s.Terminating {
		u.folded |= cdr.Terminating
	}
	u.usageTable = u.usages()
	for c := range 128 {
		if c > 0 && u.dropped(uint16(c)) { // no cause is none
			u.dropFlags[c] = cdr.DropCause
		}
	}
	return u
}

// Clock returns a clock for the source's local times.
func (u *Rules) Clock() Clock { return NewClock(u.s.Zone) }

// flags completes the legs with everything else.
func (u *Rules) flags(r *Row, legs cdr.Flags) cdr.Flags {
	f := legs.With(r.Service, r.Outcome, r.RAT) | u.marks | r.Marks
	if r.Forwarded {
		f |= cdr.Forwarded
	}
	if r.Partial > 1 {
		f |= cdr.Slice
	}
	if r.Cause != 0 && u.dropped(r.Cause) {
		f |= cdr.DropCause
	}
	if r.At[IMSI].Len|r.At[VisitedPLMN].Len != 0 {
		f |= u.network(r.Text(IMSI), r.Text(VisitedPLMN))
	}
	return f
}

func (u *Rules) dropped(cause uint16) bool {
	if cause < 128 {
		return u.drops[cause>>6]>>(cause&63)&1 != 0
	}
	return slices.Contains(u.s.DropCauses, cause)
}

// network says whether the IMSI is of a home network, and whether the visited
// network is neither a home network nor the IMSI's own.
func (u *Rules) network(imsi, visited []byte) (f cdr.Flags) {
	away := len(visited) > 0 && !beginsWith(imsi, string(visited))
	for _, h := range u.home {
		if h != "" && beginsWith(imsi, h) {
			f |= cdr.ServedHome
		}
		if h == string(visited) {
			away = false
		}
	}
	if away {
		f |= cdr.Roams
	}
	return f
}

func beginsWith(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// region is the hash of the region of a cell: the configured one, or PLMN-LAC of
// a cell written PLMN-LAC-CI. 0 when there is none.
func (u *Rules) region(cell []byte) uint64 {
	if u.regions != nil {
		return u.regions[string(cell)]
	}
	second, ok := lacEnd(cell)
	if !ok {
		second = slowLACEnd(cell)
	}
	if second == 0 {
		return 0
	}
	return HashText(cell[:second])
}

// lacEnd is slowLACEnd of the usual cell: 8 to 24 bytes, a PLMN of 1 to 7
// digits. It finds the dashes in two or three words at once; ok is false where
// the cell is not of that kind.
func lacEnd(cell []byte) (second int, ok bool) {
	n := len(cell)
	if n < 8 || n > 24 {
		return 0, false
	}
	head := binary.LittleEndian.Uint64(cell)
	dashes := dashesIn(head) | dashesIn(binary.LittleEndian.Uint64(cell[n-8:]))<<(n-8)
	if n > 16 {
		dashes |= dashesIn(binary.LittleEndian.Uint64(cell[8:])) << 8
	}
	first := bits.TrailingZeros64(dashes)
	rest := dashes & (dashes - 1)
	second = bits.TrailingZeros64(rest)
	if first == 0 || first > 7 || !allBelowTen((head^asciiZeros)<<(64-8*first&63)) {
		return 0, false
	}
	return second, rest != 0 && rest&(rest-1) == 0 && second > first+1 && second+1 < n
}

// dashesIn has a bit for each byte of x that is a dash, the first byte's lowest.
func dashesIn(x uint64) uint64 { return dashBits(equalBytes(x, '-')) }

// dashBits gathers the high bits of eight bytes in one byte.
func dashBits(high uint64) uint64 { return (high >> 7) * 0x0102040810204080 >> 56 }

// slowLACEnd is where PLMN-LAC ends in a cell written PLMN-LAC-CI, 0 in any
// other.
func slowLACEnd(cell []byte) int {
	n := digitsOf(cell)
	if n == 0 || n == len(cell) || cell[n] != '-' {
		return 0
	}
	lac := dash(cell[n+1:])
	second := n + 1 + lac
	if lac == 0 || second+1 >= len(cell) || second+1+dash(cell[second+1:]) < len(cell) {
		return 0
	}
	return second
}

// dash is where the first dash stands, len(b) when there is none.
func dash(b []byte) int {
	for i, c := range b {
		if c == '-' {
			return i
		}
	}
	return len(b)
}
