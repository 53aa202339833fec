package order

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/cdr"
)

// A chunk may cost a few objects, a record none: 2,048 records a chunk, half of
// which have to wait for the next.
func TestAllocations(t *testing.T) {
	const records, lateness = 2048, 60_000
	b := NewBuffer(Options{Lateness: lateness, MaxRecords: 1 << 20})
	b.AddSource("a", Never)
	batch := &cdr.Batch{}
	now := cdr.Millis(1_700_000_000_000)
	n := uint64(0)
	chunk := func() {
		batch.Reset()
		for i := range records {
			n++
			now += 2 * lateness / records
			batch.Append(&cdr.Record{Release: now - cdr.Millis(i%7*100), Identity: n, RawHash: n, Raw: cdr.Span{Off: uint32(i)}})
		}
		b.Admit(0, batch, 0, func(int) { t.Error("late") })
		run, err := b.Release()
		if err != nil {
			t.Fatal(err)
		}
		run.Start(2)
		run.Done()
		run.Done()
	}
	for range 20 {
		chunk()
	}
	if b.Waiting() < records/4 {
		t.Fatalf("only %d records wait: this does not try the copying", b.Waiting())
	}
	if per := testing.AllocsPerRun(100, chunk) / records; per >= 0.01 {
		t.Errorf("%.4f objects a record", per)
	}
}
