package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/window"
)

// vocabulary knows the names of features and what else a name may have been
// meant to be.
type vocabulary struct {
	all     []string
	windows map[string][]string // by name without window: over which there is one
	lengths map[string]cdr.Millis
}

func newVocabulary(fields []feature.Field) *vocabulary {
	v := &vocabulary{windows: map[string][]string{}, lengths: map[string]cdr.Millis{}}
	for _, f := range fields {
		v.all = append(v.all, f.Name)
		if f.Window == "" {
			continue
		}
		base := strings.TrimSuffix(f.Name, "_"+f.Window)
		v.windows[base] = append(v.windows[base], f.Window)
		v.lengths[f.Window] = length(f.Window)
	}
	return v
}

// length is how long a window is; a local day counts 24 hours.
func length(name string) cdr.Millis {
	s, err := window.ParseSpec(name)
	switch {
	case err != nil:
		return 0
	case s.Days:
		return cdr.Millis(s.Panes) * day
	}
	return cdr.Millis(s.Panes) * s.Length
}

const day = cdr.Millis(24 * 60 * 60 * 1000)

// explain says that name is no feature, and what may have been meant.
func (v *vocabulary) explain(name string) string {
	if at := strings.LastIndexByte(name, '_'); at > 0 {
		if over, ok := v.windows[name[:at]]; ok && looksLikeWindow(name[at+1:]) {
			return fmt.Sprintf("no feature %s: %s exists over %s; name one of these, or add %s to windows in the configuration", name, name[:at], strings.Join(over, ", "), name[at+1:])
		}
	}
	if over, ok := v.windows[name]; ok {
		return fmt.Sprintf("no feature %s: it needs a window, as in %s_%s (there is %s)", name, name, over[0], strings.Join(over, ", "))
	}
	if s := nearest(name, v.all); s != "" {
		return fmt.Sprintf("no feature %s: did you mean %s?", name, s)
	}
	return fmt.Sprintf("no feature %s: features list shows what there is", name)
}

func looksLikeWindow(s string) bool {
	_, err := window.ParseSpec(s)
	return err == nil
}

// nearest is the candidate that name was probably meant to be: the one fewest
// letters away, if that is no more than a third of name; of several the first.
// Empty if there is none.
func nearest(name string, candidates []string) string {
	if len(name) > 100 {
		return ""
	}
	best, least := "", max(len(name)/3, 1)+1
	for _, c := range slices.Sorted(slices.Values(candidates)) {
		if d := feature.Distance(name, c); d < least {
			best, least = c, d
		}
	}
	return best
}
