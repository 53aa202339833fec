package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
)

var update = flag.Bool("update", false, "rewrite the generated parts of the README")

const readme = "../../README.md"

// The tables of the README are the program's own. `go test ./cmd/cdrstream
// -run README -update` rewrites them.
func TestREADME(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for name, want := range map[string]string{"features": catalogueTable(), "configuration": configurationTable()} {
		begin, end := "<!-- "+name+":begin -->\n", "<!-- "+name+":end -->"
		before, rest, ok1 := strings.Cut(text, begin)
		have, after, ok2 := strings.Cut(rest, end)
		if !ok1 || !ok2 {
			t.Errorf("README.md lacks %s or %s", begin, end)
			continue
		}
		if have != want && !*update {
			t.Errorf("the table %s of README.md is not what the program says: go test ./cmd/cdrstream -run README -update", name)
		}
		text = before + begin + want + end + after
	}
	if *update && text != string(b) {
		if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func configurationTable() string {
	var b strings.Builder
	b.WriteString("| key | kind | default | what it is |\n|---|---|---|---|\n")
	for _, k := range config.Keys() {
		def := ""
		if d := k.Default(); d != "" {
			def = "`" + d + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.Name, k.Kind(), strings.ReplaceAll(def, ",", ", "), k.Doc)
	}
	return b.String()
}
