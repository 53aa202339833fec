//go:build !amd64

package shard

func (q *queues) scatter(legs []queued) int { return q.scatterEach(legs) }
