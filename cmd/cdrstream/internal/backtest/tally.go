package backtest

// Tally notes for which subscribers rules hold: a bit for each subscriber and
// rule. It grows with the subscribers, not with the rows.
type Tally struct {
	words int // of bits of a subscriber
	index map[string]int32
	bits  []uint64 // words for each subscriber
	held  []int64  // by rule: rows for which it holds
	any   int64    // rows for which any does
	rows  int64
}

// NewTally returns a tally of so many rules.
func NewTally(rules int) *Tally {
	return &Tally{words: (rules + 63) / 64, index: map[string]int32{}, held: make([]int64, rules)}
}

// Row notes a row of a subscriber: holds[i] is whether rule i holds for it.
func (t *Tally) Row(subscriber string, holds []bool) {
	t.rows++
	at, known := t.index[subscriber]
	if !known {
		at = int32(len(t.index))
		t.index[subscriber] = at
		t.bits = append(t.bits, make([]uint64, t.words)...)
	}
	any := false
	for i, h := range holds {
		if h {
			t.held[i]++
			t.bits[int(at)*t.words+i/64] |= 1 << (i % 64)
			any = true
		}
	}
	if any {
		t.any++
	}
}

// flagged reports whether rule held for any row of a subscriber.
func (t *Tally) flagged(at int32, rule int) bool {
	return t.bits[int(at)*t.words+rule/64]>>(rule%64)&1 != 0
}

// anyFlagged reports whether any rule did.
func (t *Tally) anyFlagged(at int32) bool {
	for _, w := range t.bits[int(at)*t.words : (int(at)+1)*t.words] {
		if w != 0 {
			return true
		}
	}
	return false
}
