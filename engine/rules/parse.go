package rules

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"

	"github.com/cdrstream/cdrstream/engine/feature"
)

// Options are what the rules of a file may name.
type Options struct {
	Fields []feature.Field // every feature there is, see feature.Fields
	Dir    string          // list files are relative to it

	NoSupport bool // leave out min_support, once it is known to be valid
}

// Parse reads a rule file. name is its name in messages. An error tells file, line,
// column and what to do; it joins all mistakes, each a *Problem. warnings are of
// things that work but are hardly meant, in the same form.
func Parse(name string, text []byte, o Options) (s *Set, warnings []string, err error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	return newReader(name, text, o).read(text)
}

func newReader(name string, text []byte, o Options) *reader {
	return &reader{
		name:     name,
		dir:      o.Dir,
		bare:     o.NoSupport,
		lines:    strings.Split(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n"),
		language: newLanguage(o.Fields),
		storm:    defaultStorm,
		lists:    map[string]*list{},
		ids:      map[string]place{},
	}
}

func (r *reader) read(text []byte) (*Set, []string, error) {
	top, err := r.parseYAML(text)
	if err != nil {
		return nil, nil, err
	}
	if top == nil {
		r.wrong(place{1, 1}, "the file is empty: begin with groups:")
	} else {
		r.top(top)
	}
	if err := r.err(); err != nil {
		return nil, nil, err
	}
	s := r.finish()
	r.advise()
	return s, r.texts(), nil
}

//go:embed builtin.yaml
var builtin []byte

// BuiltinName is the name of the built-in catalogue in messages.
const BuiltinName = "builtin.yaml"

// Builtin returns the built-in catalogue, a rule file.
func Builtin() []byte { return append([]byte(nil), builtin...) }

// ParseBuiltin reads the built-in catalogue, without the rules that name features
// which o does not have because their window is not configured; skipped are their
// IDs.
func ParseBuiltin(o Options) (s *Set, skipped []string, err error) {
	r := newReader(BuiltinName, builtin, o)
	r.lenient = true
	s, warnings, err := r.read(builtin)
	if err == nil && len(warnings) > 0 {
		err = fmt.Errorf("%s", warnings[0])
	}
	return s, r.skipped, err
}
