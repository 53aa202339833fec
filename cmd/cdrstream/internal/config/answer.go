package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
)

// Setting is one key and its value, as one line of text.
type Setting struct{ Name, Value string }

// Answer is everything that decides what comes out of a job, given the same
// records. Of a file it holds the content's hash, not the name. Workers, block
// sizes, limits and paths are not in it. Two jobs with equal settings are the
// same job.
func (c *Config) Answer() ([]Setting, error) {
	var out []Setting
	for _, k := range c.keys() {
		if !k.Answer {
			continue
		}
		v, err := answerText(k.into)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k.Name, err)
		}
		out = append(out, Setting{k.Name, v})
	}
	return out, nil
}

// Hash is 16 hexadecimal digits that stand for the settings of Answer.
func Hash(settings []Setting) string {
	h := sha256.New()
	for _, s := range settings {
		fmt.Fprintf(h, "%s=%s\n", s.Name, s.Value)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Differences lists the settings that differ, a line each, for people. A key that an
// earlier version did not have then was at its default.
func Differences(then, now []Setting) []string {
	old := map[string]string{}
	for _, k := range Keys() {
		if k.Answer {
			old[k.Name] = k.Default()
		}
	}
	for _, s := range then {
		old[s.Name] = s.Value
	}
	var out []string
	for _, s := range now {
		if v, ok := old[s.Name]; !ok || v != s.Value {
			out = append(out, fmt.Sprintf("%s was %q and is %q", s.Name, v, s.Value))
		}
		delete(old, s.Name)
	}
	for _, s := range then {
		if v, left := old[s.Name]; left {
			out = append(out, fmt.Sprintf("%s was %q and is gone", s.Name, v))
		}
	}
	return out
}

func answerText(field any) (string, error) {
	switch p := field.(type) {
	case *path:
		if *p == "" {
			return "", nil
		}
		b, err := os.ReadFile(string(*p))
		if err != nil {
			return "", err
		}
		return digest(string(b)), nil
	case *List:
		items, err := p.Read()
		if err != nil || len(items) == 0 {
			return "", err
		}
		return fmt.Sprintf("%d entries, %s", len(items), digest(strings.Join(items, "\n"))), nil
	}
	return text(field), nil
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "sha256:" + hex.EncodeToString(sum[:8])
}
