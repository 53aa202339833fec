//go:build !amd64

package window

func end(row, sums []uint64, lasting Extent, kept []uint64, keep Words) {
	endWords(row, sums, lasting, kept, keep)
}
