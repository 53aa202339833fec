package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/cdrstream/cdrstream/engine/alert"
)

func (r *reader) labels(n ast.Node, q *Rule) {
	m, ok := n.(ast.MapNode)
	if !ok {
		r.wrong(placeOf(n), "labels must be a mapping of names to values")
		return
	}
	for it := m.MapRange(); it.Next(); {
		name := keyText(it.Key())
		if !labelShape.MatchString(name) {
			r.wrong(placeOf(it.Key()), "label %q: write letters, digits and _, beginning with a letter", cut(name))
		}
		if v, ok := r.text(it.Value(), "label "+cut(name)); ok {
			q.Labels = append(q.Labels, alert.Label{Name: name, Value: v})
		}
	}
	slices.SortFunc(q.Labels, func(a, b alert.Label) int { return strings.Compare(a.Name, b.Name) })
}

// except reads the names of lists: one, or several.
func (r *reader) except(n ast.Node, q *Rule) {
	one := func(n ast.Node) {
		name, ok := r.text(n, "except")
		if !ok {
			return
		}
		l := r.lists[name]
		switch {
		case l == nil:
			r.wrong(placeOf(n), "except: %s", r.noList(name))
			return
		case slices.Contains(q.Except, name):
			r.wrong(placeOf(n), "except: %s is named twice: remove one", name)
			return
		}
		l.used = true
		q.Except = append(q.Except, name)
		q.lists = append(q.lists, l)
	}
	if _, ok := n.(*ast.SequenceNode); ok {
		r.sequence(n, "except", one)
		return
	}
	one(n)
}

func (r *reader) noList(name string) string {
	var names []string
	for n := range r.lists {
		names = append(names, n)
	}
	slices.Sort(names)
	switch s := nearest(name, names); {
	case s != "":
		return fmt.Sprintf("there is no list %s: did you mean %s?", cut(name), s)
	case len(names) == 0:
		return fmt.Sprintf("there is no list %s: add it to lists: at the end of the file", cut(name))
	}
	return fmt.Sprintf("there is no list %s: the lists are %s", cut(name), strings.Join(names, ", "))
}
