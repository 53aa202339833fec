package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
)

// configFlags are the flags that choose the configuration: --config,
// --print-config and one for each key that has a flag.
type configFlags struct {
	file  string
	print bool
	set   *pflag.FlagSet
	keys  map[string]*keyFlag
}

// addConfigFlags adds the flags of the named keys; if none is named, of all keys
// with a flag that a command without NATS has a use for.
func addConfigFlags(fs *pflag.FlagSet, names ...string) *configFlags {
	c := addConfigFile(fs)
	fs.BoolVar(&c.print, "print-config", false, "print the effective configuration with every default, and exit")
	wanted := map[string]bool{}
	for _, n := range names {
		wanted[n] = true
	}
	for _, k := range config.Keys() {
		if k.Flag == "" || len(names) > 0 && !wanted[k.Flag] || len(names) == 0 && strings.HasPrefix(k.Name, "nats.") {
			continue
		}
		f := &keyFlag{text: k.Default(), kind: k.Kind()}
		c.keys[k.Flag] = f
		fs.Var(f, k.Flag, k.Doc)
	}
	return c
}

// addConfigFile adds --config alone.
func addConfigFile(fs *pflag.FlagSet) *configFlags {
	c := &configFlags{set: fs, keys: map[string]*keyFlag{}}
	fs.StringVarP(&c.file, "config", "c", "", "configuration `file` (YAML)")
	return c
}

// load returns the effective configuration. warnings are for the log.
func (c *configFlags) load() (*config.Config, []string, error) {
	given := map[string]string{}
	for name, f := range c.keys {
		if c.set.Changed(name) {
			given[name] = f.text
		}
	}
	cfg, warnings, err := config.Load(config.Inputs{File: c.file, Env: os.Environ(), Flags: given})
	if err != nil {
		return nil, nil, usage(err)
	}
	return cfg, warnings, nil
}

// printed writes the configuration to w if the user asked for that.
func (c *configFlags) printed(cfg *config.Config, w io.Writer) (done bool, err error) {
	if !c.print {
		return false, nil
	}
	if err := cfg.Print(w); err != nil {
		return true, fmt.Errorf("print the configuration: %w", err)
	}
	return true, nil
}

// keyFlag holds the text of a flag; the configuration reads it.
type keyFlag struct{ text, kind string }

func (f *keyFlag) String() string     { return f.text }
func (f *keyFlag) Set(s string) error { f.text = s; return nil }
func (f *keyFlag) Type() string       { return f.kind }
