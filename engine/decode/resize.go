package decode

import "github.com/cdrstream/cdrstream/engine/cdr"

// resize gives every column of b the length n. Elements beyond the old length
// are whatever the memory holds.
func resize(b *cdr.Batch, n int) {
	b.Calling, b.Called = length(b.Calling, n), length(b.Called, n)
	b.CallingPlace, b.CalledPlace = length(b.CallingPlace, n), length(b.CalledPlace, n)
	b.Start, b.Release, b.HighWater = length(b.Start, n), length(b.Release, n), length(b.HighWater, n)
	b.RingMS, b.TalkMS, b.Flags = length(b.RingMS, n), length(b.TalkMS, n), length(b.Flags, n)
	b.Identity, b.RawHash, b.Call = length(b.Identity, n), length(b.RawHash, n), length(b.Call, n)
	b.Cell, b.Region = length(b.Cell, n), length(b.Region, n)
	b.IMEI, b.IMSI = length(b.IMEI, n), length(b.IMSI, n)
	b.VisitedMCC, b.Up, b.Down = length(b.VisitedMCC, n), length(b.Up, n), length(b.Down, n)
	b.Charge, b.Cause, b.Offset = length(b.Charge, n), length(b.Cause, n), length(b.Offset, n)
	b.Raw, b.Line = length(b.Raw, n), length(b.Line, n)
}

func length[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	longer := make([]T, n)
	copy(longer, s)
	return longer
}
