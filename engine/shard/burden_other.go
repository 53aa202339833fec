//go:build !amd64

package shard

import "github.com/cdrstream/cdrstream/engine/window"

func (c *calms) weighPlainly(l *window.Legs, classes []int32, heavy *someLegs) {
	c.weighPlainlyEach(l, classes, heavy)
}
