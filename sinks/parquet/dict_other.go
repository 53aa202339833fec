//go:build !amd64

package parquet

func (*dictionary) numberMany([]int64, []byte) int { return 0 }
