package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/rules"
)

var update = flag.Bool("update", false, "write what comes out as what is expected")

// Every file of testdata/wrong has the messages that its .want says; those of
// testdata/fine give the rules and warnings there.
func TestFiles(t *testing.T) {
	for _, pattern := range []string{"testdata/wrong/*.yaml", "testdata/fine/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v %v", pattern, names, err)
		}
		for _, name := range names {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) { golden(t, name) })
		}
	}
}

func golden(t *testing.T, name string) {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	s, warnings, err := rules.Parse(filepath.Base(name), text, rules.Options{Fields: fields(t), Dir: filepath.Dir(name)})
	if (err != nil) != (filepath.Base(filepath.Dir(name)) == "wrong") {
		t.Fatalf("error %v", err)
	}
	var b strings.Builder
	if err != nil {
		fmt.Fprintln(&b, err)
	}
	for _, w := range warnings {
		fmt.Fprintln(&b, "warning:", w)
	}
	if s != nil {
		describe(&b, s)
	}
	file := strings.TrimSuffix(name, ".yaml") + ".want"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func describe(b *strings.Builder, s *rules.Set) {
	for _, r := range s.Rules {
		fmt.Fprintf(b, "%s (line %d, group %s): type %s, on %s, severity %s\n", r.ID, r.Line, r.Group, r.Type,
			[]string{"activity", "boundary"}[r.On], []string{"warning", "critical"}[r.Severity])
		fmt.Fprintf(b, "  for %v, resolve_after %v, cooldown %v, storm %g%% and %d\n", span(r.For), span(r.ResolveAfter), span(r.Cooldown), r.Storm.Share*100, r.Storm.Least)
		fmt.Fprintf(b, "  names %s\n", strings.Join(r.Features(s), ", "))
		fmt.Fprintf(b, "  gate %s\n", r.Gate.Text(s))
		if len(r.Labels)+len(r.Except) > 0 {
			fmt.Fprintf(b, "  labels %v, except %q\n", r.Labels, r.Except)
		}
		if text := r.Summary("15550100", rules.NewVector(s)); text != "" {
			fmt.Fprintf(b, "  %s\n", text)
		}
	}
}

func span[T ~int64](ms T) time.Duration { return time.Duration(ms) * time.Millisecond }
