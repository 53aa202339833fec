package main

import (
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
)

// configFlags are the flags that choose the configuration: --config,
// --print-config and one for each key that has a flag.
type configFlags struct {
	file    string
	print   bool
	profile string // file of --profile
	live    bool   // of a job without an end
	set     *pflag.FlagSet
	keys    map[string]*keyFlag
}

// addConfigFlags adds the flags of the named keys; if none is named, of all keys with
// a flag that are not for live jobs alone.
func addConfigFlags(fs *pflag.FlagSet, names ...string) *configFlags {
	c := addConfigFile(fs)
	c.add(config.Keys(), func(k config.Key) bool {
		return len(names) == 0 && !k.Live() || slices.Contains(names, k.Flag)
	})
	return c
}

// addLiveFlags adds the flags of the keys of a job without an end.
func addLiveFlags(fs *pflag.FlagSet) *configFlags {
	c := addConfigFile(fs)
	c.live = true
	c.add(config.LiveKeys(), func(k config.Key) bool { return k.Flag != "max-rejects" && k.Flag != "max-late" })
	return c
}

// add adds --print-config and the flags of the keys that are wanted.
func (c *configFlags) add(keys []config.Key, wanted func(config.Key) bool) {
	c.set.BoolVar(&c.print, "print-config", false, "print the effective configuration with every default, and exit")
	for _, k := range keys {
		if k.Flag == "" || !wanted(k) {
			continue
		}
		f := &keyFlag{text: k.Default(), kind: k.Kind()}
		c.keys[k.Flag] = f
		c.set.Var(f, k.Flag, k.Doc)
	}
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
	cfg, warnings, err := config.Load(config.Inputs{File: c.file, Env: os.Environ(), Flags: given, Live: c.live})
	if err == nil && c.profile != "" {
		err = c.useProfile(cfg)
	}
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
type keyFlag struct {
	text, kind string
	given      bool
}

func (f *keyFlag) String() string { return f.text }

// Set takes what stands behind the flag. Given again, a list goes on.
func (f *keyFlag) Set(s string) error {
	if f.given && f.kind == "list" && f.text != "" {
		s = f.text + "," + s
	}
	f.text, f.given = s, true
	return nil
}
func (f *keyFlag) Type() string { return f.kind }
