//go:build !linux

package shard

func adviseHuge([]uint64) {}
