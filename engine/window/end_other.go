//go:build !amd64

package window

func end(row, sums, kept []uint64, keep Words) { endWords(row, sums, kept, keep) }
