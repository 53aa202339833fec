package yamltree

import (
	"fmt"
	"strings"
	"testing"
)

// Every kind of value comes out as it is meant.
func TestScalars(t *testing.T) {
	n, err := Parse("a.yaml", []byte("text: abc\nquoted: \"60\"\nint: 60\nnegative: -1.5\nyes: true\nnone: ~\nempty:\nlong: |\n  x y\n"))
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := n.Pairs()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"text abc string", "quoted 60 string", "int 60 float64", "negative -1.5 float64", "yes true bool", "none <nil> <nil>", "empty <nil> <nil>", "long x y\n string"}
	for i, p := range pairs {
		v, err := p.Value.Scalar()
		if got := fmt.Sprintf("%s %v %T", p.Name, v, v); err != nil || got != want[i] {
			t.Errorf("got %q (%v), want %q", got, err, want[i])
		}
	}
}

func TestPlaces(t *testing.T) {
	n, err := Parse("a.yaml", []byte("a: 1\nb:\n- x: [1, {y: 2}]\n  z: 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	pairs, _ := n.Pairs()
	items, err := pairs[1].Value.Items()
	if err != nil {
		t.Fatal(err)
	}
	inner, _ := items[0].Pairs()
	list, _ := inner[0].Value.Items()
	for _, c := range []struct{ got, want string }{
		{n.Place(), "a.yaml:1:1"},
		{pairs[1].Key.Place(), "a.yaml:2:1"},
		{items[0].Place(), "a.yaml:3:3"},
		{inner[1].Key.Place(), "a.yaml:4:3"},
		{inner[1].Value.Place(), "a.yaml:4:6"},
		{list[1].Place(), "a.yaml:3:10"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	value := func(n Node) error {
		pairs, err := n.Pairs()
		if err != nil {
			return err
		}
		_, err = pairs[0].Value.Text()
		return err
	}
	for text, want := range map[string]string{
		"a: [1":           "a.yaml:1:4: ",
		"a: 1\na: 2\n":    "a.yaml:2:1: mapping key \"a\" already defined",
		"- 1\n":           "a.yaml:1:1: must be a mapping of keys to values, not a list",
		"a: [1]\n":        "a.yaml:1:4: must be a single value, not a list",
		"a: {b: 1}\n":     "a.yaml:1:4: must be a single value, not a mapping",
		"a:\n":            "has no value: write one",
		"a: &x 1\n":       "must be a single value, not a YAML anchor",
		"<<: {a: 1}\n":    "a.yaml:1:1: << is not used",
		"a: 1\n---\nb: 2": "a.yaml: holds 2 documents",
	} {
		n, err := Parse("a.yaml", []byte(text))
		if err == nil {
			err = value(n)
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	empty, err := Parse("a.yaml", nil)
	if pairs, err2 := empty.Pairs(); err != nil || err2 != nil || pairs != nil {
		t.Errorf("an empty file: %v, %v, %v", pairs, err, err2)
	}
}
