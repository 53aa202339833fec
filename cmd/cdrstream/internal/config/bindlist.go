package config

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/window"
)

// setList reads a text as a list of entries or, if it is no such thing, as the
// name of a file.
func (b binder) setList(p *List, s string) error {
	items := splitList(s)
	for _, it := range items {
		if !looksLikeEntry(it) {
			*p = List{File: b.file(s)}
			return nil
		}
	}
	*p = List{Items: items}
	return nil
}

func (b binder) setListNode(p *List, n ast.Node) error {
	switch n := n.(type) {
	case *ast.SequenceNode:
		*p = List{}
		return b.setStrings(&p.Items, n)
	case *ast.MappingNode, *ast.MappingValueNode:
		var l List
		if err := b.setMapping(n, []Key{{Name: "file", into: (*path)(&l.File)}}, nil); err != nil {
			return err
		}
		*p = l
		return nil
	}
	s, err := scalar(n)
	if err != nil {
		return err
	}
	return b.setList(p, s)
}

func (b binder) setStrings(p *[]string, n ast.Node) error {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		s, err := scalar(n)
		if err != nil {
			return err
		}
		*p = splitList(s)
		return nil
	}
	out := make([]string, 0, len(seq.Values))
	for _, v := range seq.Values {
		s, err := scalar(v)
		if err != nil {
			return b.at(v, err)
		}
		out = append(out, s)
	}
	*p = out
	return nil
}

func (b binder) setWindows(p *windows, n ast.Node) error {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		var s []string
		if err := b.setStrings(&s, n); err != nil {
			return err
		}
		return p.set(s)
	}
	var out []string
	for _, v := range seq.Values {
		s, err := b.windowText(v)
		if err == nil {
			s, err = canonicalWindow(s)
		}
		if err != nil {
			return b.at(v, err)
		}
		out = append(out, s)
	}
	*p = out
	return nil
}

func (b binder) windowText(n ast.Node) (string, error) {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		var w, slide string
		err := b.setMapping(n, []Key{{Name: "window", into: &w}, {Name: "slide", into: &slide}}, nil)
		if err != nil || slide == "" {
			return w, err
		}
		return w + "/" + slide, nil
	}
	return scalar(n)
}

func (w *windows) set(items []string) error {
	var out []string
	for _, it := range items {
		s, err := canonicalWindow(it)
		if err != nil {
			return err
		}
		out = append(out, s)
	}
	*w = out
	return nil
}

// canonicalWindow states the slide of a window that has one: 1h becomes 1h/5m.
func canonicalWindow(s string) (string, error) {
	w, err := window.ParseSpec(s)
	if err != nil || w.Days {
		return w.Name, err
	}
	slide, _ := Duration(w.Length * 1_000_000).MarshalText()
	return w.Name + "/" + string(slide), nil
}

func (b binder) setSources(p *[]Source, n ast.Node) error {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return fmt.Errorf("must be a list of mappings, each with a match")
	}
	var out []Source
	for _, v := range seq.Values {
		s := Source{origins: map[string]string{}}
		if err := b.setMapping(v, s.keys(), s.origins); err != nil {
			return err
		}
		out = append(out, s)
	}
	*p = out
	return nil
}

func splitList(s string) []string {
	out := []string{}
	for _, it := range strings.Split(s, ",") {
		if it = strings.TrimSpace(it); it != "" {
			out = append(out, it)
		}
	}
	return out
}
