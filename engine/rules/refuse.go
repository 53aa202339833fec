package rules

import (
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// refusal looks through the tokens of a file for what a rule file does not need,
// before the parser sees it: aliases, which can stand for more than there is
// memory, and nesting and empty values beyond reason, for which the parser takes
// time that grows with their square.
type refusal struct {
	flow  int // open brackets and braces
	line  int
	deep  int // dashes and colons of this line, outside of brackets
	empty int // values that are not there
	maps  []level
	keys  int // of the mapping that the last key belongs to
}

// level is a mapping that is open: where its keys begin, and how many there were.
type level struct{ column, keys int }

// inFlow is added to the depth of brackets to be a column right of all others.
const inFlow = 1 << 30

// The most that the parser gets to see.
const (
	maxTokens = 80_000
	maxNested = 32
	maxEmpty  = 100
	maxKeys   = 1000 // of one mapping
)

// refused is the first token that has no place in a rule file, and why.
func refused(tokens token.Tokens) (*token.Token, string) {
	var r refusal
	for _, t := range tokens {
		if why := r.why(t); why != "" {
			return t, why
		}
	}
	if len(tokens) > maxTokens {
		return tokens[maxTokens], "the file is too large from here on: write several files, and lists as files of their own"
	}
	return nil, ""
}

func (r *refusal) why(t *token.Token) string {
	switch t.Type {
	case token.AnchorType, token.AliasType, token.MergeKeyType:
		return "anchors and aliases are not used in rule files: write the value itself (a text that begins with & or * needs quotes)"
	case token.TagType, token.DirectiveType:
		return "tags and directives are not used in rule files: write the value itself (a text that begins with ! or % needs quotes)"
	case token.MappingKeyType:
		return "a key is written without a question mark: key: value"
	}
	switch r.count(t); {
	case r.flow > maxNested || r.deep > maxNested:
		return fmt.Sprintf("is nested more than %d deep: a rule file needs six levels", maxNested)
	case r.keys > maxKeys:
		return fmt.Sprintf("this is more than %d keys in one mapping: write several files, and lists as files of their own", maxKeys)
	case r.empty > maxEmpty:
		return "has no value, as many others before: write the values, or leave the keys out"
	}
	return ""
}

func (r *refusal) count(t *token.Token) {
	if t.Position.Line != r.line {
		r.line, r.deep = t.Position.Line, 0
	}
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		r.flow++
		r.close(inFlow + r.flow)
	case token.SequenceEndType, token.MappingEndType:
		r.close(inFlow + r.flow)
		r.flow--
	case token.SequenceEntryType, token.MappingValueType:
		if r.flow == 0 {
			r.deep++
		}
		if t.Type == token.MappingValueType {
			r.key(t)
		} else {
			r.close(t.Position.Column + 1)
		}
		if isEmpty(t) {
			r.empty++
		}
	case token.CollectEntryType:
		if t.Next != nil && t.Next.Type == token.CollectEntryType {
			r.empty++
		}
	}
}

// key counts a key of the mapping that it belongs to.
func (r *refusal) key(colon *token.Token) {
	column := inFlow + r.flow
	if r.flow == 0 {
		if column = colon.Position.Column; colon.Prev != nil {
			column = colon.Prev.Position.Column
		}
	}
	r.close(column + 1)
	if n := len(r.maps); n == 0 || r.maps[n-1].column < column {
		r.maps = append(r.maps, level{column: column})
	}
	top := &r.maps[len(r.maps)-1]
	top.keys++
	r.keys = top.keys
}

// close ends the mappings whose keys begin at column or to the right of it.
func (r *refusal) close(column int) {
	for len(r.maps) > 0 && r.maps[len(r.maps)-1].column >= column {
		r.maps = r.maps[:len(r.maps)-1]
	}
}

// isEmpty reports whether nothing follows a dash or a colon that could be its value.
func isEmpty(t *token.Token) bool {
	next, begin := t.Next, t
	for next != nil && next.Type == token.CommentType {
		next = next.Next
	}
	if t.Type == token.MappingValueType && t.Prev != nil {
		begin = t.Prev
	}
	switch {
	case next == nil:
		return true
	case next.Type == token.CollectEntryType || next.Type == token.MappingEndType:
		return true
	case next.Type == token.SequenceEntryType && t.Type == token.MappingValueType: // - may stand below its key
		return next.Position.Column < begin.Position.Column
	}
	return next.Position.Line > t.Position.Line && next.Position.Column <= begin.Position.Column
}
