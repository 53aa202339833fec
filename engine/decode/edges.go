package decode

// filledWords tells of each field the rows with a text.
func filledWords(out []missed, edges [][SheetRows]uint16) {
	for f := range out {
		rows, from, next := missed(0), &edges[f], &edges[f+1]
		for k := range SheetRows {
			rows |= missed((uint64(next[k]-from[k]-1)+0xFFFF)>>16) << k // where they are not one byte apart
		}
		out[f] = rows
	}
}

// transposeWords tells where the fields of rows begin, field by field, and last where
// the next row's first one does: mark f of row k stands at k*fields+f.
func transposeWords(out [][SheetRows]uint16, marks []uint16, rows int) {
	fields := len(out) - 1
	for f := range out {
		to := &out[f]
		for k := range rows {
			to[k&(SheetRows-1)] = marks[k*fields+f]
		}
	}
}
