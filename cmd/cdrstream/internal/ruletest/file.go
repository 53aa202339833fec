package ruletest

import (
	"path/filepath"
	"strings"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/yamltree"
)

// Builtin is the name of the built-in rules.
const Builtin = "builtin"

// File is a file of tests.
type File struct {
	Name  string
	Rules string // path of the rule file, or Builtin
	Tests []Test
}

// Test is one test.
type Test struct {
	Name       string
	Place      string // file:line:column
	Rule       string
	Subscriber string
	Expect     string // critical, warning, none

	rule     yamltree.Node // where Rule stands
	given    []given
	features map[string]value
	otherwise,
	home value
}

// value is the value of a feature.
type value struct {
	is   bool // given at all
	null bool
	v    float64
}

// given is a feature that a test gives, and where.
type given struct {
	name string
	key  yamltree.Node
}

// Parse reads a file of tests. name is its path.
func Parse(name string, text []byte) (*File, error) {
	top, err := yamltree.Parse(name, text)
	if err != nil {
		return nil, err
	}
	f := &File{Name: name}
	var tests []yamltree.Node
	all := Test{otherwise: value{is: true, null: true}}
	err = eachKey(top, map[string]func(yamltree.Node) error{
		"rules":   func(n yamltree.Node) (err error) { f.Rules, err = n.Text(); return err },
		"default": func(n yamltree.Node) (err error) { all.otherwise, err = readValue(n); return err },
		"home":    func(n yamltree.Node) (err error) { all.home, err = readValue(n); return err },
		"tests":   func(n yamltree.Node) (err error) { tests, err = n.Items(); return err },
	})
	switch {
	case err != nil:
		return nil, err
	case f.Rules == "":
		return nil, top.Errorf("no rules are named: write rules: builtin, or rules: FILE")
	case len(tests) == 0:
		return nil, top.Errorf("no tests: write tests: and a list of them, see cdrstream rules test --help")
	}
	if f.Rules != Builtin && !filepath.IsAbs(f.Rules) {
		f.Rules = filepath.Join(filepath.Dir(name), f.Rules)
	}
	for _, n := range tests {
		t := all
		if err := t.read(n); err != nil {
			return nil, err
		}
		f.Tests = append(f.Tests, t)
	}
	return f, nil
}

// read reads a test, over what holds for all.
func (t *Test) read(n yamltree.Node) error {
	t.Place, t.features = n.Place(), map[string]value{}
	err := eachKey(n, map[string]func(yamltree.Node) error{
		"name":       func(n yamltree.Node) (err error) { t.Name, err = n.Text(); return err },
		"rule":       func(n yamltree.Node) (err error) { t.rule = n; t.Rule, err = n.Text(); return err },
		"subscriber": t.readSubscriber,
		"expect":     t.readExpect,
		"default":    func(n yamltree.Node) (err error) { t.otherwise, err = readValue(n); return err },
		"home":       func(n yamltree.Node) (err error) { t.home, err = readValue(n); return err },
		"features":   t.readFeatures,
	})
	switch {
	case err != nil:
		return err
	case t.Rule == "":
		return n.Errorf("the test names no rule: write rule: ID")
	case t.Expect == "":
		return n.Errorf("the test expects nothing: write expect: critical, warning or none")
	}
	if t.Name == "" {
		t.Name = t.Rule
	}
	return nil
}

// readSubscriber reads a subscriber as outputs have it: a + before digits goes.
func (t *Test) readSubscriber(n yamltree.Node) (err error) {
	t.Subscriber, err = n.Text()
	if digits, plus := strings.CutPrefix(t.Subscriber, "+"); plus && strings.Trim(digits, "0123456789") == "" {
		t.Subscriber = digits
	}
	return err
}

func (t *Test) readExpect(n yamltree.Node) error {
	text, err := n.Text()
	if err != nil {
		return err
	}
	switch text {
	case "critical", "warning", "none":
		t.Expect = text
		return nil
	}
	return n.Errorf("expect: %s: write critical, warning or none", text)
}

func (t *Test) readFeatures(n yamltree.Node) error {
	pairs, err := n.Pairs()
	if err != nil {
		return err
	}
	for _, p := range pairs {
		v, err := readValue(p.Value)
		if err != nil {
			return err
		}
		t.given = append(t.given, given{p.Name, p.Key})
		t.features[p.Name] = v
	}
	return nil
}

// readValue reads a number, true, false or null.
func readValue(n yamltree.Node) (value, error) {
	s, err := n.Scalar()
	if err != nil {
		return value{}, err
	}
	switch s := s.(type) {
	case nil:
		return value{is: true, null: true}, nil
	case float64:
		return value{is: true, v: s}, nil
	case bool:
		if s {
			return value{is: true, v: 1}, nil
		}
		return value{is: true}, nil
	}
	return value{}, n.Errorf("%q is no value of a feature: write a number, true, false or null", s)
}

// eachKey gives each value of a mapping to the function of its key.
func eachKey(n yamltree.Node, keys map[string]func(yamltree.Node) error) error {
	pairs, err := n.Pairs()
	if err != nil {
		return err
	}
	for _, p := range pairs {
		read, known := keys[p.Name]
		if !known {
			return p.Key.Errorf("unknown key %s%s", p.Name, among(p.Name, keys))
		}
		if err := read(p.Value); err != nil {
			return err
		}
	}
	return nil
}

// among suggests one of keys for a name that is none of them.
func among[T any](name string, keys map[string]T) string {
	names := sorted(keys)
	if near := config.Nearest(name, names); near != "" {
		return ": did you mean " + near + "?"
	}
	return ": the keys here are " + list(names)
}
