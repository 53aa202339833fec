package decodetest

import (
	"os"
	"path/filepath"
	"testing"
)

// samples is where records stand that others made and published, beside the
// repository or above it: it does not hold them, they are not its own.
const samples = "shared/samples"

// Sample is the sample of this name. Where there is none, the test is skipped.
func Sample(t testing.TB, name string) []byte {
	t.Helper()
	path := SamplePath(name)
	if path == "" {
		t.Skipf("the sample %s is not here: it is not part of the repository", name)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// SamplePath is where the sample of this name stands, empty where there is none.
func SamplePath(name string) string {
	dir, err := os.Getwd()
	for err == nil {
		path := filepath.Join(dir, samples, name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
		above := filepath.Dir(dir)
		if above == dir {
			break
		}
		dir = above
	}
	return ""
}
