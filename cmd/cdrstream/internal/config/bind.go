package config

import (
	"encoding"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/cdrstream/cdrstream/engine/window"
)

// path is a file name; it becomes absolute when it is read.
type path string

// windows is a list whose items may be mappings of window and slide.
type windows []string

// binder sets fields from YAML nodes and texts.
type binder struct {
	dir   string                  // relative file names start here
	where func(n ast.Node) string // where n stands, for errors
}

// setText gives a field the value that s means. A list may be written with
// commas, or as YAML flow ([a, b]).
func (b binder) setText(into any, s string) error {
	switch into.(type) {
	case *[]string, *[]int, *windows, *List, *[]Source:
		if t := strings.TrimSpace(s); strings.HasPrefix(t, "[") || strings.HasPrefix(t, "{") {
			return b.setFlow(into, t)
		}
	}
	switch p := into.(type) {
	case *[]string:
		*p = splitList(s)
	case *windows:
		return p.set(splitList(s))
	case *[]int:
		return setInts(p, splitList(s))
	case *List:
		return b.setList(p, s)
	case *[]Source:
		return fmt.Errorf("write a list of mappings, such as [{match: \"*.json\", timezone: Europe/Paris}]")
	default:
		return b.setScalar(into, s)
	}
	return nil
}

func (b binder) setFlow(into any, s string) error {
	f, err := parser.ParseBytes([]byte(s), 0)
	if err != nil || len(f.Docs) != 1 {
		return fmt.Errorf("%q is no YAML list or mapping", s)
	}
	b.where = nil
	return b.setNode(into, f.Docs[0].Body)
}

// setNode gives a field the value of a YAML node.
func (b binder) setNode(into any, n ast.Node) error {
	switch p := into.(type) {
	case *[]string:
		return b.setStrings(p, n)
	case *[]int:
		var s []string
		if err := b.setStrings(&s, n); err != nil {
			return err
		}
		return setInts(p, s)
	case *windows:
		return b.setWindows(p, n)
	case *List:
		return b.setListNode(p, n)
	case *[]Source:
		return b.setSources(p, n)
	}
	s, err := scalar(n)
	if err != nil {
		return err
	}
	return b.setScalar(into, s)
}

func (b binder) setScalar(into any, s string) (err error) {
	switch p := into.(type) {
	case *string:
		*p = s
	case *path:
		*p = path(b.file(s))
	case *int:
		if *p, err = strconv.Atoi(s); err != nil {
			return fmt.Errorf("%q is no whole number", s)
		}
	case *bool:
		return setBool(p, s)
	case **bool:
		*p = new(bool)
		return setBool(*p, s)
	case encoding.TextUnmarshaler:
		return p.UnmarshalText([]byte(s))
	default:
		panic(fmt.Sprintf("config: no way to set a %T", into))
	}
	return nil
}

func setBool(p *bool, s string) error {
	if s != "true" && s != "false" {
		return fmt.Errorf("%q is neither true nor false", s)
	}
	*p = s == "true"
	return nil
}

func setInts(p *[]int, items []string) error {
	out := make([]int, 0, len(items))
	for _, s := range items {
		n, err := strconv.Atoi(s)
		if err != nil {
			return fmt.Errorf("%q is no whole number", s)
		}
		out = append(out, n)
	}
	*p = out
	return nil
}

// file makes a file name independent of the directory it was written for.
func (b binder) file(s string) string {
	if s == "" || filepath.IsAbs(s) {
		return s
	}
	abs, err := filepath.Abs(filepath.Join(b.dir, s))
	if err != nil {
		return filepath.Join(b.dir, s)
	}
	return abs
}

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
