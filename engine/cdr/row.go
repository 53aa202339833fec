package cdr

import "sort"

// AppendRow copies row r of src to the end of b, names included. HighWater is
// not kept: it belongs to the order in which a source was read.
func (b *Batch) AppendRow(src *Batch, r int) {
	b.Rows, b.HighWater = append(b.Rows, src.Rows[r]), append(b.HighWater, 0)
	b.RawHash, b.Call, b.Cause = append(b.RawHash, src.HashOf(r)), append(b.Call, src.Call[r]), append(b.Cause, src.Cause[r])
	b.Raw, b.Line = append(b.Raw, src.Raw[r]), append(b.Line, src.Line[r])
	row := int32(b.Len() - 1)
	if src.Rows[r].Calling.IsName() {
		b.addName(row, false, src.NameOf(r, false))
	}
	if src.Rows[r].Called.IsName() {
		b.addName(row, true, src.NameOf(r, true))
	}
	b.ID = append(b.ID, b.addText(src.ID[r].Of(src.Text)))
	b.HashParties()
}

// NameOf returns the text of the calling or called party of row r, nil unless
// its Number is a name. The text belongs to b.
func (b *Batch) NameOf(r int, called bool) []byte {
	i := sort.Search(len(b.Names), func(i int) bool { return int(b.Names[i].Row) >= r })
	for ; i < len(b.Names) && int(b.Names[i].Row) == r; i++ {
		if n := &b.Names[i]; n.Called == called {
			return n.Text.Of(b.Text)
		}
	}
	return nil
}
