package shard

import (
	"unsafe"

	"github.com/cdrstream/cdrstream/engine/internal/processor"
	"github.com/cdrstream/cdrstream/engine/window"
)

// weighAVX512 is weighPlainlyEach of n legs.
//
//go:noescape
func weighAVX512(to *burden, effects *effect, classes *int32, quantities *window.Quantities, n int, heavy *someLegs)

// The assembly knows how long effects and quantities are.
var (
	_ = [1]struct{}{}[unsafe.Sizeof(effect{})-16]
	_ = [1]struct{}{}[unsafe.Sizeof(window.Quantities{})-64]
)

// weighPlainly is weighPlainlyEach, eight legs at a time where the processor can.
func (c *calms) weighPlainly(l *window.Legs, classes []int32, heavy *someLegs) {
	if !processor.AVX512 || len(classes) == 0 {
		c.weighPlainlyEach(l, classes, heavy)
		return
	}
	weighAVX512(&c.sums[1], &c.effects[0], &classes[0], &l.Quantities[0], len(classes), heavy)
}
