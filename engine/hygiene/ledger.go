package hygiene

// Ledger accounts for every record. Read = the sum of the others.
type Ledger struct {
	Read      int64 `json:"read"`
	Accepted  int64 `json:"accepted"`
	Duplicate int64 `json:"duplicate"`
	Late      int64 `json:"late"`
	Rejected  int64 `json:"rejected"`
	Filtered  int64 `json:"filtered"`
	Buffered  int64 `json:"buffered"`
}

// Balanced reports whether every record that was read is accounted for.
func (l Ledger) Balanced() bool {
	return l.Read == l.Accepted+l.Duplicate+l.Late+l.Rejected+l.Filtered+l.Buffered
}

// Add adds the records of o.
func (l *Ledger) Add(o Ledger) {
	l.Read += o.Read
	l.Accepted += o.Accepted
	l.Duplicate += o.Duplicate
	l.Late += o.Late
	l.Rejected += o.Rejected
	l.Filtered += o.Filtered
	l.Buffered += o.Buffered
}
