package profile

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxFile is the largest profile, in bytes.
const MaxFile = 256 << 10

// The most that the YAML parser gets to see: it takes time that grows with the square
// of what is nested or left empty.
const (
	maxTokens = 20_000
	maxNested = 16
	maxEmpty  = 1000
)

// parseYAML returns the top node of a profile, nil after a mistake.
func (r *reader) parseYAML(text []byte) ast.Node {
	first := place{1, 1}
	if len(text) > MaxFile {
		r.wrong(first, "the file has more than %d bytes: a profile describes one format", MaxFile)
		return nil
	}
	if line, what := unprintable(text); what != "" {
		r.wrong(place{line, 1}, "%s: write the file as UTF-8 text", what)
		return nil
	}
	tokens := lexer.Tokenize(string(text))
	if t, what := refused(tokens); t != nil {
		r.wrong(placeOfToken(t), "%s", what)
		return nil
	}
	f, err := parser.Parse(tokens, 0)
	var e yaml.Error
	switch {
	case errors.As(err, &e) && e.GetToken() != nil:
		r.wrong(placeOfToken(e.GetToken()), "%s", reword(e.GetMessage()))
	case err != nil:
		r.wrong(first, "%s", reword(err.Error()))
	case len(f.Docs) > 1:
		r.wrong(placeOfToken(f.Docs[1].Start), "the file holds %d documents: a profile is one (remove the ---)", len(f.Docs))
	case len(f.Docs) == 0 || f.Docs[0].Body == nil:
		r.wrong(first, "the file is empty: begin with name: and kind:")
	default:
		return f.Docs[0].Body
	}
	return nil
}

// unprintable finds the line of what no text file has.
func unprintable(text []byte) (line int, what string) {
	for i, b := range bytes.Split(text, []byte("\n")) {
		b = bytes.TrimSuffix(b, []byte("\r"))
		switch {
		case !utf8.Valid(b):
			return i + 1, "this is not UTF-8"
		case bytes.IndexFunc(b, func(c rune) bool { return c < ' ' && c != '\t' }) >= 0:
			return i + 1, "a control character"
		}
	}
	return 0, ""
}

// refused is the first token that has no place in a profile, and why.
func refused(tokens token.Tokens) (*token.Token, string) {
	flow, deep, empty, line := 0, 0, 0, 0
	for _, t := range tokens {
		if t.Position.Line != line {
			line, deep = t.Position.Line, 0
		}
		switch t.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return t, "anchors and aliases are not used in profiles: write the value itself (a text that begins with & or * needs quotes)"
		case token.TagType, token.DirectiveType:
			return t, "tags and directives are not used in profiles: write the value itself (a text that begins with ! or % needs quotes)"
		case token.MappingKeyType:
			return t, "a key is written without a question mark: key: value"
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow--
		case token.SequenceEntryType, token.MappingValueType:
			deep++
			if t.Next == nil || t.Next.Position.Line > t.Position.Line {
				empty++
			}
		}
		if flow > maxNested || flow == 0 && deep > maxNested {
			return t, fmt.Sprintf("is nested more than %d deep", maxNested)
		}
	}
	if len(tokens) > maxTokens || empty > maxEmpty {
		return tokens[min(maxTokens, len(tokens)-1)], "the file is too large: a profile describes one format"
	}
	return nil, ""
}

// reword says what go-yaml says in the words of this package.
func reword(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	for _, w := range []struct{ pattern, text string }{
		{`^mapping key (".*") already defined at \[(\d+):\d+\]`, "key $1 is there already, in line $2: remove one of them"},
		{`^mapping value is not allowed in this context`, "a colon cannot stand here: a value with a colon and a space in it needs quotes, a key a line of its own"},
		{`^value is not allowed in this context`, "a value cannot stand here: check the indentation, which tells what belongs together"},
		{`^found character '\t' that cannot start any token`, "a tab: indent with spaces"},
		{`^could not find end character of (.*)-quoted text`, "the $1 quote is not closed: close it, or write the value without quotes"},
		{`^sequence end token '\]' not found`, "the list is not closed: write ] after its last item"},
		{`^could not find flow map content`, "the mapping is not closed: write } after its last value"},
	} {
		re := regexp.MustCompile(w.pattern)
		if at := re.FindStringSubmatchIndex(text); at != nil {
			return string(re.ExpandString(nil, w.text, text, at))
		}
	}
	return text
}
