//go:build !amd64

package feature

// addSome is addQuotients of some of the first rows; it returns of how many: none.
func (*Column) addSome(_, _ []int64, _ float64) int { return 0 }

// scaleSome sets some of the first of out to n[r] / by; it returns how many: none.
func scaleSome([]float64, []int64, float64) int { return 0 }

// sumSome is addTo of some of the first rows; it returns of how many: none.
func sumSome(_, _, _ []int64, _ bool) int { return 0 }
