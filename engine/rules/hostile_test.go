package rules_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cdrstream/cdrstream/engine/rules"
)

// file is a rule file with one rule.
func file(expr string) string {
	return "groups:\n- name: g\n  rules:\n  - id: r\n    expr: " + expr + "\n"
}

// What is meant to use up time or memory is refused soon, with a word why.
func TestHostileFiles(t *testing.T) {
	const much = 1 << 18
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x, x]\n")
	for i := range 40 {
		fmt.Fprintf(&bomb, "a%d: &a%d [*a%d, *a%d]\n", i+1, i+1, i, i)
	}
	var many strings.Builder
	many.WriteString("groups:\n- name: g\n  rules:\n")
	for i := range rules.MaxRules + 1 {
		fmt.Fprintf(&many, "  - {id: r%d, expr: calls_24h > %d}\n", i, i)
	}
	var keys strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&keys, "k%d:\n", i)
	}
	var fewer strings.Builder
	for i := range 26_000 {
		fmt.Fprintf(&fewer, "k%d: 1\n", i)
	}
	deepChain := "calls_24h"
	for range 30 {
		deepChain = "1 < (" + deepChain + " < 3 < 4 ? 1 : 2) < 5 ? 1 : 2"
	}
	same := "home"
	for range 90 {
		same = "(" + same + " == home)"
	}
	for name, c := range map[string]struct{ text, want string }{
		"bomb":              {bomb.String(), "anchors and aliases"},
		"large":             {strings.Repeat("#", rules.MaxFile+1), "more than 1048576"},
		"many rules":        {many.String(), "more than 1000 rules"},
		"open lists":        {strings.Repeat("[", much), "nested more than 32"},
		"open mappings":     {strings.Repeat("{", much), "nested more than 32"},
		"open mappings, 2":  {strings.Repeat("{a: ", much/4), "nested more than 32"},
		"dashes":            {strings.Repeat("- ", much/2), "nested more than 32"},
		"question marks":    {strings.Repeat("? ", much/2), "question mark"},
		"colons":            {strings.Repeat("a: ", much/3), "nested more than 32"},
		"anchors":           {strings.Repeat("&a ", much/3), "anchors and aliases"},
		"tags":              {strings.Repeat("!a ", much/3), "tags and directives"},
		"quotes":            {strings.Repeat("\"", much), ""},
		"single quotes":     {strings.Repeat("'", much-1), ""},
		"lines":             {strings.Repeat("a\n", much/2), ""},
		"comments":          {strings.Repeat("#\n", much/2), ""},
		"blocks":            {strings.Repeat("|\n", much/2), ""},
		"items":             {strings.Repeat("- a\n", much/4), ""},
		"empty items":       {strings.Repeat("-\n", much/2), "has no value"},
		"flow keys":         {"a: {" + strings.ReplaceAll(fewer.String(), "\n", ", ") + "}", "more than 1000 keys"},
		"deep keys":         {"a:\n- b:\n    " + strings.ReplaceAll(fewer.String(), "\n", "\n    "), "more than 1000 keys"},
		"same keys":         {strings.Repeat("a: b\n", much/5), "more than 1000 keys"},
		"empty keys":        {keys.String(), "has no value"},
		"keys":              {strings.ReplaceAll(keys.String(), ":", ": 1"), "more than 1000 keys"},
		"fewer keys":        {fewer.String(), "more than 1000 keys"},
		"empty flow":        {"groups: [" + strings.Repeat(",", much) + "]", "has no value"},
		"empty flow, 2":     {"groups: {" + strings.Repeat("a: ,", much/4) + "}", "has no value"},
		"documents":         {strings.Repeat("---\n", much/4), ""},
		"parentheses":       {file(strings.Repeat("(", 8000) + "home" + strings.Repeat(")", 8000)), "longer than"},
		"parentheses, 2":    {file(strings.Repeat("(", 4000) + "home" + strings.Repeat(")", 4000)), "nested more than 100"},
		"minus signs":       {file("\"" + strings.Repeat("-", 8000) + "calls_24h > 1\""), "nested more than 100"},
		"nots":              {file(strings.Repeat("not ", 2000) + "home"), "nested more than 100"},
		"ands":              {file("home" + strings.Repeat(" and home", 800)), "nested more than 100"},
		"powers":            {file("1" + strings.Repeat(" ** 2", 1000) + " > calls_24h"), "nested more than 100"},
		"ifs":               {file("\"" + strings.Repeat("home ? home : ", 500) + "home\""), "nested more than 100"},
		"lets":              {file("\"" + strings.Repeat("let x = 1; ", 600) + "home\""), ""},
		"chains in chains":  {file("\"(" + deepChain + ") > 3\""), "more than 10000 parts"},
		"long expression":   {file("home " + strings.Repeat(" ", 9000) + " and home"), "longer than 8192"},
		"sameness":          {file(same), "-"},
		"endless loop":      {file("'any(1..999999999999, # > calls_24h)'"), "no function"},
		"huge repetition":   {file("len(repeat('x', 999999999)) > calls_24h"), "no function"},
		"number too large":  {file("calls_24h > 99999999999999999999999999999"), "number"},
		"number too large2": {file("calls_24h > 1e999"), "number"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			s, _, err := rules.Parse("r.yaml", []byte(c.text), rules.Options{Fields: fields(t)})
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d)
			}
			if c.want == "-" {
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				v := rules.NewVector(s)
				v.Set(0, 1)
				for range 100 {
					s.Rules[0].Level(v)
				}
				if d := time.Since(start); d > time.Second {
					t.Errorf("100 evaluations took %v", d)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %.300v, want %q", err, c.want)
			}
			if err != nil && len(err.Error()) > 10_000 {
				t.Errorf("a message of %d bytes", len(err.Error()))
			}
		})
	}
}

// A list is a regular file of a size that fits, or the file of rules is wrong.
func TestHostileLists(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, size int64, text string) {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		if size > 0 {
			if err := f.Truncate(size); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("huge", rules.MaxListFile+1, "")
	write("long", 0, strings.Repeat("1", 300))
	var many strings.Builder
	for i := range rules.MaxEntries + 1 {
		fmt.Fprintln(&many, 10_000_000+i)
	}
	write("many", 0, many.String())
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("link", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"huge": "more than 67108864 bytes", "long": "long:1: the entry has more than 256 bytes", "many": "many:1000001: the list has more than 1000000 entries",
		"pipe": "no regular file", "link": "too many levels", "/dev/zero": "no regular file", "": "is empty", "\"a\\0b\"": "invalid",
	} {
		done := make(chan error, 1)
		go func() {
			text := file("calls_24h > 5") + "lists:\n  l: {file: " + name + "}\n"
			if name == "" {
				text = file("calls_24h > 5") + "lists:\n  l: {file: ''}\n"
			}
			_, _, err := rules.Parse("r.yaml", []byte(text), rules.Options{Fields: fields(t), Dir: dir})
			done <- err
		}()
		select {
		case err := <-done:
			if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "r.yaml:7:") {
				t.Errorf("%s: got %v, want %q", name, err, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: Parse hangs", name)
		}
	}
}
