package decode

import (
	"math"
	"time"
)

// zoneOffsets tells the UTC offset of local times of one zone. It keeps the last
// stretch of local time with one offset.
type zoneOffsets struct {
	zone     *time.Location
	from, to int64 // local seconds [from, to)
	offset   int64 // seconds east of UTC there
	twice    int64 // local seconds from which on the clocks show them again behind to
}

// at returns the UTC offset, in seconds, of a local time given in seconds since
// 1970-01-01 00:00 local. A repeated hour is its first occurrence and a skipped
// time takes the offset before the change: both times, the offset before holds
// until the later of the two readings that the clocks show at the change.
func (z *zoneOffsets) at(local int64) int64 {
	if local < z.from || local >= z.to {
		z.find(local)
	}
	return z.offset
}

// find sets the stretch that holds local. It starts at a guess that is at most
// a day off and walks from change to change.
func (z *zoneOffsets) find(local int64) {
	t := time.Unix(local, 0).In(z.zone)
	for range 8 {
		start, end := t.ZoneBounds()
		z.offset = offsetOf(t)
		z.from, z.to = math.MinInt64, math.MaxInt64
		if !start.IsZero() {
			z.from = start.Unix() + max(z.offset, offsetOf(start.Add(-time.Second)))
		}
		if !end.IsZero() {
			z.to = end.Unix() + max(z.offset, offsetOf(end))
		}
		z.twice = z.to
		if !end.IsZero() && offsetOf(end) < z.offset {
			z.twice = end.Unix() + offsetOf(end)
		}
		switch {
		case local < z.from:
			t = start.Add(-time.Second)
		case local >= z.to:
			t = end
		default:
			return
		}
	}
}

func offsetOf(t time.Time) int64 {
	_, offset := t.Zone()
	return int64(offset)
}
