package shard

import (
	"bytes"
	"encoding/binary"
)

// load reads the panes of slot.
func (e *exact) load(r *reader, slot uint32) {
	switch has := r.u8(); {
	case has > 1:
		r.fail("the panes of a subscriber are damaged")
		return
	case has == 0 || r.failed != "":
		return
	}
	st := paneState{pane: r.varint(), row: e.rows.get()}
	open, sum := e.parts(&st)
	r.packed(e.layout, open)
	n := r.uvarint()
	closed := r.take(int(min(n, 1<<31)))
	if r.failed == "" && !e.ascend(closed, st.pane) {
		r.fail("the closed panes of a subscriber are damaged")
	}
	if r.failed != "" {
		e.rows.put(st.row)
		return
	}
	e.addUp(closed, sum)
	st.closed = e.prune(bytes.Clone(closed), st.pane, sum)
	*e.states.need(slot) = st
}

// addUp adds closed panes to sum.
func (e *exact) addUp(closed []byte, sum []uint64) {
	for len(closed) > 0 {
		_, n := binary.Varint(closed)
		closed = closed[n:]
		closed = closed[e.layout.AddPacked(sum, closed):]
	}
}

// ascend reports whether closed is whole panes, in order and before the open one.
func (e *exact) ascend(closed []byte, open int64) bool {
	for first, previous := true, int64(0); len(closed) > 0; first = false {
		pane, n := binary.Varint(closed)
		if n <= 0 || pane >= open || !first && pane <= previous {
			return false
		}
		m, ok := e.layout.Unpack(nil, closed[n:])
		if !ok {
			return false
		}
		closed, previous = closed[n+m:], pane
	}
	return true
}
