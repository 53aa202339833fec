package shard

import (
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/window"
)

// stamps packs the times at which an item was last seen in each of four ways:
// four 16-bit counts of days in one word where only windows of days look at
// items, else four 32-bit counts of seconds in two words. 0 is never.
type stamps struct {
	words int
}

func newStamps(subDay bool) stamps {
	if subDay {
		return stamps{words: 2}
	}
	return stamps{words: 1}
}

// of is the stamp of an instant t on day d. It grows with t from 1970 on, to
// 2149 in days and 2106 in seconds.
func (s stamps) of(t cdr.Millis, d window.Day) uint32 {
	if s.words == 1 {
		return uint32(min(max(0, d+1), 1<<16-1))
	}
	return uint32(min(max(0, t/1000), 1<<32-1))
}

// set sets the stamps in mask to v.
func (s stamps) set(w []uint64, mask window.Stamp, v uint32) {
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
func (s stamps) get(w []uint64) [4]uint32 {
	if s.words == 1 {
		return [4]uint32{uint32(w[0] & 0xffff), uint32(w[0] >> 16 & 0xffff), uint32(w[0] >> 32 & 0xffff), uint32(w[0] >> 48)}
	}
	return [4]uint32{uint32(w[0]), uint32(w[0] >> 32), uint32(w[1]), uint32(w[1] >> 32)}
}

// last returns the latest stamp.
func (s stamps) last(w []uint64) uint32 {
	g := s.get(w)
	return max(g[0], g[1], g[2], g[3])
}
