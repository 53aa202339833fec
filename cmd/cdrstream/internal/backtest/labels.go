package backtest

import (
	"errors"
	"maps"
	"slices"
	"strings"
)

// Options say what labels mean.
type Options struct {
	Fraud            []string // the kinds that are fraud; none: all that are not honest
	Honest           []string // kinds that are honest too
	UnlabelledHonest bool     // who has no label is honest
}

// Labels is what is known of subscribers.
type Labels struct {
	o    Options
	of   map[string]int // subscriber -> in sets
	sets [][]string     // ascending kinds that a subscriber has; the first: none, he is honest
	seen map[string]bool
}

// NewLabels returns labels of nobody.
func NewLabels(o Options) *Labels {
	return &Labels{o: o, of: map[string]int{}, sets: [][]string{nil}, seen: map[string]bool{}}
}

// honestWords are the kinds that are honest in any case.
var honestWords = []string{"", "0", "honest", "none"}

// Add notes a label. A subscriber may have several kinds of fraud, but not be
// honest as well.
func (l *Labels) Add(subscriber, kind string) error {
	honest := slices.Contains(honestWords, strings.ToLower(kind)) || slices.Contains(l.o.Honest, kind)
	at, known := l.of[subscriber]
	if known && honest != (at == 0) {
		return errors.New("the subscriber is honest in one label and fraud in another: leave one of them")
	}
	l.seen[kind] = true
	kinds := l.sets[at]
	if !honest && !slices.Contains(kinds, kind) {
		kinds = append(slices.Clone(kinds), kind)
		slices.Sort(kinds)
		at = l.set(kinds)
	}
	l.of[subscriber] = at
	return nil
}

// set is where kinds stand in sets. There are few.
func (l *Labels) set(kinds []string) int {
	for i, s := range l.sets {
		if slices.Equal(s, kinds) {
			return i
		}
	}
	l.sets = append(l.sets, kinds)
	return len(l.sets) - 1
}

// Unused returns the first kind that the options name and no label has, "" if
// there is none.
func (l *Labels) Unused() string {
	for _, k := range slices.Concat(l.o.Fraud, l.o.Honest) {
		if !l.seen[k] {
			return k
		}
	}
	return ""
}

// Kinds are the kinds that labels have, but for the words for honest.
func (l *Labels) Kinds() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(l.seen)), func(k string) bool {
		return slices.Contains(honestWords, strings.ToLower(k))
	})
}

// fraud are the kinds of a set that count as fraud.
func (l *Labels) fraud(set int) (kinds []string) {
	for _, k := range l.sets[set] {
		if len(l.o.Fraud) == 0 || slices.Contains(l.o.Fraud, k) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}
