package config

import (
	"encoding"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
)

// Print writes the whole configuration as YAML, defaults included. What it
// writes is a configuration file that means the same.
func (c *Config) Print(w io.Writer) error {
	b, err := yaml.MarshalWithOptions(tree(c.keys(), false), yaml.IndentSequence(true))
	if err != nil {
		return fmt.Errorf("print the configuration: %w", err)
	}
	_, err = w.Write(b)
	return err
}

// tree is the values of keys as nested YAML mappings. Where sparse, keys without
// a value are left out.
func tree(keys []Key, sparse bool) yaml.MapSlice {
	var out yaml.MapSlice
	for _, k := range keys {
		v := plain(k.into)
		if sparse && v == nil {
			continue
		}
		out = grow(out, strings.Split(k.Name, "."), v)
	}
	return out
}

// grow adds a value under the names that lead to it. Keys of one group stand
// together.
func grow(m yaml.MapSlice, names []string, v any) yaml.MapSlice {
	if len(names) == 1 {
		return append(m, yaml.MapItem{Key: names[0], Value: v})
	}
	last := len(m) - 1
	if last < 0 || m[last].Key != names[0] {
		m, last = append(m, yaml.MapItem{Key: names[0], Value: yaml.MapSlice{}}), last+1
	}
	m[last].Value = grow(m[last].Value.(yaml.MapSlice), names[1:], v)
	return m
}

// plain is what a field holds, as YAML has it. It is nil for an override that
// was not given.
func plain(field any) any {
	switch p := field.(type) {
	case *string:
		return *p
	case *path:
		return string(*p)
	case *fileOr:
		return string(*p)
	case *directory:
		return string(*p)
	case *int:
		return *p
	case *bool:
		return *p
	case **bool:
		if *p == nil {
			return nil
		}
		return **p
	case *[]string:
		return append([]string{}, *p...)
	case *paths:
		return append([]string{}, *p...)
	case *windows:
		return append([]string{}, *p...)
	case *[]int:
		return append([]int{}, *p...)
	case *List:
		if p.File != "" {
			return yaml.MapSlice{{Key: "file", Value: p.File}}
		}
		return append([]string{}, p.Items...)
	case *[]Source:
		out := []yaml.MapSlice{}
		for i := range *p {
			out = append(out, (*p)[i].tree())
		}
		return out
	case *Money:
		return yamlNumber(text(p))
	}
	return text(field)
}

// yamlNumber stands in YAML without quotes.
type yamlNumber string

// MarshalYAML writes the number as it is.
func (n yamlNumber) MarshalYAML() ([]byte, error) { return []byte(n), nil }

// tree leaves out what s does not override.
func (s *Source) tree() yaml.MapSlice {
	var out yaml.MapSlice
	for _, it := range tree(s.keys(), true) {
		switch v := it.Value.(type) {
		case string:
			if v == "" {
				continue
			}
		case []string:
			if len(v) == 0 {
				continue
			}
		}
		out = append(out, it)
	}
	return out
}

// text is what a field holds in one line: what the environment or a flag would
// say. It is empty for an empty list or text.
func text(field any) string {
	switch p := field.(type) {
	case encoding.TextMarshaler:
		b, err := p.MarshalText()
		if err != nil {
			panic(err) // the types of this package never fail
		}
		return string(b)
	case *[]int:
		return strings.Trim(strings.ReplaceAll(fmt.Sprint(*p), " ", ","), "[]")
	case *List:
		if p.File != "" {
			return p.File
		}
		return strings.Join(p.Items, ",")
	}
	switch v := plain(field).(type) {
	case []string:
		return strings.Join(v, ",")
	case []yaml.MapSlice:
		b, err := yaml.MarshalWithOptions(v, yaml.Flow(true))
		if err != nil || len(v) == 0 {
			return ""
		}
		return strings.TrimSpace(string(b))
	default:
		return fmt.Sprint(v)
	}
}
