package profile

import (
	"slices"
	"strconv"
	"strings"

	"github.com/cdrstream/cdrstream/engine/decode/ber"
)

// tagClasses make a tag of a class.
var tagClasses = map[string]func(uint32) ber.Tag{
	"universal": ber.Universal, "application": ber.Application, "context": ber.Context, "private": ber.Private,
}

// parseTag reads 4 or application:4.
func parseTag(text string) (t ber.Tag, problem string) {
	class, digits, named := strings.Cut(text, ":")
	if !named {
		class, digits = "context", text
	}
	n, err := strconv.ParseUint(digits, 10, 21)
	if err != nil || tagClasses[class] == nil {
		return 0, "a tag is a number, or universal, application, context or private, a colon and a number"
	}
	return tagClasses[class](uint32(n)), ""
}

// parseTags reads tags joined by slashes.
func parseTags(path string) (tags []ber.Tag, problem string) {
	for _, part := range strings.Split(path, "/") {
		t, problem := parseTag(part)
		if problem != "" {
			return nil, problem
		}
		tags = append(tags, t)
	}
	if len(tags) > ber.MaxDepth {
		return nil, "it has more than 32 tags"
	}
	return tags, ""
}

// appendTag writes a tag as profiles do.
func appendTag(dst []byte, t ber.Tag) []byte {
	dst = append(dst, [...]string{"universal:", "application:", "", "private:"}[t.Class()]...)
	return strconv.AppendUint(dst, uint64(t.Number()), 10)
}

// berTree is the paths of a type put together.
type berTree struct {
	tags   []ber.Tag
	next   []*berTree
	leaves []int
}

func (t *berTree) add(path []ber.Tag, leaf int) {
	if len(path) == 0 {
		t.leaves = append(t.leaves, leaf)
		return
	}
	i := slices.Index(t.tags, path[0])
	if i < 0 {
		i = len(t.tags)
		t.tags, t.next = append(t.tags, path[0]), append(t.next, &berTree{})
	}
	t.next[i].add(path[1:], leaf)
}

// berNode is an element that paths lead to or through.
type berNode struct {
	low    [64]int32 // node within, by number of tags of class context, 0: none
	tags   []ber.Tag // within, all others
	nodes  []int32   // of tags
	leaves []int
	within bool // paths lead on
}

// list appends the nodes of t and returns where the first is.
func (t *berTree) list(all *[]berNode) int {
	at := len(*all)
	*all = append(*all, berNode{})
	n := berNode{leaves: t.leaves, within: len(t.tags) > 0}
	for i, tag := range t.tags {
		node := int32(t.next[i].list(all))
		if c := tag.Number(); tag == ber.Context(c) && c < 64 {
			n.low[c] = node
			continue
		}
		n.tags, n.nodes = append(n.tags, tag), append(n.nodes, node)
	}
	(*all)[at] = n
	return at
}

// child is the node of an element within, 0 if no path leads there.
func (n *berNode) child(t ber.Tag) int32 {
	if c := t - ber.Context(0); c < 64 {
		return n.low[c]
	}
	for i, tag := range n.tags {
		if tag == t {
			return n.nodes[i]
		}
	}
	return 0
}
