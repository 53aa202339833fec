package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const formatsPage = "testdata/formats/README.md"

// The page of examples shows what its commands print. `go test ./cmd/cdrstream -run
// FormatsPage -update` rewrites it.
func TestFormatsPage(t *testing.T) {
	t.Chdir("../..")
	b, err := os.ReadFile(formatsPage)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "```console\n", "```\n"
	var page strings.Builder
	rest, examples := string(b), 0
	for {
		before, after, found := strings.Cut(rest, begin)
		page.WriteString(before)
		if !found {
			break
		}
		block, behind, ok := strings.Cut(after, end)
		if !ok {
			t.Fatalf("%s: an example without an end", formatsPage)
		}
		page.WriteString(begin + runExample(t, block) + end)
		rest = behind
		examples++
	}
	if page.String() == string(b) {
		return
	}
	if !*update {
		t.Fatalf("%s: the commands print something else: go test ./cmd/cdrstream -run FormatsPage -update, and look at the difference", formatsPage)
	}
	if err := os.WriteFile(formatsPage, []byte(page.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// runExample runs the commands of an example and returns it with what they print.
func runExample(t *testing.T, block string) string {
	t.Helper()
	var out strings.Builder
	for _, line := range strings.Split(block, "\n") {
		command, ok := strings.CutPrefix(line, "$ cdrstream ")
		if !ok {
			continue
		}
		out.WriteString(line + "\n")
		var stdout, stderr strings.Builder
		if code := run(strings.Fields(command), streams{strings.NewReader(""), &stdout, &stderr}); code != 0 {
			t.Errorf("%s: exit code %d: %s", line, code, stderr.String())
		}
		out.WriteString(stdout.String())
	}
	if out.Len() == 0 {
		t.Errorf("an example without a command:\n%s", block)
	}
	return out.String()
}

// Every sample is shown, and every sample that is shown is there.
func TestFormatsPageShowsAllSamples(t *testing.T) {
	t.Chdir("../..")
	b, err := os.ReadFile(formatsPage)
	if err != nil {
		t.Fatal(err)
	}
	samples, err := filepath.Glob("testdata/formats/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if s != formatsPage && !strings.Contains(string(b), filepath.ToSlash(s)) {
			t.Errorf("%s does not show %s", formatsPage, s)
		}
	}
}

// The table of formats in the README names every format.
func TestFormatsTable(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "\n## Formats\n")
	section, _, ok := strings.Cut(rest, "\n## ")
	if !ok {
		t.Fatal("README.md has no section Formats")
	}
	for _, d := range decoders() {
		name := d.Name()
		if strings.HasPrefix(name, "freeswitch-csv-") {
			name = "freeswitch-csv"
		}
		if !strings.Contains(section, "`"+name+"`") {
			t.Errorf("the table of formats in README.md does not name %s", name)
		}
		if d.About() == "" {
			t.Errorf("%s does not say what it reads", name)
		}
	}
}
