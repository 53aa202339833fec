package rules

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// Limits of a list.
const (
	MaxListFile = 64 << 20 // bytes
	MaxEntries  = 1_000_000

	maxEntry = 256 // bytes
)

// list is subscribers to whom a rule does not apply.
type list struct {
	exact    map[string]struct{}
	prefixes map[string]struct{}
	lengths  []int // of prefixes, ascending, each once
	at       place
	used     bool
}

// has reports whether a subscriber is in l.
func (l *list) has(subscriber []byte) bool {
	if _, ok := l.exact[string(subscriber)]; ok {
		return true
	}
	for _, n := range l.lengths {
		if n > len(subscriber) {
			return false
		}
		if _, ok := l.prefixes[string(subscriber[:n])]; ok {
			return true
		}
	}
	return false
}

// entries are what l says, sorted.
func (l *list) entries() []string {
	out := make([]string, 0, len(l.exact)+len(l.prefixes))
	for e := range l.exact {
		out = append(out, e)
	}
	for p := range l.prefixes {
		out = append(out, p+"*")
	}
	slices.Sort(out)
	return out
}

// add puts in an entry: a number as in the output (E.164 digits; a leading + is
// dropped), any other text that names a subscriber, or the beginning of either
// and *. Errors do not repeat the entry, which may be somebody's number.
func (l *list) add(entry string) error {
	if len(entry) > 1 && entry[0] == '+' && entry[1] >= '0' && entry[1] <= '9' {
		entry = entry[1:]
	}
	prefix, open := strings.CutSuffix(entry, "*")
	switch {
	case len(entry) > maxEntry:
		return fmt.Errorf("the entry has more than %d bytes: write one subscriber an entry", maxEntry)
	case open && prefix == "":
		return errors.New("* alone is everybody: write the beginning of a number, such as 1555*")
	case strings.Contains(prefix, "*"):
		return errors.New("* stands at the end of an entry only: write the beginning of a number and *")
	case isSpaced(prefix):
		return errors.New("the number has spaces or signs in it: write its digits only, as subscribers are in the output")
	case strings.ContainsAny(prefix, ",;\t"):
		return errors.New("the entry has several columns: write the subscriber only, without a header")
	case len(l.exact)+len(l.prefixes) >= MaxEntries:
		return fmt.Errorf("the list has more than %d entries: write prefixes, such as 1555*", MaxEntries)
	case !open:
		l.exact[entry] = struct{}{}
		return nil
	}
	l.prefixes[prefix] = struct{}{}
	if at, found := slices.BinarySearch(l.lengths, len(prefix)); !found {
		l.lengths = slices.Insert(l.lengths, at, len(prefix))
	}
	return nil
}

// isSpaced tells a number written for people, which no subscriber's text is.
func isSpaced(s string) bool {
	return strings.Trim(s, "+0123456789 ()-./") == "" && strings.ContainsAny(s, " ()-/") && strings.ContainsAny(s, "0123456789")
}

func newList(at place) *list {
	return &list{exact: map[string]struct{}{}, prefixes: map[string]struct{}{}, at: at}
}

func (r *reader) readLists(n ast.Node) {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.wrong(placeOf(n), "lists must be a mapping of names to lists")
		return
	}
	for it := m.MapRange(); it.Next(); {
		name := keyText(it.Key())
		if !idShape.MatchString(name) {
			r.wrong(placeOf(it.Key()), "list %q: write letters, digits, _, - and ., beginning with a letter", cut(name))
		}
		l := newList(placeOf(it.Key()))
		r.lists[name] = l
		r.readList(it.Value(), name, l)
	}
}

// readList reads [entries], or {file: name}.
func (r *reader) readList(n ast.Node, name string, l *list) {
	if _, ok := n.(ast.MapNode); ok {
		before := len(r.problems)
		var file ast.Node
		r.mapping(n, "list "+name, entry{"file": func(_, v ast.Node) { file = v }})
		if file == nil {
			if len(r.problems) == before {
				r.wrong(placeOf(n), "list %s: write file: followed by the name of a file", name)
			}
			return
		}
		if text, ok := r.text(file, "file"); ok {
			r.readListFile(placeOf(file), text, l)
		}
		return
	}
	r.sequence(n, "list "+name, func(v ast.Node) {
		if s, ok := r.text(v, "entry"); ok {
			if err := l.add(strings.TrimSpace(s)); err != nil {
				r.wrong(placeOf(v), "list %s: %s", name, err)
			}
		}
	})
}

// readListFile reads a file of one entry a line; # begins a comment.
func (r *reader) readListFile(at place, file string, l *list) {
	if !filepath.IsAbs(file) {
		file = filepath.Join(r.dir, file)
	}
	text, err := readRegular(file)
	if err != nil {
		r.wrong(at, "%s", err)
		return
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		r.wrong(at, "%s: this is not UTF-8: write the file as UTF-8 text", file)
		return
	}
	line := 0
	for s := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		line++
		s, _, _ = strings.Cut(s, "#")
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if err := l.add(s); err != nil {
			r.wrong(at, "%s:%d: %s", file, line, err)
			return
		}
	}
}

// readRegular reads a file of at most MaxListFile bytes. Devices and pipes, which
// may have no end or never begin, are refused without opening them.
func readRegular(name string) (string, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return "", fmt.Errorf("the list cannot be read: %w: correct the name, which is relative to the rule file, or create the file", err)
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("the list %s is no regular file: copy what it holds into one", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("the list cannot be read: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, MaxListFile+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("the list cannot be read: %w", err)
	case len(text) > MaxListFile:
		return "", fmt.Errorf("the list %s has more than %d bytes: write prefixes, such as 1555*", name, MaxListFile)
	}
	return string(text), nil
}
