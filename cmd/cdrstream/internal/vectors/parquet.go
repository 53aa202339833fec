package vectors

import (
	"context"
	"fmt"

	"github.com/cdrstream/cdrstream/sinks/parquet"
)

// parquetTable is a Parquet file.
type parquetTable struct {
	path string
	in   *parquet.Reader
}

func openParquet(path string) (table, error) {
	in, err := parquet.OpenReader(path)
	if err != nil {
		return nil, err
	}
	return &parquetTable{path, in}, nil
}

func (t *parquetTable) columns() []string { return t.in.Columns() }
func (t *parquetTable) close() error      { return t.in.Close() }

func (t *parquetTable) rows(ctx context.Context, columns []int, yield func(place func() string, cells []any) error) error {
	n := 0
	place := func() string { return fmt.Sprintf("%s: row %d", t.path, n) }
	return t.in.Rows(ctx, columns, -1, func(cells []any) error {
		n++
		return yield(place, cells)
	})
}
