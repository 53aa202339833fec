package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// noRules is what the key rules may say instead of a file, besides builtinRules.
const noRules = "none"

// rulesSetting is the setting that says which rules a job has; one without has none.
const rulesSetting = "rules"

// rules reads the rules of the job, nil if it has none. notes are for people.
func (b *builder) rules(windows []window.Spec) (set *rules.Set, notes []string, err error) {
	if b.cfg.Rules == noRules {
		return nil, nil, nil
	}
	s, err := readRules(b.cfg.Rules, rules.Options{Fields: feature.Fields(b.families(), windows)})
	if err != nil {
		return nil, nil, err
	}
	if n := len(s.skipped); n > 0 {
		notes = append(notes, fmt.Sprintf("%s left out, their windows are not configured: %s", plural(n, "built-in rule"), some(s.skipped)))
	}
	return s.Set, append(notes, s.warnings...), nil
}

// readRules reads a rule file, or the built-in rules. With an error there may be
// warnings all the same.
func readRules(name string, o rules.Options) (*ruleSet, error) {
	s := &ruleSet{name: name}
	var err error
	if name == builtinRules {
		s.Set, s.skipped, err = rules.ParseBuiltin(o)
		return s, err
	}
	text, err := readRuleFile(name)
	if err != nil {
		return nil, err
	}
	o.Dir = filepath.Dir(name)
	s.Set, s.warnings, err = rules.Parse(name, text, o)
	return s, err
}

// readRuleFile reads a file of rules or of their tests, or enough of it for the parser to refuse it. It
// must be a regular one: others may have no end.
func readRuleFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file or directory: check the path", name)
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file: name the file itself", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, rules.MaxFile+1))
}
