package main

import (
	"os"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/engine/decode/profile"
)

// The profile in the README is one.
func TestREADMEProfile(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok1 := strings.Cut(string(b), "## Profiles\n")
	_, rest, ok2 := strings.Cut(rest, "```yaml\n")
	text, _, ok3 := strings.Cut(rest, "```\n")
	if !ok1 || !ok2 || !ok3 {
		t.Fatal("README.md has no profile")
	}
	d, err := profile.Parse("README.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if d.Name() != "voip-mediation" || len(d.Types()) != 3 {
		t.Errorf("%s, types %v", d.Name(), d.Types())
	}
}
