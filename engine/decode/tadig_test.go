package decode

import "testing"

func TestIsTADIG(t *testing.T) {
	for text, want := range map[string]bool{"DEUD1": true, "GBRVF": true, "AAA00": true, "": false, "DEUD": false, "DEUD11": false, "26201": false, "DE1D1": false, "deud1": false, "DEU-1": false} {
		if got := IsTADIG([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Countries that are known by letters are told from each other and from those that are
// known by digits.
func TestCountryOfTADIG(t *testing.T) {
	seen := map[uint16]string{}
	for _, code := range []string{"DEUD1", "DFKXX", "AUTPT", "AUSTA", "AAA00", "ZZZZZ", "262011", "310410"} {
		n := mcc([]byte(code))
		if seen[n] != "" || code[0] > '9' != (n > 999) {
			t.Errorf("%s is %d, as is %q", code, n, seen[n])
		}
		seen[n] = code
	}
	if mcc([]byte("DEUD1")) != mcc([]byte("DEUE2")) {
		t.Error("two networks of one country are in two countries")
	}
}
