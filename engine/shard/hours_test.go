package shard

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// Whoever had too many legs in a window of hours for a journal has none of that any more when
// no window can see it: a day and a night later at the latest.
func TestHoursAreForgotten(t *testing.T) {
	w := world{windows: []string{"24h/1h", "1d", "7d"}, features: []string{"calls_24h", "calls_7d"}}.compiled(t)
	s, start := w.shard(t, 0, 1, nowhere), cdr.Millis(100*days1)
	find := func() (any, journaled bool) {
		if err := s.fold(); err != nil {
			t.Fatal(err)
		}
		slot, _ := s.table.find(number(1))
		x, ok := s.journalOf(slot)
		return !ok || x.ref != noJournal, ok
	}
	for i := range cdr.Millis(maxJournal + 40) {
		feed(t, s, talk(start, 10*hours+i*second, number(1), number(2)))
	}
	if _, journaled := find(); journaled {
		t.Fatal("it has no panes")
	}
	for day := range cdr.Millis(6) {
		feed(t, s, talk(start, (day+1)*days1+hours, number(3), number(4)))
		if any, _ := find(); any != (day == 0) {
			t.Errorf("on day %d it has panes or a journal: %v", day+1, any)
		}
	}
	feed(t, s, talk(start, 8*days1, number(1), number(2)))
	if any, journaled := find(); !any || !journaled {
		t.Error("it is not logged again")
	}
}
