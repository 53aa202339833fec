package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode/profile"
)

// The profiles of other kinds in the README are some.
func TestREADMEKinds(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "### JSON, BER and binary records\n")
	rest, _, _ = strings.Cut(rest, "\n## ")
	var kinds []string
	for {
		_, after, ok := strings.Cut(rest, "```yaml\n")
		if !ok {
			break
		}
		text, behind, _ := strings.Cut(after, "```\n")
		rest = behind
		d, err := profile.Parse("README.md", []byte(text))
		if err != nil {
			t.Error(err)
			continue
		}
		kinds = append(kinds, d.Kind())
	}
	if !slices.Equal(kinds, []string{"json", "ber", "binary"}) {
		t.Errorf("kinds %v", kinds)
	}
}
