package order

import "github.com/cdrstream/cdrstream/engine/cdr"

// answers holds calls that have been answered until they end. It is told of them in
// the order of event time.
type answers struct {
	most    int        // calls; the one answered longest ago goes first
	room    int        // bytes of their names, likewise
	text    int        // bytes of the names of those that wait
	rows    *cdr.Batch // in order, with those that are over
	spare   *cdr.Batch // empty
	sources []uint32   // of the rows
	open    map[uint64]int
	from    int // the rows before it are over
}

// namesHeld is how many bytes of names are held at most. A batch could hold eight times
// that, so there is room for the names of calls that are over.
const namesHeld = 1 << 29

func newAnswers(most int) answers {
	return answers{most: most, room: namesHeld, rows: &cdr.Batch{}, spare: &cdr.Batch{}, open: map[uint64]int{}}
}

// Has reports whether call waits for its end.
func (a *answers) Has(call uint64) bool {
	_, ok := a.open[call]
	return ok
}

// Keep copies row r of batch, the answer of a call that is not held. lost is called
// with the source of the answer that has to make room.
func (a *answers) Keep(batch *cdr.Batch, r, source int, lost func(source int)) {
	if a.rows.Len() > 2*len(a.open)+1024 || len(a.rows.Text) > 2*a.room {
		a.pack()
	}
	a.rows.AppendRow(batch, r)
	a.add(source)
	for len(a.open) > a.most || a.text > a.room {
		a.drop(lost)
	}
}

// add makes the last row one that waits.
func (a *answers) add(source int) {
	r := a.rows.Len() - 1
	a.open[a.rows.Call[r]] = r
	a.sources = append(a.sources, uint32(source))
	a.text += a.textOf(r)
}

func (a *answers) textOf(r int) int {
	return len(a.rows.NameOf(r, false)) + len(a.rows.NameOf(r, true)) + int(a.rows.ID[r].Len)
}

// Take moves the answer of a call to the end of dst and returns its source.
func (a *answers) Take(call uint64, dst *cdr.Batch) (source int) {
	r := a.open[call]
	delete(a.open, call)
	a.text -= a.textOf(r)
	dst.AppendRow(a.rows, r)
	return int(a.sources[r])
}

// Forget gives up the calls that were answered too long before at to end now, and
// calls lost with the source of each.
func (a *answers) Forget(at cdr.Millis, lost func(source int)) {
	for a.from < a.rows.Len() && (!a.waits(a.from) || a.rows.Rows[a.from].Release < at-talksAtMost) {
		a.drop(lost)
	}
}

// waits reports whether row r is that of a call without an end.
func (a *answers) waits(r int) bool {
	at, ok := a.open[a.rows.Call[r]]
	return ok && at == r
}

// drop passes over the oldest row.
func (a *answers) drop(lost func(source int)) {
	if a.waits(a.from) {
		delete(a.open, a.rows.Call[a.from])
		a.text -= a.textOf(a.from)
		lost(int(a.sources[a.from]))
	}
	a.from++
}

// pack leaves out the rows that are over.
func (a *answers) pack() {
	if len(a.open) == a.rows.Len() {
		return
	}
	rows, sources := a.spare, a.sources[:0]
	for r := a.from; r < a.rows.Len(); r++ {
		if a.waits(r) {
			a.open[a.rows.Call[r]] = rows.Len()
			rows.AppendRow(a.rows, r)
			sources = append(sources, a.sources[r])
		}
	}
	a.rows.Reset()
	a.rows, a.spare, a.sources, a.from = rows, a.rows, sources, 0
}
