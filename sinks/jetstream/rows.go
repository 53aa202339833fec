package jetstream

import (
	"fmt"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// rows writes rows as feature.JSON does, one a message.
type rows struct {
	json    *feature.JSON
	columns int
}

func newRows(s feature.Schema) *rows { return &rows{feature.NewJSON(s), len(s.Fields)} }

func (r *rows) encode(p *part, f *feature.Frame, grown func(*part) error) error {
	if len(f.Columns) != r.columns {
		return fmt.Errorf("a frame has %d feature columns, the schema %d", len(f.Columns), r.columns)
	}
	for i := range f.Rows {
		at := p.begin()
		p.data = r.json.AppendRow(p.data, f, i)
		p.end(at, 1)
		if err := grown(p); err != nil {
			return err
		}
	}
	return nil
}
