package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A token is the trimmed text of its file; one that would be cut is refused.
func TestReadToken(t *testing.T) {
	for _, test := range []struct{ text, want, problem string }{
		{" secret\n", "secret", ""},
		{strings.Repeat("x", maxToken), strings.Repeat("x", maxToken), ""},
		{strings.Repeat("x", maxToken+1), "", "longer than"},
		{" \n", "", "is empty"},
	} {
		name := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(name, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readToken(name)
		if got != test.want || (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
			t.Errorf("%d bytes: %d bytes, %v", len(test.text), len(got), err)
		}
	}
}
