// Package yamltree reads small YAML files whose every mistake is to be told with
// its place: file:line:column.
//
// A file becomes a tree of [Node]. A node is asked for what it is meant to be
// ([Node.Pairs] of a mapping, [Node.Items] of a list, [Node.Scalar]); if it is
// something else, the answer is an error that says where it stands. A key that
// comes twice is an error, as are several documents, anchors and tags: a file that
// people check by eye needs none of them.
package yamltree

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Node is a part of a file.
type Node struct {
	file string
	ast  ast.Node // nil: of an empty file
}

// Pair is an entry of a mapping.
type Pair struct {
	Name       string
	Key, Value Node
}

// Parse reads a file of one document. name is its name in messages.
func Parse(name string, text []byte) (Node, error) {
	f, err := parser.ParseBytes([]byte(strings.TrimPrefix(string(text), "\ufeff")), 0)
	if err != nil {
		var e yaml.Error
		if !errors.As(err, &e) || e.GetToken() == nil {
			return Node{}, fmt.Errorf("%s: %s", name, firstLine(err.Error()))
		}
		p := e.GetToken().Position
		return Node{}, fmt.Errorf("%s:%d:%d: %s", name, p.Line, p.Column, firstLine(e.GetMessage()))
	}
	if len(f.Docs) > 1 {
		return Node{}, fmt.Errorf("%s: holds %d documents: write one (remove the ---)", name, len(f.Docs))
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil {
		return Node{file: name}, nil
	}
	return Node{name, f.Docs[0].Body}, nil
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
}

// Place is where n stands: file:line:column.
func (n Node) Place() string {
	if n.ast == nil {
		return n.file
	}
	at := n.ast
	if m, ok := at.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		at = m.Values[0].Key // its own token is the colon
	}
	p := at.GetToken().Position
	return fmt.Sprintf("%s:%d:%d", n.file, p.Line, p.Column)
}

// Errorf is an error about n.
func (n Node) Errorf(format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{n.Place()}, args...)...)
}

// Pairs returns the entries of a mapping, in their order. An empty file has none.
func (n Node) Pairs() (all []Pair, err error) {
	if n.ast == nil {
		return nil, nil
	}
	m, ok := n.ast.(ast.MapNode)
	if !ok {
		return nil, n.Errorf("must be a mapping of keys to values, not %s", n.kind())
	}
	for it := m.MapRange(); it.Next(); {
		key := Node{n.file, it.Key()}
		if _, merge := it.Key().(*ast.MergeKeyNode); merge {
			return nil, key.Errorf("<< is not used in this file: write the keys themselves")
		}
		all = append(all, Pair{it.Key().GetToken().Value, key, Node{n.file, it.Value()}})
	}
	return all, nil
}

// Items returns the entries of a list.
func (n Node) Items() (all []Node, err error) {
	s, ok := n.ast.(*ast.SequenceNode)
	if !ok {
		return nil, n.Errorf("must be a list, not %s", n.kind())
	}
	for _, v := range s.Values {
		all = append(all, Node{n.file, v})
	}
	return all, nil
}

// Scalar returns a single value: a string, float64, bool or, for null, nil.
func (n Node) Scalar() (any, error) {
	switch v := n.ast.(type) {
	case *ast.StringNode:
		return v.Value, nil
	case *ast.LiteralNode:
		return v.Value.Value, nil
	case *ast.BoolNode:
		return v.Value, nil
	case *ast.FloatNode:
		return v.Value, nil
	case *ast.IntegerNode:
		switch i := v.Value.(type) {
		case int64:
			return float64(i), nil
		case uint64:
			return float64(i), nil
		}
	case *ast.NullNode:
		return nil, nil
	}
	return nil, n.Errorf("must be a single value, not %s", n.kind())
}

// Text returns a single value as it is written.
func (n Node) Text() (string, error) {
	v, err := n.Scalar()
	switch v := v.(type) {
	case string:
		return v, nil
	case nil:
		if err == nil {
			err = n.Errorf("has no value: write one")
		}
		return "", err
	}
	return n.ast.GetToken().Value, nil
}

// kind says what n is.
func (n Node) kind() string {
	switch n.ast.(type) {
	case nil:
		return "an empty file"
	case *ast.SequenceNode:
		return "a list"
	case ast.MapNode:
		return "a mapping"
	case *ast.NullNode:
		return "nothing"
	case *ast.StringNode, *ast.LiteralNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return "a single value"
	}
	return "a YAML " + strings.ToLower(n.ast.Type().String())
}
