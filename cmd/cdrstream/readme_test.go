package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine/rules"
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
	for name, want := range map[string]string{"features": catalogueTable(), "configuration": configurationTable(), "rules": rulesTable(t)} {
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

// rulesTable lists the built-in rules.
func rulesTable(t *testing.T) string {
	t.Helper()
	b, err := newBuilder(config.Defaults(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	windows, err := b.windows()
	if err != nil {
		t.Fatal(err)
	}
	set, _, err := b.rules(windows)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("| rule | type | on | severity | holds when |\n|---|---|---|---|---|\n")
	for _, r := range set.Rules {
		when := "`" + r.Expr + "`"
		if r.MinSupport != "" {
			when += ", if `" + r.MinSupport + "`"
		}
		on := map[rules.Point]string{rules.Activity: "activity", rules.Boundary: "boundary"}[r.On]
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s | %s |\n", r.ID, r.Type, on, r.Severity, when)
	}
	return out.String()
}

func configurationTable() string {
	var b strings.Builder
	b.WriteString("| key | kind | default | what it is |\n|---|---|---|---|\n")
	live := config.LiveKeys()
	for i, k := range config.Keys() {
		def := ""
		if d := k.Default(); d != "" {
			def = "`" + d + "`"
		}
		if d := live[i].Default(); d != k.Default() {
			def = strings.TrimPrefix(def+"; `"+d+"` of serve", "; ")
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.Name, k.Kind(), strings.ReplaceAll(def, ",", ", "), k.Doc)
	}
	return b.String()
}
