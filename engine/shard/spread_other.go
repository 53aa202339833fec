//go:build !amd64

package shard

func (q *queues) spread(legs []queued) int { return q.spreadEach(legs) }
