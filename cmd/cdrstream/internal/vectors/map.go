package vectors

import (
	"errors"
	"fmt"
	"os"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/yamltree"
)

// subscriberColumn holds the subscribers, unless a map names another.
const subscriberColumn = "subscriber"

// Map tells for features in which column of a file they are, or which value they
// have in all rows. The zero value says nothing.
//
//	contacts_out_30d: opposite_unique   # a column
//	observed_days: 60                   # the same in every row
//	charge_24h: null                    # known of no row
//	subscriber: number                  # not a feature: the column of the subscribers
type Map struct{ origins map[string]origin }

// origin is where a value comes from.
type origin struct {
	column string // empty: value, or null
	value  float64
	null   bool
	place  string // of the entry in the map, file:line:column; empty: there is none
}

// ReadMap reads the map at path. features are the names it may have.
func ReadMap(path string, features []string) (Map, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return Map{}, openError(path, err)
	}
	return ParseMap(path, b, features)
}

// ParseMap reads the text of a map; name is its name in messages.
func ParseMap(name string, text []byte, features []string) (Map, error) {
	m := Map{map[string]origin{}}
	top, err := yamltree.Parse(name, text)
	if err != nil {
		return m, err
	}
	pairs, err := top.Pairs()
	if err != nil {
		return m, err
	}
	known := map[string]bool{subscriberColumn: true}
	for _, f := range features {
		known[f] = true
	}
	for _, p := range pairs {
		if !known[p.Name] {
			return m, p.Key.Errorf("unknown feature %s%s", p.Name, meant(p.Name, features))
		}
		if m.origins[p.Name], err = readOrigin(p); err != nil {
			return m, err
		}
	}
	return m, nil
}

func readOrigin(p yamltree.Pair) (origin, error) {
	o := origin{place: p.Value.Place()}
	v, err := p.Value.Scalar()
	if err != nil {
		return o, err
	}
	switch v := v.(type) {
	case nil:
		o.null = true
	case bool:
		o.value = flag(v)
	case float64:
		if o.value, _, err = number(v); err != nil {
			return o, p.Value.Errorf("%s: %w", p.Name, err)
		}
	case string:
		if o.column = v; v == "" {
			return o, p.Value.Errorf("%s: name a column, or write a number", p.Name)
		}
	}
	if p.Name == subscriberColumn && o.column == "" {
		return o, p.Value.Errorf("subscriber: name a column: every row has its own")
	}
	return o, nil
}

func meant(name string, names []string) string {
	if near := config.Nearest(name, names); near != "" {
		return ": did you mean " + near + "?"
	}
	return ": cdrstream features list shows them, and features have a window: contacts_out_30d"
}

// origin is where the values of a feature come from: its own column if the map
// does not name it.
func (m Map) origin(name string) origin {
	if o, ok := m.origins[name]; ok {
		return o
	}
	return origin{column: name}
}

// errorf is an error about o, with the place that it has in a map.
func (o origin) errorf(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if o.place == "" {
		return errors.New(text)
	}
	return fmt.Errorf("%s: %s", o.place, text)
}
