package columns

import (
	"testing"

	"github.com/cdrstream/cdrstream/engine/feature"
)

func TestFiles(t *testing.T) {
	x := Files{Staging: ".staging/rows", Final: "rows", Suffix: ".arrow"}
	f := &feature.Frame{Epoch: 7, Shard: 3, Date: "2026-03-01", WindowEnd: 1_772_406_000_000}
	staged, err := x.Staged(f)
	if err != nil || staged != "7_2026-03-01_20260301T230000Z-03.arrow" {
		t.Fatalf("%s, %v", staged, err)
	}
	f.WindowEnd++
	if staged, err = x.Staged(f); err != nil || staged != "7_2026-03-01_20260301T230000.001Z-03.arrow" {
		t.Fatalf("%s, %v", staged, err)
	}
	epoch, final, err := x.Place(".staging/rows/" + staged)
	if err != nil || epoch != 7 || final != "rows/date=2026-03-01/20260301T230000.001Z-03.arrow" {
		t.Fatalf("%d, %s, %v", epoch, final, err)
	}
	for _, name := range []string{staged, ".staging/other/" + staged, ".staging/rows/7_2026-03-01_20260301T230000Z-03.parquet", ".staging/rows/x.arrow"} {
		if _, _, err := x.Place(name); err == nil {
			t.Errorf("%s has a place", name)
		}
	}
	f.Date = "2026-3-1"
	if _, err := x.Staged(f); err == nil {
		t.Error("a date that is none")
	}
}
