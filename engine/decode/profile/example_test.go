package profile

import (
	"bytes"
	"os"
	"slices"
	"testing"
)

// The examples of the page of formats that are no text are what the tests' writers make
// of this.
func TestExampleFiles(t *testing.T) {
	pretty, missed := answeredLeg, missedLeg
	pretty.pretty = true
	missed.object = true
	bill := func(b bill) []byte { return b.write(554) }
	for name, want := range map[string][]byte{
		"freeswitch.json": []byte(pretty.write() + "\n" + missed.write() + "\n"),
		"huawei-554.bill": slices.Concat(
			bill(bills[0].bill), bill(bills[1].bill), bill(bills[2].bill)),
	} {
		path := "../../../testdata/formats/" + name
		got, err := os.ReadFile(path)
		if err == nil && bytes.Equal(got, want) {
			continue
		}
		if !*update {
			t.Errorf("%s is not what the tests' writers make: go test ./engine/decode/profile -run ExampleFiles -update", path)
		} else if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
