package decode

import (
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
	return u
}

// Clock returns a clock for the source's local times.
func (u *Rules) Clock() Clock { return NewClock(u.s.Zone) }

// flags completes the legs with everything else.
func (u *Rules) flags(r *Row, legs cdr.Flags) cdr.Flags {
	f := legs.With(r.Service, r.Outcome, r.RAT) | u.marks
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
	n := digitsOf(cell)
	if n == 0 || n == len(cell) || cell[n] != '-' {
		return 0
	}
	lac := dash(cell[n+1:])
	second := n + 1 + lac
	if lac == 0 || second+1 >= len(cell) || second+1+dash(cell[second+1:]) < len(cell) {
		return 0
	}
	return HashText(cell[:second])
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
