package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/rules"
)

// bound is what a configuration leaves of a feature's values.
type bound struct {
	low, high float64
	null      bool   // it is never known
	why       string // what the configuration lacks
}

// bounds are the features, by name without window, that the configuration holds
// down.
func bounds(cfg *config.Config) map[string]bound {
	all := map[string]bound{}
	set := func(b bound, when bool, names ...string) {
		for _, n := range names {
			if when {
				all[n] = b
			}
		}
	}
	zero := func(why string) bound { return bound{why: "is always 0: " + why} }
	null := func(why string) bound { return bound{null: true, why: "is always null: " + why} }
	set(zero("configure hotlist"), cfg.Hotlist.Empty(), "hotlist_calls")
	set(zero("configure care_numbers"), cfg.CareNumbers.Empty(), "care_calls")
	set(null("configure home_numbers"), cfg.HomeNumbers.Empty(), "onnet_ratio")
	set(null("attempts is false, the feed has only answered calls"), !anyAttempts(cfg),
		"no_answer_ratio", "no_answer_ratio_out", "answer_ratio", "answer_seizure_ratio")
	set(zero("legs leaves terminating out"), !anyLeg(cfg, "terminating"),
		"calls_in", "calls_in_per_day", "talk_seconds_in", "contacts_in", "contacts_mutual", "sms_in")
	set(zero("legs leaves originating out"), !anyLeg(cfg, "originating"),
		"calls_out", "calls_out_per_day", "answered_calls_out", "no_answer_calls_out", "talk_seconds_out", "billed_minutes",
		"area_codes_called", "countries_called", "calls_out_international", "international_seconds", "calls_out_premium",
		"premium_seconds", "hotlist_calls", "care_calls", "contacts_out", "contacts_mutual", "sms_contacts_out", "sms_out", "high_value_calls")
	days := math.Ceil(time.Duration(cfg.Retain).Hours() / 24)
	if cfg.EmitEvery == "1d" {
		days-- // at midnight, the day that ends is one of them
	}
	set(bound{high: days, why: fmt.Sprintf("is %v at most: make retain longer", days)}, true, "days_since_activity")
	return all
}

func anyAttempts(cfg *config.Config) bool {
	return cfg.Attempts || slices.ContainsFunc(cfg.Sources, func(s config.Source) bool { return s.Attempts != nil && *s.Attempts })
}

func anyLeg(cfg *config.Config, leg string) bool {
	return slices.Contains(cfg.Legs, leg) || slices.ContainsFunc(cfg.Sources, func(s config.Source) bool { return slices.Contains(s.Legs, leg) })
}

// silent says why a rule can never speak, "" if it can: one of the clauses of its
// gate, all of which must hold, cannot.
func (b *ruleBook) silent(set *ruleSet, r *rules.Rule) string {
	limits := bounds(b.cfg)
	for _, c := range r.Gate {
		var why []string
		for _, a := range c {
			name := set.Columns[a.Column]
			limit, bounded := limits[b.base(name)]
			if !bounded || limit.allows(a) {
				why = nil
				break
			}
			if text := name + " " + limit.why; !slices.Contains(why, text) {
				why = append(why, text)
			}
		}
		if len(why) > 0 {
			return strings.Join(why, "; ")
		}
	}
	return ""
}

// allows reports whether an atom can hold.
func (l bound) allows(a rules.Atom) bool {
	switch {
	case l.null:
		return false
	case a.Op == rules.GE:
		return l.high >= a.Value
	case a.Op == rules.GT:
		return l.high > a.Value
	case a.Op == rules.LE:
		return l.low <= a.Value
	case a.Op == rules.LT:
		return l.low < a.Value
	}
	return l.low <= a.Value && a.Value <= l.high
}

// base is the name of a feature without its window.
func (b *ruleBook) base(name string) string {
	if f := b.field(name); f.Window != "" {
		return strings.TrimSuffix(name, "_"+f.Window)
	}
	return name
}

// field is the feature called name, which has to exist.
func (b *ruleBook) field(name string) feature.Field {
	return b.fields[slices.IndexFunc(b.fields, func(f feature.Field) bool { return f.Name == name })]
}

const visitedNetwork = "visited_plmn"

// feedNeeds are what features, by name without window, need in the records. Where
// a feed has none of it, they are 0 or null.
var feedNeeds = []struct {
	names []string
	need  string
}{
	{[]string{"charge", "charge_trend", "high_value_calls"}, "charge"},
	{[]string{"imeis"}, "imei"},
	{[]string{"imsis", "days_since_imsi_change"}, "imsi"},
	{[]string{"cells", "regions"}, "cell_id"},
	{[]string{"roaming_calls", "roaming_ratio", "roaming_seconds", "roaming_bytes", "visited_countries"}, visitedNetwork},
	{[]string{"forwarded_calls", "forwarded_international_calls"}, "forwarded calls"},
	{[]string{"dropped_calls"}, "release causes"},
	{[]string{"ring_seconds_mean"}, "ring times"},
	{[]string{"data_sessions", "data_bytes"}, "data records"},
}

// needs is what a rule needs in the feed, and what else is worth knowing of its
// features.
func (b *ruleBook) needs(set *ruleSet, r *rules.Rule) (all []string) {
	var roams []string
	for _, n := range feedNeeds {
		var names []string
		for _, name := range r.Features(set.Set) {
			if slices.Contains(n.names, b.base(name)) {
				names = append(names, name)
			}
		}
		if n.need == visitedNetwork {
			roams = names
		}
		if len(names) > 0 {
			all = append(all, strings.Join(names, ", ")+": needs "+n.need+" in the feed")
		}
	}
	if len(roams) > 0 && len(b.cfg.HomePLMNs) == 0 {
		all = append(all, "without home_plmns, every network that the IMSI does not begin with counts as roaming")
	}
	return all
}

// unconfigured says of a built-in rule that was skipped which windows it lacks.
// whole is the built-in rules over the default windows.
func (b *ruleBook) unconfigured(whole *rules.Set, r *rules.Rule) string {
	var lacks []string
	for _, name := range r.Features(whole) {
		if !slices.ContainsFunc(b.fields, func(f feature.Field) bool { return f.Name == name }) {
			lacks = append(lacks, name)
		}
	}
	return "no window is configured for " + strings.Join(lacks, ", ")
}
