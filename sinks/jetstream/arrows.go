package jetstream

import (
	"bytes"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/sinks/internal/columns"
)

// arrows writes rows as Arrow IPC streams, so that each can be read for itself: the
// schema and one record batch, compressed with LZ4.
type arrows struct {
	schema  *arrow.Schema
	rows    feature.Schema
	most    int        // rows of a message
	size    int        // bytes of a message above which it is split
	largest func() int // likewise, as the server says; 0: nobody knows
}

func newArrows(s feature.Schema, o Options, largest func() int) (*arrows, error) {
	schema, err := columns.Schema(s, o.Metadata)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	return &arrows{schema: schema, rows: s, most: o.Rows, size: o.MaxMessage, largest: largest}, nil
}

func (a *arrows) encode(p *part, f *feature.Frame, grown func(*part) error) error {
	records, size := columns.NewRecords(a.schema, a.rows), a.size
	if most := a.largest() - headroom; most > 0 {
		size = min(size, most)
	}
	for from := 0; from < f.Rows; from += a.most {
		if err := a.add(p, records, f, from, min(a.most, f.Rows-from), size, grown); err != nil {
			return err
		}
	}
	return nil
}

// add appends rows from..from+n of f as one message, or as more if that is too long.
func (a *arrows) add(p *part, records *columns.Records, f *feature.Frame, from, n, size int, grown func(*part) error) error {
	r, err := records.Record(f, from, n)
	if err != nil {
		return err
	}
	defer r.Release()
	at := p.begin()
	out := bytes.NewBuffer(p.data)
	w := ipc.NewWriter(out, ipc.WithSchema(a.schema), ipc.WithLZ4())
	if err := w.Write(r); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if out.Len()-at-4 > size && n > 1 {
		p.data = p.data[:at]
		if err := a.add(p, records, f, from, n/2, size, grown); err != nil {
			return err
		}
		return a.add(p, records, f, from+n/2, n-n/2, size, grown)
	}
	p.data = out.Bytes()
	p.end(at, n)
	return grown(p)
}
