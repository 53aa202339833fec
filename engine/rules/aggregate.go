package rules

import (
	"math"
	"slices"
)

// within reports whether x is a whole number in the range of t.
func (t *tree) within(x float64) bool {
	return x >= t.lo && x <= t.hi && x == math.Trunc(x)
}

// aggregate is the sum, mean or median of known values.
func aggregate(o op, v []maybe) (float64, bool) {
	x := make([]float64, len(v))
	sum := 0.0
	for i := range v {
		x[i] = v[i].value
		sum += x[i]
	}
	switch o {
	case opMean:
		sum /= float64(len(x))
	case opMedian:
		slices.Sort(x)
		sum = (x[(len(x)-1)/2] + x[len(x)/2]) / 2
	}
	return sum, sum == sum
}
