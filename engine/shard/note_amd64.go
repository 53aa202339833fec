package shard

import (
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/internal/processor"
	"github.com/cdrstream/cdrstream/engine/window"
)

// noteAVX512 is noteNarrow of so many legs, one at least, whatever they read: kinds are
// by class, forms by kind, from noForm on.
//
//go:noescape
func noteAVX512(to *notes, forms *form, kinds, classes *int32, times *cdr.Millis, quantities *window.Quantities, n int, start cdr.Millis) (ok bool)

// The assembly knows how long forms, heads of legs and quantities are.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(form{})-24]
	_ = [1]struct{}{}[noForm+2]
	_ = [1]struct{}{}[legHead-2]
	_ = [1]struct{}{}[unsafe.Sizeof(window.Quantities{})-64]
)

// noteFast is noteAny for legs that are not wide; not ok: some are, or there is no faster way.
func (j *journals) noteFast(l *window.Legs, classes []int32, start cdr.Millis) (ok bool) {
	if !processor.AVX512 || l.N == 0 {
		return j.noteNarrow(l, classes, start)
	}
	classes = classes[:l.N]
	return noteAVX512(&j.notes, &j.forms[0], &j.program.KindOf()[0], &classes[0], &l.Release[0], &l.Quantities[0], l.N, start)
}
