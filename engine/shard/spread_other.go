//go:build !amd64

package shard

import "github.com/cdrstream/cdrstream/engine/feature"

type octets struct{}

func newOctets([]move) octets { return octets{} }

// fill returns how many of the rows are done: none.
func (octets) fill(*feature.Tile, [][]uint64, int) int { return 0 }
