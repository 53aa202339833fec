package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlot(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "scale.json"), filepath.Join(dir, "scale.svg")
	point := `{"X": 1e4, "Label": "10 k", "Traffic": {"Records": 5}, "Result": {"Seconds": 2, "Peak": 9}}`
	for _, c := range []struct {
		text string
		ok   bool
	}{
		{`[{"Name": "a", "What": "subscribers", "Points": [` + point + "," + strings.ReplaceAll(point, "1e4", "1e5") + "," + strings.ReplaceAll(point, "1e4", "1e6") + `]}]`, true},
		{`[{"Name": "a", "Points": [` + point + `]}]`, false},
		{`[`, false},
	} {
		if err := os.WriteFile(in, []byte(c.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := run(in, out); (err == nil) != c.ok {
			t.Errorf("%.40s: %v", c.text, err)
		}
	}
	if text, err := os.ReadFile(out); err != nil || !strings.Contains(string(text), "<svg") {
		t.Errorf("%v: %.80s", err, text)
	}
}
