package profile

import (
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// readEncoding reads the name of an encoding.
func readEncoding(r *reader, n ast.Node) (string, encoding) {
	name, ok := r.text(n, "as")
	if !ok {
		return "", nil
	}
	read := encodings[name]
	if read == nil {
		r.wrong(placeOf(n), "as: %s", unknown("encoding", name, slices.Collect(maps.Keys(encodings))))
	}
	return name, read
}

func encodingNames() string {
	return strings.Join(slices.Sorted(maps.Keys(encodings)), ", ")
}

// readBits reads 3 or 0-3.
func readBits(r *reader, n ast.Node) (bits [2]int) {
	text, _ := r.text(n, "bits")
	low, high, _ := strings.Cut(text, "-")
	if high == "" {
		high = low
	}
	if len(low) != 1 || len(high) != 1 || low[0] < '0' || high[0] > '7' || low[0] > high[0] {
		r.wrong(placeOf(n), "bits %q: write a bit from 0, the lowest, to 7, or a stretch of them as in 0-3", cut(text))
		return [2]int{0, 0}
	}
	return [2]int{int(low[0] - '0'), int(high[0] - '0')}
}

// appendBits is the number that bits of the first octet are.
func appendBits(bits [2]int) encoding {
	mask := byte(1<<(bits[1]-bits[0]+1) - 1)
	return func(dst, b []byte) ([]byte, bool) {
		return appendUintBE(dst, []byte{b[0] >> bits[0] & mask})
	}
}
