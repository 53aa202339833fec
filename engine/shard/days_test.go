package shard

import (
	"slices"
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// The sums of closed days are those of the days themselves, of everybody: of partitions
// that take several crowds, and of those who are active on some of the days only.
func TestDaysLeave(t *testing.T) {
	const people, lengths = 14_000, 12
	w := world{windows: []string{"1d", "3d", "5d"}}.compiled(t)
	days := map[window.Day]map[uint32][]uint64{} // the open rows of those who were active
	var s *Shard
	left, crowded := 0, false
	s = w.shard(t, 0, 1, func(*feature.Frame) error {
		d, active := s.days, map[uint32][]uint64{}
		for partition := range uint32(partitions) {
			of := 0
			s.people.eachOf(partition, func(slot uint32, who *person) {
				if who.last() >= s.dayStart {
					active[slot] = slices.Clone(d.open(d.rows.at(who.row)))
					of++
				}
			})
			crowded = crowded || of > 2*crowdSize
		}
		days[s.today] = active
		s.people.each(func(slot uint32, who *person) {
			if who.row == 0 {
				return
			}
			row := d.rows.at(who.row)
			for i, n := range d.spans {
				want := make([]uint64, d.words)
				for back := 1; back < n; back++ {
					add(want, days[s.today-window.Day(back)][slot], d.layout)
				}
				if got := d.sum(row, i); !slices.Equal(got, want) {
					t.Fatalf("day %d, slot %d: the sums of %d days are %v, want %v", s.today, slot, n, got, want)
				}
				if days[s.today-window.Day(n)][slot] != nil {
					left++
				}
			}
			checkPeaks(t, d, row, s.today, func(day window.Day) []uint64 { return days[day][slot] })
		})
		return nil
	})
	feed(t, s, crowd(11, people, 8*people, days1, lengths*days1))
	if len(days) < lengths-2 || left == 0 || !crowded {
		t.Errorf("%d days, of which %d rows left windows; crowded: %v", len(days), left, crowded)
	}
}

// add adds a row to a sum, which holds no maxima; nil is nothing.
func add(sum, row []uint64, l *window.Layout) {
	for w, v := range row {
		if !l.IsMax(w) {
			sum[w] += v
		}
	}
}

// checkPeaks compares the maxima of the closed days of the longest window.
func checkPeaks(t *testing.T, d *days, row []uint64, today window.Day, of func(window.Day) []uint64) {
	t.Helper()
	for m, w := range d.layout.Maxima {
		for back := 1; back < d.longest; back++ {
			day, want := today-window.Day(back), uint64(0)
			if open := of(day); open != nil {
				want = open[w]
			}
			if got := *d.peak(row, m, day); got != want {
				t.Fatalf("the maximum of word %d is %d, %d days before, want %d", w, got, back, want)
			}
		}
	}
}
