package oracle

import (
	"testing"
	"time"
)

// FuzzJudge: no bytes make it panic, and every record is on one ledger line.
func FuzzJudge(f *testing.F) {
	for seed := range uint64(2) {
		for _, file := range Random(seed, ChaosOptions{Records: 20, Files: 3, Odd: true}) {
			f.Add(file.Data, file.JSON)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, json bool) {
		res := &Result{Ledger: newLedger(), Sources: map[string]map[string]int64{}, Disorder: map[string]time.Duration{}}
		records, err := judge(Config{Country: "GB"}.withDefaults(), []File{{Name: "f", Data: data, JSON: json}}, res)
		if err != nil {
			return // a header that cannot be read
		}
		balanced(t, res)
		if int64(len(records)) != res.Ledger[accepted] {
			t.Errorf("%d records, ledger %v", len(records), res.Ledger)
		}
	})
}
