package main

import (
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/backtest"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// backtestReport is what rules backtest prints as JSON. What there is no number
// for is null.
type backtestReport struct {
	RuleFile    string           `json:"rule_file"`
	Ruleset     string           `json:"ruleset"`
	Files       int              `json:"files"`
	Rows        int64            `json:"rows"`
	Subscribers int64            `json:"subscribers"`
	Labels      *backtestLabels  `json:"labels"`
	Rules       []backtestResult `json:"rules"`
	Union       backtestResult   `json:"union"`
	Notes       []string         `json:"notes"`
}

// backtestLabels counts subscribers.
type backtestLabels struct {
	Fraud      int64 `json:"fraud"`
	Honest     int64 `json:"honest"`
	OtherKinds int64 `json:"other_kinds"`
	Unlabelled int64 `json:"unlabelled"`
	Absent     struct {
		Fraud      int64 `json:"fraud"`
		Honest     int64 `json:"honest"`
		OtherKinds int64 `json:"other_kinds"`
	} `json:"without_rows"`
}

type backtestResult struct {
	ID              string `json:"id,omitempty"`
	Type            string `json:"type,omitempty"`
	On              string `json:"on,omitempty"`
	Severity        string `json:"severity,omitempty"`
	Rows            int64  `json:"rows"`
	Flagged         int64  `json:"flagged"`
	*backtestScores        // with labels
}

type backtestScores struct {
	TP                int64         `json:"tp"`
	FP                int64         `json:"fp"`
	FN                int64         `json:"fn"`
	TN                int64         `json:"tn"`
	OtherKinds        int64         `json:"flagged_other_kinds"`
	Unlabelled        int64         `json:"flagged_unlabelled"`
	Precision         backtest.Rate `json:"precision"`
	Recall            backtest.Rate `json:"recall"`
	FalsePositiveRate backtest.Rate `json:"false_positive_rate"`
	PrecisionAt       []precisionAt `json:"precision_at"`
	Kinds             []kindRecall  `json:"kinds"`
}

type precisionAt struct {
	Prevalence float64       `json:"prevalence"`
	Precision  backtest.Rate `json:"precision"`
}

type kindRecall struct {
	Kind        string        `json:"kind"`
	Subscribers int64         `json:"subscribers"`
	Flagged     int64         `json:"flagged"`
	Recall      backtest.Rate `json:"recall"`
}

// describe is the report.
func (t *backtesting) describe() *backtestReport {
	r := &backtestReport{
		RuleFile: t.set.name, Ruleset: t.set.Hash, Files: len(t.files), Rows: t.report.Rows, Subscribers: t.report.Subscribers,
		Rules: []backtestResult{}, Notes: append([]string{}, t.notes()...),
	}
	if c := t.report.Coverage; c != nil {
		r.Labels = &backtestLabels{Fraud: c.Fraud, Honest: c.Honest, OtherKinds: c.Other, Unlabelled: c.Unlabelled}
		r.Labels.Absent.Fraud, r.Labels.Absent.Honest, r.Labels.Absent.OtherKinds = c.FraudNoRow, c.HonestNoRow, c.OtherNoRow
	}
	for i, rule := range t.rules {
		r.Rules = append(r.Rules, t.result(rule, &t.report.Rules[i]))
	}
	r.Union = t.result(nil, &t.report.Any)
	return r
}

// result is what a rule found, or all of them.
func (t *backtesting) result(rule *rules.Rule, s *backtest.Score) backtestResult {
	r := backtestResult{Rows: s.Rows, Flagged: s.Flagged}
	if rule != nil {
		r.ID, r.Type, r.On, r.Severity = rule.ID, rule.Type, pointName(rule.On), severityName(rule.Severity)
	}
	if t.report.Coverage == nil {
		return r
	}
	r.backtestScores = &backtestScores{
		TP: s.TP, FP: s.FP, FN: s.FN, TN: s.TN, OtherKinds: s.Other, Unlabelled: s.Unlabelled,
		Precision: s.Precision(), Recall: s.Recall(), FalsePositiveRate: s.FalsePositiveRate(), Kinds: []kindRecall{},
	}
	for _, p := range prevalences {
		r.PrecisionAt = append(r.PrecisionAt, precisionAt{p, s.PrecisionAt(p)})
	}
	for _, k := range s.Kinds {
		r.Kinds = append(r.Kinds, kindRecall{k.Kind, k.Subscribers, k.Flagged, k.Recall()})
	}
	return r
}
