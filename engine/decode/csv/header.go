package csv

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cdrstream/cdrstream/engine/decode"
)

// header is what the first row says.
type header struct {
	separator byte
	columns   []decode.Column // of each field
	has       uint32          // bit set of the columns
	twice     decode.Column   // a column that is named more than once
	size      int             // bytes of head up to the first record
}

var errNoHeader = errors.New("csv: the file is empty; the first line must name the columns, start_time and a party among them")

// readHeader reads the first line of head that is not blank.
func readHeader(head []byte) (header, error) {
	bom := decode.BOM(head)
	lines := decode.NewLines(head[bom:])
	if !lines.Next() {
		return header{}, errNoHeader
	}
	h, err := parseHeader(lines.At.Text)
	h.size = bom + int(lines.At.Raw.Off)
	if n := bytes.IndexByte(head[h.size:], '\n'); n >= 0 {
		h.size += n + 1
	} else if h.size = len(head); h.size >= decode.MaxHead {
		return header{}, fmt.Errorf("csv: the header row is longer than %d bytes", decode.MaxHead)
	}
	return h, err
}

// parseHeader takes the separator that makes out most columns.
func parseHeader(line []byte) (header, error) {
	best, err := splitHeader(line, ',')
	for _, separator := range []byte{';', '\t', '|'} {
		h, err2 := splitHeader(line, separator)
		if err2 == nil && (err != nil || known(h.columns) > known(best.columns)) {
			best, err = h, nil
		}
	}
	return best, err
}

func known(columns []decode.Column) (n int) {
	for _, c := range columns {
		if c != decode.NoColumn {
			n++
		}
	}
	return n
}

func splitHeader(line []byte, separator byte) (header, error) {
	h := header{separator: separator}
	for at := 0; at <= len(line); {
		cell, next, problem := decode.NextCell(line, at, separator)
		if problem != "" {
			return h, fmt.Errorf("csv: header row: field %d: %s", len(h.columns)+1, problem)
		}
		c := decode.ColumnNamed(line[cell.Off:cell.End])
		if c != decode.NoColumn && h.has>>c&1 != 0 {
			h.twice = c
		}
		h.has |= 1 << c
		h.columns = append(h.columns, c)
		at = next
	}
	h.has &^= 1 << decode.NoColumn
	return h, nil
}

// missing tells what keeps the header from being one, "" when nothing.
func (h *header) missing() string {
	start, party := h.has>>decode.StartTime&1 != 0, h.has&decode.PartyColumns != 0
	switch {
	case !start && !party:
		return "start_time and a party (calling_number, called_number or imsi)"
	case !start:
		return "start_time"
	case !party:
		return "a party (calling_number, called_number or imsi)"
	}
	return ""
}

// check tells why records cannot be read under h.
func (h *header) check() error {
	if m := h.missing(); m != "" {
		return fmt.Errorf("csv: the header row does not name %s; add the column or choose another --format", m)
	}
	if h.twice != decode.NoColumn {
		return fmt.Errorf("csv: the header row names %s more than once; rename the one that is not meant", h.twice)
	}
	return nil
}
