package main

import (
	"os"
	"path/filepath"
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

// Every format is in the table of the README, and says what it reads.
func TestREADMEFormats(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "\n## Formats\n")
	section, _, ok := strings.Cut(rest, "\n## ")
	if !ok {
		t.Fatal("README.md has no section Formats, which other texts point to")
	}
	for _, f := range listFormats() {
		name := f.Name
		if strings.HasPrefix(name, "freeswitch-csv-") {
			name = "freeswitch-csv"
		}
		name = strings.Replace(name, "freeswitch-json-ab", "freeswitch-json", 1)
		if f.Kind != "example" && !strings.Contains(section, "`"+name+"`") {
			t.Errorf("%s is not there", f.Name)
		}
		if f.About == "" {
			t.Errorf("profiles list does not say what %s reads", f.Name)
		}
	}
}

// The configuration in that section is one.
func TestREADMESources(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "\n## Formats\n")
	_, rest, _ = strings.Cut(rest, "```yaml\n")
	text, _, _ := strings.Cut(rest, "```\n")
	dir := t.TempDir()
	file := filepath.Join(dir, "cdr.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	acme := "name: acme\nkind: delimited\nfields: {calling_number: 1, start_time: 2, disposition: {value: failed}}\n"
	if err := os.WriteFile(filepath.Join(dir, "acme.yaml"), []byte(acme), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	if code := run([]string{"inspect", "--config", file, "-q", "../../testdata/formats/canonical.csv"}, streams{strings.NewReader(""), &stdout, &stderr}); code != 0 || text == "" {
		t.Error(stderr.String())
	}
}
