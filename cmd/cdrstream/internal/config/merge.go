package config

import (
	"path/filepath"
	"strings"
)

// For is the configuration of one file: c with the overrides of the first source
// whose pattern matches. Match and Sources of the result are of no use.
func (c *Config) For(name string) Source {
	out := Source{
		Match: name, Format: c.Format, Timezone: c.Timezone, EventTime: c.EventTime, Country: c.Country,
		InternationalPrefix: c.InternationalPrefix, Legs: c.Legs, Attempts: &c.Attempts, Charge: c.Charge,
	}
	for i := range c.Sources {
		if s := &c.Sources[i]; s.matches(name) {
			s.override(&out)
			break
		}
	}
	return out
}

func (s *Source) matches(name string) bool {
	if !strings.Contains(s.Match, "/") {
		name = filepath.Base(name)
	}
	ok, err := filepath.Match(s.Match, name)
	return ok && err == nil
}

func (s *Source) override(out *Source) {
	for _, f := range []struct {
		from string
		to   *string
	}{
		{s.Format, &out.Format}, {s.Timezone, &out.Timezone}, {s.EventTime, &out.EventTime},
		{s.Country, &out.Country}, {s.InternationalPrefix, &out.InternationalPrefix}, {s.Charge, &out.Charge},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if s.Legs != nil {
		out.Legs = s.Legs
	}
	if s.Attempts != nil {
		out.Attempts = s.Attempts
	}
}
