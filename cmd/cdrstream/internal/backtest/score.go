package backtest

import (
	"maps"
	"slices"
)

// Report is what a back-test found.
type Report struct {
	Rows        int64
	Subscribers int64     // that have a row
	Coverage    *Coverage // nil: there are no labels, and scores are only rows and flagged
	Rules       []Score   // by rule
	Any         Score     // of the union of all rules
}

// Coverage is whom the figures are about, in subscribers.
type Coverage struct {
	Fraud, Honest, Other                int64 // labelled, with a row: of a kind that counts as fraud, honest, of another kind
	FraudNoRow, HonestNoRow, OtherNoRow int64 // labelled, without a row: no part of any figure
	Unlabelled                          int64 // with a row, without a label
}

// Score is what one rule found, in subscribers but for Rows.
type Score struct {
	Rows              int64 // for which it holds
	Flagged           int64 // everybody
	TP, FP, FN, TN    int64
	Other, Unlabelled int64       // flagged: of another kind, without a label
	Kinds             []KindScore // ascending by kind
}

// KindScore is what a rule found of one kind of fraud.
type KindScore struct {
	Kind                 string
	Subscribers, Flagged int64
}

// group is where a subscriber belongs.
type group uint8

const (
	unlabelled group = iota
	honest
	fraud
	other
)

// Score counts. labels may be nil.
func (t *Tally) Score(labels *Labels) Report {
	r := Report{Rows: t.rows, Subscribers: int64(len(t.index)), Rules: make([]Score, len(t.held))}
	kinds := make([]map[string]*KindScore, len(t.held)+1)
	for i := range kinds {
		kinds[i] = map[string]*KindScore{}
	}
	if labels != nil {
		r.Coverage = &Coverage{}
	}
	for who, at := range t.index {
		g, of := labels.group(who)
		r.Coverage.count(g, true)
		for i := range r.Rules {
			flagged := t.flagged(at, i)
			r.Rules[i].count(g, flagged, labels)
			countKinds(kinds[i], of, flagged)
		}
		flagged := t.anyFlagged(at)
		r.Any.count(g, flagged, labels)
		countKinds(kinds[len(r.Rules)], of, flagged)
	}
	for i := range r.Rules {
		r.Rules[i].Rows, r.Rules[i].Kinds = t.held[i], ascending(kinds[i])
	}
	r.Any.Rows, r.Any.Kinds = t.any, ascending(kinds[len(r.Rules)])
	t.absent(labels, r.Coverage)
	return r
}

// absent counts those who are labelled and have no row.
func (t *Tally) absent(labels *Labels, c *Coverage) {
	if labels == nil {
		return
	}
	for who := range labels.of {
		if _, present := t.index[who]; !present {
			g, _ := labels.group(who)
			c.count(g, false)
		}
	}
}

// group is where a subscriber belongs, and his kinds of fraud.
func (l *Labels) group(subscriber string) (group, []string) {
	if l == nil {
		return unlabelled, nil
	}
	set, known := l.of[subscriber]
	switch kinds := l.fraud(set); {
	case !known:
		return unlabelled, nil
	case len(kinds) > 0:
		return fraud, kinds
	case set == 0:
		return honest, nil
	}
	return other, nil
}

func (c *Coverage) count(g group, row bool) {
	if c == nil {
		return
	}
	into := map[group][2]*int64{
		fraud:      {&c.FraudNoRow, &c.Fraud},
		honest:     {&c.HonestNoRow, &c.Honest},
		other:      {&c.OtherNoRow, &c.Other},
		unlabelled: {nil, &c.Unlabelled},
	}[g]
	if row {
		*into[1]++
		return
	}
	*into[0]++
}

func (s *Score) count(g group, flagged bool, l *Labels) {
	if g == unlabelled && l != nil && l.o.UnlabelledHonest {
		g = honest
	}
	switch {
	case g == fraud && flagged:
		s.TP++
	case g == fraud:
		s.FN++
	case g == honest && flagged:
		s.FP++
	case g == honest:
		s.TN++
	case g == other && flagged:
		s.Other++
	case flagged:
		s.Unlabelled++
	}
	if flagged {
		s.Flagged++
	}
}

func countKinds(into map[string]*KindScore, kinds []string, flagged bool) {
	for _, k := range kinds {
		s := into[k]
		if s == nil {
			s = &KindScore{Kind: k}
			into[k] = s
		}
		s.Subscribers++
		if flagged {
			s.Flagged++
		}
	}
}

func ascending(kinds map[string]*KindScore) (all []KindScore) {
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		all = append(all, *kinds[k])
	}
	return all
}
