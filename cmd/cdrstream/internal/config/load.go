package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Inputs are the places a configuration comes from.
type Inputs struct {
	File  string            // YAML, empty for none
	Env   []string          // NAME=value, as os.Environ gives it
	Flags map[string]string // flag name -> value, only those that were given
	Live  bool              // of a job without an end: LiveDefaults
}

// Load returns the effective configuration, checked. warnings name environment
// variables that look like keys and are none; other programs (a container
// platform) may set such, so they are no error.
func Load(in Inputs) (c *Config, warnings []string, err error) {
	c = Defaults()
	if in.Live {
		c = LiveDefaults()
	}
	c.origins = map[string]string{}
	if in.File != "" {
		if err := c.loadFile(in.File); err != nil {
			return nil, nil, err
		}
	}
	if warnings, err = c.loadEnv(in.Env); err != nil {
		return nil, nil, err
	}
	if err := c.loadFlags(in.Flags); err != nil {
		return nil, nil, err
	}
	return c, warnings, c.Validate()
}

func (c *Config) loadFile(name string) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	top, err := parseYAML(name, text)
	if err != nil || top == nil {
		return err
	}
	b := binder{dir: filepath.Dir(name), where: func(n ast.Node) string {
		p := n.GetToken().Position
		return fmt.Sprintf("%s:%d:%d", name, p.Line, p.Column)
	}}
	return b.setMapping(top, c.keys(), c.origins)
}

func (c *Config) loadEnv(env []string) (warnings []string, err error) {
	keys := c.keys()
	byEnv := map[string]Key{}
	for _, k := range keys {
		byEnv[k.Env()] = k
	}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, EnvPrefix) {
			continue
		}
		k, ok := byEnv[name]
		if !ok {
			warnings = append(warnings, "environment variable "+name+" is no key of the configuration")
			continue
		}
		if err := c.set(k, value, name); err != nil {
			return nil, err
		}
	}
	return warnings, nil
}

func (c *Config) loadFlags(flags map[string]string) error {
	for _, k := range c.keys() {
		value, given := flags[k.Flag]
		if k.Flag == "" || !given {
			continue
		}
		if err := c.set(k, value, "--"+k.Flag); err != nil {
			return err
		}
	}
	return nil
}

func (c *Config) set(k Key, value, origin string) error {
	c.origins[k.Name] = origin
	if err := (binder{dir: "."}).setText(k.into, value); err != nil {
		return &located{origin, err}
	}
	return nil
}
