package rules

import "github.com/cdrstream/cdrstream/engine/feature"

// Options are what the rules of a file may name.
type Options struct {
	Fields []feature.Field // every feature there is, see feature.Fields
	Dir    string          // list files are relative to it
}

// Parse reads a rule file. name is its name in messages. An error tells file, line,
// column and what to do; warnings are of things that work but are hardly meant.
func Parse(name string, text []byte, o Options) (s *Set, warnings []string, err error) {
	panic("not yet")
}

// Builtin returns the built-in catalogue, a rule file.
func Builtin() []byte { panic("not yet") }

// ParseBuiltin reads the built-in catalogue, without the rules that name features
// which o does not have because their window is not configured; skipped are their
// IDs.
func ParseBuiltin(o Options) (s *Set, skipped []string, err error) { panic("not yet") }
