package parquet

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// Pages of small integers may come before and after others that make the dictionary
// larger than a byte can number.
func TestSmallPages(t *testing.T) {
	const rows = 3001
	s := feature.Schema{Fields: []feature.Field{{Name: "i"}}}
	var frames []*feature.Frame
	for n, spread := range []int{1, 2, 10, 200, 600, 10, 256, 1} {
		f := frameOf(newRand(1), nil, n*rows, rows)
		var c feature.Column
		for row := range rows {
			c.Ints = append(c.Ints, int64(row*7%spread))
		}
		f.Columns = []feature.Column{c}
		frames = append(frames, f)
	}
	b := encode(t, s, Options{RowGroupRows: defaultRows}, frames)
	table, _ := parseTable(t, b)
	checkTable(t, table, s, frames)
}
