package traffic

import (
	"testing"

	"github.com/nyaruka/phonenumbers"
)

// The numbers of the ranges are valid, so that they have a country and a class.
func TestHotspotsAreValid(t *testing.T) {
	r := newRandom(1, 1)
	for _, f := range hotspots {
		good := 0
		for range 200 {
			a := actor{salt: r.u64()}
			p, err := phonenumbers.Parse(a.line(&f, r.u64()).String(), "")
			if err == nil && phonenumbers.IsValidNumber(p) {
				good++
			}
		}
		if good < 190 {
			t.Errorf("%s %s: %d of 200 numbers are valid", f.country, f.prefix, good)
		}
	}
}
