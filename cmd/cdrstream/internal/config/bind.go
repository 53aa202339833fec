package config

import (
	"encoding"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// path is a file name; it becomes absolute when it is read.
type path string

// fileOr is a path, or one of a few words.
type fileOr string

// paths is a list of file names.
type paths []string

// words are what stands for no file in a fileOr.
func words(s string) bool { return s == "builtin" || s == "none" || s == "" }

// directory is a path of a directory.
type directory string

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
	case *[]string, *[]int, *windows, *paths, *List, *[]Source:
		if t := strings.TrimSpace(s); strings.HasPrefix(t, "[") || strings.HasPrefix(t, "{") {
			return b.setFlow(into, t)
		}
	}
	switch p := into.(type) {
	case *[]string:
		*p = splitList(s)
	case *windows:
		return p.set(splitList(s))
	case *paths:
		*p = b.files(splitList(s))
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
	case *paths:
		var s []string
		if err := b.setStrings(&s, n); err != nil {
			return err
		}
		*p = b.files(s)
		return nil
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
	case *fileOr:
		if *p = fileOr(s); !words(s) {
			*p = fileOr(b.file(s))
		}
	case *directory:
		*p = directory(b.file(s))
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

// files is file of each.
func (b binder) files(all []string) []string {
	for i, s := range all {
		all[i] = b.file(s)
	}
	return all
}
