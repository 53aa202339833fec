package rules_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/rules"
)

// Parse neither panics nor runs for long, whatever it reads, and what it accepts
// can be evaluated.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"testdata/wrong/*.yaml", "testdata/fine/*.yaml", "builtin.yaml"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	all := fields(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if strings.Contains(string(text), "file") {
			return // a list may name any file of the machine
		}
		start := time.Now()
		s, _, err := rules.Parse("f.yaml", text, rules.Options{Fields: all, Dir: t.TempDir()})
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("took %v", d)
		}
		if err != nil {
			placed(t, text, err)
			return
		}
		evaluate(s)
	})
}

// FuzzExpression is FuzzParse for the text of one expression.
func FuzzExpression(f *testing.F) {
	for _, e := range []string{"calls_24h > 5", "count([home, calls_24h > 1]) >= 2", "let x = calls_24h; x ** 2 > 3", "calls_trend ?? 0 in 1..5", "1 < calls_24h < 3 != home", "not (home ? home : home)"} {
		f.Add(e)
	}
	all := fields(f)
	f.Fuzz(func(t *testing.T, expr string) {
		quoted := "'" + strings.ReplaceAll(expr, "'", "''") + "'"
		text := []byte("groups:\n- name: g\n  rules:\n  - id: r\n    expr: " + quoted + "\n")
		s, _, err := rules.Parse("f.yaml", text, rules.Options{Fields: all})
		if err != nil {
			placed(t, text, err)
			return
		}
		evaluate(s)
	})
}

// placed checks that an error names a place in the file.
func placed(t *testing.T, text []byte, err error) {
	var p *rules.Problem
	if !errors.As(err, &p) {
		t.Fatalf("an error without a place: %v", err)
	}
	lines := strings.Split(string(text), "\n")
	if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > len([]rune(lines[p.Line-1]))+2 {
		t.Errorf("%v lies outside the file of %d lines", err, len(lines))
	}
}

func evaluate(s *rules.Set) {
	v := rules.NewVector(s)
	for i := range s.Columns {
		if i%3 > 0 {
			v.Set(i, float64(i%2))
		}
	}
	for _, r := range s.Rules {
		r.Level(v)
		r.Summary("15550100", v)
		r.Exempt([]byte("15550100"))
	}
	s.AtRisk(v)
}
