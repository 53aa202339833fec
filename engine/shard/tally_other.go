//go:build !amd64

package shard

func (*tally) tallyFast(_, _ []uint64) (n int64, seen int) { return 0, 0 }
