package cdr

import "sort"

// AppendRow copies row r of src to the end of b, names included. HighWater is
// not kept: it belongs to the order in which a source was read.
func (b *Batch) AppendRow(src *Batch, r int) {
	b.Calling, b.Called = append(b.Calling, src.Calling[r]), append(b.Called, src.Called[r])
	b.CallingPlace, b.CalledPlace = append(b.CallingPlace, src.CallingPlace[r]), append(b.CalledPlace, src.CalledPlace[r])
	b.Start, b.Release, b.HighWater = append(b.Start, src.Start[r]), append(b.Release, src.Release[r]), append(b.HighWater, 0)
	b.RingMS, b.TalkMS, b.Flags = append(b.RingMS, src.RingMS[r]), append(b.TalkMS, src.TalkMS[r]), append(b.Flags, src.Flags[r])
	b.Identity, b.RawHash, b.Call = append(b.Identity, src.Identity[r]), append(b.RawHash, src.RawHash[r]), append(b.Call, src.Call[r])
	b.Cell, b.Region = append(b.Cell, src.Cell[r]), append(b.Region, src.Region[r])
	b.IMEI, b.IMSI = append(b.IMEI, src.IMEI[r]), append(b.IMSI, src.IMSI[r])
	b.VisitedMCC, b.Up, b.Down = append(b.VisitedMCC, src.VisitedMCC[r]), append(b.Up, src.Up[r]), append(b.Down, src.Down[r])
	b.Charge, b.Cause, b.Offset = append(b.Charge, src.Charge[r]), append(b.Cause, src.Cause[r]), append(b.Offset, src.Offset[r])
	b.Raw, b.Line = append(b.Raw, src.Raw[r]), append(b.Line, src.Line[r])
	row := int32(b.Len() - 1)
	if src.Calling[r].IsName() {
		b.addName(row, false, src.NameOf(r, false))
	}
	if src.Called[r].IsName() {
		b.addName(row, true, src.NameOf(r, true))
	}
	b.ID = append(b.ID, b.addText(src.ID[r].Of(src.Text)))
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
