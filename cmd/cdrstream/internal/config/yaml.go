package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// located is an error that already says where it stands.
type located struct {
	where string
	err   error
}

func (e *located) Error() string { return e.where + ": " + e.err.Error() }
func (e *located) Unwrap() error { return e.err }

// at puts the place of n before err, unless err has one.
func (b binder) at(n ast.Node, err error) error {
	var l *located
	if err == nil || b.where == nil || errors.As(err, &l) {
		return err
	}
	return &located{b.where(n), err}
}

// inKey says that err is in the value n of a key. An inner place is kept, as it
// is the narrower one.
func (b binder) inKey(n ast.Node, key string, err error) error {
	var l *located
	if errors.As(err, &l) {
		return &located{l.where, fmt.Errorf("%s: %w", key, l.err)}
	}
	return b.at(n, fmt.Errorf("%s: %w", key, err))
}

// parseYAML returns the top mapping of a configuration file, nil if it is empty.
func parseYAML(name string, text []byte) (ast.Node, error) {
	f, err := parser.ParseBytes(text, 0)
	if err != nil {
		var e yaml.Error
		if !errors.As(err, &e) || e.GetToken() == nil {
			return nil, fmt.Errorf("%s: %s", name, firstLine(err.Error()))
		}
		p := e.GetToken().Position
		return nil, fmt.Errorf("%s:%d:%d: %s", name, p.Line, p.Column, reword(firstLine(e.GetMessage())))
	}
	if len(f.Docs) == 0 {
		return nil, nil
	}
	if len(f.Docs) > 1 {
		return nil, fmt.Errorf("%s: holds %d documents: a configuration is one (remove the ---)", name, len(f.Docs))
	}
	return f.Docs[0].Body, nil
}

// reword says in plain words what go-yaml says of the mistakes that are made most.
func reword(text string) string {
	for _, w := range []struct{ begins, text string }{
		{"mapping value is not allowed in this context", "a colon cannot stand here: a value with a colon and a space in it needs quotes, a key a line of its own"},
		{"value is not allowed in this context", "a value cannot stand here: check the indentation, which tells what belongs together"},
		{"found character '\t' that cannot start any token", "a tab: indent with spaces"},
	} {
		if strings.HasPrefix(text, w.begins) {
			return w.text
		}
	}
	return text
}

// setMapping sets the fields that the keys of a mapping name. Keys with a dot
// stand in a mapping of their own. It notes in origins, if not nil, where each
// value stands.
func (b binder) setMapping(n ast.Node, keys []Key, origins map[string]string) error {
	return b.setNested(n, keys, "", origins)
}

func (b binder) setNested(n ast.Node, keys []Key, prefix string, origins map[string]string) error {
	m, ok := n.(ast.MapNode)
	if !ok {
		what := "the file"
		if prefix != "" {
			what = strings.TrimSuffix(prefix, ".")
		}
		return b.at(n, fmt.Errorf("%s must be a mapping of keys to values", what))
	}
	for it := m.MapRange(); it.Next(); {
		k, v := it.Key(), it.Value()
		name := prefix + k.GetToken().Value
		if isGroup(keys, name) {
			if err := b.setNested(v, keys, name+".", origins); err != nil {
				return err
			}
			continue
		}
		key, ok := find(keys, name)
		if !ok {
			return b.at(k, unknownKey(keys, name))
		}
		if err := b.setNode(key.into, v); err != nil {
			return b.inKey(v, name, err)
		}
		if origins != nil && b.where != nil {
			origins[name] = b.where(v)
		}
	}
	return nil
}

func isGroup(keys []Key, name string) bool {
	for _, k := range keys {
		if strings.HasPrefix(k.Name, name+".") {
			return true
		}
	}
	return false
}

func find(keys []Key, name string) (Key, bool) {
	for _, k := range keys {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}

func unknownKey(keys []Key, name string) error {
	names := make([]string, 0, len(keys))
	for _, k := range keys {
		names = append(names, k.Name)
	}
	if s := Nearest(name, names); s != "" {
		return fmt.Errorf("unknown key %s: did you mean %s?", name, s)
	}
	if len(names) > 10 {
		return fmt.Errorf("unknown key %s: cdrstream replay --print-config shows all keys", name)
	}
	return fmt.Errorf("unknown key %s: the keys here are %s", name, strings.Join(names, ", "))
}

// scalar is the text of a single value.
func scalar(n ast.Node) (string, error) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.NullNode:
		return "", errors.New("has no value: write one, or leave the key out")
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	case *ast.SequenceNode:
		return "", errors.New("must be a single value, not a list")
	case *ast.MappingNode, *ast.MappingValueNode:
		return "", errors.New("must be a single value, not a mapping")
	}
	return "", fmt.Errorf("%s is not used in this file: write the value itself", strings.ToLower(n.Type().String()))
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}
