package main

import "slices"

// A set is features that are computed, by both.
type set struct {
	name, title string
	query       query
}

func setOf(name string) (set, bool) {
	switch name {
	case "14":
		return set{name, "14 features over 7d", query{columns: named(fourteen()), windows: []int{7}}}, true
	case "core":
		return set{name, "core features over 1d, 7d, 30d", query{columns: coreColumns(), windows: []int{1, 7, 30}}}, true
	}
	return set{}, false
}

func fourteen() []string {
	return []string{"calls", "calls_out", "calls_in", "talk_seconds", "answered_calls", "no_answer_calls", "different_area_ratio",
		"weekday_ratio", "daytime_ratio", "area_codes_called", "sms_out", "data_bytes", "charge", "roaming_calls"}
}

// named are the columns with these names.
func named(names []string) (out []column) {
	for _, c := range catalogue() {
		if slices.Contains(names, c.name) {
			out = append(out, c)
		}
	}
	return out
}

// coreColumns are all of the catalogue but those that are not core: no_answer_calls and
// roaming_calls.
func coreColumns() []column {
	return slices.DeleteFunc(catalogue(), func(c column) bool { return c.name == "no_answer_calls" || c.name == "roaming_calls" })
}
