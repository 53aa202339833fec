package vectors

import (
	"context"
	"fmt"
	"slices"
)

// The columns of a file of labels that may hold the kind: that of people, and that
// of the truth which generate writes.
var kindColumns = []string{"kind", "scenario"}

// ReadLabels reads a file of labels: a table as files of vectors are, with the
// columns subscriber and kind (or scenario). It calls yield with each row and its place; an
// error of yield is returned with the place before it.
func ReadLabels(ctx context.Context, path string, yield func(place, subscriber, kind string) error) error {
	f, err := Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	var at []int
	for _, names := range [][]string{{subscriberColumn}, kindColumns} {
		i := slices.IndexFunc(f.columns(), func(c string) bool { return slices.Contains(names, c) })
		if i < 0 {
			return fmt.Errorf("%s: labels have the header subscriber,kind", f.noColumn(names[0]))
		}
		at = append(at, i)
	}
	return f.rows(ctx, at, func(place func() string, cells []any) error {
		who, err := subscriber(cells[0])
		if err != nil {
			return fmt.Errorf("%s: column %s: %w", place(), subscriberColumn, err)
		}
		kind, err := text(cells[1])
		if err != nil {
			return fmt.Errorf("%s: column %s: %w", place(), f.columns()[at[1]], err)
		}
		if err := yield(place(), who, kind); err != nil {
			return fmt.Errorf("%s: %w", place(), err)
		}
		return nil
	})
}
