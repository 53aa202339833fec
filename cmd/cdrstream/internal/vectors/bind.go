package vectors

import (
	"context"
	"fmt"
)

// Binding is where a file holds the values of a vector.
type Binding struct {
	file    *File
	names   []string // of the columns that are read: the subscriber's, then one for each value that has one
	columns []int    // the same in the file
	target  []int    // of column i+1: in values
	values  []float64
	null    []bool // both hold the constants; the rest is set row by row
}

// Bind finds where f holds the features, in their order: where m says, else in the
// column of the same name. missing are those that it does not hold. With any of
// them the binding is nil.
func (f *File) Bind(m Map, features []string) (b *Binding, missing []string, err error) {
	who := m.origin(subscriberColumn)
	at, ok := f.column(who.column)
	if !ok {
		return nil, nil, who.errorf("%s (or map it: subscriber: COLUMN in the file of --map)", f.noColumn(who.column))
	}
	b = &Binding{
		file: f, names: []string{who.column}, columns: []int{at},
		values: make([]float64, len(features)), null: make([]bool, len(features)),
	}
	for i, name := range features {
		o := m.origin(name)
		if o.column == "" {
			b.values[i], b.null[i] = o.value, o.null
			continue
		}
		at, ok := f.column(o.column)
		switch {
		case ok:
			b.names, b.columns, b.target = append(b.names, o.column), append(b.columns, at), append(b.target, i)
		case o.place != "":
			return nil, nil, o.errorf("%s: %s", name, f.noColumn(o.column))
		default:
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, missing, nil
	}
	return b, nil, nil
}

// Read calls yield with each row: the subscriber, and of each feature the value,
// or 0 with null set. yield must not keep values and null; its error ends the
// reading and is returned as it is.
func (b *Binding) Read(ctx context.Context, yield func(subscriber string, values []float64, null []bool) error) error {
	return b.file.rows(ctx, b.columns, func(place func() string, cells []any) error {
		who, err := subscriber(cells[0])
		if err != nil {
			return fmt.Errorf("%s: column %s: %w", place(), b.names[0], err)
		}
		for i, to := range b.target {
			if b.values[to], b.null[to], err = number(cells[i+1]); err != nil {
				return fmt.Errorf("%s: column %s: %w", place(), b.names[i+1], err)
			}
		}
		return yield(who, b.values, b.null)
	})
}
