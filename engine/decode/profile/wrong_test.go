package profile

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every file of testdata/wrong has the mistakes that its .want tells.
func TestWrong(t *testing.T) {
	names, err := filepath.Glob("testdata/wrong/*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			_, err = Parse(filepath.Base(name), text)
			var p *Problem
			if !errors.As(err, &p) {
				t.Fatalf("no mistake is told: %v", err)
			}
			golden(t, strings.TrimSuffix(name, ".yaml")+".want", err.Error()+"\n")
		})
	}
}

// Whatever a file holds, it is compiled or refused with a place, and soon.
func FuzzParse(f *testing.F) {
	for _, name := range BuiltinNames() {
		f.Add(BuiltinText(name))
	}
	names, _ := filepath.Glob("testdata/wrong/*.yaml")
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Parse("x.yaml", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x.yaml:") {
				t.Fatalf("no place: %v", err)
			}
			return
		}
		d.Detect([]byte("a,b,c\n1,2,3\n"))
	})
}

func TestHostileFiles(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("a", MaxFile+1),
		strings.Repeat("[", 10_000),
		strings.Repeat("- ", 10_000),
		strings.Repeat("a:\n", 10_000),
		strings.Repeat("{a: ", 1000),
		"name: x\nfields:\n" + strings.Repeat("  a: {from: b}\n", 5000),
		"\x00", "\xff", "name: \"\x01\"",
	} {
		if _, err := Parse("x.yaml", []byte(text)); err == nil {
			t.Errorf("%.40q is taken", text)
		}
	}
}
