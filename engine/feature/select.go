package feature

import (
	"fmt"
	"path"
	"slices"

	"github.com/cdrstream/cdrstream/engine/window"
)

// Selected is a feature over one window: one column.
type Selected struct {
	Feature Feature
	Window  int // in the configured windows, -1 for none
}

// Core is the word that selects the core set: the features marked so, over the
// windows of days.
const Core = "core"

// Columns lists every column there is: each feature over each window it exists
// for, in the order of the catalogue, then of the windows.
func Columns(families []Family, windows []window.Spec) []Selected {
	var all []Selected
	for _, fam := range families {
		for _, f := range fam.Features() {
			all = append(all, over(f, windows)...)
		}
	}
	return all
}

func over(f Feature, windows []window.Spec) []Selected {
	switch f.Scope {
	case Fixed:
		return nil
	case NoWindow:
		if _, trend := f.Calc.(Trend); trend && (windowNamed(windows, "7d") < 0 || windowNamed(windows, "30d") < 0) {
			return nil
		}
		return []Selected{{f, -1}}
	}
	var cols []Selected
	for w, spec := range windows {
		if f.Scope == EachWindow || spec.Days && (f.Scope == DayWindows || spec.Panes > 1) {
			cols = append(cols, Selected{f, w})
		}
	}
	return cols
}

// Name is the column's name.
func (s Selected) Name(windows []window.Spec) string {
	if s.Window < 0 {
		return s.Feature.Name
	}
	return s.Feature.Name + "_" + windows[s.Window].Name
}

func (s Selected) field(windows []window.Spec) Field {
	f := Field{Name: s.Name(windows), Type: s.Feature.Type, Unit: s.Feature.Unit, Formula: s.Feature.Formula}
	if s.Window >= 0 {
		f.Window = windows[s.Window].Name
	}
	f.Wide = f.Type == Int64 && f.Unit == "bytes"
	f.Sparse = f.Type == Int64 && !f.Wide
	return f
}

// Select returns the columns whose names match any of globs (path.Match; "core"
// is the core set), in catalogue order. A glob that matches nothing is an error.
func Select(families []Family, windows []window.Spec, globs []string) ([]Selected, error) {
	all := Columns(families, windows)
	used := make([]bool, len(globs))
	var out []Selected
	for _, s := range all {
		take := false
		for i, g := range globs {
			ok, err := matches(g, s, windows)
			if err != nil {
				return nil, err
			}
			if ok {
				used[i], take = true, true
			}
		}
		if take {
			out = append(out, s)
		}
	}
	if i := slices.Index(used, false); i >= 0 {
		return nil, fmt.Errorf("features: %q matches no column; `cdrstream features list` shows them%s", globs[i], nearest(globs[i], all, windows))
	}
	return out, nil
}

func matches(glob string, s Selected, windows []window.Spec) (bool, error) {
	if glob == Core {
		return s.Feature.Core && (s.Window < 0 || windows[s.Window].Days), nil
	}
	ok, err := path.Match(glob, s.Name(windows))
	if err != nil {
		return false, fmt.Errorf("features: %q is no valid pattern: %w", glob, err)
	}
	return ok, nil
}

func windowNamed(windows []window.Spec, name string) int {
	return slices.IndexFunc(windows, func(s window.Spec) bool { return s.Name == name })
}

// nearest suggests the column whose name is closest to what was asked for.
func nearest(asked string, all []Selected, windows []window.Spec) string {
	best, at := len(asked)/3+2, ""
	for _, s := range all {
		if d := Distance(asked, s.Name(windows)); d < best {
			best, at = d, s.Name(windows)
		}
	}
	if at == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %s?)", at)
}

// Distance is the number of bytes to insert, delete or change that make b of a
// (Levenshtein).
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		prev := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := prev
			if a[i] != b[j] {
				cost++
			}
			prev = row[j+1]
			row[j+1] = min(cost, prev+1, row[j]+1)
		}
	}
	return row[len(b)]
}
