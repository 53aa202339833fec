//go:build !amd64

package shard

import "github.com/cdrstream/cdrstream/engine/window"

func (c *calls) find(l *window.Legs) { c.findEach(l) }
