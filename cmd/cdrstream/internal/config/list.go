package config

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"
)

// List is a list that may stand in the configuration or in a file of its own.
type List struct {
	Items []string
	File  string // one entry a line; # begins a comment
}

// Empty reports whether nothing was configured.
func (l List) Empty() bool { return len(l.Items) == 0 && l.File == "" }

// Read returns the entries of l, from its file if it has one.
func (l List) Read() ([]string, error) {
	if l.File == "" {
		return l.Items, nil
	}
	return ReadLines(l.File)
}

// ReadLines returns the lines of a file of entries: one entry a line, # begins
// a comment, blank lines count for nothing.
func ReadLines(name string) ([]string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var out []string
	s := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	for n := 1; s.Scan(); n++ {
		line, _, _ := strings.Cut(s.Text(), "#")
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w: a list has one short entry a line", name, err)
	}
	return out, nil
}

// ReadPairs returns the entries of a file of pairs, one "key,value" a line;
// comments and blank lines as in ReadLines.
func ReadPairs(name string) (map[string]string, error) {
	lines, err := ReadLines(name)
	if err != nil {
		return nil, err
	}
	out := make(map[string]string, len(lines))
	for _, l := range lines {
		k, v, ok := strings.Cut(l, ",")
		k, v = strings.TrimSpace(k), strings.TrimSpace(v)
		if !ok || k == "" || v == "" {
			return nil, fmt.Errorf("%s: %q is no pair: write two texts with a comma between them", name, l)
		}
		out[k] = v
	}
	return out, nil
}

// ReadDates returns the dates of a file, one YYYY-MM-DD a line, as times at
// midnight UTC.
func ReadDates(name string) ([]time.Time, error) {
	lines, err := ReadLines(name)
	if err != nil {
		return nil, err
	}
	var out []time.Time
	for _, l := range lines {
		t, err := time.Parse(time.DateOnly, l)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no date: write YYYY-MM-DD", name, l)
		}
		out = append(out, t)
	}
	return out, nil
}

// looksLikeEntry tells a single number from the name of a file.
func looksLikeEntry(s string) bool {
	return strings.Trim(s, "+*0123456789 ") == ""
}
