//go:build !linux

package shard

func adviseHuge([]uint64) {}

func discard([]uint64) bool { return false }
