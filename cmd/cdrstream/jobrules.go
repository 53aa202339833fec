package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
	"github.com/cdrstream/cdrstream/engine/window"
)

// What the key rules may say instead of a file.
const (
	builtIn = "builtin"
	noRules = "none"
)

// rules reads the rules of the job, nil if it has none. notes are for people.
func (b *builder) rules(windows []window.Spec) (set *rules.Set, notes []string, err error) {
	o := rules.Options{Fields: feature.Fields(b.families(), windows), Dir: filepath.Dir(b.cfg.Rules)}
	switch b.cfg.Rules {
	case noRules:
		return nil, nil, nil
	case builtIn:
		set, skipped, err := rules.ParseBuiltin(o)
		if len(skipped) > 0 {
			notes = append(notes, fmt.Sprintf("%d built-in rules are left out, their windows are not configured: %s", len(skipped), some(skipped)))
		}
		return set, notes, err
	}
	text, err := readRuleFile(b.cfg.Rules)
	if err != nil {
		return nil, nil, fmt.Errorf("rules: %w", err)
	}
	return rules.Parse(b.cfg.Rules, text, o)
}

// maxRuleFile is the most that is read of a rule file: enough for the parser to
// refuse a longer one.
const maxRuleFile = 2 << 20

// readRuleFile reads a rule file, which must be a regular one: others may have no end.
func readRuleFile(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxRuleFile))
}
