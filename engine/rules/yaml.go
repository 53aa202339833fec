package rules

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits of a rule file.
const (
	MaxFile  = 1 << 20 // bytes
	MaxRules = 1000
)

// place is a position in the rule file, both from 1; columns are characters.
type place struct{ line, column int }

func placeOf(n ast.Node) place { return placeOfToken(n.GetToken()) }

func placeOfToken(t *token.Token) place {
	if t == nil || t.Position == nil {
		return place{1, 1}
	}
	return place{t.Position.Line, max(t.Position.Column, 1)}
}

// Problem is a mistake in a rule file.
type Problem struct {
	File         string
	Line, Column int // from 1
	Text         string
}

// Error is file:line:column: text.
func (p *Problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
}

// parseYAML returns the top node of a rule file, nil if it is empty.
func (r *reader) parseYAML(text []byte) (ast.Node, error) {
	at := func(p place, format string, args ...any) error { return r.problem(p, format, args...) }
	if len(text) > MaxFile {
		return nil, at(place{1, 1}, "the file has more than %d bytes: write lists as files of their own, and fewer rules", MaxFile)
	}
	if p, what := unprintable(text); what != "" {
		return nil, at(p, "%s: write the file as UTF-8 text", what)
	}
	tokens := lexer.Tokenize(string(text))
	if t, what := refused(tokens); t != nil {
		return nil, at(placeOfToken(t), "%s", what)
	}
	f, err := parser.Parse(tokens, 0)
	if err != nil {
		var e yaml.Error
		if !errors.As(err, &e) || e.GetToken() == nil {
			return nil, at(place{1, 1}, "%s", reword(yamlWords(), firstLine(err.Error())))
		}
		return nil, at(placeOfToken(e.GetToken()), "%s", reword(yamlWords(), firstLine(e.GetMessage())))
	}
	if len(f.Docs) > 1 {
		return nil, at(placeOfToken(f.Docs[1].Start), "the file holds %d documents: a rule file is one (remove the ---)", len(f.Docs))
	}
	if len(f.Docs) == 0 {
		return nil, nil
	}
	return f.Docs[0].Body, nil
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return s
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
	return "", errors.New("must be a single value")
}

// unknownKey says which key may have been meant.
func unknownKey(name string, keys []string) string {
	if s := nearest(name, keys); s != "" {
		return fmt.Sprintf("unknown key %s: did you mean %s?", name, s)
	}
	return fmt.Sprintf("unknown key %s: the keys here are %s", name, strings.Join(slices.Sorted(slices.Values(keys)), ", "))
}
