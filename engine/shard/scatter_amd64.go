package shard

import "unsafe"

// scatterLegs is scatter for n legs, one at least.
//
//go:noescape
func scatterLegs(to *[1 << queueBits]queue, legs *queued, n int) int

// The assembly knows how a hash tells the queue, and how queues and legs are laid out.
var (
	_ = [1]struct{}{}[ownerBits-6]
	_ = [1]struct{}{}[queueBits-7]
	_ = [1]struct{}{}[unsafe.Sizeof(queue{})-32]
	_ = [1]struct{}{}[unsafe.Offsetof(queue{}.n)-24]
	_ = [1]struct{}{}[unsafe.Sizeof(queued{})-16]
)

func (q *queues) scatter(legs []queued) int { return scatterLegs(&q.of, &legs[0], len(legs)) }
