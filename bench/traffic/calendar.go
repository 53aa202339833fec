package traffic

// calendar holds the records of calls that are under way and gives them back in
// the order in which the switch writes them. Records stay where they are put; a
// four-way heap of small keys moves instead.
type calendar struct {
	heap []due
	recs []Record
	free []uint32
	seq  uint64
}

// due is a record's place in the order: time, then the order of put.
type due struct {
	at   int64
	seq  uint64
	slot uint32
}

func (a due) before(b due) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }

// put files a copy of r under r.Written.
func (c *calendar) put(r *Record) {
	var slot uint32
	if n := len(c.free); n > 0 {
		slot, c.free = c.free[n-1], c.free[:n-1]
		c.recs[slot] = *r
	} else {
		slot = uint32(len(c.recs))
		c.recs = append(c.recs, *r)
	}
	d := due{at: r.Written, seq: c.seq, slot: slot}
	c.seq++
	c.heap = append(c.heap, d)
	i := len(c.heap) - 1
	for i > 0 {
		p := (i - 1) / 4
		if !d.before(c.heap[p]) {
			break
		}
		c.heap[i] = c.heap[p]
		i = p
	}
	c.heap[i] = d
}

// empty reports whether nothing is under way.
func (c *calendar) empty() bool { return len(c.heap) == 0 }

// next is the time of the earliest record; the calendar must not be empty.
func (c *calendar) next() int64 { return c.heap[0].at }

// take copies the earliest record into r and forgets it.
func (c *calendar) take(r *Record) {
	slot := c.heap[0].slot
	*r = c.recs[slot]
	c.free = append(c.free, slot)
	n := len(c.heap) - 1
	last := c.heap[n]
	c.heap = c.heap[:n]
	if n > 0 {
		c.sink(last)
	}
}

// sink puts d in at the top and moves it down to where it belongs.
func (c *calendar) sink(d due) {
	h, i := c.heap, 0
	for {
		least := 4*i + 1
		if least >= len(h) {
			break
		}
		for k := least + 1; k < min(4*i+5, len(h)); k++ {
			if h[k].before(h[least]) {
				least = k
			}
		}
		if !h[least].before(d) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = d
}
