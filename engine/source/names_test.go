package source

import "testing"

func TestPassedOver(t *testing.T) {
	for name, want := range map[string]bool{
		".a.csv": true, ".": true, "a.csv.tmp": true, "a.part": true, ".tmp": true,
		"a.csv": false, "a.tmp.csv": false, "part": false, "tmp": false, "a.partial": false, "": false,
	} {
		if PassedOver(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
}
