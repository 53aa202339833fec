package traffic

// AppendCSV appends r as one line of CSV, line feed included. No field of a
// sound record needs quotes.
func (w *Writer) AppendCSV(dst []byte, r *Record) []byte {
	if r.Malformed != Sound {
		return w.damagedCSV(dst, r)
	}
	return w.csvLine(dst, r, wound{})
}

// AppendJSON appends r as one line of JSON, line feed included. Absent values
// are left out; numbers are numbers, but identities are strings.
func (w *Writer) AppendJSON(dst []byte, r *Record) []byte {
	if r.Malformed != Sound {
		return w.damagedJSON(dst, r)
	}
	return w.jsonLine(dst, r, wound{})
}

func (w *Writer) csvLine(dst []byte, r *Record, hurt wound) []byte {
	for _, c := range w.columns {
		if hurt.csv != "" && c == hurt.column {
			dst = append(dst, hurt.csv...)
		} else {
			dst = w.appendField(dst, r, c)
		}
		dst = append(dst, ',')
	}
	dst[len(dst)-1] = '\n'
	return dst
}

func (w *Writer) jsonLine(dst []byte, r *Record, hurt wound) []byte {
	dst = append(dst, '{')
	for _, c := range w.columns {
		before := len(dst)
		dst = append(append(append(dst, '"'), columnNames[c]...), '"', ':')
		start := len(dst)
		if hurt.json != "" && c == hurt.column {
			dst = append(dst, hurt.json...)
		} else if dst = w.appendValue(dst, r, c); len(dst) == start {
			dst = dst[:before]
			continue
		}
		dst = append(dst, ',')
	}
	dst[len(dst)-1] = '}'
	return append(dst, '\n')
}

// appendValue appends one column as a JSON value; nothing when it is absent.
func (w *Writer) appendValue(dst []byte, r *Record, c column) []byte {
	switch c {
	case colRing, colDuration, colCause, colUp, colDown, colCharge, colForwarded, colPartial:
		return w.appendField(dst, r, c)
	}
	quote := len(dst)
	dst = w.appendField(append(dst, '"'), r, c)
	if len(dst) == quote+1 {
		return dst[:quote]
	}
	return append(dst, '"')
}
