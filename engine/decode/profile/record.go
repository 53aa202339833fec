package profile

// cell is the raw text of a source in a record.
type cell struct {
	off, end uint32 // in the texts of the record
	there    bool   // the record has the source, empty or not
}

// record is a record on its way to a row. The texts that its cells, and later the
// row, point into are the record itself, or, once a text was made, a copy of it with
// the made texts behind.
type record struct {
	raw   []byte // the record as it stands: what a cutter reads
	cells []cell

	buf  []byte // the writer's scratch; made texts are appended to it
	mark int    // where the copy begins in buf, -1: there is none

	drift bool // it holds a value that the profile does not know
}

// at sets cell i to raw[off:end].
func (r *record) at(i, off, end int) {
	r.cells[i] = cell{off: uint32(off), end: uint32(end), there: true}
}

// begin returns where a text begins that is about to be made, by appending to r.buf.
// It copies the record the first time.
func (r *record) begin() int {
	if r.mark < 0 {
		r.mark = len(r.buf)
		r.buf = append(r.buf, r.raw...)
	}
	return len(r.buf) - r.mark
}

// bare makes the texts of the record empty: for cutters of which all texts are made,
// before the first of them. It saves the copy that begin makes.
func (r *record) bare() { r.mark = len(r.buf) }

// made sets cell i to what was appended to r.buf since from, which begin returned.
func (r *record) made(i, from int) { r.at(i, from, len(r.buf)-r.mark) }

// texts is what cells point into. It is valid until the next text is made.
func (r *record) texts() []byte {
	if r.mark < 0 {
		return r.raw
	}
	return r.buf[r.mark:]
}

// text is the text of cell i, empty where the record does not have it.
func (r *record) text(i int) []byte {
	c := r.cells[i]
	return r.texts()[c.off:c.end]
}

// reset begins a record.
func (r *record) reset(raw, scratch []byte) {
	r.raw, r.buf, r.mark, r.drift = raw, scratch, -1, false
	clear(r.cells)
}
