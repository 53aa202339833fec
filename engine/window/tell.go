package window

import (
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Column is a value of 32 bits for each leg of a batch.
type Column = [MaxLegs]uint32

// among is which values of a column are meant: those whose masked bits lie at most
// so much above low.
type among struct{ mask, low, most uint32 }

func (s among) has(v uint32) bool { return v&s.mask-s.low <= s.most }

// TellUpTo adds f to the facts of the legs whose value is no more than most, if some given facts
// are all true of them. It takes no branch for a leg.
func (l *Legs) TellUpTo(f, given Fact, values *Column, most uint32) {
	l.tell(values, f, given, among{^uint32(0), 0, most})
}

// TellFlag adds f to the facts of the legs that have one flag, likewise.
func (l *Legs) TellFlag(f, given Fact, flag cdr.Flags) {
	l.tell((*Column)(unsafe.Pointer(&l.Flags)), f, given, among{uint32(flag), uint32(flag), 0})
}

var _ = [1]struct{}{}[unsafe.Sizeof(cdr.Flags(0))-4]

// tellEach is tell on any machine.
func (l *Legs) tellEach(values *Column, f, given Fact, s among) {
	facts := l.Facts[:l.N]
	for i, known := range facts {
		facts[i] = known | f.When(s.has(values[i&(MaxLegs-1)])).Given(known, given)
	}
}
